#!/usr/bin/env python3
"""inferred.py: what is inferred inside TLS, against recordings of real
programs (tests/tools/tlslab): tables of confusion and of reliability."""
import collections
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
import capfile                                          # noqa: E402
from harness import (DATA, RELEASE, check, done, main,  # noqa: E402
                     sessions, tests_of)

OAUTH = {'XOAUTH2', 'OAUTHBEARER'}
FIRM = 90


class Case:
    """A recorded session: what was true, and what is said of it."""

    def __init__(self, truth, said):
        self.truth = truth
        hidden = truth['auth_attempts']
        guesses = [a for a in said['auth'] if a['evidence'] == 'inferred']
        self.hidden = hidden[-1] if hidden else None
        self.guess = guesses[-1] if guesses else None
        self.confidence = max((a['confidence'] for a in guesses), default=0)

    def firm(self):
        return self.confidence >= FIRM

    def mechanism(self):
        """None where it cannot be right or wrong."""
        if not (self.hidden and self.guess):
            return None
        pair = {self.hidden['mechanism'], self.guess['mechanism']}
        return len(pair) == 1 or pair <= OAUTH

    def outcome(self):
        if not (self.hidden and self.guess):
            return None
        # Whether '*' or a refusal ended it, no length tells.
        told = self.guess['outcome'].replace('aborted', 'rejected')
        true = self.hidden['outcome'].replace('aborted', 'rejected')
        return true in ('unknown', told)

    def account(self):
        if not (self.hidden and self.guess and self.hidden['username'] and
                self.guess['account_bytes']):
            return None
        low, high = self.guess['account_bytes']
        return low <= len(self.hidden['username'].encode()) <= high


def thinned(path, share, folder):
    """A copy of a capture that lacks this share of its segments with data."""
    draw = random.Random(os.path.basename(path))
    with open(path, 'rb') as f:
        frames = capfile.read(f.read())
    out = os.path.join(folder, 'thinned.pcap')
    capfile.write(out, capfile.pcap(
        [f for f in frames if f.wire <= 70 or draw.random() >= share]))
    return out


def cases(name, lost=0):
    out = []
    folder = os.path.join(DATA, 'tls', name)
    for file in sorted(os.listdir(folder)):
        if not file.endswith('.truth.json'):
            continue
        with open(os.path.join(folder, file)) as f:
            truth = json.load(f)['sessions']
        with tempfile.TemporaryDirectory() as tmp:
            db = os.path.join(tmp, 'db')
            capture = os.path.join(folder, file[:-len('.truth.json')])
            if lost:
                capture = thinned(capture, lost, tmp)
            done(['read', capture, '-d', db], build=RELEASE)
            said = {(s['client']['ip'], s['client']['port'],
                     s['server']['port']): s for s in sessions(db, RELEASE)}
        for t in truth:
            key = t['client_ip'], t['client_port'], t['server_port']
            check(lost or key in said, file, 'lacks the session', key)
            if key in said:
                out.append(Case(t, said[key]))
    return out


def confusion(all_cases, title, key):
    """One line for each value of a key of the truth."""
    rows = collections.defaultdict(list)
    for c in all_cases:
        rows[key(c.truth)].append(c)
    print('  %-32s %5s %5s %5s %6s %6s %5s %5s' % (
        title, 'AUTH', 'found', 'firm', 'false', 'firmly', 'mech', 'end'))
    for value, cs in sorted(rows.items()):
        print('  %-32s %5d %5d %5d %6d %6d %5d %5d' % (
            value, sum(bool(c.hidden) for c in cs),
            sum(bool(c.hidden and c.guess) for c in cs),
            sum(bool(c.hidden and c.firm()) for c in cs),
            sum(bool(c.guess and not c.hidden) for c in cs),
            sum(bool(c.firm() and not c.hidden) for c in cs),
            sum(c.mechanism() is False for c in cs),
            sum(c.outcome() is False for c in cs)))


def tables(all_cases):
    confusion(all_cases, 'client', lambda t: t['client_program'])
    confusion(all_cases, 'server', lambda t: t['server_program'])
    confusion(all_cases, 'suite', lambda t: '%s %s' % (
        t['tls_version'], t['cipher'].replace('ECDHE-', '')))
    print('  %-32s %5s %5s' % ('confidence', 'said', 'right'))
    for low in (90, 80, 70, 60, 1):
        said = [c for c in all_cases if c.guess and
                low <= c.confidence < {90: 101, 1: 60}.get(low, low + 10)]
        if said:
            print('  %-32s %5d %5d' % ('%d and more' % low, len(said),
                                       sum(bool(c.hidden) for c in said)))


def share(truths):
    truths = [t for t in truths if t is not None]
    return sum(truths) / len(truths)


def at_least(figures):
    """figures: {name: (value, floor)}"""
    for name, (value, _) in figures.items():
        print('  %-32s %.4f' % (name, value))
    for name, (value, floor) in figures.items():
        check(value >= floor, '%s is %.4f, wanted %.3f' % (name, value, floor))


def test_the_test_set_is_told_right():
    all_cases = cases('test')
    tables(all_cases)
    guessed = [c for c in all_cases if c.guess]
    hidden = [c for c in all_cases if c.hidden]
    firm = [c for c in all_cases if c.firm()]
    at_least({
        'precision': (share([bool(c.hidden) for c in guessed]), 0.99),
        'recall': (share([bool(c.guess) for c in hidden]), 0.98),
        'firm and true': (share([bool(c.hidden) for c in firm]), 1),
        'mechanism': (share([c.mechanism() for c in all_cases]), 0.98),
        'outcome': (share([c.outcome() for c in all_cases]), 0.98),
        'account length': (share([c.account() for c in all_cases]), 0.98)})


def test_nobody_is_firmly_accused_who_did_not_authenticate():
    all_cases = cases('negative')
    tables(all_cases)
    check(len(all_cases) >= 300, 'only', len(all_cases), 'sessions')
    firm = [c.truth['client_program'] + ' to ' + c.truth['server_program']
            for c in all_cases if c.firm()]
    check(not firm, 'firm false alarms:', *firm)


def test_what_a_mirror_port_loses_makes_no_false_alarms():
    for lost, recall in ((0.005, 0.97), (0.02, 0.95)):
        all_cases = cases('test', lost)
        guessed = [c for c in all_cases if c.guess]
        hidden = [c for c in all_cases if c.hidden]
        firm = [c for c in all_cases if c.firm()]
        print('  %g %% of the segments are lost' % (100 * lost))
        at_least({
            'precision': (share([bool(c.hidden) for c in guessed]), 0.99),
            'recall': (share([bool(c.guess) for c in hidden]), recall),
            'firm and true': (share([bool(c.hidden) for c in firm]), 1)})


if __name__ == '__main__':
    main('inferred', tests_of(globals()))
