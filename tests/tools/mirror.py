#!/usr/bin/env python3
"""mirror.py: makes of a plain capture what a mirror port makes of the wire.

    mirror.py [options] CAPTURE... -o FILE

CAPTURE is Ethernet or raw IP, of any kind of file. What is asked for is done
in this order: start, side, fragment, duplicate, wrap, fragment-outer, lose,
reorder, snap, split; all by the seed. FILE may end in .gz or .zst."""
import argparse
import random
import struct
import sys

import capfile
import frames
import linklayers
import tunnels
from capfile import Captured
from wires import KINDS, Inner, Wire

ROUTER = '02:00:5e:00:53:77'
SECOND_VLAN = 101
FIRST_VLAN = 204
COPY_DELAY = 3000            # ns
QUEUE = 100 * 10**6          # ns that a frame may be late
MAIL_PORTS = (25, 465, 587, 2525)
DUPLICATES = ('exact', 'vlan', 'routed', 'moved')


def mac_text(mac):
    return ':'.join('%02x' % b for b in mac)


def ip_length(packet):
    """What IP says that it is: Ethernet pads it."""
    return struct.unpack_from('!H', packet, 4)[0] + 40 \
        if linklayers.is_ip6(packet) else struct.unpack_from('!H', packet,
                                                             2)[0]


class Plain:
    """A captured frame, its envelope off. client: who sent it is one."""

    __slots__ = ('at', 'interface', 'src', 'dst', 'vlans', 'ethertype',
                 'packet', 'client')

    def __init__(self, c):
        self.at, self.interface, self.client = c.at, c.interface, True
        self.vlans = ()
        if c.link in (linklayers.RAW, linklayers.RAW_BSD, linklayers.IPV4,
                      linklayers.IPV6):
            self.src, self.dst = '02:00:5e:00:53:0a', '02:00:5e:00:53:0b'
            self.packet = c.frame
            self.ethertype = linklayers.type_of(c.frame)
            return
        if c.link != linklayers.ETHERNET:
            raise ValueError('link type %d is not plain' % c.link)
        self.dst, self.src = mac_text(c.frame[:6]), mac_text(c.frame[6:12])
        at, self.ethertype = 14, struct.unpack_from('!H', c.frame, 12)[0]
        while self.ethertype in (0x8100, 0x88a8, 0x9100):
            vid, self.ethertype = struct.unpack_from('!HH', c.frame, at)
            self.vlans += (vid & 0xfff,)
            at += 4
        self.packet = c.frame[at:]
        if self.ethertype in (0x0800, 0x86dd):
            self.packet = self.packet[:ip_length(self.packet)]

    def copy(self, **changes):
        new = object.__new__(Plain)
        for name in self.__slots__:
            setattr(new, name, changes.get(name, getattr(self, name)))
        return new

    @property
    def is_ip(self):
        return self.ethertype in (0x0800, 0x86dd)

    def flow(self):
        """(from, to), each address and port; None if it is not whole TCP."""
        if not self.is_ip:
            return None
        head, protocol, body = tunnels.ip_parts(self.packet)
        if protocol != frames.TCP or len(body) < 14:
            return None
        n = 16 if len(head) == 40 else 4
        sport, dport = struct.unpack_from('!HH', body)
        ends = head[-2 * n:] if n == 16 else head[12:20]
        return (ends[:n], sport), (ends[n:], dport)

    def is_syn(self):
        """1: a SYN; 2: its answer."""
        flags = tunnels.ip_parts(self.packet)[2][13]
        return 0 if not flags & frames.SYN else 2 if flags & frames.ACK else 1


def plain(captured):
    """Plain packets, each with the role of its sender: by SYN, else by port.
    """
    packets = [Plain(c) for c in sorted(captured, key=lambda c: c.at)]
    clients = {}
    for p in packets:
        flow = p.flow()
        if not flow:
            continue
        src, dst = flow
        pair = frozenset(flow)
        if p.is_syn():
            clients[pair] = src if p.is_syn() == 1 else dst
        elif pair not in clients:
            to_mail = dst[1] in MAIL_PORTS
            if to_mail == (src[1] in MAIL_PORTS):
                to_mail = dst[1] < src[1]
            clients[pair] = src if to_mail else dst
        p.client = clients[pair] == src
    return packets


# What happens to packets, before they are mirrored.

def one_side(packets, side):
    """Of TCP only what the client sent, or the server."""
    return [p for p in packets
            if not p.flow() or p.client == (side == 'client')]


def fragments(packet, size, ident):
    """An IP packet in pieces of size bytes, a multiple of 8; RFC 791, 3.2 and
    RFC 8200, 4.5. IPv6 without headers of extension."""
    head, protocol, body = tunnels.ip_parts(packet)
    if len(body) <= size or (head[0] >> 4 == 4 and
                             struct.unpack_from('!H', head, 6)[0] & 0x3fff):
        return [packet]
    out = []
    for at in range(0, len(body), size):
        part, more = body[at:at + size], at + size < len(body)
        if linklayers.is_ip6(packet):
            out.append(tunnels.with_body(head, frames.FRAGMENT6, struct.pack(
                '!BxHI', protocol, at | more, ident) + part))
        else:
            placed = head[:4] + struct.pack(
                '!HH', ident & 0xffff, at // 8 | (0x2000 if more else 0)) + \
                head[8:]
            out.append(tunnels.with_body(placed, protocol, part))
    return out


def fragmented(packets, size, rng, ordered=False):
    """Out of order, unless ordered."""
    out = []
    for p in packets:
        ident = p.at // 1000 & 0xffff
        pieces = fragments(p.packet, size, ident) if p.is_ip else [p.packet]
        if not ordered:
            rng.shuffle(pieces)
        out += [p.copy(at=p.at + 1000 * i, packet=piece)
                for i, piece in enumerate(pieces)]
    return out


def fitted(packets, mtu):
    """Those that are too long for the link in fragments."""
    out = []
    for p in packets:
        out += [p] if len(p.packet) <= mtu else \
            fragmented([p], (mtu - 60) & ~7, None, ordered=True)
    return out


def later_hop(packet):
    """One router on: RFC 1812, 5.3.1."""
    if linklayers.is_ip6(packet):
        return packet[:7] + bytes([packet[7] - 1]) + packet[8:]
    head = packet[:8] + bytes([packet[8] - 1]) + packet[9:10] + b'\0\0' + \
        packet[12:(packet[0] & 15) * 4]
    return head[:10] + struct.pack('!H', frames.checksum(head)) + head[12:] + \
        packet[len(head):]


def two_of(p, how):
    """A packet as two sources of a mirror port see it, in order."""
    if how == 'exact' or not p.is_ip:
        return p, p.copy()
    if how == 'vlan':
        return p.copy(vlans=(FIRST_VLAN,)), p.copy(vlans=(SECOND_VLAN,))
    near, far = (FIRST_VLAN, SECOND_VLAN) if p.client else \
        (SECOND_VLAN, FIRST_VLAN)
    first = p.copy(vlans=(near,), dst=ROUTER)
    second = p.copy(vlans=(far,), src=ROUTER)
    if how == 'routed':
        second.packet = later_hop(p.packet)
    return first, second


def duplicated(packets, how, swapped=False):
    """Every packet twice: the same frame (exact), in another VLAN (vlan), on
    both sides of a router (routed), or of one that counts no hop (moved).
    swapped: what was later on the wire is captured first."""
    out = []
    for p in packets:
        first, second = two_of(p, how)
        if swapped:
            first, second = second, first
        second.at = p.at + COPY_DELAY
        out += [first, second]
    return sorted(out, key=lambda p: p.at)


# What the mirror does, and who captures.

def wrapped(packets, name='ether'):
    """Frames. What the envelope cannot carry is left out."""
    wire, out = Wire(name), []
    if wire.kind.mtu:
        packets = fitted(packets, wire.kind.mtu)
    for p in packets:
        frame = wire.wrap(Inner(p.packet, p.ethertype, p.src, p.dst, p.vlans,
                                p.client))
        if frame is not None:
            out.append(Captured(p.at, frame, wire.link, p.interface))
    return out


def outer_fragmented(captured, size, rng, ordered=False):
    """Ethernet whose IP is too long for the way to the collector."""
    plain_frames = []
    for c in captured:
        if c.link != linklayers.ETHERNET:
            raise ValueError('only Ethernet is fragmented outside')
        plain_frames.append(Plain(c))
    return wrapped(fragmented(plain_frames, size, rng, ordered))


def lost(captured, percent, rng):
    return [c for c in captured if rng.random() * 100 >= percent]


def reordered(captured, most, rng):
    """Frames are late by up to so many others, and QUEUE; the times stay."""
    order = sorted(range(len(captured)),
                   key=lambda i: (i + rng.uniform(0, most), i))
    out = []
    for i, place in enumerate(order):
        c = captured[place]
        if abs(c.at - captured[i].at) > QUEUE:
            return _in_bursts(captured, most, rng)
        out.append(Captured(captured[i].at, c.frame, c.link, c.interface,
                            wire=c.wire))
    return out


def _in_bursts(captured, most, rng):
    """Within each run of frames that are close to each other."""
    out, burst = [], []
    for c in captured:
        if burst and c.at - burst[0].at > QUEUE:
            out += reordered(burst, most, rng)
            burst = []
        burst.append(c)
    return out + (reordered(burst, most, rng) if burst else [])


def snapped(captured, n):
    return [Captured(c.at, c.frame[:n], c.link, c.interface, wire=c.wire)
            for c in captured]


def split(captured, n):
    """n lists, as a rotated capture: each has as many frames."""
    return [captured[i * len(captured) // n:(i + 1) * len(captured) // n]
            for i in range(n)]


def mirrored(packets, seed=1, start=0, side=None, fragment=None,
             duplicate=None, swapped=False, wire='ether', fragment_outer=None,
             ordered=False, lose=0, reorder=0, snap=None):
    """Plain packets to frames; the options of the command line."""
    rng = random.Random(seed)
    packets = packets[start:]
    if side:
        packets = one_side(packets, side)
    if fragment:
        packets = fragmented(packets, fragment, rng, ordered)
    if duplicate:
        packets = duplicated(packets, duplicate, swapped)
    out = wrapped(packets, wire)
    if fragment_outer:
        out = outer_fragmented(out, fragment_outer, rng, ordered)
    if lose:
        out = lost(out, lose, rng)
    if reorder:
        out = reordered(out, reorder, rng)
    return snapped(out, snap) if snap else out


def part_names(path, n):
    """span.pcap.gz: span_00001.pcap.gz and so on."""
    folder, slash, name = path.rpartition('/')
    stem, dot, rest = name.partition('.')
    return ['%s%s%s_%05d%s%s' % (folder, slash, stem, i + 1, dot, rest)
            for i in range(n)]


def options():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument('capture', nargs='+')
    p.add_argument('-o', required=True, metavar='FILE')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--start', type=int, default=0, metavar='N',
                   help='without the first N packets')
    p.add_argument('--side', choices=('client', 'server'))
    p.add_argument('--fragment', type=int, metavar='BYTES',
                   help='IP fragments, a multiple of 8')
    p.add_argument('--fragment-outer', type=int, metavar='BYTES',
                   help='the same of the envelope')
    p.add_argument('--ordered', action='store_true',
                   help='fragments stay in order')
    p.add_argument('--duplicate', choices=DUPLICATES)
    p.add_argument('--swapped', action='store_true',
                   help='the later copy is captured first')
    p.add_argument('--wrap', default='ether', choices=KINDS, metavar='NAME',
                   dest='wire', help='one of: ' + ' '.join(KINDS))
    p.add_argument('--lose', type=float, default=0, metavar='PERCENT')
    p.add_argument('--reorder', type=int, default=0, metavar='N',
                   help='frames are late by up to N others')
    p.add_argument('--snap', type=int, metavar='BYTES')
    p.add_argument('--split', type=int, metavar='N',
                   help='into N files, FILE_00001 and so on')
    p.add_argument('--kind', default='pcap', choices=capfile.KINDS)
    return p.parse_args()


def main():
    a = vars(options())
    paths, out, n, kind = (a.pop(k) for k in ('capture', 'o', 'split', 'kind'))
    captured = []
    for path in paths:
        with open(path, 'rb') as f:
            captured += capfile.read(f.read())
    shown = mirrored(plain(captured), **a)
    for path, part in zip(part_names(out, n), split(shown, n)) if n else \
            [(out, shown)]:
        capfile.write(path, capfile.packed(capfile.of_kind(part, kind), path))
    return 0


if __name__ == '__main__':
    sys.exit(main())
