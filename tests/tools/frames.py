"""frames.py: packet bytes, from TCP down to the frame: IP, fragments, VLANs,
tunnels, link types; and ARP, DHCP and DNS for the names around mail."""
import ipaddress
import struct

LINK_NULL, LINK_ETHERNET, LINK_RAW, LINK_LOOP = 0, 1, 101, 108
LINK_SLL, LINK_SLL2 = 113, 276

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP, UDP, GRE, FRAGMENT6 = 6, 17, 47, 44
BROADCAST = 'ff:ff:ff:ff:ff:ff'


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(':', ''))


def ip_bytes(ip):
    return ipaddress.ip_address(ip).packed


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def transport_checksum(src, dst, protocol, body):
    """RFC 9293, 3.1 and RFC 8200, 8.1: over the pseudo header as well."""
    return checksum(ip_bytes(src) + ip_bytes(dst) +
                    struct.pack('!IxxxB', len(body), protocol) + body)


def tcp(src, dst, sport, dport, seq, ack, flags, data=b'', options=b'',
        window=64240):
    options += b'\1' * (-len(options) % 4)
    offset = (20 + len(options)) // 4 << 4

    def header(check):
        return struct.pack('!HHIIBBHHH', sport, dport, seq & 0xffffffff,
                           ack & 0xffffffff, offset, flags, window, check,
                           0) + options
    return header(transport_checksum(src, dst, TCP, header(0) + data)) + data


def udp(src, dst, sport, dport, data):
    def header(check):
        return struct.pack('!HHHH', sport, dport, 8 + len(data), check)
    check = transport_checksum(src, dst, UDP, header(0) + data)
    return header(check or 0xffff) + data


def ip4(src, dst, protocol, body, ttl=64, ident=0, fragment=0, options=b''):
    ihl = 5 + len(options) // 4

    def header(check):
        return struct.pack('!BBHHHBBH', 0x40 | ihl, 0, ihl * 4 + len(body),
                           ident, fragment, ttl, protocol, check) + \
            ip_bytes(src) + ip_bytes(dst) + options
    return header(checksum(header(0))) + body


def ip6(src, dst, protocol, body, ttl=64, extensions=b''):
    """extensions: whole headers; the first one's type is then protocol, and
    the last one names the body."""
    return struct.pack('!IHBB', 0x60000000, len(extensions) + len(body),
                       protocol, ttl) + \
        ip_bytes(src) + ip_bytes(dst) + extensions + body


def ip(src, dst, protocol, body, ttl=64, ident=0):
    if ':' in src:
        return ip6(src, dst, protocol, body, ttl)
    return ip4(src, dst, protocol, body, ttl, ident)


def ip_fragments(src, dst, protocol, body, size, ttl=64, ident=0):
    """The same packet in fragments of size bytes (a multiple of 8)."""
    assert size % 8 == 0
    out = []
    for at in range(0, len(body), size):
        part, more = body[at:at + size], at + size < len(body)
        if ':' in src:
            out.append(ip6(src, dst, FRAGMENT6, part, ttl,
                           struct.pack('!BxHI', protocol, at | more, ident)))
        else:
            out.append(ip4(src, dst, protocol, part, ttl, ident,
                           at // 8 | (0x2000 if more else 0)))
    return out


def ethertype_of(packet):
    return 0x86dd if packet[0] >> 4 == 6 else 0x0800


def ethernet(src, dst, ethertype, body, vlans=(), pad=True):
    """vlans: outermost first; two are QinQ (802.1ad outside)."""
    tags = b''
    for i, vlan in enumerate(vlans):
        outer = 0x88a8 if i == 0 and len(vlans) > 1 else 0x8100
        tags += struct.pack('!HH', outer, vlan)
    frame = mac_bytes(dst) + mac_bytes(src) + tags + \
        struct.pack('!H', ethertype) + body
    return frame + b'\0' * (60 - len(frame)) if pad else frame


def arp(operation, sender_mac, sender_ip, target_mac, target_ip):
    return struct.pack('!HHBBH', 1, 0x0800, 6, 4, operation) + \
        mac_bytes(sender_mac) + ip_bytes(sender_ip) + \
        mac_bytes(target_mac) + ip_bytes(target_ip)


def dhcp(kind, mac, options, yiaddr='0.0.0.0', ciaddr='0.0.0.0', xid=1):
    """kind: option 53 (1 discover, 2 offer, 3 request, 5 ack)."""
    op = 2 if kind in (2, 5, 6) else 1
    body = struct.pack('!BBBBIHH', op, 1, 6, 0, xid, 0, 0) + \
        ip_bytes(ciaddr) + ip_bytes(yiaddr) + bytes(8) + \
        mac_bytes(mac) + bytes(10) + bytes(192) + b'\x63\x82\x53\x63'
    for code, value in [(53, bytes([kind]))] + list(options):
        body += bytes([code, len(value)]) + value
    return body + b'\xff'


def dns_name(name):
    return b''.join(bytes([len(label)]) + label.encode()
                    for label in name.split('.')) + b'\0'


def dns(ident, name, kind, answers=None):
    """answers: None for a query, else a list of addresses or names."""
    query = dns_name(name) + struct.pack('!HH', kind, 1)
    body = b''
    for answer in answers or ():
        if kind in (1, 28):
            value = ip_bytes(answer)
        elif kind == 15:
            value = struct.pack('!H', 10) + dns_name(answer)
        else:
            value = dns_name(answer)
        body += struct.pack('!HHHIH', 0xc00c, kind, 1, 300, len(value)) + value
    flags = 0x0100 if answers is None else 0x8180
    return struct.pack('!HHHHHH', ident, flags, 1, len(answers or ()), 0,
                       0) + query + body


class Wire:
    """How an IP packet becomes a frame: one of NAMES, or 'ether' with VLANs.
    frame(packet, src, dst, outgoing) takes the MACs of both ends."""

    NAMES = ('ether', 'vlan', 'qinq', 'mpls', 'pppoe', 'gre', 'gretap',
             'erspan1', 'erspan2', 'erspan3', 'vxlan', 'geneve', 'ipip',
             'sll', 'sll2', 'raw', 'null', 'null-be', 'loop')
    LINKS = {'sll': LINK_SLL, 'sll2': LINK_SLL2, 'raw': LINK_RAW,
             'null': LINK_NULL, 'null-be': LINK_NULL, 'loop': LINK_LOOP}

    def __init__(self, name='ether', vlans=()):
        assert name in self.NAMES, name
        self.name = name
        self.vlans = tuple(vlans) or {'vlan': (204,),
                                      'qinq': (300, 204)}.get(name, ())
        self.link = self.LINKS.get(name, LINK_ETHERNET)
        self.sequence = 0

    def frame(self, packet, src, dst, outgoing=True):
        self.sequence += 1
        make = getattr(self, '_' + self.name.replace('-', '_'), None)
        if make is None:
            return ethernet(src, dst, ethertype_of(packet), packet,
                            self.vlans)
        return make(packet, src, dst, outgoing)

    @staticmethod
    def _outer(packet, protocol):
        """From the mirroring switch to the collector."""
        return ethernet('02:00:5e:00:53:01', '02:00:5e:00:53:02', 0x0800,
                        ip4('192.0.2.1', '192.0.2.2', protocol, packet, 255))

    def _mpls(self, packet, src, dst, _):
        labels = struct.pack('!II', 1600 << 12 | 64, 1700 << 12 | 1 << 8 | 64)
        return ethernet(src, dst, 0x8847, labels + packet)

    def _pppoe(self, packet, src, dst, _):
        protocol = 0x0057 if packet[0] >> 4 == 6 else 0x0021
        head = struct.pack('!BBHHH', 0x11, 0, 0x51, len(packet) + 2, protocol)
        return ethernet(src, dst, 0x8864, head + packet)

    def _gre(self, packet, *_):
        return self._outer(struct.pack('!HH', 0, ethertype_of(packet)) +
                           packet, GRE)

    def _gretap(self, packet, src, dst, _):
        """Transparent Ethernet bridging, with key and sequence number."""
        inner = ethernet(src, dst, ethertype_of(packet), packet, (204,))
        return self._outer(struct.pack('!HHII', 0x3000, 0x6558, 77,
                                       self.sequence) + inner, GRE)

    def _erspan1(self, packet, src, dst, _):
        inner = ethernet(src, dst, ethertype_of(packet), packet)
        return self._outer(struct.pack('!HH', 0, 0x88be) + inner, GRE)

    def _erspan2(self, packet, src, dst, _):
        inner = ethernet(src, dst, ethertype_of(packet), packet, (204,))
        head = struct.pack('!HHI', 0x1000, 0x88be, self.sequence) + \
            struct.pack('!HHI', 0x1000 | 204, 100, 7)
        return self._outer(head + inner, GRE)

    def _erspan3(self, packet, src, dst, _):
        inner = ethernet(src, dst, ethertype_of(packet), packet)
        head = struct.pack('!HHI', 0x1000, 0x22eb, self.sequence) + \
            struct.pack('!HHIHH', 0x2000 | 204, 100, self.sequence, 0, 0)
        return self._outer(head + inner, GRE)

    def _vxlan(self, packet, src, dst, _):
        inner = ethernet(src, dst, ethertype_of(packet), packet)
        return self._outer(udp('192.0.2.1', '192.0.2.2', 49152, 4789,
                               struct.pack('!II', 0x08000000, 204 << 8) +
                               inner), UDP)

    def _geneve(self, packet, src, dst, _):
        inner = ethernet(src, dst, ethertype_of(packet), packet)
        return self._outer(udp('192.0.2.1', '192.0.2.2', 49152, 6081,
                               struct.pack('!HHI', 0, 0x6558, 204 << 8) +
                               inner), UDP)

    def _ipip(self, packet, *_):
        return self._outer(packet, 41 if packet[0] >> 4 == 6 else 4)

    def _sll(self, packet, src, _, outgoing):
        return struct.pack('!HHH', 4 if outgoing else 0, 1, 6) + \
            mac_bytes(src) + b'\0\0' + \
            struct.pack('!H', ethertype_of(packet)) + packet

    def _sll2(self, packet, src, _, outgoing):
        return struct.pack('!HxxIHBB', ethertype_of(packet), 2, 1,
                           4 if outgoing else 0, 6) + \
            mac_bytes(src) + b'\0\0' + packet

    def _raw(self, packet, *_):
        return packet

    def _null(self, packet, *_):
        """Family in the order of the host that captured: here little."""
        return struct.pack('<I', 24 if packet[0] >> 4 == 6 else 2) + packet

    def _null_be(self, packet, *_):
        return struct.pack('>I', 30 if packet[0] >> 4 == 6 else 2) + packet

    def _loop(self, packet, *_):
        return struct.pack('!I', 24 if packet[0] >> 4 == 6 else 2) + packet
