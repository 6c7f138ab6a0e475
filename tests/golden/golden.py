#!/usr/bin/env python3
"""golden.py: the dialogues of dialogues/, in every envelope and however cut,
give the same records, and those say what the .json beside each expects."""
import atexit
import copy
import glob
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import capfile                                          # noqa: E402
import conversation as conv                             # noqa: E402
import mirror                                           # noqa: E402
from dialogue import Dialogue                           # noqa: E402
from harness import (CHECKED, RELEASE, Failed, check,   # noqa: E402
                     differences, done, equal, main, sessions)
from pcapmaker import DAY, capture_bytes, frames_of     # noqa: E402
from wires import KINDS                                 # noqa: E402

IPV6 = 10000  # a dialogue's port, and what is added to it over IPv6


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
NAME_OF.update({port + IPV6: name + ', over IPv6'
                for port, name in NAME_OF.items()})
FOLDER = tempfile.mkdtemp()
atexit.register(shutil.rmtree, FOLDER)


def new_database():
    """An inventory without sessions. All are copies of one, so that a sensor
    gives a connection the same id in each."""
    first, db = (os.path.join(FOLDER, n) for n in ('empty.db', 'test.db'))
    if not os.path.exists(first):
        path = os.path.join(FOLDER, 'empty')
        capfile.write(path, capfile.pcap([]))
        done(['read', path, '-d', first])
    shutil.copy(first, db)
    return db


def read(data, *options, build=CHECKED):
    """The session objects of a capture's bytes, by dialogue."""
    path, db = os.path.join(FOLDER, 'capture'), new_database()
    capfile.write(path, data)
    done(['read', path, '-d', db, *options], build=build)
    return by_dialogue(sessions(db, build))


def by_dialogue(found):
    out = {}
    for s in found:
        name = NAME_OF.get(s['client']['port'])
        if name:
            out.setdefault(name, []).append(s)
    return out


def without(s, way):
    s = copy.deepcopy(s)
    for key, below in way.items():
        if below is None:
            s.pop(key, None)
        elif key in s:
            s[key] = without(s[key], below)
    return s


def every_dialogue(way):
    captured = []
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * 10 * conv.SECOND, **way)
    return captured


def over_ipv6(d):
    d = copy.copy(d)
    d.client = (d.client[0], d.client[1] + IPV6)
    return d


def both_versions():
    """Every dialogue as plain packets, over IPv4 and over IPv6."""
    captured = every_dialogue({})
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(over_ipv6(d), DAY + (i * 10 + 5) * conv.SECOND,
                              v6=True)
    return mirror.plain(captured)


PLAIN = both_versions()
BASE = {}


def baseline():
    if not BASE:
        BASE.update(read(capfile.of_kind(mirror.wrapped(PLAIN))))
    return BASE


# What each way of capturing decides beside what was said. A database knows
# its own sensor only, so sessions have the same id as long as their first
# packet has the same time.

# Copies, pieces and disorder: a packet may be whole a little later.
LATER = {'last_seen': None, 'auth': 'at'}
# Another packet may come first.
ORDER = {**LATER, 'session': None, 'first_seen': None}
# Other segments come at other times.
OTHER_TIMES = ORDER
# And other addresses.
OTHER_HOSTS = {**ORDER, 'client': {'ip': None, 'device': None},
               'server': {'ip': None}}


def said(s, way):
    """The session without what its way of capturing decides."""
    at = 'auth' in way
    s = without(s, {k: v for k, v in way.items() if k != 'auth'})
    for a in s['auth'] if at else ():
        a.pop('at', None)
    return s


def compare(got, base, way):
    """Names the first session that differs, and how many others do."""
    bad = {}
    for name in list(base) + [n for n in got if n not in base]:
        g = [said(s, way) for s in got.get(name, [])]
        w = [said(s, way) for s in base.get(name, [])]
        diffs = [': %d sessions, wanted %d' % (len(g), len(w))] \
            if len(g) != len(w) else [d for a, b in zip(g, w)
                                      for d in differences(a, b)]
        if diffs:
            bad[name] = diffs
    for name, diffs in bad.items():
        raise Failed('\n  '.join(['%d of %d sessions differ' %
                                  (len(bad), len(base))] +
                                 [name + d for d in diffs]))


def in_version(sets, version):
    """Only the dialogues over IPv4, or IPv6."""
    return {n: s for n, s in sets.items()
            if not version or n.endswith('over IPv6') == (version == 6)}


def same_as_baseline(data, *options, way=None, version=4):
    compare(read(data, *options), in_version(baseline(), version), way or {})


def facts(got, wanted):
    if len(got) != len(wanted):
        return [': %d sessions, wanted %d' % (len(got), len(wanted))]
    return [d for g, w in zip(got, wanted) for d in differences(g, w)]


def golden(name):
    def test():
        expected = DIALOGUES[name][1]
        bad = facts(baseline().get(name, []), expected['facts'])
        check(not bad, '\n  '.join([''] + bad))
    return test


def damaged(name, variant):
    """A variant that changes what can be known, with its own expectation."""
    def test():
        d, expected = DIALOGUES[name]
        v = expected['variants'][variant]
        shown = frames_of(d, DAY, impair=v.get('impair', ()),
                          snap=v.get('snap'))
        got = read(capture_bytes(shown)).get(name, [])
        if 'facts_if_any' in v:
            bad = facts(got, v['facts_if_any']) if got else []
        else:
            bad = facts(got, v['facts'])
        check(not bad, '\n  '.join([''] + bad))
    return test


def wrapped_in(name, **how):
    """In an envelope, the same of every session but for what it tells of where
    the client is. They are many: the faster build reads them."""
    def test():
        kind = KINDS[name]
        want = in_version(copy.deepcopy(baseline()), kind.only)
        for s in (s for found in want.values() for s in found):
            s['client']['vlans'] = list(kind.vlans)
            if not kind.macs:
                s['client']['mac'] = s['server']['mac'] = None
        shown = mirror.mirrored(PLAIN, wire=name, **how)
        way = LATER if how or kind.mtu else {}
        compare(read(capfile.of_kind(shown), build=RELEASE), want, way)
    return test


def cut(**way):
    """In other segments, or more of them."""
    return lambda: same_as_baseline(capture_bytes(every_dialogue(way)),
                                    way=OTHER_TIMES)


CUTS = {
    'byte by byte': {'cut': 'bytes'},
    **{'in segments of up to %d' % n: {'cut': n} for n in (3, 17, 40, 300)},
    'doubled, in small segments': {'cut': 40, 'impair': ['double']},
    'out of order': {'cut': 40, 'impair': ['reorder']},
    'out of order and doubled': {'cut': 25, 'impair': ['reorder', 'double']},
    'replies before commands': {'impair': ['crossed']},
    'overlapping': {'cut': 40, 'impair': ['overlap']},
    'with other bytes sent again': {'impair': ['late-overlap']},
    'with keep-alives': {'impair': ['keepalive']},
    'across the sequence wrap': {'isn': 2**32 - 40},
    'across the sign of sequence numbers': {'isn': 2**31 - 40, 'cut': 40},
}


def mirrored(way, seeds=1, **how):
    def test():
        for seed in range(1, seeds + 1):
            shown = mirror.mirrored(PLAIN, seed, **how)
            same_as_baseline(capfile.of_kind(shown), way=way, version=0)
    return test


def doubled(vlans, side=None, **how):
    """Two of each packet change nothing: no count, no message, no AUTH. The
    client's MAC and VLAN are those of the copy that is nearest to it."""
    def test():
        want = copy.deepcopy(baseline()) if not side else read(
            capfile.of_kind(mirror.mirrored(PLAIN, side=side)))
        for s in (s for found in want.values() for s in found):
            s['client']['vlans'] = list(vlans)
        shown = mirror.mirrored(PLAIN, side=side, **how)
        compare(read(capfile.of_kind(shown)), want, LATER)
    return test


NEAR, FAR = [mirror.FIRST_VLAN], [mirror.SECOND_VLAN]
DOUBLES = {
    'twice': doubled([], duplicate='exact'),
    'twice, in two VLANs': doubled(NEAR, duplicate='vlan'),
    # Nothing tells the VLANs apart then: the first one counts.
    'twice, in two VLANs, swapped': doubled(FAR, duplicate='vlan',
                                            swapped=True),
    'before and behind a router': doubled(NEAR, duplicate='routed'),
    'behind and before a router': doubled(NEAR, duplicate='routed',
                                          swapped=True),
    'before and behind a router that counts no hop': doubled(
        NEAR, duplicate='moved'),
    **{'before and behind a router, %s only%s' % (
        side, ', swapped' if swapped else ''): doubled(
            NEAR, side, duplicate='routed', swapped=swapped)
        for side in ('client', 'server') for swapped in (False, True)},
    'twice, in fragments, out of order': doubled(
        NEAR, duplicate='routed', fragment=64),
}


WAYS = {
    'in IP fragments': mirrored(LATER, seeds=2, fragment=64),
    'in IP fragments of 8 bytes': mirrored(ORDER, fragment=8),
    'in IP fragments that keep their order': mirrored(LATER, fragment=256,
                                                      ordered=True),
    'reordered by up to 2': mirrored(ORDER, seeds=2, reorder=2),
    'reordered by up to 8': mirrored(ORDER, seeds=4, reorder=8),
    'reordered, in IP fragments': mirrored(ORDER, reorder=8, fragment=128),
    'reordered and duplicated': mirrored(ORDER, reorder=8, duplicate='exact'),
}


def as_file(kind, suffix=''):
    def test():
        data = capfile.packed(capfile.of_kind(mirror.wrapped(PLAIN), kind),
                              suffix)
        same_as_baseline(data, version=0)
    return test


def test_several_interfaces_of_several_link_types():
    captured = []
    wires = ('ether', 'raw', 'sll2', 'null', 'erspan2', 'sll')
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * 10 * conv.SECOND,
                              wire=wires[i % len(wires)],
                              interface=i % len(wires))
    same_as_baseline(capture_bytes(captured, 'pcapng'), way={
        'client': {'mac': None, 'vlans': None}, 'server': {'mac': None}})


def test_all_dialogues_at_the_same_time():
    captured = []
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * 1000, cut=60)
    same_as_baseline(capture_bytes(captured), way=OTHER_TIMES)


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
    captured = frames_of(d, DAY, vlans=(204,)) + \
        frames_of(d, DAY + 7000, vlans=(101,))
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
    same_as_baseline(capture_bytes(captured), '--memory', '8',
                     way=OTHER_TIMES)


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
    tests.update({'same in ' + n: wrapped_in(n) for n in KINDS
                  if n != 'ether'})
    tests.update({'same ' + n: cut(**w) for n, w in CUTS.items()})
    tests.update({'same ' + n: w for n, w in DOUBLES.items()})
    tests.update({'same ' + n: w for n, w in WAYS.items()})
    tests.update({'same as ' + k: as_file(k) for k in capfile.KINDS})
    tests.update({'same as pcap' + suffix: as_file('pcap', suffix)
                  for suffix in ('.gz', '.zst')})
    tests.update({k: v for k, v in globals().items()
                  if k.startswith('test_')})
    main('golden', tests)
