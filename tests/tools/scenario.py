"""scenario.py: an invented office of 40 devices over 35 days, and the truth.

office(far) gives {day: frames} and a list of Device, each with what a report
must say of it. far: the mirror is one hop away, so that all frames have a
router's MAC and a TTL less by one, and neither ARP nor DHCP is seen. All is
drawn from one seed, but for the random numbers of TLS."""
import make_office as mo
from conversation import SECOND, Host
from make_office import (MAIL, MAIL6, QUIT, greeting, login, message, plain,
                         postfix_hello, script)

DAYS = 35
FIRST = 1792368000 * SECOND  # 2026-10-19T00:00:00Z, a Monday
DAY, HOUR = 86400 * SECOND, 3600 * SECOND
ROUTER, ROUTER_2 = '00:1b:54:0a:00:01', '00:1b:54:0a:00:02'
SCAN = 'scan@contoso.example'
CLEAR = ['password-in-clear', 'starttls-unused']
SHARED = ['password-in-clear', 'shared-account', 'starttls-unused']
WORKDAYS = [d for d in range(DAYS) if d % 7 < 5]


class Device:
    """One thing with a plug. addresses: [(from day, IPv4)], in turn; a day
    may be a fraction. remote: behind the branch office's router in any case.
    named: its EHLO name has its MAC."""

    def __init__(self, mac, ip, helo, vlan=104, ttl=64, ip6=None, remote=False,
                 lease=None, auth='basic', evidence='seen', standing='active',
                 cadence='daily', findings=CLEAR, role='device', named=False):
        self.mac, self.helo, self.vlan, self.ttl = mac, helo, vlan, ttl
        self.addresses = ip if isinstance(ip, list) else [(0, ip)]
        self.ip6, self.remote, self.lease, self.named = ip6, remote, lease, \
            named
        self.truth = {'auth': auth, 'evidence': evidence, 'role': role,
                      'standing': standing, 'cadence': cadence,
                      'findings': sorted(findings)}
        self.sessions = 0

    def ip(self, day):
        return [ip for first, ip in self.addresses if first <= day][-1]

    def is_near(self, far):
        return not (far or self.remote)

    def id(self, far):
        """Its MAC where that can be known, else its address."""
        if self.is_near(far) or self.named:
            return 'mac:' + self.mac
        return 'ip:' + self.addresses[0][1]


class Scenario:
    def __init__(self, far):
        self.far = far
        self.office = mo.Office(35)
        self.devices = []
        self.days = {}

    def add(self, *args, **kinds):
        d = Device(*args, **kinds)
        self.devices.append(d)
        return d

    def on_the_wire(self, d, day):
        """As frames show it on that day."""
        mac, hops = d.mac, self.far + 2 * d.remote
        if hops:
            # The branch office's routers change places on day 15.
            mac = ROUTER if day < 15 or self.far else ROUTER_2
        shown = mo.Device(mac, d.ip(day), 900 if hops else d.vlan,
                          d.ttl - hops, d.ip6, bool(hops))
        shown.port = d.sessions * 41
        return shown

    def keep(self, day):
        self.days.setdefault(int(day), []).extend(self.office.out)
        self.office.out = []

    def send(self, d, day, hour, text, **how):
        """day: from 0; hour: a fraction."""
        at = FIRST + int(day * DAY + hour * HOUR) + \
            self.office.rng.randint(0, 10**9)
        d.sessions += 1
        self.office.talk(self.on_the_wire(d, day + hour / 24), at, text, **how)
        self.keep(day)

    def lookups(self, d, day):
        """DHCP where it has a lease, and ARP: where they can be seen."""
        if d.is_near(self.far):
            shown, at = self.on_the_wire(d, day), FIRST + int(day * DAY) + HOUR
            if d.lease:
                self.office.dhcp(shown, at, *d.lease)
            self.office.arp(shown, at + SECOND)
            self.keep(day)

    def scan(self, d, days=WORKDAYS, user=SCAN, hours=(9,), auth=login, **how):
        for day in days:
            self.lookups(d, day)
            for hour in hours:
                self.send(d, day, hour, mail(d, user, auth), **how)


def mail(d, user, auth=login, hello=None):
    return script(greeting('mail-gw.contoso.example'),
                  hello or postfix_hello(d.helo),
                  auth(user, 'invented-Word-1') if auth else '# without AUTH',
                  message(user, ['anna@contoso.example'], 300, 'Scan',
                          helo=d.helo), QUIT)


def digits(mac):
    return mac.replace(':', '').upper()


def named(s, prefix, mac, ip, **kinds):
    name = prefix + digits(mac)
    return s.add(mac, ip, name, lease=(name,), named=True, **kinds)


def shared_account(s):
    """One account on twelve devices."""
    for i in range(12):
        prefix, maker = (('BRN', '00:80:77'), ('RNP', '00:26:73'))[i % 2]
        d = named(s, prefix, '%s:1c:22:%02x' % (maker, i),
                  '10.20.4.%d' % (11 + i), findings=SHARED)
        # Some are shown on both sides of the router.
        s.scan(d, hours=(8 + i / 2,), twice=i % 4 == 0 and not s.far)


def moves(s):
    """Two that swap addresses, and one whose address another one gets: beyond
    a router nothing tells when, so there those that have no name keep it."""
    for i, mac in enumerate(('00:26:73:a5:a8:f3', '00:26:73:a5:a8:f4')):
        mine, other = '10.20.4.%d' % (31 + i), '10.20.4.%d' % (32 - i)
        d = named(s, 'RNP', mac, [(0, mine), (17, other)])
        s.scan(d, user='rnp%d@contoso.example' % i, hours=(10 + i,))
    hp = s.add('3c:52:82:7a:4b:19', '10.20.4.41' if s.far else
               [(0, '10.20.4.41'), (10, '10.20.4.42')], 'NPI7A4B19',
               lease=('NPI7A4B19', 'Hewlett-Packard JetDirect'))
    s.scan(hp, user='hp@contoso.example', auth=plain)
    canon = s.add('84:ba:3b:10:7f:02', '10.20.4.43' if s.far else
                  '10.20.4.41', 'Canon107F02', lease=('Canon107F02',))
    s.scan(canon, [d for d in WORKDAYS if d > 11], 'canon@contoso.example')


def habits(s):
    weekly = s.add('00:11:32:7d:5b:02', '10.20.4.51', 'DiskStation',
                   lease=('DiskStation',), cadence='weekly')
    s.scan(weekly, range(0, DAYS, 7), 'nas@contoso.example')
    monthly = s.add('00:c0:b7:6e:90:d1', '10.20.4.52', 'apc6E90D1',
                    lease=('apc6E90D1',), cadence='monthly')
    s.scan(monthly, (1, 32), 'ups@contoso.example')
    # AUTH until day 20; then somebody allowed its address instead.
    axis = named(s, 'axis-', 'ac:cc:8e:21:6f:35', '10.20.7.18', vlan=107,
                 standing='stopped')
    s.scan(axis, range(20), 'cam@contoso.example')
    s.scan(axis, range(20, DAYS), 'cam@contoso.example', auth=None)
    # A new password on day 25, which nobody told it.
    failing = s.add('00:c0:ee:3d:51:07', '10.20.4.53', 'printer-hq-07',
                    lease=('printer-hq-07',), standing='failing',
                    findings=CLEAR + ['failing'])
    s.scan(failing, range(25), 'hq07@contoso.example')
    for day in range(25, DAYS):
        s.lookups(failing, day)
        s.send(failing, day, 9, script(
            greeting('mail-gw.contoso.example'), postfix_hello(failing.helo),
            login('hq07@contoso.example', 'invented-Old-1',
                  '535 5.7.8 Error: authentication failed'), QUIT))
    often = s.add('24:5e:be:44:10:9c', '10.20.4.54', 'nas01', lease=('nas01',),
                  cadence='hourly')
    s.scan(often, WORKDAYS[-5:], 'nas01@contoso.example', range(7, 19))


def spray(s):
    d = s.add('3c:2c:30:55:01:77', '10.20.9.150', 'DESKTOP-4F2', vlan=109,
              ttl=128, cadence='once',
              findings=CLEAR + ['password-spray', 'failing'],
              standing='failing')
    s.lookups(d, 18)
    for i in range(24):
        s.send(d, 18, 3 + i / 60, script(
            greeting('mail-gw.contoso.example'), postfix_hello(d.helo),
            login('user%d@contoso.example' % i, 'Invented1!',
                  '535 5.7.8 Error: authentication failed'), QUIT))


def relay(s):
    """The mail server, towards the world."""
    gw = s.add('00:0c:29:10:00:10', MAIL, 'mail-gw.contoso.example', vlan=101,
               auth='none', role='mta', cadence='hourly', findings=[])
    for day in WORKDAYS:
        s.lookups(gw, day)
        for hour in range(8, 14):
            s.send(gw, day, hour, script(
                'S: 220 mx.partner.example ESMTP',
                postfix_hello(gw.helo, 'mx.partner.example', None, False),
                message('news@sender%d.example' % (hour + day % 5 * 3),
                        ['office@partner.example'], 300, 'Re: order',
                        ['Received: from x by mail-gw.contoso.example'],
                        helo='contoso.example'), QUIT), server=mo.PARTNER)


def quiet(s):
    """Two printers of which only the lease is seen: not behind a router."""
    for i, name in enumerate(('FX-5B21A0', 'EPSON9F2201')):
        d = s.add(('1c:7d:22:5b:21:a0', '64:eb:8c:9f:22:01')[i],
                  '10.20.4.%d' % (61 + i), name, lease=(name,), auth='unknown',
                  evidence=None, standing='quiet', cadence=None, findings=[])
        if s.far:
            s.devices.remove(d)
        for day in range(0, DAYS, 3):
            s.lookups(d, day)


def servers(s):
    v = {'vlan': 108}
    d = s.add('00:50:56:a1:08:21', '10.20.8.21', 'SVC-BILLING', ttl=128, **v)
    s.scan(d, auth=lambda user, _: '\n'.join([
        'C: AUTH NTLM <<ntlm1>>', 'S: 334 <<ntlm2>>',
        'C: <<ntlm3 CONTOSO svc-billing SVC-BILLING>>',
        'S: 235 2.7.0 Authentication successful']),
           user='billing@contoso.example')
    d = s.add('00:50:56:a1:08:30', '10.20.8.30', 'zabbix.contoso.example',
              auth='none', findings=['starttls-unused'], **v)
    s.scan(d, user='zabbix@contoso.example', auth=None)
    d = s.add('98:e7:43:6b:11:0a', '10.20.8.61', 'idrac-7XK2M03',
              lease=('idrac-7XK2M03', 'iDRAC'), auth='none', findings=[], **v)
    for day in WORKDAYS:
        s.lookups(d, day)
        s.send(d, day, 7, mail(d, 'idrac@contoso.example', None,
                               postfix_hello(d.helo, verb='HELO')))
    d = s.add('00:50:56:a1:08:40', '10.20.8.40', 'crm.contoso.example',
              auth='oauth', findings=['starttls-unused'], **v)
    s.scan(d, user='crm@contoso.example', auth=lambda user, _: '\n'.join([
        'C: AUTH XOAUTH2 <<user=%s\\x01auth=Bearer invented\\x01\\x01>>'
        % user, 'S: 235 2.7.0 Authentication successful']))
    # By IPv4 and IPv6 by turns.
    d = s.add('00:50:56:a1:08:50', '10.20.8.50', 'wiki.contoso.example',
              ip6='2001:db8:20:8::50', **v)
    for day in WORKDAYS:
        s.lookups(d, day)
        v6 = day % 2 == 1 and not s.far
        s.send(d, day, 11, mail(d, 'wiki@contoso.example'), v6=v6,
               server=MAIL6 if v6 else MAIL)
    # A random MAC, which counts since it is bound.
    d = s.add('02:50:56:a1:08:60', '10.20.8.60', 'lab-vm-6',
              lease=('lab-vm-6',), **v)
    s.scan(d, user='lab@contoso.example', auth=plain)
    d = s.add('00:50:56:a1:08:70', '10.20.8.70', 'app.contoso.example',
              ttl=128, **v)
    s.scan(d, user='app@contoso.example', auth=plain)


def cloud(s):
    """Exchange Online: what TLS hides is inferred."""
    for i in range(2):
        d = s.add('9c:93:4e:5e:21:b%d' % i, '10.20.4.7%d' % i, 'XRX-%d' % i,
                  lease=('XRX-%d' % i,), evidence='inferred', cadence='weekly',
                  findings=[])
        for day in range(i, DAYS, 7):
            s.lookups(d, day)
            s.send(d, day, 10, mo.outlook(s.office, d.helo, script(
                login('xrx@contoso.example', 'invented-Word-2',
                      mo.OK_OUTLOOK),
                mo.outlook_message('xrx@contoso.example',
                                   ['anna@contoso.example'], 300)),
                at=mo.MIDNIGHT), rtt=9 * 10**6)


def branch(s):
    """Behind a router wherever the mirror is."""
    for i, (prefix, mac) in enumerate((('BRN', '30:05:5c:0a:1b:2c'),
                                       ('RNP', '58:38:79:11:22:33'),
                                       ('BRW', '30:05:5c:0a:1b:2d'))):
        # Two of them have changed places.
        d = named(s, prefix, mac, '10.30.2.15' if i == 0 else
                  [(0, '10.30.2.%d' % (15 + i)), (19, '10.30.2.%d' % (18 - i))],
                  remote=True)
        s.scan(d, user='branch%d@contoso.example' % i, hours=(10 + i,))
    for i in range(3):
        d = s.add('00:11:32:7d:5c:0%d' % i, '10.30.2.%d' % (31 + i),
                  'nas-branch-%d' % i, remote=True)
        s.scan(d, user='nas-b%d@contoso.example' % i, hours=(13 + i,))


def scenario(far=False):
    s = Scenario(far)
    for part in (shared_account, moves, habits, spray, relay, quiet, servers,
                 cloud, branch):
        part(s)
    for frames in s.days.values():
        frames.sort(key=lambda c: c.at)
    return s
