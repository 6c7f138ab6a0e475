"""linklayers.py: what captures have in front of a packet, by the link type of
the file: https://www.tcpdump.org/linktypes.html and what it refers to.

typed: an EtherType and what it announces; packet: IP as it is; sender: a MAC
of six bytes. Nothing here was taken from the decoders: it is to check them.
"""
import struct
import zlib

NULL, ETHERNET, TOKEN_RING, ARCNET, SLIP, PPP, FDDI = 0, 1, 6, 7, 8, 9, 10
RAW_BSD, PPP_HDLC, PPP_ETHER, ATM, RAW, CISCO_HDLC = 12, 50, 51, 100, 101, 104
WLAN, FRAME_RELAY, LOOP, ENC, SLL, PFLOG = 105, 107, 108, 109, 113, 117
PRISM, FIBRE_CHANNEL, WLAN_RADIOTAP, ARCNET_LINUX = 119, 122, 127, 129
FIREWIRE, WLAN_AVS, PPP_PPPD, PPI, PPP_WITH_DIR = 138, 163, 166, 192, 204
CISCO_HDLC_WITH_DIR, FRAME_RELAY_WITH_DIR, MPLS, IPNET = 205, 206, 219, 226
IPV4, IPV6, NFLOG, NETANALYZER, PKTAP, SLL2 = 228, 229, 239, 240, 258, 276

ACCESS_POINT = bytes.fromhex('02005e005310')


def is_ip6(packet):
    return packet[0] >> 4 == 6


def type_of(packet):
    return 0x86dd if is_ip6(packet) else 0x0800


def typed(packet):
    return struct.pack('!H', type_of(packet)) + packet


def checked(frame):
    """IEEE 802.3, 3.2.9: a check sequence behind it."""
    return frame + struct.pack('<I', zlib.crc32(frame))


def snap(typed):
    """IEEE 802.2 and 802; RFC 1042."""
    return b'\xaa\xaa\x03' + b'\0\0\0' + typed


def bridged(frame, pad=b''):
    """RFC 2684, 5.2 and RFC 2427, 4.2: a frame as a bridge carries it, without
    its check sequence (protocol 7)."""
    return bytes.fromhex('0080c20007') + pad + frame


# Lines between two ends: no MACs.

def ppp(packet, address=True, compressed=False):
    """RFC 1661, 2 and RFC 1662, 3.1."""
    protocol = 0x57 if is_ip6(packet) else 0x21
    return (b'\xff\x03' if address else b'') + \
        (bytes([protocol]) if compressed else
         struct.pack('!H', protocol)) + packet


def cisco_hdlc(typed):
    """Unicast; no standard but Cisco's."""
    return b'\x0f\0' + typed


def frame_relay_address(dlci, n=2):
    """Q.922, 3.3: six bits, four, seven, and six in a last byte that is no
    second one."""
    parts = {2: [dlci >> 4 << 2, (dlci & 15) << 4],
             3: [dlci >> 10 << 2, (dlci >> 6 & 15) << 4, (dlci & 63) << 2],
             4: [dlci >> 17 << 2, (dlci >> 13 & 15) << 4,
                 (dlci >> 6 & 127) << 1, (dlci & 63) << 2]}[n]
    return bytes(parts[:-1] + [parts[-1] | 1])


def frame_relay(packet):
    """RFC 2427, 3 and 4.1: by NLPID."""
    return frame_relay_address(100) + \
        (b'\x03\x8e' if is_ip6(packet) else b'\x03\xcc') + packet


def frame_relay_snap(typed, dlci=1000, address=2):
    """RFC 2427, 3: padded, by SNAP."""
    return frame_relay_address(dlci, address) + b'\x03\0\x80\0\0\0' + typed


def frame_relay_bridged(frame):
    return frame_relay_address(16) + b'\x03\0\x80' + bridged(frame)


def frame_relay_cisco(typed):
    """Cisco's own, before RFC 1490."""
    return frame_relay_address(100) + typed


def atm(typed):
    """RFC 2684, 5.1: behind AAL5, by LLC."""
    return snap(typed)


def atm_bridged(frame):
    return b'\xaa\xaa\x03' + bridged(frame, b'\0\0')


def slip(packet, outgoing):
    """LINKTYPE_SLIP: direction, and RFC 1144's header if it were packed."""
    return bytes([outgoing, packet[0]]) + bytes(14) + packet


# What hosts capture.

def loopback(packet, order, ip6):
    """LINKTYPE_NULL, LINKTYPE_LOOP: the host's number of the family."""
    return struct.pack(order + 'I', ip6 if is_ip6(packet) else 2) + packet


def sll(typed, sender, outgoing):
    return struct.pack('!HHH', 4 if outgoing else 0, 1, 6) + sender + \
        b'\0\0' + typed


def sll2(typed, sender, outgoing):
    return typed[:2] + struct.pack('!xxIHBB', 2, 1, 4 if outgoing else 0,
                                   6) + sender + b'\0\0' + typed[2:]


def enc(packet, order='<'):
    """LINKTYPE_ENC, OpenBSD: family, SPI, flags."""
    return struct.pack(order + 'I', 24 if is_ip6(packet) else 2) + \
        struct.pack('!II', 0x1001, 0) + packet


def pflog(packet):
    """LINKTYPE_PFLOG: 61 bytes, which it says; padded to a multiple of 4."""
    return struct.pack('!BBBB', 61, 24 if is_ip6(packet) else 2, 0, 0) + \
        b'em0'.ljust(16, b'\0') + bytes(16) + struct.pack('!II', 7, 0) + \
        bytes(16) + b'\1' + bytes(3) + packet


def ipnet(packet, outgoing):
    """LINKTYPE_IPNET, Solaris."""
    return struct.pack('!BBHIIIII', 1, 26 if is_ip6(packet) else 2,
                       1 if outgoing else 0, len(packet), 2, 0, 0, 0) + packet


def nflog(packet, order='<'):
    """linux/netfilter/nfnetlink_log.h; attributes in the host's order, each
    padded to a multiple of 4."""
    def attribute(kind, value):
        return struct.pack(order + 'HH', 4 + len(value), kind) + value + \
            b'\0' * (-len(value) % 4)
    return struct.pack('!BBH', 10 if is_ip6(packet) else 2, 0, 5) + \
        attribute(1, struct.pack('!HBB', type_of(packet), 3, 0)) + \
        attribute(10, b'mail: \0') + \
        attribute(3, struct.pack('!QQ', 1795417200, 0)) + \
        attribute(9, packet)


def pktap(frame, link, outgoing):
    """LINKTYPE_PKTAP, Darwin's bsd/net/pktap.h."""
    head = struct.pack('<24sIIIIi17s3xIHHi17s3x', b'en0',
                       2 if outgoing else 1, 2, 14 if link == ETHERNET else 0,
                       0, 411, b'mail', 0, 6, 0, 411, b'mail')
    return struct.pack('<III', 12 + len(head), 1, link) + head + frame


# Networks other than Ethernet.

def fddi(typed, src, dst):
    """ISO 9314-2; RFC 1390."""
    return b'\x50' + dst + src + snap(typed)


def token_ring(typed, src, dst, routed=False):
    """IEEE 802.5; RFC 1042. The source's first bit tells of a route."""
    route = b''
    if routed:
        src = bytes([src[0] | 0x80]) + src[1:]
        route = struct.pack('!HHH', 0x0630, 0x0011, 0x0020)
    return b'\x10\x40' + dst + src + route + snap(typed)


def arcnet(packet, outgoing, linux=False):
    """RFC 1201, 3: 212 is IP, 196 IPv6 (RFC 2497); not in pieces."""
    kind = 196 if is_ip6(packet) else 212
    ends = b'\x0a\x01' if outgoing else b'\x01\x0a'
    if linux:
        ends += b'\0\0'
    return ends + bytes([kind, 0]) + b'\0\1' + packet


def arcnet_simple(packet, outgoing):
    """RFC 1051: IPv4 alone."""
    return (b'\x0a\x01' if outgoing else b'\x01\x0a') + b'\xf0' + packet


def fibre_channel(typed, src, dst):
    """RFC 2625, 4.2: network addresses of 8 bytes."""
    return b'\x10\0' + dst + b'\x10\0' + src + snap(typed)


def firewire(typed, outgoing):
    """LINKTYPE_APPLE_IP_OVER_IEEE1394: EUI-64s."""
    ends = bytes.fromhex('02005efffe005301'), bytes.fromhex('02005efffe005302')
    return ends[outgoing] + ends[1 - outgoing] + typed


def netanalyzer(frame):
    """LINKTYPE_NETANALYZER: its header, then Ethernet with its check."""
    return struct.pack('<I', 0x00401000) + checked(frame)


# IEEE 802.11, 9.2 and 9.3.2.

def wlan(typed, src, dst, outgoing, qos=False, relayed=False, ht=False,
         pad=False):
    """A data frame to the access point, or from it. relayed: between two of
    them, with four addresses. pad: to a multiple of 4 before LLC."""
    flags = 3 if relayed else 1 if outgoing else 2
    addresses = {1: ACCESS_POINT + src + dst, 2: dst + ACCESS_POINT + src,
                 3: ACCESS_POINT[::-1] + ACCESS_POINT + dst}[flags]
    head = bytes([0x88 if qos else 0x08, flags | (0x80 if ht else 0)]) + \
        b'\x2c\0' + addresses + b'\x10\0' + (src if relayed else b'') + \
        (b'\0\0' if qos else b'') + (bytes(4) if ht else b'')
    if pad:
        head += b'\0' * (-len(head) % 4)
    return head + snap(typed)


def wlan_aggregate(typed, src, dst, outgoing):
    """9.3.2.2: an A-MSDU of one subframe; of what its header says, only the
    direction counts."""
    body = snap(typed)
    return bytes([0x88, 1 if outgoing else 2]) + b'\x2c\0' + \
        ACCESS_POINT * 3 + b'\x10\0' + b'\x80\0' + dst + src + \
        struct.pack('!H', len(body)) + body


def radiotap(frame, check=False, pad=False):
    """www.radiotap.org: TSFT, flags, rate; then a second word of what is
    present, which a namespace of a vendor would need."""
    flags = (0x10 if check else 0) | (0x20 if pad else 0)
    body = struct.pack('<IIxxxxQBB', 0x80000007, 0, 4711, flags, 12)
    return struct.pack('<BxH', 0, 4 + len(body)) + body + \
        (checked(frame) if check else frame)


def radiotap_short(frame):
    """The shortest one: nothing is told."""
    return struct.pack('<BxHI', 0, 8, 0) + frame


def ppi(frame, link):
    """PPI 1.0.10, 3: a field of 802.11-Common in front."""
    field = struct.pack('<HH', 2, 20) + struct.pack('<QHHHHBBbb', 4711, 0, 12,
                                                    2412, 0xa0, 0, 0, -40, -90)
    return struct.pack('<BBHI', 0, 0, 8 + len(field), link) + field + frame


def prism(frame):
    """LINKTYPE_IEEE802_11_PRISM: ten items of 12 bytes, told in its length."""
    items = b''.join(struct.pack('<IHHI', 0x10044 + (i << 12), 0, 4, i)
                     for i in range(10))
    return struct.pack('<II16s', 0x44, 24 + len(items), b'wlan0') + items + \
        frame


def avs(frame):
    """LINKTYPE_IEEE802_11_AVS, version 1: 64 bytes."""
    return struct.pack('!II', 0x80211001, 64) + bytes(56) + frame
