"""servers.py: the mail servers of a recording, each in a namespace of its
own. Every user is let in who has the password of the recording."""
import json
import os
import pwd
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '../../e2e')]
from mailserver import DOVECOT, MAIN, MASTER  # noqa: E402
from network import listening  # noqa: E402

PORTS = (25, 587, 465)

# What a server of 2008 would take too; and two groups only, so that a client
# that would rather have another has to say hello again.
OPENSSL = '''\
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = default
[default]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
Ciphersuites = TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:\
TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256
Groups = X25519:P-256
'''

EXIM = '''\
primary_hostname = {name}
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
exim_user = mail
exim_group = mail
daemon_smtp_ports = 25 : 465 : 587
tls_on_connect_ports = 465
tls_advertise_hosts = *
tls_certificate = {pem}
tls_privatekey = {pem}
tls_require_ciphers = NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+AES-128-CCM
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
host_lookup =
rfc1413_query_timeout = 0s
helo_allow_chars = _
queue_only = yes
keep_environment = SSLKEYLOGFILE
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
mail:
  deny senders = refused@*
       message = Sender refused
  accept
rcpt:
  accept authenticated = *
  accept domains = contoso.example
  deny message = relay not permitted
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{{password}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = {password}
  server_set_id = $auth1
'''

SUBMISSION = '''\
protocols = submission
base_dir = {0}/dovecot
state_dir = {0}/dovecot-state
log_path = {0}/dovecot.log
import_environment = {1}
hostname = {2}
ssl = required
ssl_cert = <{3}
ssl_key = <{3}
ssl_min_protocol = TLSv1
ssl_cipher_list = ALL:@SECLEVEL=0
disable_plaintext_auth = yes
auth_failure_delay = 0
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-256
first_valid_uid = 1
mail_location = maildir:{0}/mail/%u
passdb {{
  driver = static
  args = password={4}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={0}/mail/%u
}}
submission_relay_host = 127.0.0.1
submission_relay_port = 10025
service stats {{
  chroot =
}}
service anvil {{
  chroot =
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = 587
  }}
  inet_listener submission-clear {{
    port = 25
  }}
  inet_listener submissions {{
    port = 465
    ssl = yes
  }}
}}
'''


class Server:
    """kind: a key of START. name: of the host, in banner and certificate.
    called: as the capture's file is."""

    def __init__(self, kind, name, mechanisms, ports=PORTS, key='ec', **more):
        self.kind, self.name, self.ports, self.key = kind, name, ports, key
        self.called = more.pop('called', kind)
        self.mechanisms, self.more = mechanisms, more

    def start(self, lab, host):
        self.net, self.host, self.lab = lab.net, host, lab
        self.folder = lab.net.file(host)
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)
        self.pem = self.file('server.pem', certificate(
            self.name, self.key, lab.address(host)))
        with open(self.pem) as f:
            self.crt = f.read().split('-----END PRIVATE KEY-----\n')[1]
        self.conf = self.file('openssl.cnf', OPENSSL)
        self.env = {'SSLKEYLOGFILE': lab.keys, 'OPENSSL_CONF': self.conf,
                    'LD_PRELOAD': lab.preload}
        with open(self.file('out', ''), 'a') as self.out:
            START[self.kind](self)
        for port in self.ports:
            listening(self.net, host, port, 30)

    def file(self, name, text):
        return self.net.file('%s/%s' % (self.host, name), text)

    def run(self, *args, **env):
        return self.net.start(self.host, *args, stdout=self.out,
                              stderr=self.out, env=dict(os.environ, **env))

    def variables(self):
        return ' '.join('%s=%s' % pair for pair in self.env.items())


def certificate(name, key, address=None):
    """PEM of a key and a certificate for the name, signed by itself."""
    names = 'DNS:' + name + (',IP:' + address if address else '')
    how = ['-newkey', 'rsa:2048'] if key == 'rsa' else \
        ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    return subprocess.run(
        ['openssl', 'req', '-x509', '-nodes', '-days', '3650', '-subj',
         '/CN=' + name, '-addext', 'subjectAltName=' + names,
         '-keyout', '-', '-out', '-'] + how, check=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def last_of_each(main):
    """main.cf with each parameter once: Postfix warns of a second one, and
    its log daemon, warned itself, waits for itself to take the warning."""
    settings = {}
    for entry in re.split(r'\n(?=\S)', main.strip()):
        settings[entry.split('=')[0].strip()] = entry
    return '\n'.join(settings.values()) + '\n'


def start_postfix(s):
    postfix = pwd.getpwnam('postfix')
    for sub in ('queue', 'data'):
        os.makedirs(s.folder + '/' + sub)
    os.chown(s.folder + '/data', postfix.pw_uid, postfix.pw_gid)
    main = MAIN.format(s.folder, '/usr/lib/postfix/sbin') + '''\
myhostname = %s
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C %s
smtpd_sasl_auth_enable = %s
smtpd_tls_auth_only = yes
smtpd_tls_ask_ccert = %s
smtpd_tls_received_header = no
tls_medium_cipherlist = ALL:@SECLEVEL=0
smtpd_tls_mandatory_ciphers = medium
smtpd_tls_protocols = >=TLSv1
smtpd_sender_restrictions = check_sender_access inline:{
	{refused@contoso.example = REJECT Sender refused}}
mynetworks = 127.0.0.0/8
smtpd_client_connection_count_limit = 0
smtpd_client_auth_rate_limit = 0
''' % (s.name, s.variables(), 'yes' if s.mechanisms else 'no',
       s.more.get('ask', 'no'))
    main += ''.join('%s = %s\n' % pair
                    for pair in s.more.get('settings', {}).items())
    s.file('etc/main.cf', last_of_each(main))
    s.file('etc/master.cf', MASTER)
    s.net.run(s.host, 'postfix', '-c', s.folder + '/etc', 'check')
    if s.mechanisms:
        conf = DOVECOT.format(s.folder).replace(
            'plain login cram-md5', ' '.join(s.mechanisms).lower())
        first, rest = conf.split('passdb {', 1)
        conf = first + 'passdb {\n  driver = static\n  args = password=' + \
            s.lab.password + '\n' + rest[rest.index('}'):]
        s.run('dovecot', '-F', '-c', s.file('dovecot.conf', conf))
    s.run('postfix', '-c', s.folder + '/etc', 'start-fg')


def start_exim(s):
    os.makedirs(s.folder + '/spool')
    mail = pwd.getpwnam('mail')
    for path in (s.folder, s.folder + '/spool'):
        os.chown(path, mail.pw_uid, mail.pw_gid)
    # exim logs keys below its spool only.
    os.symlink(s.lab.keys, s.folder + '/spool/keys')
    os.chmod(s.pem, 0o644)
    conf = s.file('exim.conf', EXIM.format(
        name=s.name, folder=s.folder, pem=s.pem, password=s.lab.password))
    s.run('exim4', '-C', conf, '-bdf',
          SSLKEYLOGFILE='keys')


def start_submission(s):
    s.run('/usr/bin/python3', HERE + '/sink.py', '10025')
    s.run('dovecot', '-F', '-c', s.file('dovecot.conf', SUBMISSION.format(
        s.folder, s.variables(), s.name, s.pem, s.lab.password)))


def start_aiosmtpd(s):
    s.run('/usr/bin/python3', HERE + '/aioserver.py', s.name, s.lab.password,
          s.pem, **s.env)


def start_node(s):
    s.run('node', '--tls-keylog=' + s.lab.keys, HERE + '/smtpserver.js',
          json.dumps(dict(s.more, name=s.name, password=s.lab.password,
                          pem=s.pem, modules=s.lab.modules)))


def start_other(s):
    s.run('/usr/bin/python3', HERE + '/other.py', s.kind, s.pem, **s.env)


START = {'postfix': start_postfix, 'exim4': start_exim,
         'dovecot': start_submission, 'aiosmtpd': start_aiosmtpd,
         'smtp-server': start_node, 'exchange-online': start_node,
         'exchange-mx': start_node,
         'exchange-server': start_node, 'https': start_other,
         'imaps': start_other, 'ldaps': start_other}
