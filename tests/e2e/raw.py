#!/usr/bin/env python3
"""raw.py: each byte that the dashboard sends to its terminal: nothing that
came from a wire is a control there, whatever the terminal and the locale."""
import os
import re
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
import capfile                                              # noqa: E402
from dialogue import Dialogue                               # noqa: E402
from harness import (OFFICE, RELEASE, binary, check, done,  # noqa: E402
                     equal, main, tests_of)
from pcapmaker import DAY, capture_bytes, frames_of         # noqa: E402
from terminal import COLOUR, Terminal                       # noqa: E402

FOLDER = tempfile.TemporaryDirectory()
SECOND = 1000000000

# What a client calls itself, as dialogues are written, and what of it must be
# seen instead.
NAMES = [
    (r'\x1b[31mred', '<ESC>[31mred'),
    (r'\x1b]0;title\x07', '<ESC>]0;title<BEL>'),
    (r'\x1b]8;;http://evil.example/\x1b\\link', '<ESC>]8;;'),
    (r'\x1b]52;c;ZXZpbA==\x07', '<ESC>]52;c;'),
    (r'\xc2\x9b31mc1', '<U+009B>31mc1'),
    (r'\x9b31mraw', '<9B>31mraw'),
    (r'rtl\xe2\x80\xaelr', 'rtl<U+202E>lr'),
    (r'iso\xe2\x81\xa6x\xe2\x81\xa9', 'iso<U+2066>x'),
    (r'zero\xe2\x80\x8bwidth', 'zero<U+200B>width'),
    (r'bom\xef\xbb\xbfx', 'bom<U+FEFF>x'),
    (r'tab\x09and\x08bs', 'tab<'),
    (r'so\x0e\x0fsi', 'so<'),
    (r'a' + r'\xcc\x81' * 200, 'a\u0301'),
    (r'\xe6\x9d\xb1\xe4\xba\xac-printer', '\u6771\u4eac-printer'),
    (r'del\x7fete', 'del<'),
    (r'nul\x00byte', 'nul<'),
    (r'over\xc0\xaflong', 'over<C0><AF>'),
]


def dialogue(i, name):
    return Dialogue('''\
-- client 10.20.4.%d:40000
-- server 10.20.1.10:25
S: 220 mail-gw.contoso.example ESMTP
C: EHLO %s
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: <<%s@contoso.example>>
S: 334 UGFzc3dvcmQ6
C: <<invented>>
S: 235 2.7.0 ok
C: MAIL FROM:<a@contoso.example>
S: 250 ok
C: RCPT TO:<b@contoso.example>
S: 250 ok
C: DATA
S: 354 go
C: X-Mailer: %s
C:
C: x
C: .
S: 250 ok
C: QUIT
S: 221 bye
''' % (i + 1, name, name, name))


def hostile():
    """An inventory of devices with such names."""
    db = os.path.join(FOLDER.name, 'hostile.db')
    if not os.path.exists(db):
        frames = []
        for i, (name, _) in enumerate(NAMES):
            frames += frames_of(dialogue(i, name), DAY + i * 60 * SECOND)
        path = os.path.join(FOLDER.name, 'hostile.pcap')
        capfile.write(path, capture_bytes(frames))
        done(['read', path, '-d', db], build=RELEASE)
    return db


def office():
    db = os.path.join(FOLDER.name, 'office.db')
    if not os.path.exists(db):
        done(['read', OFFICE, '-d', db], build=RELEASE)
    return db


def dashboard(db, width=120, height=40, env=None, args=()):
    return Terminal([binary(RELEASE), 'ui', '-d', db] + list(args), width,
                    height, env)


def look_around(t):
    """Each view, pages of several rows, and the dialogues."""
    for key in ('1', 'G', 'g') + ('\r', '\x1b', 'j') * 6 + (
            '2', '\r', '\x1b', '3', '\r', '\x1b', '4', '5', '\r', '\x1b', '6',
            '1', '?', '\x1b', 's', '\x1b', 'f', 'a', '\t', '\x1b', '/', 'x',
            '\x1b', 'o', '\x1b', 'e', '\x1b'):
        t.type(key)
        t.read(0.12)


def leave(t):
    t.type('\x03')
    equal(t.ended(3), 0)


def test_names_are_shown_and_not_obeyed():
    with dashboard(hostile(), 200, 50) as t:
        t.sees('DEVICE')
        t.read(0.5)
        text = t.text()
        for name, shown in NAMES:
            check(shown in text, '%s is not shown as %s' % (name, shown))
        look_around(t)
        leave(t)
        t.check_clean()


def test_an_inventory_that_was_tampered_with_is_no_worse():
    db = os.path.join(FOLDER.name, 'tampered.db')
    with open(hostile(), 'rb') as f, open(db, 'wb') as g:
        g.write(f.read())
    with sqlite3.connect(db) as h:
        for sql in ("update devices set name = char(27)||']52;c;x'||char(7)",
                    "update texts set text = char(27)||'[2J'||text||"
                    "char(8238)||char(10)",
                    "insert or replace into annotations (device, status, "
                    "owner, note, tag, updated_at) select device, '', "
                    "char(155)||'x', char(10)||char(27)||'c', "
                    "char(8203)||'t', 1 from devices"):
            h.execute(sql)
    h.close()
    with dashboard(db) as t:
        t.sees('DEVICE')
        look_around(t)
        leave(t)
        t.check_clean()


def test_every_terminal_and_locale_gets_only_what_it_knows():
    for env in ({'TERM': 'vt100'}, {'TERM': 'xterm'}, {'TERM': 'linux'},
                {'TERM': 'screen'}, {'TERM': 'vt220', 'LC_ALL': 'C'},
                {'LC_ALL': 'C'}, {'LC_ALL': 'POSIX', 'TERM': 'ansi'}):
        with dashboard(hostile(), 80, 24, env) as t:
            t.sees('DEVICE')
            look_around(t)
            leave(t)
            t.check_clean()
            if env.get('LC_ALL'):
                check(t.bytes.isascii(), env, 'not ASCII')
            if env.get('TERM', '').startswith('vt'):
                check(not COLOUR.search(t.bytes), env, 'a colour')


def test_colours_are_there_where_they_are_wanted():
    for env, args, wanted in (
            ({}, [], True),
            ({'NO_COLOR': '1'}, [], False),
            ({'NO_COLOR': ''}, [], True),
            ({}, ['--color=never'], False),
            ({'NO_COLOR': '1'}, ['--color=always'], True),
            ({'NO_COLOR': '1'}, ['--color=auto'], False)):
        with dashboard(office(), env=env, args=args) as t:
            t.sees('DEVICE')
            look_around(t)
            leave(t)
            equal(bool(COLOUR.search(t.bytes)), wanted, (env, args))
            t.check_clean()


def test_the_screen_rests_when_nothing_happens():
    with dashboard(office()) as t:
        t.sees('DEVICE')
        t.read(1.5)
        before = len(t.bytes)
        t.read(3)
        check(len(t.bytes) - before < 1000,
              '%d bytes in 3 s' % (len(t.bytes) - before))
        leave(t)


def test_a_terminal_that_hangs_up_ends_it_within_two_seconds():
    for keys in ('', '\r', 'f', 'e', 'o'):
        with dashboard(office()) as t:
            t.sees('DEVICE')
            t.type(keys)
            t.read(0.3)
            t.hang_up()
            t.ended(2)


def test_a_thousand_resizes_in_ten_seconds():
    with dashboard(hostile()) as t:
        t.sees('DEVICE')
        start = time.monotonic()
        for i in range(1000):
            t.resize(10 + i * 37 % 190, 2 + i * 11 % 58)
            if i % 100 == 50:
                t.type('fjG12356\x1b'[i // 100 % 9])
            t.read(0.005)
        check(time.monotonic() - start < 10, 'too slow a test')
        t.resize(100, 30)
        t.type('\x1b\x1b')
        t.read(0.5)
        t.bytes = b''
        t.type('\x0c')
        t.sees('mailcensus')
        leave(t)
        t.check_clean()


if __name__ == '__main__':
    with FOLDER:
        main('raw', tests_of(globals()))
