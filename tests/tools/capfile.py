"""capfile.py: capture files: pcap of each kind, pcapng with interfaces, snoop;
plain, .gz or .zst."""
import gzip
import struct
import subprocess

KINDS = ('pcap', 'pcap-be', 'pcap-ns', 'pcap-ns-be', 'pcapng', 'pcapng-be',
         'pcapng-us', 'snoop')
GZIP, ZSTD = b'\x1f\x8b', b'\x28\xb5\x2f\xfd'


class Captured:
    """One frame as captured: at is ns since 1970, snapped to snap bytes."""

    __slots__ = ('at', 'frame', 'wire', 'link', 'interface')

    def __init__(self, at, frame, link=1, interface=0, snap=None, wire=None):
        self.at = at
        self.wire = len(frame) if wire is None else wire
        self.frame = frame[:snap] if snap else frame
        self.link = link
        self.interface = interface


def pcap(captured, order='<', nanoseconds=False, snaplen=262144, link=None):
    """Bytes of a pcap file; all frames have one link type."""
    captured = list(captured)
    if link is None:
        link = captured[0].link if captured else 1
    out = [struct.pack(order + 'IHHiIII',
                       0xa1b23c4d if nanoseconds else 0xa1b2c3d4, 2, 4, 0, 0,
                       snaplen, link)]
    for c in captured:
        assert c.link == link
        s, ns = divmod(c.at, 10**9)
        out.append(struct.pack(order + 'IIII', s,
                               ns if nanoseconds else ns // 1000,
                               len(c.frame), c.wire))
        out.append(c.frame)
    return b''.join(out)


def option(order, code, value):
    return struct.pack(order + 'HH', code, len(value)) + value + \
        b'\0' * (-len(value) % 4)


def block(order, kind, body):
    body += b'\0' * (-len(body) % 4)
    n = 12 + len(body)
    return struct.pack(order + 'II', kind, n) + body + \
        struct.pack(order + 'I', n)


def pcapng(captured, interfaces=None, order='<', tsresol=9, snaplen=262144):
    """Bytes of a pcapng file. interfaces: [(name, link)], by default one for
    each (interface, link) that the frames name. tsresol: 10^-n s."""
    captured = list(captured)
    if interfaces is None:
        numbers = sorted({(c.interface, c.link) for c in captured}) or [(0, 1)]
        interfaces = [('eth%d' % i, link) for i, link in numbers]
        number = {pair: i for i, pair in enumerate(numbers)}
    else:
        number = {(i, link): i for i, (_, link) in enumerate(interfaces)}
    out = [block(order, 0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1,
                                                0, -1))]
    for name, link in interfaces:
        body = struct.pack(order + 'HHI', link, 0, snaplen)
        body += option(order, 2, name.encode())
        body += option(order, 9, bytes([tsresol])) + option(order, 0, b'')
        out.append(block(order, 1, body))
    for c in captured:
        at = c.at // 10**(9 - tsresol)
        body = struct.pack(order + 'IIIII', number[c.interface, c.link],
                           at >> 32, at & 0xffffffff, len(c.frame), c.wire)
        out.append(block(order, 6, body + c.frame))
    return b''.join(out)


def snoop(captured):
    """RFC 1761: Ethernet is 4, and its frames are padded to 4 bytes."""
    out = [b'snoop\0\0\0' + struct.pack('!II', 2, 4)]
    for c in captured:
        assert c.link == 1
        pad = -len(c.frame) % 4
        s, ns = divmod(c.at, 10**9)
        out.append(struct.pack('!IIIIII', c.wire, len(c.frame),
                               24 + len(c.frame) + pad, 0, s, ns // 1000) +
                   c.frame + b'\0' * pad)
    return b''.join(out)


def of_kind(captured, kind='pcap'):
    """Bytes of a file of one of KINDS: -be, big endian; -ns and -us, what its
    times count."""
    if kind == 'snoop':
        return snoop(captured)
    order = '>' if 'be' in kind else '<'
    if kind.startswith('pcapng'):
        return pcapng(captured, order=order, tsresol=6 if 'us' in kind else 9)
    return pcap(captured, order, 'ns' in kind)


def packed(data, suffix):
    """suffix: of a file's name."""
    if suffix.endswith('.gz'):
        return gzip.compress(data, 1, mtime=0)
    if suffix.endswith('.zst'):
        return subprocess.run(['zstd', '-q', '-c'], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
    return data


def unpacked(data):
    if data.startswith(GZIP):
        return gzip.decompress(data)
    if data.startswith(ZSTD):
        return subprocess.run(['zstd', '-q', '-d', '-c'], input=data,
                              check=True, stdout=subprocess.PIPE).stdout
    return data


def read_pcap(data, order, unit):
    link = struct.unpack_from(order + 'I', data, 20)[0] & 0xffff
    at, out = 24, []
    while at + 16 <= len(data):
        s, part, n, wire = struct.unpack_from(order + 'IIII', data, at)
        out.append(Captured(s * 10**9 + part * unit,
                            data[at + 16:at + 16 + n], link, wire=wire))
        at += 16 + n
    return out


def read_options(body, order):
    out, at = {}, 0
    while at + 4 <= len(body):
        code, n = struct.unpack_from(order + 'HH', body, at)
        out[code] = body[at + 4:at + 4 + n]
        at += 4 + n + -n % 4
    return out


def ticks_of(options):
    """Ticks of a second: option if_tsresol."""
    resolution = options.get(9, b'\6')[0]
    return 2**(resolution & 127) if resolution & 128 else 10**resolution


def read_pcapng(data):
    """Frames of enhanced packet blocks, by whatever section."""
    out, links, ticks, at, order = [], [], [], 0, '<'
    while at + 12 <= len(data):
        if data[at:at + 4] == b'\x0a\x0d\x0d\x0a':
            order = '<' if data[at + 8] == 0x4d else '>'
            links, ticks = [], []
        kind, n = struct.unpack_from(order + 'II', data, at)
        body = data[at + 8:at + n - 4]
        at += n
        if kind == 1:
            links.append(struct.unpack_from(order + 'H', body)[0])
            ticks.append(ticks_of(read_options(body[8:], order)))
        elif kind == 6:
            i, high, low, n, wire = struct.unpack_from(order + 'IIIII', body)
            out.append(Captured((high << 32 | low) * 10**9 // ticks[i],
                                body[20:20 + n], links[i], i, wire=wire))
    return out


def read_snoop(data):
    at, out = 16, []
    while at + 24 <= len(data):
        wire, n, record, _, s, us = struct.unpack_from('!IIIIII', data, at)
        out.append(Captured(s * 10**9 + us * 1000,
                            data[at + 24:at + 24 + n], wire=wire))
        at += record
    return out


def read(data):
    """The frames of a file's bytes; packed or not."""
    data = unpacked(data)
    if data.startswith(b'\x0a\x0d\x0d\x0a'):
        return read_pcapng(data)
    if data.startswith(b'snoop\0\0\0'):
        return read_snoop(data)
    for order in '<>':
        for magic, unit in ((0xa1b2c3d4, 1000), (0xa1b23c4d, 1)):
            if data.startswith(struct.pack(order + 'I', magic)):
                return read_pcap(data, order, unit)
    raise ValueError('not a capture file')


def write(path, data):
    with open(path, 'wb') as f:
        f.write(data)
