"""dialogue.py: a text that reads like an SMTP log becomes the two sides of a
connection.

    # a comment
    C: EHLO printer          a line of the client; CRLF is added
    S: 250-x                 a line of the server
    C> DATA\\r\\n              bytes as they are, without CRLF
    C* 4000                  so many bytes of message text, in lines
    -- wait 2.5              seconds of silence
    -- flush                 what comes next is a write of its own
    -- tls 1.3 sni=NAME names=A,B ciphers=C server_min=1.3
    -- close client          also: close server, reset client|server, open
    -- client 10.0.0.1:40000 also: server; before the first line
    -- tcp isn=N             the client's first sequence number
    -- begin midstream       the connection was there before the capture

Escapes are \\r \\n \\t \\0 \\xNN \\\\, and <<text>> is the base64 of text;
<<ntlm1>>, <<ntlm2>>, <<ntlm3 DOMAIN USER WORKSTATION>> are NTLM messages.
Lines of one side that follow each other are one write. All passwords are
invented.
"""
import base64
import re
import struct

from conversation import CLIENT, SERVER, SECOND, Conversation, Host
from tlswire import Tls

SIDES = {'client': CLIENT, 'server': SERVER}
ESCAPE = re.compile(rb'\\(x[0-9a-fA-F]{2}|[rnt0\\])')


def unescape(text):
    plain = {b'r': b'\r', b'n': b'\n', b't': b'\t', b'0': b'\0', b'\\': b'\\'}

    def one(m):
        e = m.group(1)
        return bytes([int(e[1:], 16)]) if len(e) == 3 else plain[e]
    return ESCAPE.sub(one, text.encode())


def ntlm3(domain, user, workstation):
    """MS-NLMP 2.2.1.3, Unicode; the responses are invented."""
    fields = [b'\x11' * 24, b'\x22' * 24] + \
        [s.encode('utf-16-le') for s in (domain, user, workstation)] + [b'']
    at, heads, body = 64, b'', b''
    for f in fields:
        heads += struct.pack('<HHI', len(f), len(f), at)
        at += len(f)
        body += f
    return b'NTLMSSP\0' + struct.pack('<I', 3) + heads + \
        struct.pack('<I', 0x00008201) + body


def ntlm(text):
    words = text.split(' ')
    if words[0] == 'ntlm1':
        return b'NTLMSSP\0' + struct.pack('<II', 1, 0xa208b207) + bytes(16)
    if words[0] == 'ntlm2':
        name = 'CONTOSO'.encode('utf-16-le')
        return b'NTLMSSP\0' + struct.pack('<IHHII', 2, len(name), len(name),
                                          56, 0xa2898205) + \
            b'\x01\x23\x45\x67\x89\xab\xcd\xef' + bytes(24) + name
    return ntlm3(*(words[1:] + ['', '', ''])[:3])


def expand(text):
    """Escapes, then <<...>>."""
    out = b''
    for i, part in enumerate(re.split(r'<<(.*?)>>', text)):
        if i % 2 == 0:
            out += unescape(part)
        elif re.match(r'ntlm[123]\b', part):
            out += base64.b64encode(ntlm(part.replace('\\\\', '\\')))
        else:
            out += base64.b64encode(unescape(part))
    return out


def filler(n):
    """Message text: lines of 76, none of which is a lone dot."""
    line = b'The quick brown fox jumps over the lazy dog, ' \
        b'0123456789 abcdefghijklmno.\r\n'
    return (line * (n // len(line) + 1))[:max(n - 2, 0)] + b'\r\n'


class Dialogue:
    """turns: ('data', side, bytes) ('wait', ns) ('close', side)
    ('reset', side) in order; TLS is already on the wire."""

    def __init__(self, text):
        self.turns = []
        self.plain = []   # (side, bytes) before TLS
        self.client = ('10.20.4.31', 40312)
        self.server = ('10.20.1.10', 25)
        self.isn = 1000
        self.midstream = False
        self._tls = None
        self._pending = (None, b'')
        for line in text.splitlines():
            if line and not line.startswith('#'):
                self._line(line)
        self._flush()
        if not self.turns or self.turns[-1][0] not in ('close', 'reset',
                                                       'open'):
            self._close(CLIENT)

    def _line(self, line):
        mark, rest = line[:2], line[3:]
        if mark == '--':
            words = rest.split()
            self._command(words[0], words[1:])
        elif mark[0] in 'CS' and mark[1:] in (':', '>', '*'):
            data = filler(int(rest)) if mark[1] == '*' else expand(rest)
            if mark[1] == ':':
                data += b'\r\n'
            self._say(CLIENT if mark[0] == 'C' else SERVER, data)
        else:
            raise ValueError('not understood: ' + line)

    def _say(self, side, data):
        if self._pending[0] not in (None, side):
            self._flush()
        self._pending = (side, self._pending[1] + data)

    def _flush(self):
        side, data = self._pending
        self._pending = (None, b'')
        if data:
            self.plain.append((side, data))
            if self._tls:
                data = self._tls.record(side, data)
            self.turns.append(('data', side, data))

    def _close(self, side):
        if self._tls:
            data = self._tls.bye(side)
            if data:
                self.turns.append(('data', side, data))
        self.turns.append(('close', side))

    def _command(self, name, args):
        self._flush()
        if name == 'wait':
            self.turns.append(('wait', int(float(args[0]) * SECOND)))
        elif name == 'tls':
            self._handshake(args[0], dict(a.split('=', 1) for a in args[1:]))
        elif name == 'close':
            self._close(SIDES[args[0]])
        elif name == 'reset':
            self.turns.append(('reset', SIDES[args[0]]))
        elif name == 'open':
            self.turns.append(('open', None))
        elif name in SIDES:
            ip, port = args[0].rsplit(':', 1)
            setattr(self, name, (ip, int(port)))
        elif name == 'tcp':
            self.isn = int(args[0].split('=')[1])
        elif name == 'begin':
            self.midstream = True
        elif name != 'flush':
            raise ValueError('not understood: -- ' + name)

    def _handshake(self, version, options):
        if 'names' in options:
            options['names'] = tuple(options['names'].split(','))
        tls = Tls(version, **options)
        for side, data in tls.flights():
            self.turns.append(('data', side, data))
        if not tls.failed:
            self._tls = tls

    def segments(self, at, cut=None, rtt=10**6, mss=1460, isn=None):
        """The connection, begun at the time."""
        isn = self.isn if isn is None else isn
        c = Conversation(at, (isn, isn * 7 + 1), mss, rtt, cut)
        if self.midstream:
            c.seq = [(s + 1) % 2**32 for s in c.seq]
        else:
            c.open()
        for turn in self.turns:
            if turn[0] == 'data':
                c.say(turn[1], turn[2])
            elif turn[0] == 'wait':
                c.pause(turn[1])
            elif turn[0] == 'close':
                c.close(turn[1])
            elif turn[0] == 'reset':
                c.reset(turn[1])
        return c.segments

    def hosts(self, client_mac='00:80:77:1c:22:9a',
              server_mac='00:0c:29:10:00:01', v6=False):
        """v6: the same addresses, written in IPv6."""
        def address(ip):
            if v6 and ':' not in ip:
                return '2001:db8::' + ':'.join('%x' % int(p)
                                               for p in ip.split('.'))
            return ip
        return (Host(client_mac, address(self.client[0])),
                Host(server_mac, address(self.server[0])))

    def ports(self):
        return (self.client[1], self.server[1])
