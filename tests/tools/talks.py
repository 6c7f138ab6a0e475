"""talks.py: random mail sessions by a seed, with the truth about each.

Every mechanism of SMTP AUTH, with and without an initial response, right and
wrong passwords, retries, cancellations; pipelining, messages by DATA and by
BDAT that quote SMTP at each other, STARTTLS; writes that end anywhere. All
names are unique, so that what was glued of two is seen for what it is, and
what only a message's text says begins with `bait`.
"""
import base64
import hashlib
import random

import conversation as conv
from conversation import CLIENT, SERVER
from dialogue import Dialogue, ntlm
from tlswire import Tls

CLASSES = {'LOGIN': 'basic', 'PLAIN': 'basic', 'CRAM-MD5': 'basic',
           'DIGEST-MD5': 'basic', 'NTLM': 'basic', 'SCRAM-SHA-256': 'basic',
           'SCRAM-SHA-1': 'basic', 'XOAUTH2': 'oauth', 'OAUTHBEARER': 'oauth',
           'GSSAPI': 'other', 'EXTERNAL': 'other', 'ANONYMOUS': 'other',
           'X-CONTOSO': 'other'}
KINDS = ['LOGIN'] * 8 + ['PLAIN'] * 6 + ['XOAUTH2'] * 2 + [
    'CRAM-MD5', 'CRAM-MD5', 'DIGEST-MD5', 'NTLM', 'NTLM', 'SCRAM-SHA-256',
    'SCRAM-SHA-1', 'OAUTHBEARER', 'GSSAPI', 'EXTERNAL', 'ANONYMOUS',
    'X-CONTOSO']

# A message may quote a whole session, and hostile ones will.
BAITS = [
    ['EHLO bait.example', 'AUTH LOGIN', 'YmFpdEBldmlsLmV4YW1wbGU=',
     'YmFpdHBhc3N3b3Jk', 'MAIL FROM:<bait@evil.example>',
     'RCPT TO:<bait@evil.example>', 'DATA', 'bait', 'QUIT'],
    ['AUTH PLAIN AGJhaXRAZXZpbC5leGFtcGxlAGJhaXQ='],
    ['AUTH PLAIN AGJhaXRAZXZpbC5leGFtcGxlAGJhaXQ=',
     'MAIL FROM:<bait@evil.example>'],
    ['AUTH LOGIN', 'YmFpdEBldmlsLmV4YW1wbGU=', 'YmFpdA=='],
    ['AUTH LOGIN YmFpdEBldmlsLmV4YW1wbGU=', 'YmFpdA=='],
    ['AUTH CRAM-MD5',
     base64.b64encode(b'bait ' + b'0' * 32).decode()],
    ['235 2.7.0 Authentication successful'], ['535 5.7.8 no', '334 '],
    ['334 VXNlcm5hbWU6', '354 go ahead', '250 2.0.0 ok'],
    ['MAIL FROM:<bait@evil.example>', 'RCPT TO:<bait@evil.example>'],
    ['MAIL FROM:<bait@evil.example> SIZE=1'], ['EHLO bait.example'],
    ['QUIT'], ['DATA'], ['RSET'], ['NOOP'], ['STARTTLS'], ['*'],
    ['BDAT 30 LAST'], ['..'], ['.bait'], ['AUTH'], ['AUTH LOGIN'],
    ['In 1998 AUTH LOGIN was new.'], ['MAIL FROM: is a command.'],
]


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes)
                            else data.encode())


class Talk(Dialogue):
    """A dialogue, and what is true of it: attempts [{mechanism, account,
    authzid, workstation, realm, outcome, code}], and what else may be told
    of the session."""

    def __init__(self, seed, number=0, plain=False):
        self.buffer = (None, b'')
        super().__init__('-- open')
        self.turns = []
        self.rng = random.Random(seed)
        self.number = number
        self.plain = plain  # messages quote nothing
        self.told = False   # the server says what AUTH alone has
        self.client = ('10.%d.%d.%d' % (64 + number // 65536 % 64,
                                        number // 256 % 256, number % 256),
                       20000 + number % 40000)
        self.server = ('10.1.%d.25' % self.rng.randint(0, 9),
                       self.rng.choice([25, 587, 2525]))
        self.isn = self.rng.choice([self.rng.getrandbits(32),
                                    2**32 - self.rng.randint(1, 2000)])
        self.attempts = []
        self.helos, self.froms, self.domains = set(), [], set()
        self.recipients = self.messages = self.accepted = 0
        self.in_tls = False
        self.enhanced = self.rng.random() < 0.6
        self.names = 0
        self._talk()
        self._flush()

    # Writing

    def _flush(self):
        side, data = self.buffer
        self.buffer = (None, b'')
        if data:
            self.turns.append(('data', side, data))

    def _put(self, side, data):
        if self.buffer[0] not in (None, side):
            self._flush()
        self.buffer = (side, self.buffer[1] + data)
        if self.rng.random() < 0.05:
            self._flush()

    def c(self, line):
        self._put(CLIENT, (line if isinstance(line, bytes)
                           else line.encode()) + b'\r\n')

    def s(self, code, text='ok', status=None):
        """A reply of one line or some, with an enhanced code if the server
        has such."""
        lines = text if isinstance(text, list) else [text]
        if status is None and code // 100 in (2, 4, 5):
            status = '%d.0.0' % (code // 100)
        mark = ' ' + status if status and self.enhanced else ''
        for i, line in enumerate(lines):
            glue = '-' if i < len(lines) - 1 else ' '
            self._put(SERVER, ('%d%s%s%s\r\n' % (
                code, glue, mark[1:] + ' ' if mark else '', line)).encode())

    def _wait(self):
        self._flush()
        if self.rng.random() < 0.1:
            self.turns.append(('wait', self.rng.randint(1, 3000) * conv.MS))

    def name(self):
        self.names += 1
        kind = self.rng.randint(0, 5)
        n = 'u%d.%d%s' % (self.number, self.names,
                          'x' * self.rng.randint(0, 9))
        return [n, n + '@contoso.example', n.upper() + '@Contoso.Example',
                'büro-' + n, 'the ' + n, n + '@example.com'][kind]

    def password(self):
        """At times one that looks like a name."""
        n = 'secret%d.%d' % (self.number, self.rng.getrandbits(30))
        return self.rng.choice([n, n + '@example.com', n + '!' * 20])

    # AUTH

    def _attempt(self):
        rng, kind = self.rng, self.rng.choice(KINDS)
        self.truth = {'mechanism': kind, 'account': None, 'authzid': None,
                      'workstation': None, 'realm': None,
                      'outcome': 'unknown', 'code': None}
        self.attempts.append(self.truth)
        initial = rng.random() < 0.5
        verb = rng.choice(['AUTH', 'AUTH', 'auth', 'Auth', 'X-EXPS'])
        name = rng.choice([kind, kind, kind.lower()])
        refuse = rng.random()
        if refuse < 0.08 or kind == 'X-CONTOSO':
            self._refused_at_once(verb, name, kind)
            return False
        steps = self._steps(kind, initial)
        first = steps.pop(0) if initial and kind not in (
            'CRAM-MD5', 'DIGEST-MD5') else None
        self.c(b'%s %s%s' % (verb.encode(), name.encode(),
                             b'' if first is None else b' ' +
                             (first[1] or b'=')))
        for prompt, answer in steps:
            self._wait()
            self.told = True
            self._put(SERVER, b'334 ' + (prompt or b'') + b'\r\n')
            if rng.random() < 0.05:
                self.c('*')
                self.truth['outcome'] = 'aborted'
                self._final(rng.choice([501, 501, 535, 500]), rng.choice(
                    ['Authentication aborted', 'cancelled', 'no']))
                return False
            self._wait()
            self.c(answer)
        self._wait()
        return self._outcome(kind)

    def _refused_at_once(self, verb, name, kind):
        line = verb + ' ' + name
        if kind == 'PLAIN' and self.rng.random() < 0.7:
            user = self.truth['account'] = self.name()
            line += ' ' + b64('\0%s\0%s' % (user, self.password())).decode()
        self.c(line)
        self._wait()
        self.truth['outcome'] = 'rejected'
        self._final(self.rng.choice([504, 503, 502, 530, 454, 538, 501]),
                    'Unrecognized authentication type')

    def _final(self, code, text):
        self.truth['code'] = code
        self.told |= code in (235, 534, 535, 538)
        self.s(code, text, {235: '2.7.0', 535: '5.7.8'}.get(
            code, '%d.%d.%d' % (code // 100, self.rng.randint(0, 7),
                                self.rng.randint(0, 9))))

    def _outcome(self, kind):
        rng = self.rng
        if rng.random() < 0.04:
            return None  # never answered
        if rng.random() < 0.6:
            self.truth['outcome'] = 'accepted'
            self._final(235, rng.choice(
                ['Authentication successful', 'go ahead', ['ok', 'then'],
                 'ok 250 seen', 'welcome, it is 535 days since']))
            return True
        if kind in ('XOAUTH2', 'OAUTHBEARER') and rng.random() < 0.7:
            self._put(SERVER, b'334 ' + b64('{"status":"401"}') + b'\r\n')
            self.c('' if kind == 'XOAUTH2' else 'AQ==')
            self._wait()
        self.truth['outcome'] = 'rejected'
        self._final(rng.choice([535, 535, 535, 535, 454, 421, 550, 500, 501]),
                    rng.choice(
                        ['Authentication unsuccessful', 'no 235 today',
                         ['Username and Password not accepted.',
                          'see there 235 - gsmtp'], 'it failed']))
        return False

    def _steps(self, kind, initial):
        """[(prompt, answer)]; of an initial response the prompt is not
        sent."""
        rng, t, user = self.rng, self.truth, self.name()
        secret = self.password()
        t['account'] = user
        if kind == 'LOGIN':
            prompts = rng.choice([
                (b64('Username:'), b64('Password:')),
                (b64('Username:'), b64('Password:')),
                (b'', b''), (b64('User Name\0'), b64('Password\0')),
                (b'Username:', b'Password:'), (b'VXNlcm5hbWU', b'cGFzcw')])
            return [(prompts[0], b64(user)), (prompts[1], b64(secret))]
        if kind == 'PLAIN':
            other = ''
            if rng.random() < 0.2:
                other = t['authzid'] = self.name()
            return [(b'', b64('%s\0%s\0%s' % (other, user, secret)))]
        if kind == 'CRAM-MD5':
            digest = hashlib.md5(secret.encode()).hexdigest()
            return [(b64('<%d.%d@mx.contoso.example>' % (
                rng.getrandbits(30), self.number)), b64(user + ' ' + digest))]
        if kind == 'DIGEST-MD5':
            t['realm'] = 'mx.contoso.example'
            return [(b64('realm="mx.contoso.example",nonce="n%d",qop="auth",'
                         'algorithm=md5-sess' % rng.getrandbits(40)),
                     b64('username="%s",realm="mx.contoso.example",nonce="x",'
                         'cnonce="y",nc=00000001,qop=auth,digest-uri="smtp/m"'
                         ',response=%s' % (user, '0' * 32))),
                    (b64('rspauth=' + '1' * 32), b'')]
        if kind == 'NTLM':
            user = t['account'] = user.replace(' ', '_')
            t['realm'], t['workstation'] = 'CONTOSO', 'WS%d' % self.number
            return [(rng.choice([b'', b'ntlm supported']),
                     b64(ntlm('ntlm1'))),
                    (b64(ntlm('ntlm2')),
                     b64(ntlm('ntlm3 CONTOSO %s WS%d' % (user,
                                                         self.number))))]
        if kind.startswith('SCRAM'):
            return [(b'', b64('n,,n=%s,r=abc%d' % (user, self.number))),
                    (b64('r=abc%dxyz,s=AAAA,i=4096' % self.number),
                     b64('c=biws,r=abcxyz,p=' + 'A' * 43 + '=')),
                    (b64('v=' + 'B' * 43 + '='), b'')]
        if kind == 'XOAUTH2':
            return [(b'', b64('user=%s\1auth=Bearer %s\1\1' % (
                user, 'tok' * rng.randint(10, 700))))]
        if kind == 'OAUTHBEARER':
            return [(b'', b64('n,a=%s,\1host=mx\1port=587\1auth=Bearer %s'
                              '\1\1' % (user, 'tok' * rng.randint(10, 700))))]
        t['account'] = None
        if kind == 'EXTERNAL':
            if rng.random() < 0.5:
                t['authzid'] = user
                return [(b'', b64(user))]
            return [(b'', b'=' if not initial else b'')]
        if kind == 'ANONYMOUS':
            return [(b'', b64('trace'))]
        token = bytes(rng.getrandbits(8) for _ in range(rng.randint(40, 900)))
        return [(b'', b64(b'\x60' + token)), (b64(b'\x60' + token[:30]),
                                              b64(token[:24]))]

    # Mail

    def _words(self):
        return bytes(self.rng.choice(
            b'abcdefghijklmnopqrstuvwxyz     ABCDEFGHIJ0123456789.,:')
            for _ in range(self.rng.randint(0, 70)))

    def _body(self):
        rng = self.rng
        lines = [b'Subject: scan', b'X-Mailer: Contoso MFP', b'']
        if rng.random() < 0.1:
            lines += [b64(bytes(rng.getrandbits(8) for _ in range(57)))
                      for _ in range(rng.randint(1, 90))]
        for _ in range(rng.randint(0, 12)):
            if rng.random() < 0.35 and not self.plain:
                lines += [x.encode() for x in rng.choice(BAITS)]
            else:
                lines += [self._words() for _ in range(rng.randint(1, 5))]
        return lines

    def _by_data(self, more):
        rng = self.rng
        self.c('DATA')
        if more:
            self._replies(more)
        self._wait()
        if rng.random() < 0.05:
            self.s(rng.choice([451, 554, 503]), 'not now')
            return
        self._put(SERVER, b'354 go ahead\r\n')
        for line in self._body():
            self.c(b'.' + line if line.startswith(b'.') else line)
        self.c('.')
        self.messages += 1
        self._wait()
        self._taken()

    def _by_chunks(self):
        rng = self.rng
        body = b'\r\n'.join(self._body()) + b'\r\n'
        while True:
            n = min(len(body), rng.randint(1, 900))
            last = n == len(body)
            self._put(CLIENT, b'BDAT %d%s\r\n' % (n, b' LAST' * last) +
                      body[:n])
            body = body[n:]
            if last:
                break
            if rng.random() < 0.7:
                self._wait()
                self.s(250, '%d octets received' % n)
            else:
                self.pending += 1
        self.messages += 1
        self._wait()
        for _ in range(self.pending):
            self.s(250, 'octets received')
        self.pending = 0
        self._taken()

    def _taken(self):
        if self.rng.random() < 0.9:
            self.accepted += 1
            self.s(250, 'queued as %X' % self.rng.getrandbits(40))
        else:
            self.s(self.rng.choice([451, 552, 554]), 'refused')

    def _replies(self, more):
        for code in more:
            self.s(code, 'ok' if code < 300 else 'no such user',
                   '%d.1.%d' % (code // 100, self.rng.choice([0, 1, 5])))

    def _message(self):
        rng, waiting = self.rng, []
        pipelined = rng.random() < 0.4
        sender = rng.choice(['', self.name().replace(' ', '_')])
        self.pending = 0
        self.froms.append(sender)
        self.c('MAIL FROM:<%s>%s' % (sender, rng.choice(
            ['', ' SIZE=1000', ' BODY=8BITMIME', ' AUTH=<>'])))
        codes = [250]
        for i in range(rng.randint(1, 4)):
            if not pipelined:
                self._wait()
                self._replies(codes)
                codes = []
            self.c('RCPT TO:<r%d@to%d.example>' % (i, self.number % 7))
            self.recipients += 1
            self.domains.add('to%d.example' % (self.number % 7))
            codes.append(rng.choice([250, 250, 250, 250, 550]))
        if not pipelined:
            self._wait()
            self._replies(codes)
            codes = []
        if not codes and rng.random() < 0.3:
            self._by_chunks()
        else:
            self._by_data(codes)

    # A session

    def _hello(self):
        rng = self.rng
        name = rng.choice(['scanner%d', '[10.0.0.%d]', 'NPI%06d']) % (
            self.number % 1000000)
        self.helos.add(name)
        if rng.random() < 0.1:
            self.c('HELO ' + name)
            self._wait()
            self.s(250, 'mx.contoso.example')
            return
        self.c('EHLO ' + name)
        self._wait()
        words = ['mx.contoso.example Hello [203.0.113.9]', 'SIZE 157286400',
                 'PIPELINING', '8BITMIME', 'CHUNKING', 'STARTTLS',
                 'AUTH LOGIN PLAIN XOAUTH2 NTLM', 'ENHANCEDSTATUSCODES']
        self.s(250, words[:rng.randint(1, len(words))], '')

    def _starttls(self):
        self.c('STARTTLS')
        self._wait()
        if self.rng.random() < 0.4:
            self.s(454, 'TLS not available')
            return False
        self._put(SERVER, b'220 2.0.0 ready\r\n')
        self._flush()
        tls = Tls(self.rng.choice(['1.2', '1.3']), sni='mx.contoso.example')
        for side, data in tls.flights():
            self.turns.append(('data', side, data))
        for side in (CLIENT, SERVER) * self.rng.randint(2, 9):
            self.turns.append(('data', side, tls.record(
                side, b'x' * self.rng.randint(6, 90))))
        self.in_tls = True
        return True

    def _end(self):
        rng = self.rng
        if rng.random() < 0.8 and not self.in_tls:
            self.c('QUIT')
            self._wait()
            self.s(221, 'bye')
        self._flush()
        self.turns.append(rng.choice([
            ('close', CLIENT), ('close', CLIENT), ('close', SERVER),
            ('reset', CLIENT), ('open', None)]))

    def _talk(self):
        rng = self.rng
        self.s(220, 'mx.contoso.example ESMTP ready', '')
        self._wait()
        self._hello()
        if rng.random() < 0.15:
            if self._starttls():
                self._end()
                return
            if rng.random() < 0.5:
                self._hello()
        if rng.random() < 0.1:
            for verb in ('NOOP', 'RSET'):
                self.c(verb)
                self._wait()
                self.s(250, 'ok')
        if rng.random() < 0.85:
            for _ in range(rng.randint(1, 4)):
                done = self._attempt()
                if done is None:
                    self._flush()
                    self.turns.append(('reset', CLIENT))
                    return
                if done and rng.random() < 0.9:
                    break
        for _ in range(rng.randint(0, 3)):
            self._message()
            if rng.random() < 0.1:
                self.c('RSET')
                self._wait()
                self.s(250, 'ok')
        self._end()

    def segments(self, at, cut=None, rtt=10**6, mss=1460, isn=None):
        """Cut as chance will have it, unless it is said how."""
        rng = random.Random(self.number)
        sizes = rng.choice([None, None, 8, 40, 200])

        def pieces(data):
            out = []
            while data:
                n = min(rng.randint(1, sizes), mss)
                out.append(data[:n])
                data = data[n:]
            return out
        return super().segments(at, cut or (pieces if sizes else None),
                                rtt, mss, isn)


# Judging

FIELDS = ('mechanism', 'account', 'authzid', 'workstation', 'realm', 'code')


def _fits(entry, truth):
    """Is nothing said that is not so?"""
    for f in FIELDS:
        if entry[f] is not None and entry[f] != truth[f]:
            return False
    if truth['outcome'] == 'aborted' and entry['code'] not in (None, 501):
        return entry['outcome'] != 'accepted'  # the server has said no
    return entry['outcome'] in ('unknown', truth['outcome'])


def wrong(talk, sessions):
    """What the sessions say of a talk that is not true, as texts."""
    out = []
    entries = [a for s in sessions for a in s['auth']
               if a['evidence'] != 'inferred']
    at = 0
    for e in entries:
        i = next((i for i in range(at, len(talk.attempts))
                  if _fits(e, talk.attempts[i])), None)
        if i is None:
            out.append('auth %s' % {f: e[f] for f in FIELDS + ('outcome',)})
        else:
            at = i + 1
    for s in sessions:
        m = s['mail']
        if s['helo'] is not None and s['helo'] not in talk.helos:
            out.append('helo %s' % s['helo'])
        out += ['from %s' % f for f in m['from'] if f not in talk.froms]
        out += ['domain %s' % d for d in m['recipient_domains']
                if d not in talk.domains]
        if s['tls']['mode'] != 'none' and not talk.in_tls:
            out.append('tls %s' % s['tls']['mode'])
    for what in ('recipients', 'messages', 'accepted'):
        if talk.in_tls:
            break  # what its lengths are read as is another matter
        n = sum(s['mail'][what] for s in sessions)
        if n > getattr(talk, what):
            out.append('%d %s of %d' % (n, what, getattr(talk, what)))
    return out


def classes(sessions):
    """The classes of what is flagged; '' where the mechanism is unknown."""
    return {CLASSES.get(a['mechanism'], 'other') if a['mechanism'] else ''
            for s in sessions for a in s['auth']
            if a['evidence'] in ('seen', 'resynced')}
