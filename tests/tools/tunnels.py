"""tunnels.py: tags, labels and tunnels: headers that carry packets or frames
within others, each written as the document says that it names.

typed: an EtherType and what it announces; packet: IP as it is; frame:
Ethernet with its MACs. Nothing here was taken from the decoders: it is to
check them.
"""
import struct

import frames
from linklayers import is_ip6, ppp

ENDS = '192.0.2.1', '192.0.2.2'            # mirroring switch, collector
ENDS6 = '2001:db8::192', '2001:db8::193'
MACS = '02:00:5e:00:53:01', '02:00:5e:00:53:02'


# Tags between the MACs and the type.

def vlan(vid, typed, tpid=0x8100, priority=0):
    """IEEE 802.1Q, 9.6; 0x88a8 is a provider's (802.1ad), 0x9100 older."""
    return struct.pack('!HH', tpid, priority << 13 | vid) + typed


def vntag(typed):
    """Cisco's draft for 802.1Qbh: from virtual interface 5."""
    return struct.pack('!HHH', 0x8926, 0, 5) + typed


def etag(typed):
    """IEEE 802.1BR, 7.5: E-CID 0x15."""
    return struct.pack('!HHHH', 0x893f, 0, 0x15, 0) + typed


def provider_backbone(frame, isid=0x5301):
    """IEEE 802.1Q, 9.7: the I-TAG, then the customer's frame."""
    return struct.pack('!HI', 0x88e7, isid) + frame


def trustsec(typed):
    """Cisco MetaData: version, length, option, security group."""
    return struct.pack('!HBBHH', 0x8909, 1, 1, 1, 8) + typed


def macsec(typed, number, sci=True):
    """IEEE 802.1AE, 9.3, integrity alone: E and C are clear, the type is
    readable, and a check value of 16 bytes follows."""
    short = len(typed) if len(typed) < 48 else 0
    return struct.pack('!HBBI', 0x88e5, 0x20 if sci else 0x40, short,
                       number & 0xffffffff) + \
        (bytes.fromhex('02005e0053100001') if sci else b'') + typed + \
        b'\x5a' * 16


def trill(frame):
    """RFC 6325, 3.1: hop count 12, egress, ingress; an option word."""
    return struct.pack('!HHHHI', 0x22f3, 1 << 6 | 12, 0x301, 0x302, 0) + frame


# MPLS: RFC 3032, 2.1, and what may stand behind the last label.

def labels(*numbers):
    return b''.join(struct.pack('!I', n << 12 |
                                (i == len(numbers) - 1) << 8 | 64)
                    for i, n in enumerate(numbers))


def mpls(body, *numbers, kind=0x8847):
    return struct.pack('!H', kind) + labels(*numbers) + body


def control_word(frame, sequence=0):
    """RFC 4448, 4.6: four bits of zero, and a sequence number."""
    return struct.pack('!I', sequence & 0xffff) + frame


# Outer IP: to the collector.

def outer_ip(body, protocol):
    return frames.ip4(*ENDS, protocol, body, 255)


def outer_ip6(body, protocol):
    return frames.ip6(*ENDS6, protocol, body, 255)


def outer(packet):
    return frames.ethernet(*MACS, 0x86dd if is_ip6(packet) else 0x0800,
                           packet)


def outer_frame(typed):
    """By the MACs of who carries it."""
    return frames.mac_bytes(MACS[1]) + frames.mac_bytes(MACS[0]) + typed


def over_ip(body, protocol):
    return outer(outer_ip(body, protocol))


def over_ip6(body, protocol):
    return outer(outer_ip6(body, protocol))


def over_udp(body, dport, sport=49152):
    return over_ip(frames.udp(*ENDS, sport, dport, body), 17)


def over_udp6(body, dport):
    return over_ip6(frames.udp(*ENDS6, 49152, dport, body), 17)


def inner_protocol(packet):
    return 41 if is_ip6(packet) else 4


def minimal(packet):
    """RFC 2004, 3: of the inner header only what differs; IPv4 alone."""
    head = struct.pack('!BBH', packet[9], 0x80, 0) + packet[16:20] + \
        packet[12:16]
    check = frames.checksum(head)
    return head[:2] + struct.pack('!H', check) + head[4:] + packet[20:]


# Headers between IP and TCP, put into the packet itself.

def ip_parts(packet):
    """Header, protocol, body; IPv6 without headers of extension."""
    if is_ip6(packet):
        return packet[:40], packet[6], packet[40:]
    n = (packet[0] & 15) * 4
    return packet[:n], packet[9], packet[n:]


def with_body(head, protocol, body):
    """The packet with what follows its header put in place."""
    if is_ip6(head):
        return head[:4] + struct.pack('!HB', len(body), protocol) + \
            head[7:40] + body
    head = head[:2] + struct.pack('!H', len(head) + len(body)) + head[4:9] + \
        struct.pack('!BH', protocol, 0) + head[12:]
    return head[:10] + struct.pack('!H', frames.checksum(head)) + head[12:] + \
        body


def authenticated(packet, number):
    """RFC 4302, 2: AH in transport mode, with a check value of 12 bytes (of 16
    in IPv6, which wants multiples of 8)."""
    head, protocol, body = ip_parts(packet)
    icv = b'\x5a' * (16 if is_ip6(packet) else 12)
    pad = b'\0' * (-(12 + len(icv)) % 8) if is_ip6(packet) else b''
    words = (12 + len(icv) + len(pad)) // 4
    return with_body(head, 51, struct.pack('!BBHII', protocol, words - 2, 0,
                                           0x1001, number) + icv + pad + body)


def option_header(following, words=0):
    """RFC 8200, 4.3 and 4.6: options, here only padding (PadN)."""
    n = 4 + words * 8
    return bytes([following, words, 1, n]) + bytes(n)


def routing_header(following, kind=4):
    """RFC 8754, 2: one segment, which is behind us already."""
    return struct.pack('!BBBBBBH', following, 2, kind, 0, 0, 0, 0) + \
        frames.ip_bytes(ENDS6[1])


def extended(packet):
    """IPv6: hop-by-hop, destination options, routing, destination options;
    IPv4 has options of its own: router alert, no operation, end."""
    head, protocol, body = ip_parts(packet)
    if is_ip6(packet):
        return with_body(head, 0, option_header(60) + option_header(43, 2) +
                         routing_header(60) + option_header(protocol, 1) +
                         body)
    head = bytes([head[0] + 2]) + head[1:] + b'\x94\x04\0\0' + b'\1\1\0\0'
    return with_body(head, protocol, body)


def atomic(packet, number):
    """RFC 6946: a fragment that is the whole packet."""
    head, protocol, body = ip_parts(packet)
    if not is_ip6(packet):
        return packet
    return with_body(head, 44, struct.pack('!BxHI', protocol, 0, number) +
                     body)


# GRE.

def gre(typed, key=None, sequence=None, check=False, route=b''):
    """RFC 2784, 2.1, RFC 2890, 2; the route as RFC 1701 had it."""
    flags = (0x8000 if check else 0) | (0x4000 if route else 0) | \
        (0x2000 if key is not None else 0) | \
        (0x1000 if sequence is not None else 0)

    def header(total):
        out = struct.pack('!H', flags) + typed[:2]
        if check or route:
            out += struct.pack('!HH', total, 0)
        if key is not None:
            out += struct.pack('!I', key)
        if sequence is not None:
            out += struct.pack('!I', sequence & 0xffffffff)
        return out + route
    total = frames.checksum(header(0) + typed[2:]) if check else 0
    return header(total) + typed[2:]


def gre_route(*addresses):
    """RFC 1701: entries of a family's addresses, then one of zeroes."""
    return b''.join(struct.pack('!HBB', 0x0800, 0, 4) + frames.ip_bytes(a)
                    for a in addresses) + bytes(4)


def bridging(frame):
    """Transparent Ethernet bridging, RFC 1701."""
    return struct.pack('!H', 0x6558) + frame


def nvgre(frame, vsid=0x5301):
    """RFC 7637, 3.2: the key is a subnet and a flow."""
    return gre(bridging(frame), key=vsid << 8 | 7)


def pptp(packet, number):
    """RFC 2637, 4.1: version 1; PPP's length, call, sequence number and an
    acknowledgement."""
    body = ppp(packet, address=False)
    return struct.pack('!HHHHII', 0x3081, 0x880b, len(body), 7,
                       number & 0xffffffff, 9) + body


def wccp(packet):
    """draft-wilson-wrec-wccp-v2, 5.1: a redirect header of 4 bytes."""
    return gre(struct.pack('!HI', 0x883e, 0) + packet)


# draft-foschiano-erspan, 4.

def erspan1(frame):
    return gre(struct.pack('!H', 0x88be) + frame)


def erspan2(frame, sequence, vid=0):
    return gre(struct.pack('!HHHI', 0x88be, 1 << 12 | vid, 100, 7) + frame,
               sequence=sequence)


def erspan3(frame, sequence, vid=0, sub=False):
    """sub: with a subheader of the platform (time)."""
    return gre(struct.pack('!HHHIHH', 0x22eb, 2 << 12 | vid, 100, sequence, 0,
                           1 if sub else 0) +
               (struct.pack('!II', 5 << 26, 0) if sub else b'') + frame,
               sequence=sequence)


# Tunnels in UDP.

def vxlan(frame, vni=204, flags=0x08, group=0):
    """RFC 7348, 5; a group policy has flag 0x80 as well."""
    return struct.pack('!BBHI', flags, 0, group, vni << 8) + frame


def vxlan_gpe(body, following):
    """draft-ietf-nvo3-vxlan-gpe, 3: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5
    MPLS."""
    return struct.pack('!BHBI', 0x0c, 0, following, 204 << 8) + body


def nsh(body, following):
    """RFC 8300, 2: a context of fixed length; next as in VXLAN-GPE."""
    return struct.pack('!II', 63 << 22 | 6 << 16 | 1 << 8 | following,
                       0x53 << 8 | 255) + bytes(16) + body


def geneve(typed, options=b''):
    """RFC 8926, 3.4."""
    return struct.pack('!BB', len(options) // 4, 0) + typed[:2] + \
        struct.pack('!I', 204 << 8) + options + typed[2:]


def geneve_option(kind, data):
    """RFC 8926, 3.5."""
    return struct.pack('!HBB', 0xff01, kind, len(data) // 4) + data


def gtp(packet, sequence=None, extensions=()):
    """3GPP TS 29.281, 5. extensions: (type, content), whole with its length
    and the next one's type a multiple of 4 bytes."""
    flags = 0x30 | (4 if extensions else 0) | (2 if sequence is not None else 0)
    more = b''
    if flags & 7:
        more = struct.pack('!HB', (sequence or 0) & 0xffff, 0)
        for kind, content in extensions:
            more += bytes([kind, (len(content) + 2) // 4]) + content
        more += b'\0'
    return struct.pack('!BBHI', flags, 255, len(more) + len(packet),
                       0x5301) + more + packet


def l2tp2(packet, number, full=False):
    """RFC 2661, 3.1. full: with length, sequence numbers and an offset."""
    body = ppp(packet)
    if not full:
        return struct.pack('!HHH', 2, 5, 7) + body
    return struct.pack('!HHHHHHH', 0x4a02, 16 + len(body), 5, 7,
                       number & 0xffff, 0, 2) + b'\0\0' + body


def l2tp3(frame, cookie=b'', sublayer=False):
    """RFC 3931, 4.1.1 and 4.6."""
    return struct.pack('!I', 0x53) + cookie + \
        (struct.pack('!I', 0x40000007) if sublayer else b'') + frame


def l2tp3_udp(frame, cookie=b''):
    """RFC 3931, 4.1.2.1: data, version 3."""
    return struct.pack('!HH', 3, 0) + l2tp3(frame, cookie)


def lisp(packet):
    """RFC 9300, 5.1: nonce present."""
    return struct.pack('!II', 0x80123456, 0) + packet


def teredo(packet, marks=b''):
    """RFC 4380, 5.1.1: IPv6, or what stands in front of it."""
    return marks + packet


def teredo_marks():
    """Authentication with nonce, and the address that a server saw."""
    return struct.pack('!HBB', 1, 0, 0) + bytes(9) + \
        struct.pack('!HH', 0, 40000 ^ 0xffff) + b'\x34\xff\x8e\x9b'


def capwap(body, native=False, full=False):
    """RFC 5415, 4.3. native: an 802.11 frame, else 802.3. full: with radio
    MAC and wireless information."""
    more = b''
    if full:
        more = b'\x06' + bytes.fromhex('02005e005310') + b'\0' + \
            b'\x04\xd8\x14\0\x6c' + bytes(3)
    words = 2 + len(more) // 4
    bits = words << 19 | 1 << 14 | 1 << 9 | native << 8 | full << 5 | full << 4
    return struct.pack('!II', bits, 0) + more + body


def tzsp(body, kind=1):
    """TaZmen Sniffer Protocol: 1 Ethernet, 18 802.11; tags, end."""
    return struct.pack('!BBH', 1, 0, kind) + b'\0' + b'\x0a\x01\xd8' + \
        b'\x01' + body


def etherip(frame):
    """RFC 3378, 3."""
    return b'\x30\0' + frame


# PPPoE.

def pppoe(packet):
    """RFC 2516, 4: a session's data."""
    body = ppp(packet, address=False)
    return struct.pack('!HBBHH', 0x8864, 0x11, 0, 0x51, len(body)) + body


def pppoe_header(packet):
    """LINKTYPE_PPP_ETHER: what stands behind the EtherType."""
    return pppoe(packet)[2:]

