#!/usr/bin/env python3
"""pcapmaker.py: makes a capture of textual dialogues (see dialogue.py).

    pcapmaker.py [options] DIALOGUE... -o FILE

FILE ends in .pcap or .pcapng. Each dialogue is one connection; they follow
each other, a minute apart."""
import argparse
import random
import sys

import capfile
import conversation as conv
from dialogue import Dialogue
from wires import KINDS, Wire

DAY = 1795417200 * conv.SECOND  # 2026-11-23T07:00:00Z


def cutter(how, seed=1):
    """whole (as large as the MSS allows), bytes, or a largest size."""
    if how == 'whole':
        return None
    if how == 'bytes':
        return lambda data: [data[i:i + 1] for i in range(len(data))]
    rng, most = random.Random(seed), int(how)

    def cut(data):
        out = []
        while data:
            n = rng.randint(1, most)
            out.append(data[:n])
            data = data[n:]
        return out
    return cut


def impaired(segments, names):
    for name in names:
        kind, _, text = name.partition('=')
        if kind == 'double':
            segments = conv.doubled(segments)
        elif kind == 'reorder':
            segments = conv.reordered(segments)
        elif kind == 'overlap':
            segments = conv.overlapping(segments)
        elif kind == 'late-overlap':
            segments = conv.late_overlap(segments)
        elif kind == 'keepalive':
            segments = conv.keepalives(segments)
        elif kind == 'crossed':
            segments = conv.crossed(segments)
        elif kind == 'client-only':
            segments = conv.only_side(segments, conv.CLIENT)
        elif kind == 'server-only':
            segments = conv.only_side(segments, conv.SERVER)
        elif kind == 'midstream':
            segments = conv.midstream(segments, conv.CLIENT, int(text or 1))
        elif kind in ('drop-client', 'drop-server'):
            side = conv.CLIENT if kind == 'drop-client' else conv.SERVER
            segments = conv.without(segments, (side, text.encode()))
        elif kind in ('late-client', 'late-server'):
            side = conv.CLIENT if kind == 'late-client' else conv.SERVER
            segments = conv.late(segments, side, text.encode(), 1)
        else:
            raise ValueError('no such impairment: ' + name)
    return segments


def frames_of(dialogue, at=DAY, wire='ether', vlans=(), cut='whole',
              impair=(), v6=False, fragment=None, snap=None, isn=None,
              interface=0):
    segments = impaired(dialogue.segments(at, cutter(cut), isn=isn), impair)
    return conv.render(segments, dialogue.hosts(v6=v6), dialogue.ports(),
                       Wire(wire, vlans), fragment,
                       interface=interface, snap=snap)


def capture_bytes(captured, kind='pcap'):
    """kind: one of capfile.KINDS."""
    return capfile.of_kind(sorted(captured, key=lambda c: c.at), kind)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('dialogue', nargs='+')
    p.add_argument('-o', required=True, metavar='FILE')
    p.add_argument('--wire', default='ether', choices=KINDS, metavar='NAME',
                   help='a name of wires.py')
    p.add_argument('--vlan', type=int, action='append', default=[])
    p.add_argument('--cut', default='whole',
                   help='whole, bytes, or the largest segment')
    p.add_argument('--impair', action='append', default=[],
                   help='double, reorder, crossed, overlap, late-overlap, '
                   'keepalive, client-only, server-only, midstream=N, '
                   'drop-client=TEXT, drop-server=TEXT, late-client=TEXT, '
                   'late-server=TEXT')
    p.add_argument('--ipv6', action='store_true')
    p.add_argument('--fragment', type=int, help='bytes, a multiple of 8')
    p.add_argument('--snap', type=int, help='bytes')
    p.add_argument('--isn', type=int)
    a = p.parse_args()
    captured = []
    for i, path in enumerate(a.dialogue):
        with open(path) as f:
            d = Dialogue(f.read())
        captured += frames_of(d, DAY + i * 60 * conv.SECOND, a.wire, a.vlan,
                              a.cut, a.impair, a.ipv6, a.fragment, a.snap,
                              a.isn)
    capfile.write(a.o, capture_bytes(captured,
                                     'pcapng' if a.o.endswith('ng')
                                     else 'pcap'))
    return 0


if __name__ == '__main__':
    sys.exit(main())
