#!/usr/bin/env python3
"""names.py: devices and servers that only the network around mail names: DNS,
mDNS, LLMNR, NetBIOS; and of whom nothing is kept."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import capfile                                          # noqa: E402
import frames                                           # noqa: E402
from conversation import Host                   # noqa: E402
from golden import FOLDER, new_database                 # noqa: E402
from harness import check, done, equal, main, sessions  # noqa: E402
from make_office import (QUIT, Device, Office, clock,   # noqa: E402
                         message, postfix_hello, script)

SERVER = '192.0.2.25'
RESOLVER = '10.20.1.53'
GROUP = Host('01:00:5e:00:00:fb', '224.0.0.251', 255)
EVERYONE = Host(frames.BROADCAST, '10.20.4.255', 128)
LAPTOP = Device('3c:2c:30:00:01:77', '10.20.4.150', 104)


def device(n, ttl=64):
    return Device('00:1b:21:00:00:%02x' % n, '10.20.4.%d' % n, 104, ttl)


def mails(o, d, at):
    """A host that says nothing of itself: HELO [address]."""
    helo = '[%s]' % d.ip
    o.talk(d, clock(at), script(
        'S: 220 ESMTP', postfix_hello(helo, 'ready', None, False, 'HELO'),
        message('a@contoso.example', ['b@contoso.example'], 900, 'Report'),
        QUIT), SERVER)


def from_device(o, d, at, to, port, data):
    o.datagram(clock(at), Host(d.mac, d.ip, to.ttl), to, port, port, data,
               d.vlan)


def announced(name, ip, *more):
    return frames.mdns((name + '.local', 1, ip), *more)


def service(name, instance, kind):
    full = '%s.%s.local' % (instance, kind)
    return ((kind + '.local', 12, full),
            (full, 33, (631, name + '.local')))


def written(name, o):
    path = os.path.join(FOLDER, name + '.pcap')
    capfile.write(path, capfile.of_kind(sorted(o.out, key=lambda c: c.at)))
    return path


def read(*paths):
    db = new_database()
    for path in paths:
        done(['read', path, '-d', db])
    said = json.loads(done(['report', '-f', 'json', '-d', db]).stdout)
    return db, {d['addresses'][0]: d for d in said['devices']}, said


def named(d):
    return d['name'], d['name_from']


def test_each_way_of_naming_names_a_device():
    o = Office(1)
    for n, at in ((11, '08:00'), (12, '08:01'), (13, '08:02'), (14, '08:03'),
                  (15, '08:04')):
        mails(o, device(n), at)
    from_device(o, device(11), '07:01', GROUP, 5353,
                announced('KM3D5107', '10.20.4.11'))
    from_device(o, device(12), '07:02', EVERYONE, 137,
                frames.nbns('ERP-APP02', '10.20.4.12'))
    from_device(o, device(13), '07:03', LAPTOP, 5355,
                frames.llmnr('SCAN-PC', 1, '10.20.4.13'))
    # Another asks who 10.20.4.14 is, after it has mailed.
    o.lookup(LAPTOP, clock('09:00'), frames.reverse_name('10.20.4.14'), 12,
             ['mfp-14.contoso.example'])
    o.lookup(LAPTOP, clock('09:01'), 'door.contoso.example', 1,
             ['10.20.4.15'])
    db, devices, _ = read(written('each', o))
    equal({ip: named(d) for ip, d in devices.items()}, {
        '10.20.4.11': ('KM3D5107', 'mdns'),
        '10.20.4.12': ('ERP-APP02', 'netbios'),
        '10.20.4.13': ('SCAN-PC', 'llmnr'),
        '10.20.4.14': ('mfp-14.contoso.example', 'ptr'),
        '10.20.4.15': ('door.contoso.example', 'dns')})
    text = done(['show', 'KM3D5107', '-d', db]).stdout.decode()
    check('(by mdns)' in text, text)


def test_a_name_that_others_repeat_is_not_theirs():
    """A reflector says in one network what was said in another; a name server
    answers for all."""
    o = Office(2)
    mails(o, device(21), '08:00')
    mails(o, device(22), '08:01')
    from_device(o, device(21), '07:00', GROUP, 5353,
                announced('KM3D5107', '10.20.9.9'))
    from_device(o, device(21), '07:01', EVERYONE, 137,
                frames.nbns('ERP-APP02', '10.20.4.22'))
    _, devices, _ = read(written('repeated', o))
    equal(named(devices['10.20.4.21']), (None, None))
    equal(named(devices['10.20.4.22']), ('ERP-APP02', 'netbios'))


def test_a_server_is_called_what_clients_asked_for():
    o = Office(3)
    d = device(31)
    o.lookup(d, clock('07:59:59'), 'mail.hosting.example', 1, [SERVER])
    o.lookup(LAPTOP, clock('09:00'), 'www.hosting.example', 1, [SERVER])
    mails(o, d, '08:00')
    db, _, said = read(written('server', o))
    server, = said['servers']
    equal((server['name'], server['name_from']),
          ('mail.hosting.example', 'dns'))
    s, = sessions(db)
    equal((s['server']['name'], s['server']['name_from']),
          ('mail.hosting.example', 'dns'))
    text = done(['list', '-d', db]).stdout.decode()
    check('1 NONE' in text, text)


def test_who_looks_for_a_mail_host_and_sends_nothing_is_quiet():
    o = Office(4)
    near, far = device(41), Device('00:00:5e:00:01:0a', '10.30.2.41', 104,
                                   ttl=63)
    resolver = Device('00:00:5e:00:01:0a', RESOLVER, 104, ttl=63)
    o.lookup(near, clock('08:00'), 'smtp.office365.com', 1, ['203.0.113.10'])
    o.lookup(far, clock('08:01'), 'contoso.example', 15, ['mx.contoso.example'])
    # The resolver asks another one in turn: that is no wish of its own.
    o.lookup(resolver, clock('08:02'), 'smtp.office365.com', 1, [])
    # Outlook does so all day.
    o.lookup(LAPTOP, clock('08:03'), 'outlook.office365.com', 1,
             ['203.0.113.11'])
    _, devices, _ = read(written('quiet', o))
    equal({ip: (d['device'], d['standing']) for ip, d in devices.items()}, {
        '10.20.4.41': ('mac:' + near.mac, 'quiet'),
        '10.30.2.41': ('ip:10.30.2.41', 'quiet')})


def test_a_printer_that_only_announces_itself_is_quiet():
    o = Office(5)
    from_device(o, device(51), '07:00', GROUP, 5353, announced(
        'HPA0B1C2', '10.20.4.51', *service('HPA0B1C2', 'Copy room',
                                           '_pdl-datastream._tcp')))
    o.arp(device(51), clock('07:05'))
    _, devices, _ = read(written('announced', o))
    equal({ip: (d['name'], d['type'], d['standing'])
           for ip, d in devices.items()},
          {'10.20.4.51': ('HPA0B1C2', 'printer', 'quiet')})


def test_hostile_names_stay_text():
    o = Office(6)
    mails(o, device(61), '08:00')
    from_device(o, device(61), '07:00', EVERYONE, 137,
                frames.nbns('\033[2J\x07', '10.20.4.61'))
    from_device(o, device(61), '07:01', EVERYONE, 137,
                frames.nbns('A\033[2J\x07', '10.20.4.61'))
    _, devices, _ = read(written('hostile', o))
    equal(named(devices['10.20.4.61']), ('A<ESC>[2J<07>', 'netbios'))


def test_of_others_nothing_is_kept():
    o = Office(7)
    mails(o, device(71), '08:00')
    o.arp(LAPTOP, clock('07:00'))
    o.dhcp(LAPTOP, clock('07:01'), 'ANNAS-LAPTOP', 'MSFT 5.0')
    from_device(o, LAPTOP, '07:02', GROUP, 5353, announced(
        'annas-laptop', LAPTOP.ip,
        *service('annas-laptop', 'Anna', '_companion-link._tcp')))
    from_device(o, LAPTOP, '07:03', EVERYONE, 137,
                frames.nbns('ANNAS-LAPTOP', LAPTOP.ip))
    o.lookup(device(71), clock('07:04'), frames.reverse_name(LAPTOP.ip), 12,
             ['anna.contoso.example'])
    o.lookup(LAPTOP, clock('07:05'), 'private.example', 1, ['198.51.100.80'])
    db, devices, _ = read(written('others', o))
    equal(list(devices), ['10.20.4.71'])
    with open(db, 'rb') as f:
        kept = f.read().lower()
    for trace in (b'anna', LAPTOP.ip.encode(), LAPTOP.mac.encode(),
                  b'private.example', b'198.51.100.80'):
        check(trace not in kept, trace, 'is in the inventory')


def test_who_had_the_address_before_keeps_its_name_to_itself():
    o = Office(8)
    before = Device(LAPTOP.mac, '10.20.4.81', 104)
    o.dhcp(before, clock('07:00'), 'ANNAS-LAPTOP', 'MSFT 5.0')
    o.dhcp(device(81), clock('08:00'), 'mfp-81')
    mails(o, device(81), '08:01')
    db, devices, _ = read(written('before', o))
    equal(named(devices['10.20.4.81']), ('mfp-81', 'dhcp'))
    with open(db, 'rb') as f:
        check(b'ANNAS' not in f.read())


if __name__ == '__main__':
    main('names', {k: v for k, v in globals().items()
                   if k.startswith('test_')})
