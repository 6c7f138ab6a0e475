"""sets.py: what each recording holds. The training set and the test set have
no user, host, address or password in common, and not all programs."""
from clients import CLIENTS
from servers import Server, certificate

POSTFIX = ('PLAIN', 'LOGIN', 'CRAM-MD5', 'DIGEST-MD5', 'SCRAM-SHA-1',
           'SCRAM-SHA-256')

# How often TLS versions and suites are drawn.
VERSIONS = (('1.3', 45), ('1.2', 45), ('1.1', 4), ('1.0', 6))
# The group first asked for, and then those the servers take.
GROUPS = (('X25519:P-256', 85), ('P-256:X25519', 10), ('P-521:P-256', 5))
REFUSALS = ('tenant', 'mailbox', 'basic', 'defaults', 'credentials',
            'removed', 'wrong')

WORDS = ('scan', 'mfp', 'alerts', 'ups', 'nas', 'copier', 'door', 'billing',
         'reports', 'backup', 'fax', 'label', 'noreply', 'sensor', 'lab',
         'office', 'floor', 'north', 'east', 'printer', 'shipping', 'hr')


def draw(rng, weighted):
    return rng.choices([w[0] for w in weighted], [w[1] for w in weighted])[0]


class Plan:
    """A set: servers and clients, and the jobs in between."""

    number = 0
    password = ''
    domains = ()
    kinds = ()          # how often: AUTH, refused AUTH, none, probe, refused
    
    def __init__(self, rng, count, only):
        self.rng, self.pem = rng, None
        self.servers = self.make_servers()
        self.clients = list(self.make_clients())
        chosen = []
        for job in self.make_jobs(count or self.count):
            if only.lower() in (job['client'] + ' ' +
                                self.servers[job['server']].called).lower():
                chosen.append(job)
        self.jobs = chosen

    def address(self, net, host):
        return '10.%d.%d.%d/16' % (20 * self.number, net, host)

    def client_pem(self):
        self.pem = self.pem or certificate('device.' + self.domains[0], 'ec')
        return self.pem

    def user(self):
        """3 to 60 characters; most look like an address."""
        rng = self.rng
        if rng.random() < 0.15:
            return rng.choice(WORDS)[:rng.randint(3, 8)]
        domain = '@' + rng.choice(self.domains)
        n = max(len(domain) + 2, rng.randint(8, 60) if rng.random() < 0.4
                else rng.randint(16, 34))
        local = rng.choice(WORDS)
        while len(local) + len(domain) < n:
            local += '-' + rng.choice(WORDS + ('2', '17', '404'))
        return local[:n - len(domain)].rstrip('-') + domain

    def token(self):
        """Of no one: its first part is what a server looks at."""
        letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123'
        return self.password + '.' + ''.join(self.rng.choices(
            letters, k=self.rng.randint(900, 1800)))

    def helo(self):
        rng = self.rng
        return rng.choice((
            'NPI%06X' % rng.randrange(1 << 24),
            'BRN%012X' % rng.randrange(1 << 48), 'localhost',
            '%s-%d.%s' % (rng.choice(WORDS), rng.randint(1, 99),
                          rng.choice(self.domains)),
            'host-%s.long-name-of-a-site.%s' % (
                '-'.join(rng.sample(WORDS, 3)), self.domains[0])))

    def message(self, job):
        n = int(40 * 2 ** self.rng.uniform(0, 6.5))
        body = ('The quick brown fox jumps over the lazy dog. ' * 200)[:n]
        lines = [body[i:i + 70] for i in range(0, n, 70)]
        return '\r\n'.join(['From: <%s>' % job['from'],
                            'To: <%s>' % job['to'][0],
                            'Subject: ' + self.rng.choice(WORDS), ''] +
                           lines) + '\r\n'

    def make_jobs(self, count):
        pairs = [(c, i) for c in self.clients
                 for i in range(len(self.servers))]
        rounds = -(-count // len(pairs))
        for c, i in pairs * rounds:
            job = self.job(CLIENTS[c], i)
            if job:
                yield job

    def kind(self, client, server, mechanisms):
        kind = draw(self.rng, self.kinds)
        if not mechanisms and kind in ('AUTH', 'wrong'):
            kind = 'none'
        return kind

    def style(self, job, can):
        """One that goes with what the job is about."""
        styles = ['split', 'words', 'bytes', 'helo', 'rset', 'resume',
                  'resume', 'abort', 'slow', 'none']
        if job['kind'] in ('AUTH', 'none'):
            styles += ['pipeline', 'pipeline']
            if self.servers[job['server']].kind in ('postfix', 'exim4',
                                                    'dovecot'):
                styles += ['bdat', 'bdat']
        if job['kind'] == 'wrong':
            styles = ['again', 'again', 'split', 'abort', 'cancel', 'none']
        if job['port'] == 465 and job['kind'] == 'probe':
            styles = ['tls', 'none']
        return self.rng.choice(styles)

    def job(self, client, i):
        rng, server = self.rng, self.servers[i]
        can = [m for m in client.mechanisms if m in server.mechanisms]
        kind = self.kind(client, server, can)
        ports = [p for p in server.ports if p != 465 or
                 (client.implicit and (kind != 'none' or rng.random() < 0.3))]
        if not ports:
            return None
        port = rng.choice(ports)
        version = draw(rng, VERSIONS)
        domain = rng.choice(self.domains)
        job = {'client': client.name, 'server': i, 'kind': kind,
               'port': port, 'implicit': port == 465, 'version': version,
               'suite': rng.choice(client.suites(version)),
               'groups': draw(rng, GROUPS), 'etm': rng.random() < 0.6,
               'helo': self.helo(), 'mechanism': None, 'initial': False,
               'user': self.user(), 'password': self.password,
               'from': '%s@%s' % (rng.choice(WORDS), domain),
               'to': ['%s.%d@%s' % (rng.choice(WORDS), rng.randint(1, 999),
                                    rng.choice(self.domains))
                      for _ in range(rng.choice((1, 1, 1, 2, 3, 8)))],
               'pem': client.certificates and rng.random() < 0.06,
               'tries': rng.choice((1, 1, 2)), 'style': 'none'}
        if kind in ('AUTH', 'wrong'):
            # LOGIN is what the world uses.
            first = [m for m in can if m == 'LOGIN']
            job['mechanism'] = rng.choice(first * 2 + can)
            must = client.initial.get(job['mechanism'])
            job['initial'] = rng.random() < 0.5 if must is None else must
            if job['mechanism'] in ('XOAUTH2', 'OAUTHBEARER'):
                job['password'] = self.token()
        if kind == 'wrong':
            job['password'] = 'refuse-' + rng.choice(REFUSALS)
            if job['mechanism'] in ('XOAUTH2', 'OAUTHBEARER'):
                job['password'] += self.token()
        if client.name == 'device':
            job['style'] = self.style(job, can)
        if kind == 'refused':
            job['from'] = 'refused@contoso.example'
        n = 0 if kind == 'probe' else 1
        if client.many and n and rng.random() < 0.2:
            n = rng.randint(2, 4)
        if kind == 'AUTH' and rng.random() < 0.08:
            n = 0
        job['messages'] = [self.message(job) for _ in range(n)]
        return job


class Train(Plan):
    number = 1
    count = 320
    password = 'invented-Horse-7'
    domains = ('contoso.example', 'mail.contoso.example', 'example.com')
    kinds = (('AUTH', 58), ('wrong', 16), ('none', 10), ('probe', 8),
             ('refused', 8))

    def make_servers(self):
        return [
            Server('postfix', 'mail-gw.contoso.example', POSTFIX, ask='yes'),
            Server('exchange-online', 'SY5P282CA0097.outlook.office365.com',
                   ('LOGIN', 'XOAUTH2'), (25, 587, 465), mode='exchange',
                   internal='SY5P282CA0097.AUSP282.PROD.OUTLOOK.COM'),
            Server('smtp-server', 'relay.example.com',
                   ('LOGIN', 'PLAIN', 'CRAM-MD5', 'XOAUTH2'), key='rsa',
                   mode='default', banner='ready'),
            Server('exim4', 'mx2.example.com', ('LOGIN', 'PLAIN', 'CRAM-MD5')),
            Server('aiosmtpd', 'app-7.contoso.example', ('LOGIN', 'PLAIN')),
        ]

    def make_clients(self):
        return ('swaks', 'curl', 'smtplib', 'msmtp', 'nodemailer',
                'Net::SMTP', 'device', 'JavaMail')


class Test(Plan):
    number = 2
    count = 390
    password = 'fictional-Saddle-31!'
    domains = ('fabrik.example.org', 'example.net', 'hq.example.com')
    kinds = (('AUTH', 60), ('wrong', 15), ('none', 10), ('probe', 8),
             ('refused', 7))

    def make_servers(self):
        return [
            Server('postfix', 'smtp.fabrik.example.org', POSTFIX, key='rsa'),
            Server('exchange-online', 'AM0PR02CA0018.outlook.office365.com',
                   ('LOGIN', 'XOAUTH2'), mode='exchange',
                   internal='AM0PR02CA0018.eurprd02.prod.outlook.com'),
            Server('smtp-server', 'out.hq.example.com',
                   ('LOGIN', 'PLAIN', 'CRAM-MD5', 'XOAUTH2'),
                   mode='default', banner='hello'),
            Server('exim4', 'shared-hosting-14.example.net',
                   ('LOGIN', 'PLAIN', 'CRAM-MD5'), key='rsa'),
            Server('exchange-server', 'EX01.hq.example.com', ('LOGIN', 'NTLM'),
                   mode='server', internal='EX01.hq.example.com'),
            Server('dovecot', 'submit.example.net',
                   ('LOGIN', 'PLAIN', 'CRAM-MD5', 'DIGEST-MD5',
                    'SCRAM-SHA-256')),
        ]

    def make_clients(self):
        return ('swaks', 'curl', 'msmtp', 'nodemailer', 'device', 'JavaMail',
                'Go', 'Ruby', 'PHPMailer', 'sendemail', 's-nail', 'mutt',
                'exim-client')


class Negative(Plan):
    """No AUTH at all; servers that offer it and servers that do not."""

    number = 3
    count = 380
    password = 'imagined-Bridle-5'
    domains = ('contoso.example', 'branch.example.com', 'example.org')
    kinds = (('none', 55), ('probe', 22), ('refused', 23))

    def make_servers(self):
        mx = 'contoso-example.mail.protection.outlook.com'
        return [
            Server('postfix', 'relay.branch.example.com', (),
                   called='postfix-relay',
                   settings={'smtpd_relay_restrictions':
                             'permit_mynetworks, reject',
                             'mynetworks': '10.0.0.0/8'}),
            Server('postfix', 'mail.contoso.example', POSTFIX, key='rsa'),
            Server('exim4', 'mx.example.org', ('LOGIN', 'PLAIN')),
            Server('exchange-mx', mx, (), (25,), mode='mx',
                   internal='DB5PEPF00014B9A.eurprd02.prod.outlook.com'),
            Server('exchange-online', 'LO4P123CA0412.outlook.office365.com',
                   ('LOGIN', 'XOAUTH2'), mode='exchange',
                   internal='LO4P123CA0412.GBRP123.PROD.OUTLOOK.COM'),
            Server('aiosmtpd', 'app.example.org', ('LOGIN', 'PLAIN')),
            Server('https', 'www.example.org', (), (465,)),
            Server('imaps', 'imap.example.org', (), (465,)),
            Server('ldaps', 'ldap.example.org', (), (465,)),
        ]

    def make_clients(self):
        return ('swaks', 'curl', 'smtplib', 'msmtp', 'nodemailer',
                'Net::SMTP', 'device', 'JavaMail', 'Go', 'other')

    def make_jobs(self, count):
        def fits(client, server):
            return (client == 'other') == (server.kind in (
                'https', 'imaps', 'ldaps'))
        pairs = [(c, i) for c in self.clients
                 for i, server in enumerate(self.servers) if fits(c, server)]
        # One client for three servers: as often as three clients.
        pairs += [p for p in pairs if p[0] == 'other'] * 3
        for c, i in pairs * -(-count // len(pairs)):
            job = self.job(CLIENTS[c], i)
            if job:
                yield job


SETS = {'train': Train, 'test': Test, 'negative': Negative}
