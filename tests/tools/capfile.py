"""capfile.py: capture files: pcap of each kind, pcapng with interfaces."""
import struct


class Captured:
    """One frame as captured: at is ns since 1970, snapped to snap bytes."""

    __slots__ = ('at', 'frame', 'wire', 'link', 'interface')

    def __init__(self, at, frame, link=1, interface=0, snap=None):
        self.at = at
        self.wire = len(frame)
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


def write(path, data):
    with open(path, 'wb') as f:
        f.write(data)
