"""clients.py: the programs that send mail in a recording, and what each can.

A job is a dict: host, name and port of the server, implicit, helo, user,
password, mechanism (or None), initial (response in the AUTH line), from, to,
messages, version, suite, groups, etm. A driver makes of it a command line, an
environment and what the program reads."""
import json
import os
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))

# What TLS libraries call them: OpenSSL (either kind of key), GnuTLS, Java.
SUITES = {
    '1.3': {
        'AES256-GCM': ('TLS_AES_256_GCM_SHA384', 'AES-256-GCM'),
        'AES128-GCM': ('TLS_AES_128_GCM_SHA256', 'AES-128-GCM'),
        'CHACHA20': ('TLS_CHACHA20_POLY1305_SHA256', 'CHACHA20-POLY1305'),
        'CCM': ('TLS_AES_128_CCM_SHA256', 'AES-128-CCM')},
    '1.2': {
        'AES128-GCM': ('AES128-GCM-SHA256', 'AES-128-GCM'),
        'AES256-GCM': ('AES256-GCM-SHA384', 'AES-256-GCM'),
        'CHACHA20': ('CHACHA20-POLY1305', 'CHACHA20-POLY1305'),
        'CCM': ('AES128-CCM', 'AES-128-CCM'),
        'CBC-SHA': ('AES128-SHA', 'AES-128-CBC'),
        'CBC-SHA256': ('AES128-SHA256', None),
        'CBC-SHA384': ('AES256-SHA384', None)},
    '1.1': {'CBC-SHA': ('AES256-SHA', 'AES-256-CBC')},
    '1.0': {'CBC-SHA': ('AES128-SHA', 'AES-128-CBC')},
}

OPENSSL = '''\
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = default
[default]
MinProtocol = TLSv{version}
MaxProtocol = TLSv{version}
CipherString = {ciphers}@SECLEVEL=0
Ciphersuites = {suites}
Groups = {groups}
Options = {options}
'''


def ciphers(job):
    """For OpenSSL, up to TLS 1.2."""
    if job['version'] == '1.3':
        return 'DEFAULT:@SECLEVEL=0'
    name = SUITES[job['version']][job['suite']][0]
    return 'ECDHE-ECDSA-%s:ECDHE-RSA-%s:@SECLEVEL=0' % (name, name)


def openssl(job):
    """The text of an openssl.cnf."""
    version = job['version']
    modern = version == '1.3'
    return OPENSSL.format(
        version=version.replace('1.0', '1'),
        ciphers=ciphers(job).replace('@SECLEVEL=0', ''),
        suites=SUITES['1.3'][job['suite']][0] if modern else
        'TLS_AES_256_GCM_SHA384', groups=job['groups'],
        options='EncryptThenMac' if job['etm'] else '-EncryptThenMac')


def gnutls(job):
    """A priority string."""
    version = job['version']
    name = SUITES[version][job['suite']][1] or 'AES-128-CBC'
    return 'NORMAL:-VERS-ALL:+VERS-TLS%s:-CIPHER-ALL:+%s%s%s' % (
        version, name, '' if version == '1.3' else ':+SHA1',
        '' if job['etm'] else ':%NO_ETM')


def swaks(job):
    args = ['swaks', '-n', '--timeout', '15', '--server', job['host'],
            '--port', job['port'], '--helo', job['helo'],
            '--tls-sni', job['name'], '--from', job['from'],
            '--to', ','.join(job['to']),
            '--tls-on-connect' if job['implicit'] else '--tls']
    if job['mechanism']:
        args += ['--auth', job['mechanism'], '--auth-user', job['user'],
                 '--auth-password', job['password']]
    if job['pem']:
        args += ['--tls-cert', job['pem'], '--tls-key', job['pem']]
    if job['messages']:
        args += ['--data', '-']
    else:
        args += ['--quit-after', 'AUTH' if job['mechanism'] else 'TLS']
    text = job['messages'][0] if job['messages'] else ''
    return args, {}, text.replace('\r\n', '\n')


def curl(job):
    args = ['curl', '-sSk', '-m', '20', '--resolve',
            '%s:%d:%s' % (job['name'], job['port'], job['host'])]
    if not job['implicit']:
        args += ['--ssl-reqd']
    if job['version'] == '1.3':
        args += ['--tls13-ciphers', SUITES['1.3'][job['suite']][0]]
    else:
        args += ['--ciphers', ciphers(job), '--tls-max', job['version'],
                 '--tlsv' + job['version']]
    args += ['--curves', job['groups']]
    if job['pem']:
        args += ['--cert', job['pem']]
    if job['mechanism'] in ('XOAUTH2', 'OAUTHBEARER'):
        args += ['--user', job['user'], '--oauth2-bearer', job['password']]
    elif job['mechanism']:
        args += ['--user', '%s:%s' % (job['user'], job['password'])]
    if job['mechanism']:
        args += ['--login-options', 'AUTH=' + job['mechanism']]
        if job['initial']:
            args.append('--sasl-ir')
    url = 'smtp%s://%s:%d/%s' % ('s' if job['implicit'] else '', job['name'],
                                 job['port'], job['helo'])
    if not job['messages']:
        # Asks for help: a session without a message.
        return args + ['-X', 'NOOP', url], {}, ''
    args += ['--mail-from', job['from']]
    for to in job['to']:
        args += ['--mail-rcpt', to]
    for text in job['messages']:
        args += ['-T', job['file'](text), url]
    return args, {}, ''


def msmtp(job):
    args = ['msmtp', '--file=/dev/null', '--host=' + job['host'],
            '--port=%d' % job['port'], '--domain=' + job['helo'], '--tls=on',
            '--tls-starttls=' + ('off' if job['implicit'] else 'on'),
            '--tls-certcheck=off', '--tls-priorities=' + gnutls(job),
            '--timeout=20', '--from=' + job['from']]
    if job['mechanism']:
        args += ['--auth=' + job['mechanism'].lower(), '--user=' + job['user'],
                 '--passwordeval=printf %%s %s' % job['password']]
    if job['pem']:
        args += ['--tls-cert-file=' + job['pem'],
                 '--tls-key-file=' + job['pem']]
    if not job['messages']:
        return args + ['--serverinfo'], {}, ''
    return args + job['to'], {}, job['messages'][0].replace('\r\n', '\n')


def script(*command):
    def driver(job):
        plain = {k: v for k, v in job.items() if not callable(v)}
        plain['cipher'] = ciphers(job)
        if 'node' in command:
            plain['version'] = 'TLSv' + job['version'].replace('1.0', '1')
            if job['version'] == '1.3':
                plain['cipher'] = SUITES['1.3'][job['suite']][0]
        args = [a if '.' not in a else HERE + '/clients/' + a
                for a in command]
        return args, {}, json.dumps(plain)
    return driver


JAVA = {'AES128-GCM': 'AES_128_GCM_SHA256', 'AES256-GCM': 'AES_256_GCM_SHA384',
        'CHACHA20': 'CHACHA20_POLY1305_SHA256', 'CCM': 'AES_128_CCM',
        'CBC-SHA': 'AES_128_CBC_SHA', 'CBC-SHA256': 'AES_128_CBC_SHA256',
        'CBC-SHA384': 'AES_256_CBC_SHA384'}


def java_suites(job):
    if job['version'] == '1.3':
        return ['TLS_' + JAVA[job['suite']]]
    name = JAVA[job['suite']]
    if job['version'] == '1.1':
        name = 'AES_256_CBC_SHA'
    return ['TLS_ECDHE_%s_WITH_%s' % (k, name) for k in ('ECDSA', 'RSA')]


def javamail(job):
    """Old versions of TLS are off in the file that Java reads first."""
    words = dict({k: job[k] or '' for k in (
        'host', 'port', 'helo', 'user', 'password', 'mechanism', 'from')},
        implicit=str(job['implicit']).lower(), to=','.join(job['to']),
        protocol='TLSv' + job['version'].replace('1.0', '1'),
        suites=' '.join(java_suites(job)))
    security = job['file']('jdk.tls.disabledAlgorithms=\n'
                           'jdk.tls.legacyAlgorithms=\n')
    args = ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1',
            '-Djava.security.properties=' + security,
            '-cp', '/usr/share/java/javax.mail.jar:' + job['java']]
    args += ['-Djob.%s=%s' % pair for pair in words.items()]
    return args + ['JavaMail'] + [job['file'](text.replace('\r\n', '\n'))
                                  for text in job['messages']], {}, ''


def go(job):
    args, env, text = script()(job)
    words = json.loads(text)
    words['gosuite'] = JAVA[job['suite']].replace(
        'CHACHA20_POLY1305_SHA256', 'CHACHA20_POLY1305')
    if job['version'] == '1.1':
        words['gosuite'] = 'AES_256_CBC_SHA'
    return [job['go']], {}, json.dumps(words)


def sendemail(job):
    """STARTTLS only; one message."""
    args = ['sendemail', '-f', job['from'], '-t'] + job['to'] + [
        '-u', 'scan', '-s', '%s:%d' % (job['host'], job['port']),
        '-o', 'tls=yes', '-o', 'fqdn=' + job['helo'], '-o', 'timeout=15']
    if job['mechanism']:
        args += ['-o', 'username=' + job['user'],
                 '-o', 'password=' + job['password']]
    text = job['messages'][0] if job['messages'] else 'empty'
    return args, {'SSL_CERT_FILE': job['file'](job['certificate'])}, \
        text.replace('\r\n', '\n')


def s_nail(job):
    kind = 'smtps' if job['implicit'] else 'smtp'
    settings = {'v15-compat': 'yes', 'tls-verify': 'ignore',
                'hostname': job['helo'], 'smtp-hostname': '',
                'from': job['from'], 'sendwait': '',
                'smtp-use-starttls': '' if not job['implicit'] else None,
                'smtp-auth': (job['mechanism'] or 'none').lower(),
                'mta': '%s://%s%s:%d' % (
                    kind, '%s:%s@' % (quote(job['user'], ''),
                                      quote(job['password'], ''))
                    if job['mechanism'] else '', job['host'], job['port'])}
    args = ['s-nail', '-:/', '-s', 'scan']
    for name, value in settings.items():
        if value is not None:
            args += ['-S', name + ('=' + value if value else '')]
    args += ['-r', job['from']] + job['to']
    text = job['messages'][0] if job['messages'] else 'empty'
    return args, {}, text.replace('\r\n', '\n')


def mutt(job):
    kind = 'smtps' if job['implicit'] else 'smtp'
    user = quote(job['user'], '') + '@' if job['mechanism'] else ''
    settings = ['set smtp_url="%s://%s%s:%d"' % (kind, user, job['host'],
                                                job['port']),
                'set smtp_pass="%s"' % job['password'],
                'set smtp_authenticators="%s"' % (
                    job['mechanism'] or '').lower(),
                'set ssl_force_tls=yes', 'set ssl_verify_host=no',
                'set ssl_verify_dates=no', 'set certificate_file=' +
                job['file'](job['certificate']), 'set copy=no',
                'set hostname="%s"' % job['helo'], 'set from="%s"' %
                job['from'], 'set use_envelope_from=yes',
                'set ssl_ciphers="%s"' % gnutls(job)]
    text = job['messages'][0] if job['messages'] else 'empty'
    return ['mutt', '-n', '-F', job['file']('\n'.join(settings) + '\n'),
            '-s', 'scan'] + job['to'], {'TERM': 'dumb'}, \
        text.replace('\r\n', '\n')


EXIM = '''\
primary_hostname = {helo}
spool_directory = {spool}
log_file_path = {spool}/%slog
exim_user = mail
exim_group = mail
trusted_users = root
begin routers
out:
  driver = manualroute
  route_list = * {host}::{port} byname
  transport = out
  self = send
begin transports
out:
  driver = smtp
  port = {port}
  protocol = {protocol}
  hosts_require_tls = *
  hosts_require_auth = {auth}
  hosts_try_auth = {auth}
  hosts_try_fastopen =
  helo_data = {helo}
  tls_require_ciphers = {priority}
  tls_verify_certificates =
  tls_try_verify_hosts =
begin retry
* * F,1m,1m
begin authenticators
'''
EXIM_AUTH = {
    'PLAIN': 'client_send = ^{user}^{password}',
    'LOGIN': 'client_send = : {user} : {password}',
    'CRAM-MD5': 'client_name = {user}\n  client_secret = {password}'}


def exim(job):
    """Each job has a spool of its own: nothing of it is tried again."""
    kind = job['mechanism']
    words = dict(job, spool=job['folder'](), priority=gnutls(job),
                 protocol='smtps' if job['implicit'] else 'smtp',
                 auth='*' if kind else '')
    conf = EXIM.format(**words)
    if kind:
        conf += 'only:\n  driver = %s\n  public_name = %s\n  %s\n' % (
            'cram_md5' if kind == 'CRAM-MD5' else 'plaintext', kind,
            EXIM_AUTH[kind].format(**job))
    text = job['messages'][0] if job['messages'] else 'empty'
    return ['exim4', '-C', job['file'](conf), '-odf', '-f',
            job['from']] + job['to'], {}, text.replace('\r\n', '\n')


def other(job):
    """A client of what is no mail."""
    kind = job['speaks']
    if kind == 'ldaps':
        return script('/usr/bin/python3', 'device.py')(
            dict(job, style='tls'))
    args = ['curl', '-sSk', '-m', '10']
    if job['version'] == '1.3':
        args += ['--tls13-ciphers', SUITES['1.3'][job['suite']][0]]
    else:
        args += ['--ciphers', ciphers(job), '--tls-max', job['version'],
                 '--tlsv' + job['version']]
    if kind == 'imaps':
        args += ['--user', '%s:%s' % (job['user'], job['password']),
                 '--login-options', 'AUTH=' + ('LOGIN' if len(job['user']) % 2
                                               else 'PLAIN'), '-X', 'NOOP']
    urls = ['%s://%s:%d/%s' % (kind, job['host'], job['port'], to)
            for to in (job['to'] if kind == 'https' else [''])]
    return args + urls, {}, ''


class Client:
    """mechanisms it can; initial: for each, whether AUTH may carry, must
    carry (True) or never carries (False) an initial response."""

    def __init__(self, name, driver, mechanisms, initial=None, library='o',
                 many=False, certificates=False, implicit=True):
        self.name, self.driver = name, driver
        self.mechanisms, self.initial = mechanisms, initial or {}
        self.library, self.many = library, many
        self.certificates, self.implicit = certificates, implicit

    def suites(self, version):
        """What its TLS library can be told to take."""
        names = list(SUITES[version])
        if self.library == 'g':
            return [n for n in names if SUITES[version][n][1]]
        if self.library == 'j':
            return [n for n in names if n != 'CCM']
        if self.library == 'go':
            # Go chooses among the suites of TLS 1.3 by itself.
            return [n for n in names
                    if n not in ('CCM', 'CBC-SHA256', 'CBC-SHA384')]
        return names


CLIENTS = {c.name: c for c in (
    Client('swaks', swaks, ('LOGIN', 'PLAIN', 'CRAM-MD5', 'DIGEST-MD5'),
           {'PLAIN': True, 'LOGIN': False}, certificates=True),
    Client('curl', curl, ('LOGIN', 'PLAIN', 'CRAM-MD5', 'DIGEST-MD5',
                          'XOAUTH2', 'OAUTHBEARER', 'NTLM'), many=True,
           certificates=True),
    Client('smtplib', script('/usr/bin/python3', 'smtp_lib.py'),
           ('LOGIN', 'PLAIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER'),
           many=True, certificates=True),
    Client('msmtp', msmtp, ('LOGIN', 'PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1',
                            'SCRAM-SHA-256', 'XOAUTH2', 'OAUTHBEARER'),
           {'LOGIN': False, 'PLAIN': True, 'XOAUTH2': True,
            'OAUTHBEARER': True}, 'g', certificates=True),
    Client('nodemailer', script('node', 'nodemailer.js'),
           ('LOGIN', 'PLAIN', 'CRAM-MD5', 'XOAUTH2'),
           {'LOGIN': False, 'PLAIN': True, 'XOAUTH2': True}, many=True),
    Client('Net::SMTP', script('perl', 'net_smtp.pl'),
           ('LOGIN', 'PLAIN', 'CRAM-MD5', 'DIGEST-MD5'),
           {'PLAIN': True, 'LOGIN': False}, many=True),
    Client('device', script('/usr/bin/python3', 'device.py'),
           ('LOGIN', 'PLAIN', 'CRAM-MD5', 'XOAUTH2', 'NTLM'), many=True,
           certificates=True),
    Client('JavaMail', javamail, ('LOGIN', 'PLAIN', 'XOAUTH2'),
           {'LOGIN': False, 'PLAIN': True, 'XOAUTH2': True}, 'j', many=True),
    Client('Go', go, ('PLAIN', 'CRAM-MD5'), {'PLAIN': True}, 'go', many=True),
    Client('Ruby', script('ruby', 'mail.rb'),
           ('LOGIN', 'PLAIN', 'CRAM-MD5'), {'PLAIN': True, 'LOGIN': False},
           many=True),
    Client('PHPMailer', script('php', 'mailer.php'),
           ('LOGIN', 'PLAIN', 'CRAM-MD5', 'XOAUTH2'),
           {'LOGIN': False, 'PLAIN': False, 'XOAUTH2': True}, many=True),
    Client('sendemail', sendemail, ('LOGIN', 'PLAIN'), {},
           implicit=False),
    Client('s-nail', s_nail, ('LOGIN', 'PLAIN', 'CRAM-MD5'),
           {'LOGIN': False, 'PLAIN': True}),
    Client('mutt', mutt, ('LOGIN', 'PLAIN', 'CRAM-MD5', 'DIGEST-MD5'),
           {}, 'g'),
    Client('exim-client', exim, ('LOGIN', 'PLAIN', 'CRAM-MD5'),
           {'LOGIN': False, 'PLAIN': True}, 'g'),
    Client('other', other, ()),
)}


def environment(job):
    """For a client that uses OpenSSL."""
    return {'OPENSSL_CONF': job['file'](openssl(job))}
