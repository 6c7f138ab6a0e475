"""other.py: what is no mail on a port of mail: a small HTTP, IMAP or LDAP
server inside TLS on port 465. Arguments: kind, PEM file."""
import random
import socketserver
import ssl
import sys

KIND, PEM = sys.argv[1:]
rng = random.Random(KIND)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1
context.set_ciphers('ALL:@SECLEVEL=0')
context.load_cert_chain(PEM)


class Handler(socketserver.StreamRequestHandler):
    timeout = 20

    def setup(self):
        self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, text):
        self.wfile.write(text if isinstance(text, bytes)
                         else text.encode() + b'\r\n')

    def handle(self):
        getattr(self, KIND)()

    def https(self):
        for line in self.rfile:
            if line in (b'\r\n', b'\n'):
                body = '%x' % rng.getrandbits(8 * rng.randint(1, 900))
                self.say('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
                         'Content-Length: %d\r\n\r\n%s' % (len(body), body))

    def imaps(self):
        self.say('* OK IMAP4rev1 ready')
        for line in self.rfile:
            tag, verb = (line.split() + [b'', b''])[:2]
            tag, verb = tag.decode('latin-1'), verb.upper()
            if verb == b'CAPABILITY':
                self.say('* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN')
            elif verb == b'AUTHENTICATE':
                self.say('+ VXNlcm5hbWU6' if b'LOGIN' in line.upper()
                         else '+ ')
                self.rfile.readline()
                if b'LOGIN' in line.upper():
                    self.say('+ UGFzc3dvcmQ6')
                    self.rfile.readline()
            elif verb == b'SELECT':
                self.say('* %d EXISTS\r\n* OK [UIDVALIDITY 1]'
                         % rng.randint(0, 99))
            elif verb == b'LOGOUT':
                self.say('* BYE')
            self.say(tag + (' NO failed' if rng.random() < 0.1 else ' OK ') +
                     verb.decode('latin-1').lower())

    def ldaps(self):
        while self.request.recv(4096):
            n = rng.randint(0, 80)
            inner = b'\2\1\1a' + bytes([7 + n]) + b'\x0a\1\0\4\0\4' + \
                bytes([n]) + b'x' * n
            self.say(b'0' + bytes([len(inner)]) + inner)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, address):
        pass


Server(('0.0.0.0', 465), Handler).serve_forever()
