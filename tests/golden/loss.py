#!/usr/bin/env python3
"""loss.py: random sessions and the golden ones with packets lost at random:
nothing wrong is ever said of AUTH, and little goes unseen.

Twenty seeds at each of four rates, bursts, one direction alone, and a late
start. More by hand: loss.py SEEDS [FIRST [SESSIONS]]."""
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'tools'))
import capfile                                          # noqa: E402
import conversation as conv                             # noqa: E402
import frames                                           # noqa: E402
import golden                                           # noqa: E402
import talks                                            # noqa: E402
from conversation import CLIENT, SERVER                 # noqa: E402
from harness import check, done, main, sessions         # noqa: E402
from pcapmaker import DAY, capture_bytes                # noqa: E402

SEEDS, SESSIONS = 20, 48
FLAGGED = {0.001: 99.5, 0.005: 98, 0.02: 94, 0.05: 85}


class Golden:
    """A golden dialogue judged as a random one: what is said of it when
    nothing is lost is the truth."""

    def __init__(self, dialogue, whole):
        self.dialogue, self.client = dialogue, dialogue.client
        self.attempts = [a for s in whole for a in s['auth']
                         if a['evidence'] != 'inferred']
        self.helos = {s['helo'] for s in whole}
        self.helos |= {line.split(b' ', 1)[1].decode(errors='replace')
                       for side, data in dialogue.plain if side == CLIENT
                       for line in data.split(b'\r\n')
                       if line[:5].upper() in (b'EHLO ', b'HELO ')}
        self.froms = [f for s in whole for f in s['mail']['from']]
        self.domains = {d for s in whole
                        for d in s['mail']['recipient_domains']}
        for what in ('recipients', 'messages', 'accepted'):
            setattr(self, what, sum(s['mail'][what] for s in whole))
        self.in_tls = any(s['tls']['mode'] != 'none' for s in whole)
        self.told = bool(self.attempts)


class Population:
    """Many connections at once: [(talk, [(segment, frame)])]."""

    def __init__(self, seed, n, plain=False):
        self.all = []
        made = [talks.Talk('%s-%d' % (seed, i), i, plain) for i in range(n)]
        for i, t in enumerate(made):
            self._add(t, t, DAY + i * 37 * conv.MS)

    def with_golden(self):
        for i, (name, (d, _)) in enumerate(golden.DIALOGUES.items()):
            self._add(Golden(d, golden.baseline().get(name, [])), d,
                      DAY + i * 53 * conv.MS)
        return self

    def _add(self, talk, dialogue, at):
        segments = dialogue.segments(at)
        shown = conv.render(segments, dialogue.hosts(), dialogue.ports())
        self.all.append((talk, list(zip(segments, shown))))

    def read(self, keep):
        """{talk: its sessions} of what keep(pairs) leaves."""
        kept = [(talk, keep(pairs)) for talk, pairs in self.all]
        with tempfile.TemporaryDirectory() as folder:
            path, db = folder + '/capture', golden.new_database()
            capfile.write(path, capture_bytes(
                [frame for _, pairs in kept for _, frame in pairs]))
            done(['read', path, '-d', db])
            found = {}
            for s in sessions(db):
                end = s['client']
                found.setdefault((end['ip'], end['port']), []).append(s)
        return [(talk, pairs, found.get(talk.client, []))
                for talk, pairs in kept]


def lossy(rate, rng, burst=False):
    def keep(pairs):
        out, left = [], 0
        for pair in pairs:
            if left > 0:
                left -= 1
            elif rng.random() < rate:
                left = rng.randint(1, 7) if burst else 0
            else:
                out.append(pair)
        return out
    return keep


def only(side):
    return lambda pairs: [p for p in pairs if p[0].side == side]


def late(rng):
    return lambda pairs: pairs[rng.randrange(len(pairs)):]


def has_hole(pairs):
    """Bytes between two data segments of a side are missing."""
    end = {}
    for s, _ in pairs:
        if not s.data:
            continue
        if s.side in end and end[s.side] != s.seq:
            return True
        end[s.side] = (s.seq + len(s.data)) % 2**32
    return False


def sides(found):
    return {s['capture']['sides'] for s in found}


class Score:
    def __init__(self):
        self.bad, self.odd = [], []
        self.all = self.auth = self.flagged = 0

    def add(self, name, read):
        for talk, pairs, found in read:
            who = '%s, client port %d: ' % (name, talk.client[1])
            self.all += 1
            for w in talks.wrong(talk, found):
                (self.bad if w.startswith('auth') else self.odd).append(
                    who + w)
            if has_hole(pairs) and found and not talk.in_tls and \
                    sum(s['capture']['gap_bytes'] for s in found) == 0:
                self.bad.append(who + 'a hole is no gap')
            if talk.attempts and not talk.in_tls:
                right = {talks.CLASSES.get(a['mechanism'], 'other')
                         for a in talk.attempts} | {''}
                self.auth += 1
                self.flagged += bool(talks.classes(found) & right)

    def settle(self, least=0, odd=0.002):
        """A chunk whose BDAT was lost may end with a line that is a command
        by all looks, and is answered: nearly nothing else is odd."""
        check(not self.bad, '\n  '.join([''] + self.bad[:20]))
        check(len(self.odd) <= self.all * odd,
              '\n  '.join([''] + self.odd[:20]))
        share = 100 * self.flagged / max(self.auth, 1)
        check(share >= least, 'of %d sessions with AUTH %.2f %% were flagged'
              % (self.auth, share))


MADE = {}


def populations(seeds=range(SEEDS), n=SESSIONS):
    for seed in seeds:
        if seed not in MADE:
            MADE[seed] = Population(seed, n)
            if seed % 4 == 0:
                MADE[seed].with_golden()
        yield seed, MADE[seed]


def losing(rate, burst=False, least=0):
    def test():
        score = Score()
        for seed, p in populations():
            rng = random.Random('%s %s' % (seed, rate))
            score.add('seed %d' % seed, p.read(lossy(rate, rng, burst)))
        score.settle(least)
    return test


def test_bursts_of_two_to_eight_packets():
    losing(0.01, burst=True)()


def test_nothing_lost():
    score = Score()
    for seed, p in populations(range(4)):
        score.add('seed %d' % seed, p.read(list))
    score.settle(100)


def alone(side, word):
    """(talk, sessions of the whole, sessions of a side alone)"""
    for seed, p in populations(range(4)):
        whole = p.read(list)
        for (talk, _, all_of), (_, pairs, found) in zip(whole,
                                                        p.read(only(side))):
            bad = [w for w in talks.wrong(talk, found)
                   if w.startswith('auth')]
            check(not bad, seed, talk.client, bad)
            check(sides(found) <= {word}, talk.client, sides(found))
            yield talk, auths(all_of), auths(found)


def auths(found):
    return [a for s in found for a in s['auth'] if a['evidence'] != 'inferred']


def test_the_client_alone_gives_every_mechanism_and_account():
    def said(entries):
        return [[a[f] for f in ('mechanism', 'account', 'authzid', 'realm',
                                'workstation')] for a in entries]
    for talk, whole, found in alone(CLIENT, 'client'):
        check(said(whole) == said(found), talk.client, said(whole),
              said(found))


def test_the_server_alone_gives_outcomes_and_flags():
    """Of the AUTH dialogues in which it says what AUTH alone has."""
    told = flagged = 0
    for talk, whole, found in alone(SERVER, 'server'):
        told += talk.told and not talk.in_tls
        flagged += talk.told and not talk.in_tls and len(found) > 0
        for a in found:
            check(a['outcome'] != 'unknown' or a['code'] in (None, 501),
                  talk.client, a)
    check(flagged >= 0.95 * told, '%d of %d are flagged' % (flagged, told))


def test_a_late_start():
    """Of sessions whose messages do not quote any: cut at its first word,
    that would be one."""
    score = Score()
    for seed in range(8):
        p = Population('late %d' % seed, SESSIONS, plain=True)
        rng = random.Random(seed)
        score.add('seed %d' % seed, p.read(late(rng)))
    score.settle(odd=0.01)


TESTS = {'%g %% lost' % (100 * rate): losing(rate, least=least)
         for rate, least in FLAGGED.items()}
TESTS.update({k: v for k, v in globals().items() if k.startswith('test_')})


def by_hand(seeds, first=0, n=300):
    for seed in range(first, first + seeds):
        p = Population(seed, n).with_golden()
        rng = random.Random(seed)
        for name, keep in [('%g' % r, lossy(r, rng)) for r in FLAGGED] + [
                ('bursts', lossy(0.01, rng, True)),
                ('client', only(CLIENT)), ('server', only(SERVER))]:
            score = Score()
            score.add('seed %d, %s' % (seed, name), p.read(keep))
            print(seed, name, '%.2f %%' % (100 * score.flagged / score.auth),
                  *score.bad, *score.odd, sep='\n  ', flush=True)


if __name__ == '__main__':
    if sys.argv[1:] and sys.argv[1].isdigit():
        by_hand(*map(int, sys.argv[1:]))
    else:
        main('loss', TESTS)
