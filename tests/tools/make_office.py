#!/usr/bin/env python3
"""make_office.py: the bundled capture: an invented office on one working day.

    make_office.py [-o FILE]        default: ../data/office.pcapng

A mirror port of the core switch (eth1, tagged) and one of the firewall's
inside (eth2). Every company, host, account, password and address is invented;
addresses are those reserved for documentation, or private. Where a real
service is played (Exchange Online), it has a documentation address too.
All is drawn from one seed, but for the random numbers of TLS."""
import argparse
import os
import random
import struct
import sys

import capfile
import conversation as conv
import frames
from capfile import Captured
from conversation import CLIENT, SERVER, SECOND, Host
from dialogue import Dialogue
from linklayers import ETHERNET
from wires import Wire

MIDNIGHT = 1795392000 * SECOND  # 2026-11-23T00:00:00Z, a Monday
MINUTE = 60 * SECOND
OUTLOOK = '203.0.113.10'    # plays smtp.office365.com
MX = '203.0.113.25'         # plays contoso-example.mail.protection.outlook.com
PARTNER = '198.51.100.25'   # mx.partner.example
HOSTING = '198.51.100.40'   # mail.hosting.example, port 465
GATEWAY_MAC = '00:00:5e:00:01:0a'
FIREWALL_MAC = '00:09:0f:5a:10:01'
MAIL, RELAY, EXCHANGE = '10.20.1.10', '10.20.1.12', '10.20.1.11'
MAIL6 = '2001:db8:20:1::10'


def clock(text):
    """'09:30' or '09:30:15' of the day, in ns since 1970."""
    parts = [int(p) for p in text.split(':')] + [0]
    return MIDNIGHT + (parts[0] * 3600 + parts[1] * 60 + parts[2]) * SECOND


class Device:
    """One cable of the office: a MAC, its addresses, the VLAN, its TTL."""

    def __init__(self, mac, ip, vlan, ttl=64, ip6=None, routed=False):
        self.mac, self.ip, self.vlan, self.ttl = mac, ip, vlan, ttl
        self.ip6 = ip6
        self.routed = routed  # beyond a router: no ARP, no DHCP here
        self.port = 0


def outlook_hello(node, helo, tls):
    """Exchange Online's EHLO reply, before or inside TLS."""
    return '\n'.join(['S: 250-%s.outlook.office365.com Hello [203.0.113.200]'
                      % node,
                      'S: 250-SIZE 157286400', 'S: 250-PIPELINING',
                      'S: 250-DSN', 'S: 250-ENHANCEDSTATUSCODES',
                      'S: 250-AUTH LOGIN XOAUTH2' if tls else
                      'S: 250-STARTTLS',
                      'S: 250-8BITMIME', 'S: 250-BINARYMIME',
                      'S: 250-CHUNKING', 'S: 250 SMTPUTF8'])


class Office:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.out = []
        self.ident = 1
        self.xid = 0x3903f326

    # Frames.

    def put(self, at, frame, interface=0):
        self.out.append(Captured(at, frame, ETHERNET, interface))

    def datagram(self, at, src, dst, sport, dport, data, vlan, interface=0):
        self.ident = self.ident + 1 & 0xffff
        packet = frames.ip(src.ip, dst.ip, frames.UDP,
                           frames.udp(src.ip, dst.ip, sport, dport, data),
                           src.ttl, self.ident)
        self.put(at, frames.ethernet(src.mac, dst.mac,
                                     frames.ethertype_of(packet), packet,
                                     (vlan,) if vlan else ()), interface)

    def talk(self, device, at, text, server=None, port=25, rtt=conv.MS,
             v6=False, twice=False, lose=(), only=None, midstream=0,
             interface=0, untagged=False):
        """One connection of the device. twice: the mirror shows it in the
        server's VLAN as well. lose: (side, bytes) that were not captured."""
        d = Dialogue(text)
        device.port = device.port + self.rng.randint(1, 40) or 1
        sport = 32768 + (hash_of(device.mac) + device.port) % 28000
        server = server or d.server[0]
        local = server.startswith('10.') or v6
        client = Host(device.mac, device.ip6 if v6 else device.ip, device.ttl)
        peer = Host(FIREWALL_MAC if interface else GATEWAY_MAC, server,
                    63 if local else 52)
        segments = d.segments(at, rtt=rtt, isn=self.rng.getrandbits(32))
        segments = jitter(segments, self.rng)
        if lose:
            segments = lossy(segments, d, lose)
        if only is not None:
            segments = conv.only_side(segments, only)
        if midstream:
            segments = conv.midstream(segments, CLIENT, midstream)
        wire = Wire('ether', () if untagged else (device.vlan,))
        shown = conv.render(segments, (client, peer), (sport, port), wire,
                            ident=self.ident, interface=interface)
        if twice:
            # Routed: once more in the servers' VLAN, one hop later.
            there = (Host(GATEWAY_MAC, client.ip, client.ttl - 1),
                     Host('00:0c:29:10:00:10', server, 64))
            late = [s.copy(at=s.at + 7000 if s.side == CLIENT else s.at - 5000)
                    for s in segments]
            shown += conv.render(late, there, (sport, port),
                                 Wire('ether', (101,)),
                                 ident=self.ident, interface=interface)
        self.ident = self.ident + len(segments) & 0xffff
        self.out += shown

    # Names around mail.

    def dhcp(self, device, at, host, vendor_class=None, lease=28800):
        options = [(55, bytes([1, 3, 6, 15, 44, 47])), (12, host.encode()),
                   (61, b'\1' + frames.mac_bytes(device.mac))]
        if vendor_class:
            options.append((60, vendor_class.encode()))
        nobody = Host(device.mac, '0.0.0.0', 64)
        everyone = Host(frames.BROADCAST, '255.255.255.255', 64)
        server = Host(GATEWAY_MAC, gateway(device.ip), 255)
        there = Host(device.mac, device.ip, 64)
        granted = [(51, struct.pack('!I', lease)),
                   (54, frames.ip_bytes(server.ip)),
                   (1, bytes([255, 255, 255, 0])),
                   (3, frames.ip_bytes(server.ip))]
        asked = options + [(50, frames.ip_bytes(device.ip))]
        self.xid += 1
        for i, (kind, opts, yiaddr) in enumerate((
                (1, options, '0.0.0.0'), (2, granted, device.ip),
                (3, asked, '0.0.0.0'), (5, granted, device.ip))):
            data = frames.dhcp(kind, device.mac, opts, yiaddr, xid=self.xid)
            client = kind in (1, 3)
            self.datagram(at + i * 2 * 10**6, nobody if client else server,
                          everyone if client else there, 68 if client else 67,
                          67 if client else 68, data, device.vlan)

    def arp(self, device, at):
        router = gateway(device.ip)
        ask = frames.arp(1, device.mac, device.ip, '00:00:00:00:00:00', router)
        answer = frames.arp(2, GATEWAY_MAC, router, device.mac, device.ip)
        self.put(at, frames.ethernet(device.mac, frames.BROADCAST, 0x0806, ask,
                                     (device.vlan,)))
        self.put(at + 300000, frames.ethernet(GATEWAY_MAC, device.mac, 0x0806,
                                              answer, (device.vlan,)))

    def lookup(self, device, at, name, kind=1, answers=()):
        resolver = Host(GATEWAY_MAC, '10.20.1.53', 63)
        ident, port = self.rng.getrandbits(16), self.rng.randint(40000, 60000)
        self.datagram(at, device, resolver, port, 53,
                      frames.dns(ident, name, kind), device.vlan)
        self.datagram(at + 3 * 10**6, resolver, device, 53, port,
                      frames.dns(ident, name, kind, answers), device.vlan)

    def web(self, device, at, host, size):
        """What a mirror port is full of: not mail."""
        text = '\n'.join(['-- server 198.51.100.80:80',
                          'C: GET /news/index.html HTTP/1.1',
                          'C: Host: ' + host, 'C: User-Agent: example', 'C: ',
                          'S: HTTP/1.1 200 OK', 'S: Content-Type: text/plain',
                          'S: Content-Length: %d' % size, 'S: ',
                          'S* %d' % size])
        self.talk(device, at, text, port=80, rtt=12 * 10**6)


def hash_of(text):
    return sum((i + 1) * ord(c) for i, c in enumerate(text)) * 2654435761 >> 7


def gateway(ip):
    return ip.rsplit('.', 1)[0] + '.1'


def jitter(segments, rng):
    """Each turn takes a little longer than the last one, as they do."""
    out, add, side = [], 0, None
    for s in segments:
        if s.side != side:
            add += rng.randint(0, 900000)
            side = s.side
        out.append(s.copy(at=s.at + add))
    return out


def lossy(segments, d, lose):
    """lose: (side, n): the nth write of the side was not captured."""
    writes = {}
    for turn in d.turns:
        if turn[0] == 'data':
            writes.setdefault(turn[1], []).append(turn[2])
    return conv.without(segments, *((side, writes[side][n][:1400])
                                    for side, n in lose))


# Dialogues: text for dialogue.py.

def greeting(host):
    return 'S: 220 %s ESMTP Postfix' % host


def postfix_hello(helo, host='mail-gw.contoso.example', auth='PLAIN LOGIN',
                  starttls=True, verb='EHLO'):
    lines = ['C: %s %s' % (verb, helo)]
    if verb == 'HELO':
        return '\n'.join(lines + ['S: 250 ' + host])
    lines += ['S: 250-' + host, 'S: 250-PIPELINING', 'S: 250-SIZE 52428800']
    if starttls:
        lines.append('S: 250-STARTTLS')
    if auth:
        lines.append('S: 250-AUTH ' + auth)
    return '\n'.join(lines + ['S: 250-ENHANCEDSTATUSCODES', 'S: 250-8BITMIME',
                              'S: 250 DSN'])


def login(user, password, reply='235 2.7.0 Authentication successful'):
    return '\n'.join(['C: AUTH LOGIN', 'S: 334 <<Username:>>',
                      'C: <<%s>>' % user, 'S: 334 <<Password:>>',
                      'C: <<%s>>' % password, 'S: ' + reply])


def plain(user, password, reply='235 2.7.0 Authentication successful'):
    return '\n'.join(['C: AUTH PLAIN <<\\0%s\\0%s>>' % (user, password),
                      'S: ' + reply])


def message(sender, recipients, size, subject, headers=(), queued='4F1B2C',
            helo='host'):
    lines = ['C: MAIL FROM:<%s>' % sender, 'S: 250 2.1.0 Ok']
    for r in recipients:
        lines += ['C: RCPT TO:<%s>' % r, 'S: 250 2.1.5 Ok']
    lines += ['C: DATA', 'S: 354 End data with <CR><LF>.<CR><LF>',
              'C: From: <%s>' % sender, 'C: To: <%s>' % recipients[0],
              'C: Subject: ' + subject,
              'C: Message-ID: <%s@%s>' % (queued.lower(), helo)]
    lines += ['C: ' + h for h in headers]
    lines += ['C: ', 'C* %d' % size, '-- flush', 'C: .',
              'S: 250 2.0.0 Ok: queued as ' + queued]
    return '\n'.join(lines)


QUIT = 'C: QUIT\nS: 221 2.0.0 Bye\n-- close server'


def script(*parts):
    return '\n'.join(parts)


def outlook(office, helo, inner, version='1.2', node='SY5P282CA0097',
            at=0):
    """STARTTLS to Exchange Online; inner is what TLS hides."""
    when = '%02d:%02d:%02d' % ((at - MIDNIGHT) // (3600 * SECOND),
                               (at // MINUTE) % 60, (at // SECOND) % 60)
    return script(
        '-- server %s:587' % OUTLOOK,
        'S: 220 %s.outlook.office365.com Microsoft ESMTP MAIL Service ready '
        'at Mon, 23 Nov 2026 %s +0000 [%016X]'
        % (node, when, office.rng.getrandbits(64)),
        'C: EHLO ' + helo, outlook_hello(node, helo, False), 'C: STARTTLS',
        'S: 220 2.0.0 SMTP server ready',
        '-- tls %s sni=smtp.office365.com '
        'names=outlook.com,smtp.office365.com,*.office365.com' % version,
        'C: EHLO ' + helo, outlook_hello(node, helo, True), inner)


def outlook_message(sender, recipients, size, node='SY5P282CA0097'):
    lines = ['C: MAIL FROM:<%s>' % sender, 'S: 250 2.1.0 Sender OK']
    for r in recipients:
        lines += ['C: RCPT TO:<%s>' % r, 'S: 250 2.1.5 Recipient OK']
    lines += ['C: DATA',
              'S: 354 Start mail input; end with <CRLF>.<CRLF>',
              'C* %d' % size, '-- flush', 'C: .',
              'S: 250 2.0.0 OK <%s@%s> [Hostname=SY5P282MB4000.AUSP282.PROD.'
              'OUTLOOK.COM]' % ('0f3c2b7a5d1e', 'contoso.example'),
              'C: QUIT', 'S: 221 2.0.0 Service closing transmission channel']
    return '\n'.join(lines)


OK_OUTLOOK = '235 2.7.0 Authentication successful'


# The day.

def printers(o, day):
    """VLAN 104: devices that log in to the old mail server in clear."""
    brother = Device('00:80:77:1c:22:9a', '10.20.4.31', 104)
    o.dhcp(brother, clock('07:02'), 'BRN0080771C229A')
    for at in day(26, 8, 17):
        o.talk(brother, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('BRN0080771C229A'),
            login('scan@contoso.example', 'invented-Horse-1'),
            message('scan@contoso.example', ['anna.%d@contoso.example'
                                             % o.rng.randint(1, 9)],
                    o.rng.randint(2000, 26000), 'Scanned document',
                    helo='BRN0080771C229A'), QUIT), MAIL)

    ricoh = Device('00:26:73:a5:a8:f3', '10.20.4.32', 104)
    o.dhcp(ricoh, clock('07:03'), 'RNP002673A5A8F3')
    for i, at in enumerate(day(12, 8, 17)):
        people = ['bert@contoso.example']
        if i % 3 == 0:
            people.append('office@partner.example')
        o.talk(ricoh, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('RNP002673A5A8F3'),
            login('scan@contoso.example', 'invented-Horse-1'),
            message('scan@contoso.example', people, 9000, 'Scan',
                    helo='RNP002673A5A8F3'), QUIT), MAIL, twice=i % 4 == 0)

    hp = Device('3c:52:82:7a:4b:19', '10.20.4.33', 104)
    o.dhcp(hp, clock('07:05'), 'NPI7A4B19', 'Hewlett-Packard JetDirect')
    for at in day(9, 8, 16):
        o.talk(hp, at, script(
            greeting('mail-gw.contoso.example'), postfix_hello('NPI7A4B19'),
            plain('hp-scan@contoso.example', 'invented-Plum-2'),
            message('hp-scan@contoso.example', ['carla@contoso.example'],
                    12000, 'Scan from a HP', helo='NPI7A4B19'), QUIT), MAIL)

    konica = Device('00:20:6b:8c:45:4e', '10.20.4.77', 104, ttl=128)
    o.dhcp(konica, clock('07:04'), 'MFP-Sales-C454e')
    for at in day(7, 9, 17):
        o.talk(konica, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('KMBT8C454E', auth='CRAM-MD5 LOGIN'),
            'C: AUTH CRAM-MD5',
            'S: 334 <<\\x3c7164.1795@mail-gw.contoso.example\\x3e>>',
            'C: <<mfp-sales@contoso.example '
            '5f1c0e2b7a9d4f6688ccd0e1f2a3b4c5>>',
            'S: 235 2.7.0 Authentication successful',
            message('mfp-sales@contoso.example', ['sales@contoso.example',
                                                  'orders@supplier.example'],
                    15000, 'Message from KMBT_C454e', helo='KMBT8C454E'),
            QUIT), MAIL)

    canon = Device('84:ba:3b:10:7f:02', '10.20.4.40', 104)
    o.dhcp(canon, clock('07:06'), 'Canon107F02')
    for at in day(8, 8, 17):
        o.talk(canon, at, script(
            greeting('mail-gw.contoso.example'), postfix_hello('Canon107F02'),
            login('canon@contoso.example', 'invented-Expired-4',
                  '535 5.7.8 Error: authentication failed: '
                  'UGFzc3dvcmQ6'), QUIT), MAIL)

    kyocera = Device('00:c0:ee:3d:51:07', '10.20.4.19', 104,
                     ip6='2001:db8:20:4::19')
    o.dhcp(kyocera, clock('07:07'), 'printer-hq-07')
    for i, at in enumerate(day(10, 8, 17)):
        o.talk(kyocera, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('printer-hq-07', auth=None),
            message('printer-hq-07@contoso.example', ['hq@contoso.example'],
                    7000, 'Scan', helo='printer-hq-07'), QUIT),
            MAIL6 if i % 2 else MAIL, v6=i % 2 == 1)

    xerox = Device('9c:93:4e:5e:21:b0', '10.20.4.45', 104)
    o.dhcp(xerox, clock('07:08'), 'XRX9C934E5E21B0')
    mx = 'contoso-example.mail.protection.outlook.com'
    for at in day(6, 9, 16):
        o.lookup(xerox, at - SECOND, mx, 1, [MX])
        o.talk(xerox, at, script(
            'S: 220 ME3AUS01FT014.mail.protection.outlook.com Microsoft ESMTP '
            'MAIL Service ready at Mon, 23 Nov 2026 09:00:00 +0000',
            'C: EHLO XRX9C934E5E21B0',
            'S: 250-ME3AUS01FT014.mail.protection.outlook.com Hello '
            '[203.0.113.200]', 'S: 250-SIZE 157286400', 'S: 250-PIPELINING',
            'S: 250-DSN', 'S: 250-ENHANCEDSTATUSCODES', 'S: 250-STARTTLS',
            'S: 250-8BITMIME', 'S: 250-BINARYMIME', 'S: 250-CHUNKING',
            'S: 250 SMTPUTF8',
            message('xerox-2f@contoso.example', ['dora@contoso.example'],
                    11000, 'Scan from a Xerox', helo='XRX9C934E5E21B0'),
            QUIT), MX, rtt=18 * 10**6)

    epson = Device('64:eb:8c:9f:22:01', '10.20.6.90', 106)
    o.dhcp(epson, clock('07:20'), 'EPSON9F2201')
    token = 'ya29.invented-token-' + 'Qx7' * 260
    for at in day(5, 9, 17):
        o.talk(epson, at, script(
            '-- server %s:2525' % RELAY,
            'S: 220 relay.contoso.example ESMTP ready',
            'C: EHLO EPSON9F2201', 'S: 250-relay.contoso.example',
            'S: 250-AUTH XOAUTH2 OAUTHBEARER', 'S: 250 8BITMIME',
            'C: AUTH XOAUTH2 <<user=room4@contoso.example\\x01auth=Bearer '
            + token + '\\x01\\x01>>',
            'S: 235 2.7.0 Accepted',
            message('room4@contoso.example', ['facility@contoso.example'],
                    3000, 'Whiteboard', helo='EPSON9F2201'), QUIT), RELAY,
            port=2525)

    # It could send, by its name, and asks where to; but it never does.
    fuji = Device('1c:7d:22:5b:21:a0', '10.20.4.61', 104)
    o.dhcp(fuji, clock('07:09'), 'FX-5B21A0')
    for at in (clock('07:10'), clock('12:10')):
        o.lookup(fuji, at, 'smtp.office365.com', 1, [OUTLOOK])
    return [brother, ricoh, hp, konica, canon, kyocera, xerox, epson, fuji]


def cloud(o, day):
    """Devices that go to Exchange Online; TLS hides what they say there."""
    qnap = Device('24:5e:be:44:10:9c', '10.20.9.40', 109)
    o.dhcp(qnap, clock('07:01'), 'nas01')
    for at in day(9, 7, 18):
        o.lookup(qnap, at - SECOND, 'smtp.office365.com', 1, [OUTLOOK])
        o.talk(qnap, at, outlook(o, 'nas01', script(
            login('nas@contoso.example', 'invented-Stable-3', OK_OUTLOOK),
            outlook_message('nas@contoso.example', ['it@contoso.example'],
                            1800)), '1.2', at=at),
            OUTLOOK, 587, rtt=25 * 10**6)

    toshiba = Device('00:80:91:b7:03:5c', '10.20.4.52', 104)
    o.dhcp(toshiba, clock('07:11'), 'MFP09137025')
    token = 'eyJ0eXAiOiJKV1Qi.invented.' + 'kT9' * 420
    for at in day(6, 9, 16):
        o.lookup(toshiba, at - SECOND, 'smtp.office365.com', 1, [OUTLOOK])
        o.talk(toshiba, at, outlook(o, 'MFP09137025', script(
            'C: AUTH XOAUTH2 <<user=toshiba@contoso.example\\x01auth=Bearer '
            + token + '\\x01\\x01>>', 'S: ' + OK_OUTLOOK,
            outlook_message('toshiba@contoso.example',
                            ['emil@contoso.example'], 9000)), '1.3',
            'ME2PR01CA0102', at), OUTLOOK, 587, rtt=25 * 10**6)

    # Its one alert of the day; the mirror port lost the AUTH exchange.
    apc = Device('00:c0:b7:6e:90:d1', '10.20.9.12', 109)
    o.dhcp(apc, clock('07:00:30'), 'apc6E90D1')
    at = clock('13:41')
    o.talk(apc, at, outlook(o, 'apc6E90D1', script(
        login('alerts@contoso.example', 'invented-Battery-5', OK_OUTLOOK),
        outlook_message('alerts@contoso.example', ['it@contoso.example'],
                        600)), '1.2', at=at),
        OUTLOOK, 587, rtt=25 * 10**6,
        lose=[(CLIENT, n) for n in range(4, 8)] +
        [(SERVER, n) for n in range(5, 10)])

    lexmark = Device('00:21:b7:0d:44:e6', '10.20.4.58', 104)
    o.dhcp(lexmark, clock('07:12'), 'ET0021B70D44E6')
    for at in day(4, 9, 16):
        text = outlook(o, 'ET0021B70D44E6', '', '1.0', at=at)
        text = text[:text.index('-- tls')] + \
            '-- tls 1.0 sni=smtp.office365.com names=outlook.com ' \
            'server_min=1.2\n-- close server'
        o.talk(lexmark, at, text, OUTLOOK, 587, rtt=25 * 10**6)

    synology = Device('00:11:32:7d:5b:02', '10.20.9.41', 109)
    o.dhcp(synology, clock('07:02:30'), 'DiskStation')
    for at in day(5, 7, 18):
        o.lookup(synology, at - SECOND, 'mail.hosting.example', 1, [HOSTING])
        o.talk(synology, at, script(
            '-- server %s:465' % HOSTING,
            '-- tls 1.3 sni=mail.hosting.example names=mail.hosting.example',
            'S: 220 mail.hosting.example ESMTP', 'C: EHLO DiskStation',
            'S: 250-mail.hosting.example', 'S: 250-PIPELINING',
            'S: 250-AUTH PLAIN LOGIN', 'S: 250 8BITMIME',
            plain('backup@contoso.example', 'invented-Tape-6'),
            message('backup@contoso.example', ['it@contoso.example'], 2500,
                    'Backup finished'), QUIT), HOSTING, 465, rtt=9 * 10**6)
    return [qnap, toshiba, apc, lexmark, synology]


def servers(o, day):
    """VLANs 107, 108, 109 and 101: machines that mail."""
    # One connection since long before the capture: nothing but TLS records.
    erp = Device('00:50:56:a1:08:05', '10.20.8.5', 108)
    o.arp(erp, clock('07:00:10'))
    text = script(
        '-- server %s:465' % HOSTING,
        '-- tls 1.2 names=mail.hosting.example',
        'S: 220 mail.hosting.example ESMTP', 'C: EHLO erp-app02',
        'S: 250-mail.hosting.example', 'S: 250 8BITMIME',
        *(script('C: MAIL FROM:<erp@contoso.example>', 'S: 250 Ok',
                 'C* %d' % o.rng.randint(700, 5000), 'S: 250 Ok',
                 '-- wait %d' % o.rng.randint(1500, 3000))
          for _ in range(16)))
    o.talk(erp, clock('06:59'), text, HOSTING, 465, rtt=9 * 10**6,
           midstream=6)

    dotnet = Device('00:50:56:a1:08:21', '10.20.8.21', 108, ttl=128)
    o.arp(dotnet, clock('07:00:12'))
    for at in day(9, 7, 18):
        o.talk(dotnet, at, script(
            'S: 220 ex01.contoso.example Microsoft ESMTP MAIL Service ready '
            'at Mon, 23 Nov 2026 08:00:00 +0000',
            'C: EHLO SVC-BILLING',
            'S: 250-ex01.contoso.example Hello [10.20.8.21]',
            'S: 250-SIZE 37748736', 'S: 250-PIPELINING', 'S: 250-DSN',
            'S: 250-ENHANCEDSTATUSCODES', 'S: 250-X-ANONYMOUSTLS',
            'S: 250-AUTH NTLM LOGIN', 'S: 250-X-EXPS GSSAPI NTLM',
            'S: 250-8BITMIME', 'S: 250-BINARYMIME', 'S: 250-CHUNKING',
            'S: 250 XRDST',
            'C: AUTH NTLM <<ntlm1>>', 'S: 334 <<ntlm2>>',
            'C: <<ntlm3 CONTOSO svc-billing SVC-BILLING>>',
            'S: 235 2.7.0 Authentication successful',
            message('billing@contoso.example', ['client%d@customer.example'
                                                % o.rng.randint(1, 40)],
                    6000, 'Your invoice', helo='SVC-BILLING'), QUIT),
            EXCHANGE)

    zabbix = Device('00:50:56:a1:08:30', '10.20.8.30', 108)
    o.arp(zabbix, clock('07:00:14'))
    for at in day(30, 7, 18):
        o.talk(zabbix, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('zabbix.contoso.example', auth=None),
            message('zabbix@contoso.example', ['it@contoso.example'], 700,
                    'PROBLEM: disk', ['X-Mailer: zabbix-alert 6'],
                    helo='zabbix'), QUIT), MAIL)

    idrac = Device('98:e7:43:6b:11:0a', '10.20.9.61', 109)
    o.dhcp(idrac, clock('07:00:40'), 'idrac-7XK2M03', 'iDRAC')
    for at in day(2, 8, 17):
        o.talk(idrac, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('idrac-7XK2M03', verb='HELO'),
            message('idrac@contoso.example', ['it@contoso.example'], 500,
                    'System Alert', helo='idrac'), QUIT), MAIL)

    # Authenticated until ten; then somebody allowed its address instead.
    axis = Device('ac:cc:8e:21:6f:35', '10.20.7.18', 107)
    o.dhcp(axis, clock('07:15'), 'axis-accc8e216f35')
    for at in day(4, 7, 10) + day(7, 10, 18):
        auth = login('cam@contoso.example', 'invented-Lens-7') \
            if at < clock('10:00') else 'C: NOOP\nS: 250 2.0.0 Ok'
        o.talk(axis, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('axis-accc8e216f35'), auth,
            message('cam@contoso.example', ['guard@contoso.example'], 5000,
                    'Motion', helo='axis'), QUIT), MAIL)

    # A branch office behind a router: the MAC is the router's, the name not.
    branch = Device('00:00:5e:00:01:0b', '10.30.2.15', 110, ttl=62,
                    routed=True)
    for at in day(5, 8, 16):
        o.talk(branch, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('BRN30055C0A1B2C'),
            login('branch@contoso.example', 'invented-River-8'),
            message('branch@contoso.example', ['hq@contoso.example'], 8000,
                    'Scan', helo='BRN30055C0A1B2C'), QUIT), MAIL)

    # The printer's label server tries PLAIN, is refused, then takes LOGIN.
    zebra = Device('00:07:4d:92:c4:1f', '10.20.7.44', 107)
    o.dhcp(zebra, clock('07:16'), 'label-dock-2')
    for at in day(5, 8, 17):
        o.talk(zebra, at, script(
            greeting('mail-gw.contoso.example'),
            postfix_hello('label-dock-2', auth='LOGIN', starttls=False),
            plain('labels@contoso.example', 'invented-Crate-9',
                  '504 5.5.4 Unrecognized authentication type'),
            login('labels@contoso.example', 'invented-Crate-9'),
            message('labels@contoso.example', ['stock@contoso.example'], 400,
                    'Out of labels', helo='label-dock-2'), QUIT), MAIL)
    return [erp, dotnet, zabbix, idrac, axis, branch, zebra]


def relay(o, day):
    """The mail server itself, towards the world: an MTA, seen on eth2."""
    gw = Device('00:0c:29:10:00:10', MAIL, 101)
    for i, at in enumerate(day(14, 7, 18)):
        people = ['anna', 'bert', 'carla', 'dora', 'emil']
        sender = ['%s@contoso.example' % people[i % 5],
                  'bounce-%d@lists.example' % i,
                  'news@partner.example'][i % 3]
        o.lookup(gw, at - SECOND, 'partner.example', 15,
                 ['mx.partner.example'])
        o.talk(gw, at, script(
            'S: 220 mx.partner.example ESMTP',
            postfix_hello('mail-gw.contoso.example', 'mx.partner.example',
                          None, False),
            message(sender, ['office@partner.example'], 4000, 'Re: order',
                    ['Received: from x by mail-gw.contoso.example'],
                    helo='contoso.example'),
            message('anna@contoso.example', ['info@partner.example'], 1500,
                    'Hello', helo='contoso.example'),
            QUIT), PARTNER, rtt=15 * 10**6, interface=1, untagged=True)
    for at in day(10, 7, 18):
        mx = 'contoso-example.mail.protection.outlook.com'
        o.talk(gw, at, script(
            'S: 220 ME3AUS01FT014.mail.protection.outlook.com Microsoft ESMTP '
            'MAIL Service ready at Mon, 23 Nov 2026 09:00:00 +0000',
            'C: EHLO mail-gw.contoso.example',
            'S: 250-ME3AUS01FT014.mail.protection.outlook.com Hello '
            '[203.0.113.200]', 'S: 250-SIZE 157286400', 'S: 250-PIPELINING',
            'S: 250-STARTTLS', 'S: 250 SMTPUTF8', 'C: STARTTLS',
            'S: 220 2.0.0 SMTP server ready',
            '-- tls 1.3 sni=%s names=mail.protection.outlook.com,%s'
            % (mx, mx),
            'C: EHLO mail-gw.contoso.example',
            'S: 250-ME3AUS01FT014.mail.protection.outlook.com Hello '
            '[203.0.113.200]', 'S: 250-SIZE 157286400', 'S: 250-PIPELINING',
            'S: 250 SMTPUTF8',
            outlook_message('scan@contoso.example', ['anna@contoso.example'],
                            5000)), MX, rtt=18 * 10**6, interface=1,
            untagged=True)
    return gw


def noise(o, day, devices):
    laptop = Device('3c:2c:30:55:01:77', '10.20.4.150', 104, ttl=128)
    o.dhcp(laptop, clock('07:30'), 'LAPTOP-ANNA', 'MSFT 5.0')
    for at in day(18, 8, 17):
        o.lookup(laptop, at - SECOND, 'www.example.com', 1, ['198.51.100.80'])
        o.web(laptop, at, 'www.example.com', o.rng.randint(2000, 20000))
    for d in devices:
        if not d.routed:
            for at in day(3, 7, 18):
                o.arp(d, at)
    # Something on port 25 that is no mail, and a scan that ends at once.
    o.talk(laptop, clock('11:11'), 'C> \\x16\\x05garbage\\x00\\xff\n'
           '-- reset server', '10.20.1.99')
    o.talk(laptop, clock('11:12'), '-- reset server', MAIL)


def office(seed):
    o = Office(seed)

    def day(n, first, last):
        """n times between two hours, each in its part, not on the dot."""
        part = (last - first) * 60 * MINUTE // n
        return [MIDNIGHT + first * 60 * MINUTE + i * part +
                o.rng.randint(0, part // MINUTE * 9 // 10) * MINUTE +
                o.rng.randint(2, 57) * SECOND + o.rng.randint(0, 999999) * 1000
                for i in range(n)]
    devices = printers(o, day) + cloud(o, day) + servers(o, day)
    relay(o, day)
    noise(o, day, devices)
    return sorted((c for c in o.out if c.at >= clock('07:00')),
                  key=lambda c: c.at)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('-o', metavar='FILE',
                   default=os.path.join(here, '..', 'data', 'office.pcapng'))
    p.add_argument('--seed', type=int, default=20261123)
    a = p.parse_args()
    capfile.write(a.o, capfile.pcapng(office(a.seed), [
        ('eth1', ETHERNET), ('eth2', ETHERNET)],
        tsresol=6))
    return 0


if __name__ == '__main__':
    sys.exit(main())
