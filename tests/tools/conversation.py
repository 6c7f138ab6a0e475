"""conversation.py: a TCP connection as a list of segments, and what a mirror
port does to such a list: loss, copies, disorder, one direction, a late start.
"""
import dataclasses
import random
import struct

import frames
from capfile import Captured
from wires import Wire

MS = 10**6
SECOND = 10**9
CLIENT, SERVER = 0, 1


@dataclasses.dataclass
class Host:
    mac: str
    ip: str
    ttl: int = 64


@dataclasses.dataclass
class Segment:
    at: int
    side: int
    seq: int
    ack: int
    flags: int
    data: bytes = b''
    options: bytes = b''

    def copy(self, **changes):
        return dataclasses.replace(self, **changes)


class Conversation:
    """Bytes of both sides become segments. cut: a function from the bytes of
    one write to the list of its segments' payloads."""

    def __init__(self, at, isn=(1000, 2000), mss=1460, rtt=MS, cut=None):
        self.at = at
        self.seq = [isn[0] & 0xffffffff, isn[1] & 0xffffffff]
        self.rtt = rtt
        self.cut = cut or (lambda data: [data[i:i + mss] for i in
                                         range(0, len(data), mss)])
        self.segments = []
        self.mss = mss
        self.last = None       # side that spoke last
        self.unacked = [0, 0]  # segments that the other side has not acked

    def _add(self, side, flags, data=b'', options=b''):
        ack = self.seq[1 - side] if flags & frames.ACK else 0
        self.segments.append(Segment(self.at, side, self.seq[side], ack,
                                     flags, data, options))
        self.seq[side] = (self.seq[side] + len(data) +
                          bool(flags & (frames.SYN | frames.FIN))) % 2**32
        if flags & frames.ACK:
            self.unacked[1 - side] = 0

    def open(self):
        options = struct.pack('!BBHBB', 2, 4, self.mss, 4, 2)
        self._add(CLIENT, frames.SYN, options=options)
        self.at += self.rtt // 2
        self._add(SERVER, frames.SYN | frames.ACK, options=options)
        self.at += self.rtt // 2
        self._add(CLIENT, frames.ACK)

    def say(self, side, data):
        if side != self.last:
            self.at += self.rtt // 2
        self.last = side
        for piece in self.cut(data):
            self._add(side, frames.PSH | frames.ACK, piece)
            self.unacked[side] += 1
            self.at += 10000
            if self.unacked[side] == 2:
                self.at += self.rtt // 4
                self._add(1 - side, frames.ACK)

    def pause(self, ns):
        """The other side's delayed ACK comes before long silence."""
        for side in (CLIENT, SERVER):
            if self.unacked[side] and ns >= 40 * MS:
                self.at += 40 * MS
                ns -= 40 * MS
                self._add(1 - side, frames.ACK)
        self.at += ns

    def close(self, side):
        for s in (side, 1 - side):
            self.at += self.rtt // 2
            self._add(s, frames.FIN | frames.ACK)
        self.at += self.rtt // 2
        self._add(side, frames.ACK)

    def reset(self, side):
        self.at += self.rtt // 2
        self._add(side, frames.RST | frames.ACK)


# What a mirror port, or the network, does to a list of segments.

def doubled(segments, delay=3000):
    """Every segment twice, as a routed mirror port shows it."""
    out = []
    for s in segments:
        out += [s, s.copy(at=s.at + delay)]
    return out


def reordered(segments, seed=1, window=3):
    """Neighbouring data segments of one side change places."""
    rng = random.Random(seed)
    out = list(segments)
    start = next((i for i, s in enumerate(out) if s.data), len(out))
    i = start
    while i + window <= len(out):
        group = out[i:i + window]
        if all(s.data and s.side == group[0].side for s in group):
            times = [s.at for s in group]
            rng.shuffle(group)
            out[i:i + window] = [s.copy(at=t) for s, t in zip(group, times)]
            i += window
        else:
            i += 1
    return out


def overlapping(segments, by=7, seed=1):
    """Retransmissions that begin earlier and end later than what was sent:
    each data segment after the first is preceded by bytes already seen."""
    before = [b'', b'']
    out = []
    for s in segments:
        if s.data:
            again = before[s.side][-by:]
            before[s.side] = (before[s.side] + s.data)[-64:]
            s = s.copy(seq=(s.seq - len(again)) % 2**32, data=again + s.data)
        out.append(s)
    return out


def late_overlap(segments):
    """Other bytes are retransmitted for what was seen: the first copy wins."""
    out = []
    for s in segments:
        out.append(s)
        if s.data:
            out.append(s.copy(at=s.at + 2000,
                              data=bytes((b ^ 0x20) & 0x7f for b in s.data)))
    return out


def keepalives(segments):
    """RFC 9293, 3.8.4: a probe of one old byte (or none) before each turn."""
    out = []
    for s in segments:
        if s.data:
            out.append(s.copy(at=s.at - 2000, seq=(s.seq - 1) % 2**32,
                              data=b'\0', flags=frames.ACK))
            out.append(s.copy(at=s.at - 1000, seq=(s.seq - 1) % 2**32,
                              data=b'', flags=frames.ACK))
        out.append(s)
    return out


def crossed(segments):
    """Each reply is captured before its command: the two directions of a
    mirror port wait in different queues."""
    out = list(segments)
    for i in range(len(out) - 1):
        a, b = out[i], out[i + 1]
        if a.data and b.data and a.side == CLIENT and b.side == SERVER:
            out[i], out[i + 1] = b.copy(at=a.at), a.copy(at=b.at)
    return out


def only_side(segments, side):
    return [s for s in segments if s.side == side]


def midstream(segments, side, nth=1):
    """The capture begins at the nth data segment of the side."""
    for i, s in enumerate(segments):
        if s.data and s.side == side:
            nth -= 1
            if nth == 0:
                return segments[i:]
    return []


def without(segments, *holes):
    """holes: (side, text): data segments of the side that hold the text are
    not captured (the peer got them)."""
    return [s for s in segments
            if not any(s.side == side and text in s.data
                       for side, text in holes)]


def late(segments, side, text, turns=1):
    """The data segment of side that holds the text comes turns later."""
    i = next(i for i, s in enumerate(segments)
             if s.side == side and text in s.data)
    out = list(segments)
    moved = out.pop(i)
    out.insert(i + turns, moved.copy(at=out[i + turns - 1].at + 500))
    return out


def render(segments, hosts, ports, wire=None, fragment=None, ident=0x1000,
           interface=0, snap=None):
    """Segments become captured frames. hosts, ports: (client, server).
    fragment: the size of IP fragments."""
    wire = wire or Wire()
    out = []
    for s in segments:
        src, dst = hosts[s.side], hosts[1 - s.side]
        body = frames.tcp(src.ip, dst.ip, ports[s.side], ports[1 - s.side],
                          s.seq, s.ack, s.flags, s.data, s.options)
        ident = ident + 1 & 0xffff
        if fragment and len(body) > fragment:
            packets = frames.ip_fragments(src.ip, dst.ip, frames.TCP, body,
                                          fragment, src.ttl, ident)
        else:
            packets = [frames.ip(src.ip, dst.ip, frames.TCP, body, src.ttl,
                                 ident)]
        for i, packet in enumerate(packets):
            frame = wire.frame(packet, src.mac, dst.mac, s.side == CLIENT)
            if frame is not None:
                out.append(Captured(s.at + i * 100, frame, wire.link,
                                    interface, snap))
    return out
