#!/usr/bin/env python3
"""starts.py: every golden dialogue cut at its start at every packet: what is
said behind the cut is understood from the first command or reply on, and
nothing is made up of what was said before it."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'tools'))
import capfile                                          # noqa: E402
import conversation as conv                             # noqa: E402
import frames                                           # noqa: E402
from conversation import CLIENT, SERVER                 # noqa: E402
from golden import DIALOGUES, FOLDER, baseline, new_database  # noqa: E402
from harness import check, done, main, sessions         # noqa: E402
from pcapmaker import DAY                               # noqa: E402

COMMAND = re.compile(rb'(EHLO|HELO|AUTH|MAIL|RCPT|DATA|BDAT|STARTTLS|QUIT)\b',
                     re.I)
BDAT = re.compile(rb'BDAT (\d+)( LAST)?', re.I)


class Line:
    """A command, or a reply's line: at is its place in its side's stream;
    turn, in the dialogue. what: AUTH, MAIL ..., or a reply's code."""

    def __init__(self, side, at, turn, what, text):
        self.side, self.at, self.turn = side, at, turn
        self.what, self.text = what, text

    @property
    def is_odd(self):
        """A body's line could not look less like a command."""
        return any(not 32 <= b < 127 for b in self.text)


class Script:
    """What a dialogue says in clear, by a reader that believes all of it."""

    def __init__(self, dialogue):
        self.lines, self.bodies = [], []
        self.hello = None      # where the client's stream turns to TLS
        at = [0, 0]
        self._chunk, self._body, self._tls = 0, None, None
        clear = iter(dialogue.plain)
        for turn, (kind, *how) in enumerate(dialogue.turns):
            if kind != 'data':
                continue
            side, data = how
            if self.hello is None and next(clear, None) != (side, data):
                self.hello = at[CLIENT]
            if self.hello is None:
                self._read(side, at[side], turn, data)
            at[side] += len(data)

    def _read(self, side, at, turn, data):
        while data:
            if side == CLIENT and self._chunk:
                n = min(self._chunk, len(data))
                self._chunk -= n
            else:
                n = data.find(b'\n') + 1 or len(data)
                self._line(side, at, turn, data[:n].rstrip(b'\r\n'))
            at, data = at + n, data[n:]

    def _line(self, side, at, turn, text):
        if side == SERVER:
            self.lines.append(Line(side, at, turn, text[:3], text))
            return
        if self._body is not None:
            if text == b'.':
                self.bodies.append((self._body, at, turn))
                self._body = None
            return
        m = COMMAND.match(text)
        if not m or self._tls == turn:
            return     # what stands behind STARTTLS is injected
        what = m.group(1).upper()
        self.lines.append(Line(side, at, turn, what, text))
        if what == b'DATA':
            self._body = at
        elif what == b'STARTTLS':
            self._tls = turn
        chunk = BDAT.match(text)
        if chunk:
            self._chunk = int(chunk.group(1))
            if chunk.group(2):
                self.bodies.append((at, at, turn))

    @property
    def greeting(self):
        return next((x for x in self.lines
                     if x.side == SERVER and x.what == b'220'), None)

    def asks_proxy(self, start):
        """Is the cut within what is said to a proxy?"""
        return self.greeting and start != [0, 0] and \
            start[SERVER] < self.greeting.at

    def accepts(self, turn):
        """Is what the server says next a 2xx?"""
        return next(x.text[:1] == b'2' for x in self.lines
                    if x.side == SERVER and x.turn > turn)

    def behind(self, start, what, side=CLIENT):
        """Lines that begin behind the cut."""
        return [x for x in self.lines if x.side == side and
                x.what in what and x.at >= start[side]]


def start_of(segments, isn):
    """Where each side's stream begins in what is left."""
    out = [2**32, 2**32]
    for s in segments:
        if s.data:
            at = (s.seq - isn[s.side] - 1) % 2**32
            out[s.side] = min(out[s.side], at)
    return out


def auth_said(a):
    return {k: v for k, v in a.items() if k not in ('at', 'evidence')}


def in_clear(auths):
    """Those that were read, with their mechanism: without one, AUTH might be
    a word of a text."""
    return [a for a in auths if a['evidence'] != 'inferred' and
            (a['mechanism'] or a['code'] in (235, 535))]


def wrong_auth(script, start, got, whole):
    """AUTH commands behind the cut are as they were; of one that was given
    before it only the outcome may be known, and no account ever."""
    auths = [x for x in script.lines if x.what == b'AUTH' and b' ' in x.text]
    got, whole = in_clear(got), in_clear(whole)
    if len(auths) != len(whole):
        return ['%d AUTH lines but %d in the session' % (len(auths),
                                                         len(whole))]
    n = sum(x.at >= start[CLIENT] for x in auths)
    rest, before = got[len(got) - n:] if n else [], got[:len(got) - n]
    bad = []
    if [auth_said(a) for a in rest] != \
            [auth_said(a) for a in whole[len(whole) - n:]]:
        bad.append('auth: got %s, wanted %s' % (rest, whole[-n:]))
    if any(a['account'] is not None for a in before) or len(before) > 1:
        bad.append('auth made up: %s' % before)
    if len(whole) == n:
        return bad + (['auth of nothing: %s' % before] if before else [])
    last = whole[len(whole) - n - 1]
    answer = [x for x in script.behind(start, (b'235', b'535'), SERVER)
              if not n or x.turn <= auths[-n].turn]
    if answer and not before:
        bad.append('an outcome was lost: %s' % last)
    if before and before[0]['outcome'] != last['outcome']:
        bad.append('outcome: got %s, wanted %s' % (before, last))
    return bad


def wrong_mail(script, start, got, whole):
    bad = []
    mails = script.behind(start, (b'MAIL',))
    froms = whole['from'][len(whole['from']) - len(mails):] if mails else []
    if got['from'] != froms and (got['from'] or not mails[0].is_odd):
        bad.append('from: got %s, wanted %s' % (got['from'], froms))
    rcpts = len(script.behind(start, (b'RCPT',)))
    if got['recipients'] != rcpts:
        bad.append('recipients: got %d, wanted %d' % (got['recipients'],
                                                      rcpts))
    # A body that the cut goes through may be seen to end.
    least = sum(first >= start[CLIENT] for first, _, _ in script.bodies)
    most = sum(last >= start[CLIENT] for _, last, _ in script.bodies)
    if not least <= got['messages'] <= most:
        bad.append('messages: got %d, wanted %d to %d' % (
            got['messages'], least, most))
    taken = sum(first >= start[CLIENT] and script.accepts(turn)
                for first, _, turn in script.bodies)
    if not taken <= got['accepted'] <= taken + most - least:
        bad.append('accepted: got %d, wanted %d' % (got['accepted'], taken))
    return bad


def wrong(script, start, got, whole):
    """What a session that began late says wrongly, in words."""
    bad = wrong_auth(script, start, got['auth'], whole['auth'])
    if script.hello is None:
        bad += wrong_mail(script, start, got['mail'], whole['mail'])
    helo = script.behind(start, (b'EHLO', b'HELO'))
    if got['helo'] != (whole['helo'] if helo else None) and \
            not (got['helo'] is None and helo[-1].is_odd):
        bad.append('helo: got %s' % got['helo'])
    offers = [x for x in script.behind(start, (b'250',), SERVER)
              if x.text[4:8] == b'AUTH']
    if got['auth_offered'] != (whole['auth_offered'] if offers else []):
        bad.append('offered: got %s' % got['auth_offered'])
    greeted = script.greeting and script.greeting.at >= start[SERVER]
    if got['banner'] != (whole['banner'] if greeted else None):
        bad.append('banner: got %s' % got['banner'])
    if script.hello is not None and start[CLIENT] <= script.hello:
        for key in ('mode', 'sni', 'ja4', 'version'):
            if got['tls'][key] != whole['tls'][key]:
                bad.append('tls.%s: got %s, wanted %s' % (
                    key, got['tls'][key], whole['tls'][key]))
    return bad


class Cut:
    """A dialogue without its first n packets."""

    def __init__(self, name, dialogue, segments, n, number):
        self.name, self.n = name, n
        self.port = 20000 + number
        self.segments = segments[n:]
        isn = [next(s.seq for s in segments if s.side == side)
               for side in (CLIENT, SERVER)]
        if not segments[0].flags & frames.SYN:
            isn = [i - 1 for i in isn]
        self.start = start_of(self.segments, isn)

    def shown(self, dialogue, at):
        late = at - self.segments[0].at
        hosts = dialogue.hosts()
        return conv.render([s.copy(at=s.at + late) for s in self.segments],
                           hosts, (self.port, dialogue.server[1]))


def every_start():
    number = 0
    for name, (dialogue, _) in DIALOGUES.items():
        segments = dialogue.segments(DAY)
        for n in range(1, len(segments)):
            if any(s.data for s in segments[n:]):
                number += 1
                yield Cut(name, dialogue, segments, n, number)


def read_all(cuts):
    captured = []
    for i, cut in enumerate(cuts):
        captured += cut.shown(DIALOGUES[cut.name][0],
                              DAY + i * 10 * conv.SECOND)
    path, db = os.path.join(FOLDER, 'starts'), new_database()
    capfile.write(path, capfile.of_kind(captured))
    done(['read', path, '-d', db])
    found = {}
    for s in sessions(db):
        found.setdefault(s['client']['port'], []).append(s)
    return found


FOUND = {}


def cuts_of(name):
    """(cut, its sessions) of a dialogue."""
    if not FOUND:
        cuts = list(every_start())
        found = read_all(cuts)
        for cut in cuts:
            FOUND.setdefault(cut.name, []).append(
                (cut, found.get(cut.port, [])))
    return FOUND[name]


def starts(name):
    def test():
        whole = baseline().get(name)
        script = Script(DIALOGUES[name][0])
        bad = []
        for cut, got in cuts_of(name):
            if whole and script.asks_proxy(cut.start):
                continue
            if not whole:
                said = ['%d sessions' % len(got)] if got else []
            elif len(got) != 1:
                said = ['%d sessions' % len(got)] if got or any(
                    x.side == CLIENT and x.at >= cut.start[CLIENT]
                    for x in script.lines) else []
            else:
                said = wrong(script, cut.start, got[0], whole[0])
            bad += ['without the first %d packets: %s' % (cut.n, text)
                    for text in said]
        check(not bad, '\n  '.join([''] + bad[:12]))
    return test


if __name__ == '__main__':
    main('starts', {'late in ' + n: starts(n) for n in DIALOGUES})
