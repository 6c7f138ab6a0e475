"""tlswire.py: the bytes of genuine TLS: two OpenSSL ends in this process that
talk through memory."""
import functools
import os
import shutil
import ssl
import subprocess
import tempfile
import warnings

CLIENT, SERVER = 0, 1
VERSIONS = {'1.0': ssl.TLSVersion.TLSv1, '1.1': ssl.TLSVersion.TLSv1_1,
            '1.2': ssl.TLSVersion.TLSv1_2, '1.3': ssl.TLSVersion.TLSv1_3}


@functools.lru_cache(maxsize=None)
def certificate(names, days=365):
    """PEM of a key and a certificate for the names: (CN, other names...),
    signed by an authority of its own that nobody trusts."""
    folder = tempfile.mkdtemp()
    path = functools.partial(os.path.join, folder)

    def openssl(*args):
        subprocess.run(('openssl',) + args, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout',
                path('ca.key'), '-out', path('ca.pem'), '-days', '3650',
                '-subj', '/O=Contoso Example/CN=Contoso Example CA')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout',
                path('key.pem'), '-out', path('csr.pem'), '-subj',
                '/O=Contoso Example/CN=' + names[0])
        with open(path('ext'), 'w') as f:
            f.write('subjectAltName=' + ','.join('DNS:' + n for n in names))
        openssl('x509', '-req', '-in', path('csr.pem'), '-CA', path('ca.pem'),
                '-CAkey', path('ca.key'), '-CAcreateserial', '-days',
                str(days), '-extfile', path('ext'), '-out', path('crt.pem'))
        with open(path('key.pem')) as key, open(path('crt.pem')) as crt:
            return key.read() + crt.read()
    finally:
        shutil.rmtree(folder)


def context(side, low, high, ciphers, names):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if side == CLIENT else
                       ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)
        c.minimum_version, c.maximum_version = VERSIONS[low], VERSIONS[high]
    if ciphers:
        c.set_ciphers(ciphers)
    elif low in ('1.0', '1.1'):
        c.set_ciphers('DEFAULT@SECLEVEL=0')
    if side == CLIENT:
        c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    else:
        with tempfile.NamedTemporaryFile('w') as f:
            f.write(certificate(names))
            f.flush()
            c.load_cert_chain(f.name)
    return c


class Tls:
    """flights() is the handshake: a list of (side, bytes). Then record()
    gives what a side's plaintext is on the wire. failed: it was refused."""

    def __init__(self, version='1.2', sni=None, names=('mail.example.com',),
                 ciphers=None, server_min=None):
        low = '1.0' if version in ('1.0', '1.1') else '1.2'
        self.bio = [(ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in range(2)]
        contexts = (context(CLIENT, low, version, ciphers, names),
                    context(SERVER, server_min or low, server_min or version,
                            ciphers, names))
        self.end = [contexts[side].wrap_bio(
            *self.bio[side], server_side=side == SERVER,
            server_hostname=sni if side == CLIENT else None)
            for side in (CLIENT, SERVER)]
        self.failed = False

    def _carry(self, side):
        data = self.bio[side][1].read()
        self.bio[1 - side][0].write(data)
        return data

    def flights(self):
        out, side, done = [], CLIENT, [False, False]
        while True:
            try:
                self.end[side].do_handshake()
                done[side] = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                self.failed = True
            data = self._carry(side)
            if data:
                out.append((side, data))
            if self.failed or (all(done) and not data):
                return out
            side = 1 - side

    def record(self, side, plain):
        self.end[side].write(plain)
        data = self._carry(side)
        got = b''
        while len(got) < len(plain):
            got += self.end[1 - side].read(len(plain))
        assert got == plain
        return data

    def bye(self, side):
        try:
            self.end[side].unwrap()
        except ssl.SSLError:
            pass
        return self._carry(side)
