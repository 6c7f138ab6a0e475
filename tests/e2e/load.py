#!/usr/bin/env python3
"""load.py: a busy span port: 200,000 packets a second, with inventory and
dashboard, and nothing is lost."""
import json
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', d) for d in ('tools', 'bench')]
from bench import compile_tools, generate, is_whole          # noqa: E402
from harness import (RELEASE, Failed, Skip, binary, check,   # noqa: E402
                     equal, main, sessions, tests_of, wait_for)
from network import Wire                                     # noqa: E402
from screen import Screen                                    # noqa: E402

RATE = 200000  # frames a second
ATTEMPTS = 3   # other work on the machine is no fault of the program


def compile_sender(folder):
    path = os.path.join(folder, 'send')
    subprocess.run(['cc', '-O2', '-std=gnu17', '-o', path,
                    os.path.join(HERE, '..', 'tools', 'send.c')], check=True)
    return path


def truth(path):
    """The conversations that end in a capture by gen.c: their clients'
    addresses and ports."""
    with open(path, 'rb') as f:
        data = memoryview(f.read())
    at, closed = 24, []
    while at < len(data):
        n, = struct.unpack_from('<I', data, at + 8)
        frame = data[at + 16:at + 16 + n]
        at += 16 + n
        # Servers end them, and then clients do.
        if frame[47] & 1 and frame[36:38] == b'\x00\x19':
            closed.append(('%d.%d.%d.%d' % tuple(frame[26:30]),
                           int.from_bytes(frame[34:36], 'big')))
    return sorted(closed)


class Attempt:
    """One file, sent to one dashboard with a capture of its own: what was
    sent, what the program counts, and what it has found."""

    def __init__(self, sender, path, others, wanted):
        with Wire() as wire:
            db = wire.file('census.db')
            args = [binary(RELEASE), '-i', 'mirror', '-d', db,
                    '--max-drop', '0']
            with Screen(args, 120, 40,
                        prefix=wire.inside('mirror', [])) as screen:
                wire.listening('mirror')
                screen.see('LIVE', seconds=10)
                before = wire.received()
                self.sent = json.loads(wire.run(
                    'sender', sender, path, 'wire', RATE, others))
                self.came = wire.received() - before
                screen.see('DEV', '.example', seconds=5)
                self.wait(db, len(wanted))
                screen.key('q')
                self.status, self.screen = screen.left(10)
            self.found = sessions(db, RELEASE)
        self.rate = self.came / self.sent['seconds']
        self.dropped = self.status != 0

    @staticmethod
    def wait(db, n):
        """Until they are there; that some are not is for others to tell."""
        try:
            wait_for(lambda: sum(s['capture']['end'] == 'closed' for s in
                                 sessions(db, RELEASE)) >= n,
                     10, 'sessions', 0.5)
        except Failed:
            pass

    def __str__(self):
        said = self.screen.split('left with $?"')[-1]
        return '%d frames, %.0f a second; %s' % (
            self.came, self.rate, ' '.join(said.split()))


def watch(size, others):
    with tempfile.TemporaryDirectory() as folder:
        compile_tools(folder)
        sender = compile_sender(folder)
        path = generate(folder, 'mail', size)
        wanted = truth(path)
        for _ in range(ATTEMPTS):
            a = Attempt(sender, path, others, wanted)
            slow = a.rate < 0.95 * RATE
            if not slow and not a.dropped:
                break
    if slow:
        raise Skip('this machine sends %.0f packets a second now, not %d' %
                   (a.rate, RATE))
    check(not a.dropped, a)
    closed = [s for s in a.found if s['capture']['end'] == 'closed']
    equal(sorted((s['client']['ip'], s['client']['port']) for s in closed),
          wanted)
    for s in closed:
        check(is_whole(s), s)


def test_a_busy_line_with_some_mail_loses_nothing():
    watch(50 * 10**6, 9)


def test_a_line_of_nothing_but_mail_loses_nothing():
    watch(250 * 10**6, 0)


if __name__ == '__main__':
    main('load', tests_of(globals()))
