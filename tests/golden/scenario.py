#!/usr/bin/env python3
"""scenario.py: an invented office of 40 devices over 35 days, played through
the whole program: the inventory equals what tools/scenario.py says."""
import functools
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import capfile                                          # noqa: E402
import scenario as office                               # noqa: E402
from golden import FOLDER, new_database                 # noqa: E402
from harness import check, done, equal, main            # noqa: E402
from make_office import GATEWAY_MAC                     # noqa: E402


@functools.lru_cache(maxsize=None)
def played(far):
    """The scenario, and the paths of its days."""
    s = office.scenario(far)
    folder = os.path.join(FOLDER, 'far' if far else 'near')
    os.mkdir(folder)
    paths = []
    for day, frames in sorted(s.days.items()):
        paths.append(os.path.join(folder, 'day-%02d.pcap' % day))
        capfile.write(paths[-1], capfile.of_kind(frames))
    return s, paths


def read(*runs):
    """Each of runs is a list of paths; what the report says."""
    db = new_database()
    for paths in runs:
        done(['read', *paths, '-d', db])
    return json.loads(done(['report', '-f', 'json', '-d', db]).stdout)


@functools.lru_cache(maxsize=None)
def whole(far):
    return read(played(far)[1])


def compare(far):
    s, _ = played(far)
    devices = {d['device']: d for d in whole(far)['devices']}
    wrong = []
    equal(sorted(devices), sorted(d.id(far) for d in s.devices), 'devices')
    for d in s.devices:
        got = devices[d.id(far)]
        wanted = dict(d.truth, sessions=d.sessions, helo=[d.helo] * (
            d.sessions > 0), macs=[d.mac] * d.is_near(far))
        got = {k: sorted(got[k]) if k == 'findings' else got[k]
               for k in wanted}
        if got != wanted:
            wrong.append('%s: %s' % (d.id(far), {
                k: (got[k], wanted[k]) for k in wanted
                if got[k] != wanted[k]}))
    check(not wrong, '\n' + '\n'.join(wrong))


def test_forty_devices_are_what_they_are():
    equal(len(played(False)[0].devices), 40)
    compare(False)


def test_behind_a_router_they_are_told_by_their_names():
    compare(True)


def test_no_device_has_the_routers_vendor():
    for far in (False, True):
        for d in whole(far)['devices']:
            check('Cisco' not in (d['vendor'] or ''), d['device'])
            for mac in (office.ROUTER, office.ROUTER_2, GATEWAY_MAC):
                check(mac not in d['macs'] and mac not in d['device'],
                      d['device'])


def shown(device, far):
    db = new_database()
    done(['read', *played(far)[1], '-d', db])
    return done(['show', device, '-d', db]).stdout.decode()


def test_show_says_how_a_card_is_known():
    text = shown('BRN30055C0A1B2C', False)
    check('30:05:5c:0a:1b:2c (by its EHLO name' in text, text)
    text = shown('lab-vm-6', False)
    check('random, not its maker' in text and 'router' not in text, text)
    check('random' not in shown('wiki.contoso.example', False))


def without_making(report):
    """All but when it was made, and what each file had."""
    report = dict(report, generated=None)
    report['coverage'] = dict(report['coverage'], sources=None)
    return json.dumps(report)


def same(far, *runs):
    got, wanted = read(*runs), whole(far)
    for a, b in zip(got['devices'], wanted['devices']):
        equal(a, b, b['device'])
    equal(without_making(got), without_making(wanted))


def test_days_in_one_run_backwards():
    same(False, played(False)[1][::-1])


def test_days_in_runs_of_their_own_in_any_order():
    paths = played(False)[1]
    same(False, *[[p] for p in paths[::2] + paths[1::2][::-1]])


def test_days_in_parts_and_twice():
    for far in (False, True):
        paths = played(far)[1]
        same(far, paths[20:], paths[:25], paths)


if __name__ == '__main__':
    main('scenario', {k: v for k, v in globals().items()
                      if k.startswith('test_')})
