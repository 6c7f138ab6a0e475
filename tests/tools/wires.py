"""wires.py: every way in which a mirror port, a tunnel or a host may wrap a
packet, by name. What each header looks like is in linklayers.py and tunnels.py.
"""
import dataclasses

import frames
import linklayers as link
import tunnels as t
from frames import mac_bytes


@dataclasses.dataclass
class Inner:
    """A packet on its way: tagged is its EtherType and what follows, behind
    the tags that it came with; number counts the frames of a capture."""
    packet: bytes
    ethertype: int
    src: str
    dst: str
    vlans: tuple = ()
    outgoing: bool = True
    number: int = 1

    @property
    def is_ip(self):
        return self.ethertype in (0x0800, 0x86dd)

    @property
    def is_ip6(self):
        return self.ethertype == 0x86dd

    @property
    def typed(self):
        return self.ethertype.to_bytes(2, 'big') + self.packet

    @property
    def tagged(self):
        typed = self.typed
        for i, vid in reversed(list(enumerate(self.vlans))):
            provider = i == 0 and len(self.vlans) > 1
            typed = t.vlan(vid, typed, 0x88a8 if provider else 0x8100)
        return typed

    @property
    def macs(self):
        """Sender, receiver."""
        return mac_bytes(self.src), mac_bytes(self.dst)

    def frame(self, typed=None, pad=True):
        """Ethernet. typed: in place of what it holds, tags and all."""
        out = mac_bytes(self.dst) + mac_bytes(self.src) + \
            (self.tagged if typed is None else typed)
        return out + b'\0' * (60 - len(out)) if pad else out

    def in_vlan(self, vid):
        return self.frame(t.vlan(vid, self.tagged))

    def snapped(self):
        """IEEE 802.3, 3.2.6: a length, and LLC."""
        body = link.snap(self.typed)
        return len(body).to_bytes(2, 'big') + body

    def wlan(self, **how):
        return link.wlan(self.typed, *self.macs, self.outgoing, **how)

    def six(self):
        """The packet in IPv6, if it is none itself."""
        return self.packet if self.is_ip6 else \
            t.outer_ip6(self.packet, t.inner_protocol(self.packet))


@dataclasses.dataclass
class Kind:
    """make: Inner to bytes. vlans: what a session's client is in then, beside
    those that the packet came with. macs: both ends' are told; tags: so are
    the packet's own. any: not IP alone can be in it. only: which version.
    mtu: longer packets come in fragments."""
    make: object
    link: int = link.ETHERNET
    vlans: tuple = ()
    macs: bool = True
    tags: bool = True
    any: bool = True
    only: int = 0
    mtu: int = 0


def framed(make, *vlans, only=0):
    """A tunnel for whole frames, or tags on one."""
    return Kind(make, vlans=vlans, only=only)


def routed(make, number=link.ETHERNET, only=0):
    """For IP alone; the MACs, if any, are those of who carries it."""
    return Kind(make, number, macs=False, tags=False, any=False, only=only)


def tagged(*tags):
    """tags: (type, VID), outermost first."""
    def make(i):
        typed = i.tagged
        for tpid, vid in reversed(tags):
            typed = t.vlan(vid, typed, tpid)
        return i.frame(typed)
    return Kind(make, vlans=tuple(vid for _, vid in tags[:4]))


def on_link(make, number, any=True):
    """A link of its own without MACs."""
    return Kind(make, number, macs=False, tags=False, any=any)


ETHERNET = {
    'ether': framed(lambda i: i.frame()),
    'ether-fcs': framed(lambda i: link.checked(i.frame())),
    'vlan': tagged((0x8100, 204)),
    'vlan-0x9100': tagged((0x9100, 204)),
    'vlan-priority': framed(lambda i: i.frame(t.vlan(0, i.tagged, 0x8100, 5))),
    'qinq': tagged((0x88a8, 300), (0x8100, 204)),
    'qinq-0x9100': tagged((0x9100, 300), (0x8100, 204)),
    'qinq-0x8100': tagged((0x8100, 300), (0x8100, 204)),
    'qinqinq': tagged((0x9100, 400), (0x88a8, 300), (0x8100, 204)),
    'vlan-by-six': tagged((0x9100, 600), (0x88a8, 500), (0x88a8, 400),
                          (0x8100, 300), (0x8100, 204), (0x8100, 101)),
    'vntag': framed(lambda i: i.frame(t.vntag(t.vlan(204, i.tagged))), 204),
    'etag': framed(lambda i: i.frame(t.etag(t.vlan(204, i.tagged))), 204),
    'vlan-in-etag-in-vlan': framed(lambda i: i.frame(t.vlan(
        300, t.etag(t.vlan(204, i.tagged)))), 300, 204),
    'pbb': framed(lambda i: t.outer_frame(t.vlan(
        500, t.provider_backbone(i.frame()), 0x88a8))),
    'vlan-in-pbb': framed(lambda i: t.outer_frame(t.provider_backbone(
        i.in_vlan(204))), 204),
    'trustsec': framed(lambda i: i.frame(t.vlan(204, t.trustsec(i.tagged))),
                       204),
    'macsec': framed(lambda i: i.frame(t.macsec(i.tagged, i.number))),
    'macsec-short': framed(lambda i: i.frame(
        t.macsec(t.vlan(204, i.tagged), i.number, sci=False), pad=False), 204),
    'trill': framed(lambda i: t.outer_frame(t.trill(i.in_vlan(204))), 204),
    'snap': Kind(lambda i: i.frame(i.snapped()), tags=False, mtu=1492),
    'vlan-snap': Kind(lambda i: i.frame(t.vlan(204, i.snapped())),
                      vlans=(204,), tags=False, mtu=1492),
    'pppoe': Kind(lambda i: i.frame(t.pppoe(i.packet)), any=False, tags=False),
    'qinq-pppoe': Kind(lambda i: i.frame(t.vlan(300, t.vlan(204, t.pppoe(
        i.packet)), 0x88a8)), vlans=(300, 204), any=False, tags=False),
    'nsh': framed(lambda i: t.outer_frame(b'\x89\x4f' + t.nsh(i.frame(), 3))),
}

MPLS = {
    'mpls': Kind(lambda i: i.frame(t.mpls(i.packet, 1600, 1700)), any=False,
                 tags=False),
    **{'mpls-%d' % n: Kind(lambda i, n=n: i.frame(t.mpls(
        i.packet, *range(1600, 1600 + n))), any=False, tags=False)
        for n in (1, 3, 8)},
    'mpls-null': Kind(lambda i: i.frame(t.mpls(
        i.packet, 2 if i.is_ip6 else 0)), any=False, tags=False),
    'mpls-upstream': Kind(lambda i: i.frame(t.vlan(300, t.mpls(
        i.packet, 1600, kind=0x8848))), vlans=(300,), any=False, tags=False),
    'mpls-entropy': Kind(lambda i: i.frame(t.mpls(i.packet, 1600, 7, 99999)),
                         any=False, tags=False),
    **{'mpls-ethernet-%d' % n: framed(lambda i, n=n: t.outer_frame(t.mpls(
        i.in_vlan(204), *range(1600, 1600 + n))), 204) for n in (1, 2, 3)},
    **{'mpls-control-word-%d' % n: framed(lambda i, n=n: t.outer_frame(t.mpls(
        t.control_word(i.frame()), *range(1600, 1600 + n))))
        for n in (1, 2, 3)},
    'mpls-control-word-counted': framed(lambda i: t.outer_frame(t.mpls(
        t.control_word(i.in_vlan(204), i.number), 1600, 1700)), 204),
    'mpls-ppp': on_link(lambda i: b'\xff\x03\x02\x81' + t.mpls(
        i.packet, 1600)[2:], link.PPP, any=False),
}

GRE = {
    'gre': routed(lambda i: t.over_ip(t.gre(i.typed), 47)),
    'gre-key': routed(lambda i: t.over_ip(t.gre(i.typed, key=77), 47)),
    'gre-checksum': routed(lambda i: t.over_ip(t.gre(
        i.typed, check=True), 47)),
    'gre-all': routed(lambda i: t.over_ip(t.gre(
        i.typed, 77, i.number, True), 47)),
    'gre-route': routed(lambda i: t.over_ip(t.gre(
        i.typed, 77, i.number, True, t.gre_route('198.51.100.1',
                                                 '198.51.100.2')), 47)),
    'gre-in-ipv6': routed(lambda i: t.over_ip6(t.gre(i.typed, key=77), 47)),
    'gre-in-gre': routed(lambda i: t.over_ip(t.gre(
        b'\x08\0' + t.outer_ip(t.gre(i.typed), 47)), 47)),
    'gretap': framed(lambda i: t.over_ip(t.gre(
        t.bridging(i.in_vlan(204)), 77, i.number), 47), 204),
    'nvgre': framed(lambda i: t.over_ip(t.nvgre(i.frame(pad=False)), 47)),
    'gre-mpls': routed(lambda i: t.over_ip(t.gre(t.mpls(i.packet, 1600)), 47)),
    'gre-vlan': framed(lambda i: t.over_ip(t.gre(t.bridging(i.frame(t.vlan(
        300, t.vlan(204, i.tagged), 0x88a8)))), 47), 300, 204),
    'pptp': routed(lambda i: t.over_ip(t.pptp(i.packet, i.number), 47)),
    'wccp': routed(lambda i: t.over_ip(t.wccp(i.packet), 47), only=4),
    'erspan1': framed(lambda i: t.over_ip(t.erspan1(i.frame()), 47)),
    'erspan2': framed(lambda i: t.over_ip(t.erspan2(
        i.in_vlan(204), i.number, 204), 47), 204),
    'erspan3': framed(lambda i: t.over_ip(t.erspan3(
        i.frame(), i.number, 204), 47)),
    'erspan3-time': framed(lambda i: t.over_ip(t.erspan3(
        i.in_vlan(204), i.number, 204, sub=True), 47), 204),
    'erspan2-in-ipv6': framed(lambda i: t.over_ip6(t.erspan2(
        i.frame(pad=False), i.number), 47)),
    'vlan-in-erspan-in-vlan': framed(lambda i: t.outer_frame(t.vlan(
        300, b'\x08\0' + t.outer_ip(t.erspan2(i.in_vlan(204), i.number, 204),
                                    47))), 204),
    'qinq-in-erspan-in-mpls': framed(lambda i: t.outer_frame(t.mpls(t.outer_ip(
        t.erspan3(i.frame(t.vlan(300, t.vlan(204, i.tagged), 0x88a8)),
                  i.number), 47), 1600, 1700)), 300, 204),
}

IP = {
    'ipip': routed(lambda i: t.over_ip(i.packet, t.inner_protocol(i.packet))),
    'ip-in-ipv6': routed(lambda i: t.over_ip6(
        i.packet, t.inner_protocol(i.packet))),
    'ipip-ipip': routed(lambda i: t.over_ip(t.outer_ip(
        i.packet, t.inner_protocol(i.packet)), 4)),
    'ip-minimal': routed(lambda i: t.over_ip(t.minimal(i.packet), 55), only=4),
    'ip-mpls': routed(lambda i: t.over_ip(t.labels(1600) + i.packet, 137)),
    'ip-ethernet': framed(lambda i: t.over_ip6(i.frame(pad=False), 143)),
    'etherip': framed(lambda i: t.over_ip(t.etherip(i.in_vlan(204)), 97), 204),
    'ah': Kind(lambda i: i.frame(link.typed(t.authenticated(
        i.packet, i.number))),
               any=False, tags=False),
    'ah-tunnel': routed(lambda i: t.outer(t.authenticated(t.outer_ip(
        i.packet, t.inner_protocol(i.packet)), i.number))),
    'ip-options': Kind(lambda i: i.frame(link.typed(t.extended(i.packet))),
                       any=False, tags=False),
    'ipv6-atomic': Kind(lambda i: i.frame(link.typed(t.atomic(
        i.packet, i.number))), any=False, tags=False),
    'ip-in-ipv6-options': routed(lambda i: t.outer(t.extended(t.outer_ip6(
        i.packet, t.inner_protocol(i.packet))))),
    'l2tp3': framed(lambda i: t.over_ip(t.l2tp3(i.frame()), 115)),
    'l2tp3-cookie': framed(lambda i: t.over_ip(t.l2tp3(
        i.in_vlan(204), b'\x12\x34\x56\x78'), 115), 204),
    'l2tp3-all': framed(lambda i: t.over_ip6(t.l2tp3(
        i.frame(), b'\x12\x34\x56\x78\x9a\xbc\xde\xf0', True), 115)),
}

UDP = {
    'vxlan': framed(lambda i: t.over_udp(t.vxlan(i.frame()), 4789)),
    'vxlan-linux': framed(lambda i: t.over_udp(t.vxlan(i.in_vlan(204)), 8472),
                          204),
    'vxlan-group': framed(lambda i: t.over_udp(t.vxlan(
        i.frame(), flags=0x88, group=9), 4789)),
    'vxlan-in-ipv6': framed(lambda i: t.over_udp6(t.vxlan(i.frame()), 4789)),
    'vxlan-in-vxlan': framed(lambda i: t.over_udp(t.vxlan(t.over_udp(t.vxlan(
        i.frame()), 4789)), 4789)),
    'vxlan-gpe': framed(lambda i: t.over_udp(t.vxlan_gpe(
        i.in_vlan(204), 3), 4790), 204),
    'vxlan-gpe-ip': routed(lambda i: t.over_udp(t.vxlan_gpe(
        i.packet, 2 if i.is_ip6 else 1), 4790)),
    'vxlan-gpe-nsh': framed(lambda i: t.over_udp(t.vxlan_gpe(t.nsh(
        i.frame(), 3), 4), 4790)),
    'vxlan-gpe-mpls': routed(lambda i: t.over_udp(t.vxlan_gpe(
        t.labels(1600) + i.packet, 5), 4790)),
    'geneve': framed(lambda i: t.over_udp(t.geneve(
        t.bridging(i.frame())), 6081)),
    'geneve-options': framed(lambda i: t.over_udp(t.geneve(
        t.bridging(i.in_vlan(204)), t.geneve_option(1, b'') + t.geneve_option(
            0x82, bytes(8)) + t.geneve_option(3, bytes(124))), 6081), 204),
    'geneve-ip': routed(lambda i: t.over_udp6(t.geneve(
        i.typed, t.geneve_option(1, bytes(4))), 6081)),
    'gtp': routed(lambda i: t.over_udp(t.gtp(i.packet), 2152, 2152)),
    'gtp-counted': routed(lambda i: t.over_udp(t.gtp(
        i.packet, i.number), 2152, 2152)),
    'gtp-extended': routed(lambda i: t.over_udp(t.gtp(i.packet, i.number, [
        (0x85, b'\0\x09'), (0xc0, b'\0\1'), (0x20, bytes(6))]), 2152, 2152)),
    'l2tp2': routed(lambda i: t.over_udp(t.l2tp2(
        i.packet, i.number), 1701, 1701)),
    'l2tp2-all': routed(lambda i: t.over_udp(t.l2tp2(
        i.packet, i.number, True), 1701, 1701)),
    'l2tp3-udp': framed(lambda i: t.over_udp(t.l2tp3_udp(
        i.frame(), b'\x12\x34\x56\x78'), 1701, 1701)),
    'gre-udp': routed(lambda i: t.over_udp(t.gre(i.typed, key=7), 4754)),
    'gretap-udp': framed(lambda i: t.over_udp6(t.gre(
        t.bridging(i.in_vlan(204))), 4754), 204),
    'mpls-udp': routed(lambda i: t.over_udp(
        t.labels(1600, 1700) + i.packet, 6635)),
    'lisp': routed(lambda i: t.over_udp(t.lisp(i.packet), 4341)),
    'teredo': routed(lambda i: t.over_udp(t.teredo(i.six()), 3544, 3544)),
    'teredo-marked': routed(lambda i: t.over_udp(t.teredo(
        i.six(), t.teredo_marks()), 40001, 3544)),
    'capwap': framed(lambda i: t.over_udp(t.capwap(
        i.frame(pad=False)), 5247, 5247)),
    'capwap-full': framed(lambda i: t.over_udp(t.capwap(
        i.in_vlan(204), full=True), 5247, 5247), 204),
    'capwap-wlan': Kind(lambda i: t.over_udp(t.capwap(
        i.wlan(qos=True), native=True, full=True), 5247, 5247), tags=False),
    'tzsp': framed(lambda i: t.over_udp(t.tzsp(i.in_vlan(204)), 37008), 204),
    'tzsp-wlan': Kind(lambda i: t.over_udp(t.tzsp(i.wlan(), 18), 37008),
                      tags=False),
}


def on_wlan(make, number):
    return Kind(make, number, tags=False)


LINKS = {
    # Either order of a MAC's bits is found in captures of these: none is
    # told.
    'token-ring': on_link(lambda i: link.token_ring(
        i.typed, *i.macs), link.TOKEN_RING),
    'token-ring-routed': on_link(lambda i: link.token_ring(
        i.typed, *i.macs, routed=True), link.TOKEN_RING),
    'fddi': on_link(lambda i: link.fddi(i.typed, *i.macs), link.FDDI),
    'fibre-channel': on_wlan(lambda i: link.fibre_channel(
        i.typed, *i.macs), link.FIBRE_CHANNEL),
    'arcnet': on_link(lambda i: link.arcnet(
        i.packet, i.outgoing), link.ARCNET, any=False),
    'arcnet-linux': on_link(lambda i: link.arcnet(
        i.packet, i.outgoing, True), link.ARCNET_LINUX, any=False),
    'arcnet-simple': routed(lambda i: link.arcnet_simple(
        i.packet, i.outgoing), link.ARCNET, only=4),
    'firewire': on_link(lambda i: link.firewire(i.typed, i.outgoing),
                        link.FIREWIRE),
    'slip': on_link(lambda i: link.slip(i.packet, i.outgoing), link.SLIP,
                    any=False),
    'ppp': on_link(lambda i: link.ppp(i.packet), link.PPP, any=False),
    'ppp-compressed': on_link(lambda i: link.ppp(
        i.packet, False, True), link.PPP, any=False),
    'ppp-hdlc': on_link(lambda i: link.ppp(i.packet), link.PPP_HDLC,
                        any=False),
    'ppp-ether': on_link(lambda i: t.pppoe(i.packet)[2:], link.PPP_ETHER,
                         any=False),
    'ppp-pppd': on_link(lambda i: bytes([i.outgoing]) + link.ppp(
        i.packet)[1:], link.PPP_PPPD, any=False),
    'ppp-with-dir': on_link(lambda i: bytes([i.outgoing]) + link.ppp(
        i.packet), link.PPP_WITH_DIR, any=False),
    'cisco-hdlc': on_link(lambda i: link.cisco_hdlc(i.typed),
                          link.CISCO_HDLC),
    'cisco-hdlc-with-dir': on_link(lambda i: bytes([i.outgoing]) +
                                   link.cisco_hdlc(i.typed),
                                   link.CISCO_HDLC_WITH_DIR),
    'frame-relay': on_link(lambda i: link.frame_relay(i.packet),
                           link.FRAME_RELAY, any=False),
    'frame-relay-snap': on_link(lambda i: link.frame_relay_snap(i.typed),
                                link.FRAME_RELAY),
    'frame-relay-long': on_link(lambda i: link.frame_relay_snap(
        i.typed, 70000, 4), link.FRAME_RELAY),
    'frame-relay-bridged': Kind(lambda i: link.frame_relay_bridged(
        i.in_vlan(204)), link.FRAME_RELAY, (204,)),
    'frame-relay-cisco': on_link(lambda i: link.frame_relay_cisco(i.typed),
                                 link.FRAME_RELAY),
    'frame-relay-with-dir': on_link(lambda i: bytes([i.outgoing]) +
                                    link.frame_relay(i.packet),
                                    link.FRAME_RELAY_WITH_DIR, any=False),
    'atm': on_link(lambda i: link.atm(i.typed), link.ATM),
    'atm-bridged': Kind(lambda i: link.atm_bridged(i.frame()), link.ATM),
    'sll': Kind(lambda i: link.sll(i.tagged, i.macs[0], i.outgoing),
                link.SLL),
    'sll2': Kind(lambda i: link.sll2(i.tagged, i.macs[0], i.outgoing),
                 link.SLL2),
    'sll2-vlan': Kind(lambda i: link.sll2(t.vlan(204, i.tagged), i.macs[0],
                                          i.outgoing), link.SLL2, (204,)),
    'raw': on_link(lambda i: i.packet, link.RAW, any=False),
    'raw-bsd': on_link(lambda i: i.packet, link.RAW_BSD, any=False),
    'raw-ipv4': routed(lambda i: i.packet, link.IPV4, only=4),
    'raw-ipv6': on_link(lambda i: i.six(), link.IPV6, any=False),
    'null': on_link(lambda i: link.loopback(i.packet, '<', 24), link.NULL,
                    any=False),
    'null-be': on_link(lambda i: link.loopback(i.packet, '>', 30), link.NULL,
                       any=False),
    'loop': on_link(lambda i: link.loopback(i.packet, '>', 24), link.LOOP,
                    any=False),
    'enc': on_link(lambda i: link.enc(i.packet), link.ENC, any=False),
    'enc-be': on_link(lambda i: link.enc(i.packet, '>'), link.ENC, any=False),
    'pflog': on_link(lambda i: link.pflog(i.packet), link.PFLOG, any=False),
    'ipnet': on_link(lambda i: link.ipnet(i.packet, i.outgoing), link.IPNET,
                     any=False),
    'mpls-link': on_link(lambda i: t.labels(1600, 1700) + i.packet, link.MPLS,
                         any=False),
    'netanalyzer': Kind(lambda i: link.netanalyzer(i.in_vlan(204)),
                        link.NETANALYZER, (204,)),
    'nflog': on_link(lambda i: link.nflog(i.packet), link.NFLOG, any=False),
    'nflog-be': on_link(lambda i: link.nflog(i.packet, '>'), link.NFLOG,
                        any=False),
    'pktap': Kind(lambda i: link.pktap(i.in_vlan(204), link.ETHERNET,
                                       i.outgoing), link.PKTAP, (204,)),
    'pktap-null': on_link(lambda i: link.pktap(link.loopback(
        i.packet, '<', 30), link.NULL, i.outgoing), link.PKTAP, any=False),
    'pktap-raw': on_link(lambda i: link.pktap(
        i.packet, link.RAW_BSD, i.outgoing), link.PKTAP, any=False),
    'wlan': on_wlan(lambda i: i.wlan(), link.WLAN),
    'wlan-qos': on_wlan(lambda i: i.wlan(qos=True), link.WLAN),
    'wlan-relayed': on_wlan(lambda i: i.wlan(relayed=True, qos=True),
                            link.WLAN),
    'wlan-ht': on_wlan(lambda i: i.wlan(qos=True, ht=True), link.WLAN),
    'wlan-aggregate': on_wlan(lambda i: link.wlan_aggregate(
        i.typed, *i.macs, i.outgoing), link.WLAN),
    'radiotap': on_wlan(lambda i: link.radiotap(i.wlan()),
                        link.WLAN_RADIOTAP),
    'radiotap-short': on_wlan(lambda i: link.radiotap_short(
        i.wlan(qos=True)), link.WLAN_RADIOTAP),
    'radiotap-fcs': on_wlan(lambda i: link.radiotap(
        i.wlan(qos=True), check=True), link.WLAN_RADIOTAP),
    'radiotap-padded': on_wlan(lambda i: link.radiotap(
        i.wlan(qos=True, pad=True), pad=True), link.WLAN_RADIOTAP),
    'prism': on_wlan(lambda i: link.prism(i.wlan()), link.PRISM),
    'avs': on_wlan(lambda i: link.avs(i.wlan()), link.WLAN_AVS),
    'ppi': on_wlan(lambda i: link.ppi(i.wlan(qos=True), link.WLAN), link.PPI),
    'ppi-ethernet': Kind(lambda i: link.ppi(i.in_vlan(204), link.ETHERNET),
                         link.PPI, (204,)),
}

KINDS = {**ETHERNET, **MPLS, **GRE, **IP, **UDP, **LINKS}


class Wire:
    """How an IP packet becomes a frame: one of KINDS, with VLANs of its own if
    the kind carries tags. frame(packet, src, dst, outgoing) takes the MACs of
    both ends."""

    def __init__(self, name='ether', vlans=()):
        self.kind = KINDS[name]
        self.vlans = tuple(vlans)
        self.link = self.kind.link
        self.number = 0

    def wrap(self, inner):
        """An Inner's bytes, or None if this kind does not carry it."""
        kind = self.kind
        if not inner.is_ip and not kind.any:
            return None
        if kind.only and inner.is_ip6 != (kind.only == 6):
            return None
        self.number += 1
        inner.number = self.number
        return kind.make(inner)

    def frame(self, packet, src, dst, outgoing=True):
        return self.wrap(Inner(packet, frames.ethertype_of(packet), src, dst,
                               self.vlans, outgoing))
