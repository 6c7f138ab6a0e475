# net_smtp.pl: Perl's Net::SMTP does the job that stdin names (JSON).
use strict;
use warnings;
use Authen::SASL;
use JSON::PP;
use Net::SMTP;

my $job = decode_json(do { local $/; <STDIN> });
my %tls = (SSL_verify_mode => 0, SSL_hostname => $job->{name},
    SSL_cipher_list => $job->{cipher} || 'ALL:@SECLEVEL=0',
    SSL_version => 'SSLv23:!SSLv3:!SSLv2');
my $smtp = Net::SMTP->new($job->{host}, Port => $job->{port},
    Hello => $job->{helo}, Timeout => 20, SSL => $job->{implicit} ? 1 : 0,
    %tls) or die 'no connection';
$job->{implicit} or $smtp->starttls(%tls) or die 'no TLS';
if ($job->{mechanism}) {
	my $sasl = Authen::SASL->new(mechanism => $job->{mechanism},
	    callback => { user => $job->{user}, authname => '',
	    pass => $job->{password} });
	$smtp->auth($sasl) or print $smtp->message;
}
for my $text (@{$job->{messages}}) {
	$smtp->mail($job->{from}) or last;
	$smtp->to($_) for @{$job->{to}};
	$smtp->data($text) or last;
}
$smtp->quit;
