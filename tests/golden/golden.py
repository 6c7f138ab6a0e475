#!/usr/bin/env python3
"""golden.py: the dialogues of dialogues/, in every envelope and however cut,
give the same records, and those say what the .json beside each expects."""
import copy
import glob
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import capfile                                          # noqa: E402
import conversation as conv                             # noqa: E402
from dialogue import Dialogue                           # noqa: E402
from frames import Wire                                 # noqa: E402
from harness import (check, differences, done, equal,   # noqa: E402
                     main, sessions)
from pcapmaker import DAY, capture_bytes, frames_of     # noqa: E402

# What the way of capturing decides, and not what was said.
WAY = {'session': None, 'sensor': None, 'first_seen': None, 'last_seen': None,
       'client': {'ip': None, 'mac': None, 'vlans': None, 'hops': None,
                  'device': None},
       'server': {'ip': None, 'mac': None}, 'capture': {'source': None}}


def load():
    """{name: (Dialogue, expected)}: each has a client of its own."""
    out = {}
    paths = sorted(glob.glob(os.path.join(HERE, 'dialogues', '*.txt')))
    for i, path in enumerate(paths):
        with open(path) as f:
            d = Dialogue(f.read())
        d.client = ('10.21.%d.%d' % (i // 200, i % 200 + 10), 40000 + i)
        with open(path[:-4] + '.json') as f:
            out[os.path.basename(path)[:-4]] = (d, json.load(f))
    return out


DIALOGUES = load()
NAME_OF = {d.client[1]: name for name, (d, _) in DIALOGUES.items()}


def read(data, *options):
    """The session objects of a capture's bytes, by dialogue."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'capture')
        capfile.write(path, data)
        db = os.path.join(folder, 'test.db')
        done(['read', path, '-d', db, *options])
        out = {name: [] for name in DIALOGUES}
        for s in sessions(db):
            name = NAME_OF.get(s['client']['port'])
            if name:
                out[name].append(s)
        return out


def without(s, way):
    s = copy.deepcopy(s)
    for key, below in way.items():
        if below is None:
            s.pop(key, None)
        elif key in s:
            s[key] = without(s[key], below)
    return s


def said(s):
    """The session without its way of capturing, and without times."""
    s = without(s, WAY)
    for a in s['auth']:
        a.pop('at', None)
    return s


def every_dialogue(way):
    captured = []
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * 10 * conv.SECOND, **way)
    return captured


BASE = {}


def baseline():
    if not BASE:
        BASE.update(read(capture_bytes(every_dialogue({}))))
    return BASE


def same_as_baseline(data, *options):
    got, base, bad = read(data, *options), baseline(), []
    for name in DIALOGUES:
        g = [said(s) for s in got[name]]
        w = [said(s) for s in base[name]]
        if len(g) != len(w):
            bad.append('%s: %d sessions, wanted %d' % (name, len(g), len(w)))
        else:
            bad += ['%s%s' % (name, diff) for a, b in zip(g, w)
                    for diff in differences(a, b)]
    check(not bad, '\n  '.join([''] + bad[:40]))


def facts(got, wanted):
    if len(got) != len(wanted):
        return [': %d sessions, wanted %d' % (len(got), len(wanted))]
    return [d for g, w in zip(got, wanted) for d in differences(g, w)]


def golden(name):
    def test():
        expected = DIALOGUES[name][1]
        bad = facts(baseline()[name], expected['facts'])
        check(not bad, '\n  '.join([''] + bad))
    return test


def damaged(name, variant):
    """A variant that changes what can be known, with its own expectation."""
    def test():
        d, expected = DIALOGUES[name]
        v = expected['variants'][variant]
        shown = frames_of(d, DAY, impair=v.get('impair', ()),
                          snap=v.get('snap'))
        got = read(capture_bytes(shown))[name]
        if 'facts_if_any' in v:
            bad = facts(got, v['facts_if_any']) if got else []
        else:
            bad = facts(got, v['facts'])
        check(not bad, '\n  '.join([''] + bad))
    return test


WAYS = {
    **{'in ' + w: {'wire': w} for w in Wire.NAMES if w != 'ether'},
    'over IPv6': {'v6': True},
    'over IPv6 in VXLAN': {'v6': True, 'wire': 'vxlan'},
    'in MPLS, bytes apart, doubled': {'wire': 'mpls', 'cut': 'bytes',
                                      'impair': ['double']},
    'byte by byte': {'cut': 'bytes'},
    **{'in segments of up to %d' % n: {'cut': n} for n in (3, 17, 40, 300)},
    'doubled': {'impair': ['double']},
    'doubled, in small segments': {'cut': 40, 'impair': ['double']},
    'out of order': {'cut': 40, 'impair': ['reorder']},
    'out of order and doubled': {'cut': 25, 'impair': ['reorder', 'double']},
    'replies before commands': {'impair': ['crossed']},
    'overlapping': {'cut': 40, 'impair': ['overlap']},
    'with other bytes sent again': {'impair': ['late-overlap']},
    'with keep-alives': {'impair': ['keepalive']},
    'across the sequence wrap': {'isn': 2**32 - 40},
    'across the sign of sequence numbers': {'isn': 2**31 - 40, 'cut': 40},
    'in IP fragments': {'fragment': 64},
    'in IPv6 fragments': {'fragment': 64, 'v6': True},
    'in IP fragments in VLANs, doubled': {'fragment': 128, 'wire': 'qinq',
                                          'impair': ['double']},
    'in IP fragments in ERSPAN': {'fragment': 256, 'wire': 'erspan2'},
}
KINDS = ('pcap-be', 'pcap-ns', 'pcap-ns-be', 'pcapng', 'pcapng-be',
         'pcapng-us')


def in_way(way):
    return lambda: same_as_baseline(capture_bytes(every_dialogue(way)))


def as_kind(kind):
    return lambda: same_as_baseline(capture_bytes(every_dialogue({}), kind))


def test_several_interfaces_of_several_link_types():
    captured = []
    wires = ('ether', 'raw', 'sll2', 'null', 'erspan2', 'sll')
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * 10 * conv.SECOND,
                              wire=wires[i % len(wires)],
                              interface=i % len(wires))
    same_as_baseline(capture_bytes(captured, 'pcapng'))


def test_all_dialogues_at_the_same_time():
    captured = []
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * 1000, cut=60)
    same_as_baseline(capture_bytes(captured))


def test_a_port_that_is_used_again_is_another_session():
    d, expected = DIALOGUES['auth-login']
    name = 'auth-login'
    captured = []
    for i in range(3):
        captured += frames_of(d, DAY + i * 20 * conv.SECOND,
                              isn=5000 + i * 70000)[:-3 if i == 0 else None]
    got = read(capture_bytes(captured))[name]
    equal(len(got), 3, 'sessions')
    for s in got:
        bad = differences({k: s[k] for k in ('helo', 'auth', 'mail')},
                          {k: expected['facts'][0][k]
                           for k in ('helo', 'auth', 'mail')})
        check(not bad, '\n  '.join([''] + bad))


def test_a_routed_mirror_port_shows_one_session_in_two_vlans():
    d, _ = DIALOGUES['auth-login']
    captured = frames_of(d, DAY, wire='vlan', vlans=(204,)) + \
        frames_of(d, DAY + 7000, wire='vlan', vlans=(101,))
    got = read(capture_bytes(captured))['auth-login']
    equal(len(got), 1, 'sessions')
    equal(got[0]['client']['vlans'], [204], 'vlans')
    equal(got[0]['mail']['messages'], 1, 'messages')


def test_the_whole_capture_twice_in_one_file():
    shown = every_dialogue({})
    same_as_baseline(capture_bytes(shown + shown))


def test_a_flood_of_connections_costs_no_session():
    """Many more than the tables hold, each a SYN or a half said word; what
    was used last stays."""
    captured = every_dialogue({'cut': 200})
    length = max(c.at for c in captured) - DAY
    word = Dialogue('S: 220 mail\n-- open')
    for i in range(30000):
        word.client = ('10.99.%d.%d' % (i >> 8, i & 255), 1024 + i)
        at = DAY + i * length // 30000
        shown = frames_of(word, at)
        captured += shown[:1] if i % 3 else shown
    same_as_baseline(capture_bytes(captured), '--memory', '8')


def test_vlan_and_mac_are_told():
    d, _ = DIALOGUES['auth-login']
    got = read(capture_bytes(frames_of(d, DAY, wire='qinq')))['auth-login']
    bad = facts(got, [{'client': {'vlans': [300, 204], 'hops': 0,
                                  'mac': '00:80:77:1c:22:9a'},
                       'server': {'mac': '00:0c:29:10:00:01'}}])
    check(not bad, bad)


if __name__ == '__main__':
    tests = {'says ' + n: golden(n) for n in DIALOGUES}
    for n, (_, e) in DIALOGUES.items():
        for v in e.get('variants', {}):
            tests['%s, %s' % (n, v)] = damaged(n, v)
    tests.update({'same ' + n: in_way(w) for n, w in WAYS.items()})
    tests.update({'same as ' + k: as_kind(k) for k in KINDS})
    tests.update({k: v for k, v in globals().items()
                  if k.startswith('test_')})
    main('golden', tests)
