"""device.py: what firmware does: a dialogue by hand, over any TLS. Does the
job that stdin names (JSON); its style says what is odd about it:
  split      the end of a line in a record of its own
  words      each word of a line in a record of its own
  bytes      each byte
  helo       HELO, and no second one after STARTTLS
  pipeline   MAIL, RCPT and DATA at once
  bdat       BDAT in place of DATA
  rset       RSET and NOOP between
  resume     twice, the second time with the session of the first
  again      after a refusal the same AUTH once more
  cancel     answers the first challenge by *
  unasked    AUTH PLAIN where nobody offered it
  abort      goes away without QUIT
  slow       waits in between
  tls        TLS, and not a word of SMTP: the client's greeting of another
             protocol
"""
import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import sys
import time

OTHER = (b'GET / HTTP/1.1\r\nHost: mail\r\nUser-Agent: probe\r\n\r\n',
         b'a1 LOGIN nobody@example.com invented\r\n',
         b'0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\0\x80\0',
         b'USER nobody@example.com\r\n')


class Line:
    def __init__(self, job):
        self.job, self.style = job, job['style']

    def connect(self, context, session=None):
        job = self.job
        self.s = socket.create_connection((job['host'], job['port']), 20)
        self.f = self.s.makefile('rb')
        if not job['implicit']:
            self.reply()
            self.hello()
            self.say('STARTTLS')
        self.s = context.wrap_socket(self.s, server_hostname=job['name'],
                                     session=session)
        self.s.settimeout(15)
        self.f = self.s.makefile('rb')
        if job['implicit'] and self.style != 'tls':
            self.reply()

    def hello(self):
        verb = 'HELO ' if self.style == 'helo' and not self.tls() else 'EHLO '
        return self.say(verb + self.job['helo'])

    def tls(self):
        return isinstance(self.s, ssl.SSLSocket)

    def put(self, text):
        data = text.encode() if isinstance(text, str) else text
        parts = [data]
        if self.tls():
            if self.style == 'split' and data.endswith(b'\r\n'):
                parts = [data[:-2], b'\r\n']
            elif self.style == 'words':
                parts = [w + b' ' for w in data.split(b' ')]
                parts[-1] = parts[-1][:-1]
            elif self.style == 'bytes' and len(data) < 120:
                parts = [data[i:i + 1] for i in range(len(data))]
            elif self.style == 'slow':
                time.sleep(0.3)
        for part in parts:
            if part:
                self.s.sendall(part)

    def reply(self):
        while True:
            line = self.f.readline()
            if not line:
                raise EOFError
            if line[3:4] != b'-':
                return int(line[:3]), line[4:].strip()

    def say(self, text):
        self.put(text + '\r\n')
        return self.reply()

    def auth(self):
        job = self.job
        user, word = job['user'], job['password']
        kind = job['mechanism']

        def b64(text):
            return base64.b64encode(text.encode()).decode()
        plain = b64('\0%s\0%s' % (user, word))
        if self.style == 'cancel':
            self.say('AUTH ' + kind)
            return self.say('*')
        if kind == 'LOGIN':
            code, _ = self.say('AUTH LOGIN' + (' ' + b64(user)
                                               if job['initial'] else ''))
            if code == 334 and not job['initial']:
                code, _ = self.say(b64(user))
            return self.say(b64(word)) if code == 334 else (code, b'')
        if kind == 'PLAIN':
            if job['initial']:
                return self.say('AUTH PLAIN ' + plain)
            code, text = self.say('AUTH PLAIN')
            return self.say(plain) if code == 334 else (code, text)
        if kind == 'CRAM-MD5':
            code, text = self.say('AUTH CRAM-MD5')
            if code != 334:
                return code, text
            digest = hmac.new(word.encode(), base64.b64decode(text),
                              hashlib.md5).hexdigest()
            return self.say(b64(user + ' ' + digest))
        if kind == 'NTLM':
            return self.ntlm(user)
        token = 'user=%s\1auth=Bearer %s\1\1' % (user, word)
        if job['initial']:
            code, text = self.say('AUTH XOAUTH2 ' + b64(token))
        else:
            code, text = self.say('AUTH XOAUTH2')
            if code == 334:
                code, text = self.say(b64(token))
        return self.say('') if code == 334 else (code, text)

    def ntlm(self, user):
        """The messages of NTLM, with answers that no server could check."""
        one = b'NTLMSSP\0\1\0\0\0' + bytes.fromhex('07820000') + b'\0' * 16
        name, host = user.encode('utf-16le'), 'MFP-7'.encode('utf-16le')
        answer = hashlib.sha256(name).digest() * 4
        parts, at = b'', 64
        for part in (answer[:24], answer[:96], b'', name, host, b''):
            parts += struct.pack('<HHI', len(part), len(part), at)
            at += len(part)
        three = b'NTLMSSP\0\3\0\0\0' + parts + \
            bytes.fromhex('05820000') + answer[:24] + answer[:96] + name + host
        one, three = (base64.b64encode(m).decode() for m in (one, three))
        code, text = self.say('AUTH NTLM' + (' ' + one if self.job['initial']
                                             else ''))
        if code == 334 and not self.job['initial']:
            code, text = self.say(one)
        return self.say(three) if code == 334 else (code, text)

    def message(self, text):
        job = self.job
        mail = 'MAIL FROM:<%s>' % job['from']
        rcpt = ['RCPT TO:<%s>' % to for to in job['to']]
        if self.style == 'pipeline':
            self.put('\r\n'.join([mail] + rcpt + ['DATA', '']))
            codes = [self.reply()[0] for _ in range(len(rcpt) + 2)]
            if codes[-1] != 354:
                return
        else:
            if self.say(mail)[0] >= 300:
                return
            for line in rcpt:
                self.say(line)
            if self.style == 'bdat':
                self.put('BDAT %d LAST\r\n%s' % (len(text), text))
                self.reply()
                return
            if self.say('DATA')[0] != 354:
                return
        self.put(text)
        self.say('.')

    def session(self):
        job = self.job
        if self.style == 'tls':
            self.put(OTHER[len(job['user']) % 4])
            self.s.settimeout(1)
            self.s.recv(1000)
            return
        if self.style != 'helo' or job['implicit']:
            self.hello()
        if job['mechanism']:
            code, _ = self.auth()
            if self.style == 'again' and code >= 500:
                code, _ = self.auth()
        if self.style == 'rset':
            self.say('RSET')
            self.say('NOOP')
        for text in job['messages']:
            self.message(text)
        if self.style != 'abort':
            self.say('QUIT')


def main():
    job = json.load(sys.stdin)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    if job.get('cipher'):
        context.set_ciphers(job['cipher'])
    if job.get('pem'):
        context.load_cert_chain(job['pem'])
    session = None
    for _ in range(2 if job['style'] == 'resume' else 1):
        line = Line(job)
        try:
            line.connect(context, session)
            line.session()
            session = line.s.session
        except (OSError, EOFError, ValueError) as why:
            print(repr(why))
        finally:
            line.s.close()


main()
