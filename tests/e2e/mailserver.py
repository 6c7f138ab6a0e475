"""mailserver.py: Postfix with Dovecot's SASL in a folder and a namespace of
the test: ports 25 and 587 with STARTTLS, 465; nothing is delivered."""
import os
import pwd
import shutil

from harness import Skip
from network import listening
from tlswire import certificate

USERS = {'scan@contoso.example': 'invented-Horse-1',
         'mfp@contoso.example': 'invented-Plum-2',
         'nas@contoso.example': 'invented-Stable-3'}

MAIN = '''\
compatibility_level = 3.6
queue_directory = {0}/queue
data_directory = {0}/data
command_directory = /usr/sbin
daemon_directory = {1}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {0}/mail.log
maillog_file_prefixes = {0}
myhostname = mail-gw.contoso.example
mydestination = contoso.example
mynetworks = 127.0.0.0/8 10.20.8.0/24
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
local_transport = discard:
default_transport = discard:
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_chain_files = {0}/server.pem
smtpd_tls_security_level = may
smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks,
	reject_unauth_destination
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
'''

MASTER = '''\
smtp inet n - n - - smtpd
587 inet n - n - - smtpd
465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
'''

DOVECOT = '''\
protocols =
base_dir = {0}/dovecot
state_dir = {0}/dovecot-state
log_path = {0}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login cram-md5
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {0}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener {0}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
'''


class MailServer:
    def __init__(self, net, host):
        for program in ('postfix', 'dovecot'):
            if not shutil.which(program):
                raise Skip('%s is not installed' % program)
        self.net, self.host = net, host
        folder = net.file('mail')
        postfix = pwd.getpwnam('postfix')
        libexec = '/usr/lib/postfix/sbin'
        os.makedirs(folder + '/queue')
        os.makedirs(folder + '/data')
        os.chown(folder + '/data', postfix.pw_uid, postfix.pw_gid)
        net.file('mail/etc/main.cf', MAIN.format(folder, libexec))
        net.file('mail/etc/master.cf', MASTER)
        net.file('mail/server.pem',
                 certificate(('mail-gw.contoso.example',)), 0o600)
        net.file('mail/users', ''.join(
            '%s:{PLAIN}%s\n' % pair for pair in USERS.items()))
        net.file('mail/dovecot.conf', DOVECOT.format(folder))
        # Postfix makes its queue's folders, among them private/.
        net.run(host, 'postfix', '-c', folder + '/etc', 'check')
        with open(net.file('mail/out'), 'w') as out:
            net.start(host, 'dovecot', '-F', '-c', folder + '/dovecot.conf',
                      stdout=out, stderr=out)
            net.start(host, 'postfix', '-c', folder + '/etc', 'start-fg',
                      stdout=out, stderr=out)
        for port in (25, 465, 587):
            listening(net, host, port)
