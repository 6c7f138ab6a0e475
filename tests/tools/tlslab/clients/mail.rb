# mail.rb: Ruby's Net::SMTP does the job that stdin names (JSON).
require 'json'
require 'net/smtp'
require 'openssl'

job = JSON.parse($stdin.read)
context = OpenSSL::SSL::SSLContext.new
context.verify_mode = OpenSSL::SSL::VERIFY_NONE
context.ciphers = job['cipher'] unless job['version'] == '1.3'
smtp = Net::SMTP.new(job['host'], job['port'], tls: false, starttls: false,
                     tls_hostname: job['name'])
smtp.open_timeout = smtp.read_timeout = 20
job['implicit'] ? smtp.enable_tls(context) : smtp.enable_starttls(context)
kind = { 'LOGIN' => :login, 'PLAIN' => :plain,
         'CRAM-MD5' => :cram_md5 }[job['mechanism']]
begin
  args = kind ? [job['helo'], job['user'], job['password'], kind] :
                [job['helo']]
  smtp.start(*args) do
    job['messages'].each do |text|
      smtp.send_message(text, job['from'], job['to'])
    end
  end
rescue StandardError => e
  puts e.message
end
