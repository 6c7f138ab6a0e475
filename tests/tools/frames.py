"""frames.py: packet bytes, from TCP down to Ethernet: IP, fragments, VLANs; and
ARP, DHCP, DNS and its kin for the names around mail."""
import ipaddress
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP, UDP, FRAGMENT6 = 6, 17, 44
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


def dns_record(name, kind, value, flush=False):
    """value: an address, a name, or (port, name) of a service."""
    if kind in (1, 28):
        value = ip_bytes(value)
    elif kind == 15:
        value = struct.pack('!H', 10) + dns_name(value)
    elif kind == 33:
        value = struct.pack('!HHH', 0, 0, value[0]) + dns_name(value[1])
    else:
        value = dns_name(value)
    return dns_name(name) + struct.pack('!HHIH', kind,
                                        0x8001 if flush else 1, 120,
                                        len(value)) + value


def dns_message(flags, questions=(), answers=(), ident=0):
    """questions: (name, kind); answers: what dns_record takes."""
    return struct.pack('!HHHHHH', ident, flags, len(questions), len(answers),
                       0, 0) + \
        b''.join(dns_name(name) + struct.pack('!HH', kind, 1)
                 for name, kind in questions) + \
        b''.join(dns_record(*a) for a in answers)


def mdns(*records):
    """RFC 6762: an announcement."""
    return dns_message(0x8400, answers=[r + (True,) for r in records])


def llmnr(name, kind, answer, ident=1):
    """RFC 4795: the answer of who has the name."""
    return dns_message(0x8000, [(name, kind)], [(name, kind, answer)], ident)


def reverse_name(ip):
    return ipaddress.ip_address(ip).reverse_pointer


def netbios_name(name, suffix=0):
    """RFC 1001, 14.1: a letter for each half byte."""
    raw = name.encode().ljust(15) + bytes([suffix])
    return b'\x20' + bytes(c for b in raw
                           for c in (65 + (b >> 4), 65 + (b & 15))) + b'\0'


def nbns(name, ip, suffix=0, ident=1):
    """RFC 1002, 4.2.2: the registration that a machine broadcasts."""
    return struct.pack('!HHHHHH', ident, 0x2910, 1, 0, 0, 1) + \
        netbios_name(name, suffix) + struct.pack('!HH', 0x20, 1) + \
        struct.pack('!HHHIHH', 0xc00c, 0x20, 1, 300000, 6, 0) + ip_bytes(ip)


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
