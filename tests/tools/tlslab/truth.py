"""truth.py: what was said inside TLS: from a capture and the keys of its
sessions, by tshark. No secret is in what it returns: an account's name, the
mechanism and the outcome."""
import base64
import collections
import re
import struct
import subprocess

SYN, RST, FIN, ACK = 2, 4, 1, 16
HELLO_AGAIN = bytes.fromhex('cf21ad74e59a6111be1d8c021e65b891'
                            'c2a211167abb8c5e079e09e2c8a8339c')
VERSIONS = {0x301: '1.0', 0x302: '1.1', 0x303: '1.2', 0x304: '1.3'}


class Packet:
    __slots__ = ('at', 'raw', 'key', 'flags', 'seq', 'data')

    def __init__(self, at, raw):
        self.at, self.raw = at, raw
        frame = raw[16:]
        ip = frame[14:]
        head = (ip[0] & 15) * 4
        src, dst = ('.'.join(map(str, ip[i:i + 4])) for i in (12, 16))
        tcp = ip[head:struct.unpack('>H', ip[2:4])[0]]
        sport, dport, self.seq = struct.unpack('>HHI', tcp[:8])
        self.flags = tcp[13]
        self.data = tcp[(tcp[12] >> 4) * 4:]
        self.key = (src, sport), (dst, dport)


def packets(path):
    """The TCP packets of a pcap file of Ethernet and IPv4."""
    with open(path, 'rb') as f:
        data = f.read()
    at = 24
    while at + 16 <= len(data):
        s, us, n, _ = struct.unpack('<IIII', data[at:at + 16])
        raw = data[at:at + 16 + n]
        if raw[28:30] == b'\x08\x00' and raw[16 + 23] == 6:
            yield Packet(s + us / 1e6, raw)
        at += 16 + n


class Session:
    def __init__(self, first):
        self.client, self.server = first.key
        self.at = first.at
        self.mac = ':'.join('%02x' % b for b in first.raw[22:28])
        self.packets = []
        self.end = 'none'

    def add(self, p):
        self.packets.append(p)
        side = 'c' if p.key[0] == self.client else 's'
        if p.flags & RST:
            self.end = 'rst' + side
        elif p.flags & FIN and self.end == 'none':
            self.end = 'fin' + side

    def stream(self, side):
        """The bytes of one side."""
        out, start = {}, None
        for p in self.packets:
            if (p.key[0] == self.client) != (side == 'c'):
                continue
            if p.flags & SYN:
                start = p.seq + 1
            elif p.data and start is not None:
                at = (p.seq - start) & 0xffffffff
                if len(out.get(at, b'')) < len(p.data):
                    out[at] = p.data
        text = b''
        for at in sorted(out):
            if at <= len(text):
                text += out[at][len(text) - at:]
        return text


def sessions(all_packets):
    """In the order of their first SYN."""
    open_now, out = {}, []
    for p in all_packets:
        if p.flags & SYN and not p.flags & ACK and \
                (p.key not in open_now or
                 open_now[p.key].packets[0].seq != p.seq):
            open_now[p.key] = Session(p)
            out.append(open_now[p.key])
        s = open_now.get(p.key) or open_now.get((p.key[1], p.key[0]))
        if s:
            s.add(p)
    return out


def suites():
    """{number: OpenSSL's name}."""
    text = subprocess.run(['openssl', 'ciphers', '-V', 'ALL:@SECLEVEL=0'],
                          check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    return {int(a + b, 16): name for a, b, name in re.findall(
        r'0x(..),0x(..) - (\S+)', text)} | {
        0x1304: 'TLS_AES_128_CCM_SHA256', 0x1305: 'TLS_AES_128_CCM_8_SHA256'}


def tls_of(text, names):
    """What the server's bytes say of TLS from the first record on; {} if
    there is none."""
    at, hello, body = None, {}, b''
    m = re.search(rb'\x16\x03[\x00-\x03]..\x02\x00', text, re.S)
    if not m:
        return {}
    at, kinds = m.start(), set()
    while at + 5 <= len(text) and text[at] == 22:
        n = struct.unpack('>H', text[at + 3:at + 5])[0]
        body += text[at + 5:at + 5 + n]
        at += 5 + n
    again, at = False, 0
    while at + 4 <= len(body):
        kind, n = body[at], int.from_bytes(body[at + 1:at + 4], 'big')
        if kind not in (2, 11, 12, 13, 14, 4, 20, 22):
            break
        kinds.add(kind)
        if kind == 2:
            b = body[at + 4:at + 4 + n]
            if b[2:34] == HELLO_AGAIN:
                again = True
            sid = b[34]
            suite = struct.unpack('>H', b[35 + sid:37 + sid])[0]
            extensions, e = {}, 40 + sid
            while e + 4 <= len(b):
                number, size = struct.unpack('>HH', b[e:e + 4])
                extensions[number] = b[e + 4:e + 4 + size]
                e += 4 + size
            version = struct.unpack('>H', extensions.get(43, b[:2]))[0]
            hello = {'tls_version': VERSIONS.get(version),
                     'cipher': names.get(suite, '0x%04x' % suite),
                     'encrypt_then_mac': 22 in extensions
                     if version < 0x304 else None,
                     'resumed': 41 in extensions}
        at += 4 + n
    if hello and hello['tls_version'] != '1.3':
        hello['resumed'] = 11 not in kinds
    if hello:
        hello['hello_retry'] = again
    return hello


class Dialogue:
    """SMTP as both sides spoke it: counts what happened."""

    def __init__(self):
        self.attempts, self.pending = [], collections.deque()
        self.helo = None
        self.messages = self.rcpts = 0
        self.verbs = []
        self.quit = self.body = self.prompted = False
        self.binary = 0
        self.buffer = {'c': b'', 's': b''}

    def add(self, side, data):
        self.buffer[side] += data
        (self._client if side == 'c' else self._server)()

    def _client(self):
        while self.buffer['c']:
            if self.binary:
                cut = self.buffer['c'][:self.binary]
                self.binary -= len(cut)
                self.buffer['c'] = self.buffer['c'][len(cut):]
                continue
            if self.body:
                text = b'\r\n' + self.buffer['c']
                end = text.find(b'\r\n.\r\n')
                if end < 0:
                    return
                self.buffer['c'] = text[end + 5:]
                self.body = False
                self.pending.append('.')
                continue
            if self.pending and self.pending[-1] == 'DATA':
                return
            line, cr, rest = self.buffer['c'].partition(b'\n')
            if not cr:
                return
            self.buffer['c'] = rest
            self._line(line.decode('latin-1').strip())

    def _line(self, line):
        if self.prompted:
            self.prompted = False
            self.pending.append('answer')
            self._answer(line)
            return
        words = line.split()
        verb = words[0].upper() if words else ''
        self.verbs.append(verb)
        self.pending.append(verb)
        if verb in ('EHLO', 'HELO'):
            self.helo = words[1] if len(words) > 1 else ''
        elif verb == 'QUIT':
            self.quit = True
        elif verb == 'BDAT':
            self.binary = int(words[1])
            if words[-1].upper() == 'LAST':
                self.pending[-1] = '.'
        elif verb == 'AUTH':
            self.attempts.append({
                'mechanism': words[1].upper() if len(words) > 1 else None,
                'username': None, 'initial_response': len(words) > 2,
                'outcome': 'unknown', 'reply_code': None, 'visible': False})
            if len(words) > 2:
                self._answer(words[2])

    def _answer(self, word):
        a = self.attempts[-1]
        if word == '*':
            a['outcome'] = 'aborted'
        try:
            text = base64.b64decode(word)
        except ValueError:
            return
        if a['username'] is None:
            name = account(a['mechanism'], text)
            if name is not None:
                a['username'] = name.decode('utf-8', 'replace')

    def _server(self):
        while b'\n' in self.buffer['s']:
            line, _, self.buffer['s'] = self.buffer['s'].partition(b'\n')
            if not re.match(rb'\d\d\d(?: |\r?$)', line):
                continue
            self._reply(int(line[:3]))

    def _reply(self, code):
        if not self.pending:
            return                      # the banner
        what = self.pending.popleft()
        if what in ('AUTH', 'answer'):
            a = self.attempts[-1]
            if code == 334:
                self.prompted = True
                return
            a['reply_code'] = code
            if a['outcome'] == 'unknown':
                a['outcome'] = 'accepted' if code == 235 else 'rejected'
        elif what == 'DATA' and code == 354:
            self.body = True
            self._client()
        elif what == 'RCPT' and code < 300:
            self.rcpts += 1
        elif what == '.' and code < 300:
            self.messages += 1


def account(mechanism, text):
    """The account in an answer, or None."""
    if mechanism == 'LOGIN':
        return text
    if mechanism == 'PLAIN':
        parts = text.split(b'\0')
        return parts[1] if len(parts) == 3 else None
    if mechanism == 'CRAM-MD5':
        return text.rpartition(b' ')[0] or None
    if mechanism == 'NTLM':
        if text[:12] != b'NTLMSSP\0\3\0\0\0' or len(text) < 44:
            return None
        n, _, at = struct.unpack('<HHI', text[36:44])
        return text[at:at + n].decode('utf-16le', 'replace').encode()
    pattern = {'DIGEST-MD5': rb'username="([^"]*)"',
               'XOAUTH2': rb'user=([^\x01]*)\x01',
               'OAUTHBEARER': rb'a=([^,]*),'}.get(
                   mechanism, rb'^n,[^,]*,n=([^,]*)')
    m = re.search(pattern, text)
    return m and m.group(1)


def decrypted(path, keys, found):
    """For each session [(side, bytes)], or None."""
    args = ['tshark', '-n', '-Q', '-r', path, '-o',
            'tls.keylog_file:' + keys, '-q', '-d', 'tcp.port==587,smtp']
    for i in range(len(found)):
        args += ['-z', 'follow,tls,raw,%d' % i]
    text = subprocess.run(args, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True).stdout
    out = [None] * len(found)
    for part in text.split('Follow: tls,raw')[1:]:
        m = re.search(r'stream eq (\d+)\nNode 0: (\S*):(\d+)\n'
                      r'Node 1: .*\n((?:.|\n)*)', part)
        # Node 0 is who spoke first.
        i, first = int(m.group(1)), (m.group(2), int(m.group(3)))
        if first not in (found[i].client, found[i].server):
            continue
        side = 'cs' if first == found[i].client else 'sc'
        out[i] = [(side[line[0] == '\t'], bytes.fromhex(line.strip()))
                  for line in m.group(4).splitlines()
                  if re.fullmatch(r'\t?[0-9a-f]+', line)]
    return out


def truth(path, keys, clients, server_name, server_program):
    """A list: one object for each session of the capture. clients: {address:
    program}."""
    found = sessions(packets(path))
    inside = decrypted(path, keys, found)
    names, out = suites(), []
    for s, turns in zip(found, inside):
        hidden, clear = Dialogue(), Dialogue()
        tls = tls_of(s.stream('s'), names)
        if not tls:
            continue                # no agreement: nothing to tell
        implicit = s.stream('c')[:2] == b'\x16\x03'
        if not implicit:
            text = re.match(rb'(?:[ -~]*\r?\n)*', s.stream('c')).group()
            for line in text.splitlines(True):
                clear.add('c', line)
        for side, data in turns or ():
            hidden.add(side, data)
        t = {'client_ip': s.client[0], 'client_port': s.client[1],
             'client_mac': s.mac, 'server_ip': s.server[0],
             'server_port': s.server[1], 'server_name': server_name,
             'server_program': server_program,
             'client_program': clients[s.client[0]],
             'first_ts': round(s.at, 6),
             'tls': 'implicit' if implicit else 'starttls'}
        t.update(tls)
        t.update({'decrypted': bool(turns),
                  'judge_inference': bool(turns),
                  'auth_attempts': hidden.attempts,
                  'helo': clear.helo if not implicit else None,
                  'messages': hidden.messages, 'rcpt_count': hidden.rcpts,
                  'quit': hidden.quit, 'end': s.end})
        out.append(t)
    return out
