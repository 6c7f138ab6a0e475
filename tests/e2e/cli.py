#!/usr/bin/env python3
"""cli.py: the command line as programs and people meet it: exit codes, what
goes to which stream, files of every kind, hostile bytes, interrupts."""
import csv
import gzip
import io
import itertools
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
import capfile                                               # noqa: E402
from conversation import SECOND                              # noqa: E402
from dialogue import Dialogue                                # noqa: E402
from harness import (OFFICE, RELEASE, TOP, Skip, binary,     # noqa: E402
                     check, done, equal, main, run,
                     sessions, tests_of, wait_for)
from pcapmaker import DAY, capture_bytes, frames_of          # noqa: E402

DIALOGUES = os.path.join(TOP, 'tests', 'golden', 'dialogues')
CONTROLS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e'
                      '\u2060-\u2069\ufeff]')


class Folder(tempfile.TemporaryDirectory):
    def __enter__(self):
        self.path = super().__enter__()
        return self

    def __call__(self, name, data=None):
        path = os.path.join(self.path, name)
        if data is not None:
            capfile.write(path, data)
        return path


def dialogue(name):
    with open(os.path.join(DIALOGUES, name + '.txt')) as f:
        return Dialogue(f.read())


def capture(name='auth-login', at=DAY, **way):
    return capture_bytes(frames_of(dialogue(name), at, **way))


def office():
    with open(OFFICE, 'rb') as f:
        return f.read()


def refused(args, *words, code=2, **how):
    """Ends with the code, nothing on stdout, and the words on stderr."""
    r = done(args, code, **how)
    equal(r.stdout, b'', 'stdout')
    text = r.stderr.decode()
    for word in words:
        check(word in text, 'stderr lacks %r: %s' % (word, text))
    return text


def test_a_missing_file():
    with Folder() as f:
        refused(['read', f('none.pcap'), '-d', f('x.db')], 'none.pcap')
        check(not os.path.exists(f('x.db')), 'a database was made')


def test_a_file_that_is_no_capture():
    with Folder() as f:
        for data in (b'', b'\n', b'hello, world, this is no capture\n' * 9,
                     b'\xff' * 100):
            refused(['read', f('x.pcap', data), '-d', f('x.db')], 'x.pcap')


def test_a_folder_without_captures():
    with Folder() as f:
        os.mkdir(f('empty'))
        refused(['read', f('empty'), '-d', f('x.db')], 'empty')


def test_a_truncated_file_keeps_its_result():
    with Folder() as f:
        data = capture()
        for n in (1, 7, 20):
            db = f('%d.db' % n)
            r = done(['read', f('x.pcap', data[:-n]), '-d', db], 3)
            check(b'x.pcap' in r.stderr, r.stderr)
            got = sessions(db)
            equal(len(got), 1)
            equal(got[0]['auth'][0]['account'], 'scan@contoso.example')


def test_a_header_without_packets():
    with Folder() as f:
        done(['read', f('x.pcap', capture_bytes([])), '-d', f('x.db')])
        equal(sessions(f('x.db')), [])


def test_read_says_nothing_on_stdout():
    with Folder() as f:
        r = done(['read', f('x.pcap', capture()), '-d', f('x.db')])
        equal(r.stdout, b'', 'stdout')
        check(r.stderr.count(b'\n') >= 1, 'no summary')


def test_a_dry_run_says_what_there_is_and_stores_nothing():
    with Folder() as f:
        data = capture()
        f('span.pcap', data)
        os.mkdir(f('empty'))
        for args, code, words in (
                ([f('span.pcap')], 0, (' 1 session; nothing was stored',)),
                ([f('span.pcap'), '-d', f('x.db')], 0, (' 1 session;',)),
                ([f('cut.pcap', data[:-7])], 3, ('1 session', 'cut.pcap')),
                ([f('none.pcap')], 2, ('none.pcap',)),
                ([f('empty')], 2, ('empty',))):
            before = sorted(os.listdir(f.path))
            r = done(['read', '--dry-run'] + args, code, cwd=f.path)
            equal((r.stdout, sorted(os.listdir(f.path))), (b'', before))
            for word in words:
                check(word in r.stderr.decode(), r.stderr)
        # Each time anew: nothing is remembered.
        for _ in range(2):
            r = done(['read', '--dry-run', f('span.pcap')])
            check(b'read before' not in r.stderr, r.stderr)
        r = done(['read', '--dry-run', '-q', f('span.pcap')])
        equal(r.stderr, b'')


def test_compressed_files():
    want = None
    with Folder() as f:
        data = office()
        f('x.pcapng', data)
        f('x.pcapng.gz', gzip.compress(data, 1))
        # Two members, as `cat a.gz b.gz` makes them.
        f('y.gz', gzip.compress(data[:5000]) + gzip.compress(data[5000:]))
        names = ['x.pcapng', 'x.pcapng.gz', 'y.gz']
        if shutil.which('zstd'):
            subprocess.run(['zstd', '-q', f('x.pcapng'), '-o',
                            f('x.pcapng.zst')], check=True)
            names.append('x.pcapng.zst')
        for name in names:
            done(['read', f(name), '-d', f(name + '.db')])
            got = [(s['first_seen'], s['client']['port'], s['auth'])
                   for s in sessions(f(name + '.db'))]
            want = want or got
            equal(len(got), len(want), name)
            equal(got, want, name)


def test_a_truncated_compressed_file():
    with Folder() as f:
        data = gzip.compress(office(), 1)
        r = done(['read', f('x.gz', data[:len(data) // 2]), '-d', f('x.db')],
                 3)
        check(b'x.gz' in r.stderr, r.stderr)
        check(len(sessions(f('x.db'))) > 5, 'nothing was kept')


def test_standard_input():
    with Folder() as f:
        done(['read', '-', '-d', f('x.db')], stdin=capture())
        equal(len(sessions(f('x.db'))), 1)
        done(['read', '-', '-d', f('y.db')], stdin=gzip.compress(capture()))
        equal(len(sessions(f('y.db'))), 1)


def test_many_files():
    with Folder() as f:
        part = capture_bytes(frames_of(dialogue('auth-login'), DAY))
        many = [f('%03d.pcap' % i, part) for i in range(300)]
        done(['read'] + many + ['-d', f('x.db')], build=RELEASE)
        equal(len(sessions(f('x.db'))), 1)


def test_a_folder_of_rotated_files_in_time_order():
    with Folder() as f:
        shown = frames_of(dialogue('auth-login'), DAY)
        third = len(shown) // 3
        # One session over three files, whose names sort the other way.
        os.mkdir(f('rotated'))
        for i, name in enumerate(('c.pcap', 'b.pcap', 'a.pcap')):
            part = shown[i * third:(i + 1) * third if i < 2 else None]
            f('rotated/' + name, capture_bytes(part))
        f('rotated/notes.txt', b'not a capture\n')
        done(['read', f('rotated'), '-d', f('x.db')])
        got = sessions(f('x.db'))
        equal(len(got), 1)
        equal(got[0]['auth'][0]['outcome'], 'accepted')
        equal(got[0]['mail']['accepted'], 1)
        equal(got[0]['capture']['midstream'], False)


def test_several_files_in_any_order():
    with Folder() as f:
        one = f('one.pcap', capture('auth-login', DAY))
        two = f('two.pcap', capture('auth-plain-334', DAY + 60 * SECOND,
                                    isn=77))
        done(['read', one, two, '-d', f('x.db')])
        done(['read', two, one, '-d', f('y.db')])
        a, b = ([s['first_seen'] for s in sessions(f(n))]
                for n in ('x.db', 'y.db'))
        equal(len(a), 2)
        equal(a, b)


def test_reading_twice_changes_nothing():
    with Folder() as f:
        for _ in range(2):
            done(['read', OFFICE, '-d', f('x.db')])
            now = (done(['sessions', '-f', 'jsonl', '-d', f('x.db')]).stdout,
                   done(['list', '-d', f('x.db')]).stdout)
            if _ == 0:
                first = now
        equal(now[1].decode(), first[1].decode(), 'list')
        check(now[0] == first[0], 'sessions differ')


def test_a_filter():
    with Folder() as f:
        expression = 'vlan and host 10.20.4.31'
        for args in (['read', OFFICE, '--bpf', expression],
                     ['-r', OFFICE, expression]):
            db = f(args[0] + '.db')
            done(args[:1] + ['-d', db] + args[1:] if args[0] == 'read' else
                 ['-d', db] + args)
            equal({s['client']['ip'] for s in sessions(db)}, {'10.20.4.31'})
        refused(['read', OFFICE, '-d', f('y.db'), '--bpf', 'no such ('],
                'no such (')


def test_usage():
    with Folder() as f:
        refused(['frobnicate'], 'frobnicate')
        refused(['read', '--frobnicate', OFFICE, '-d', f('x.db')],
                'frobnicate')
        refused(['read', '-d', f('x.db')])
        refused(['sessions', '-f', 'frobnicate', '-d', f('x.db')])
        refused(['list', '-d', f('none.db')], 'none.db')
        refused(['capture', '-i', 'none0', '-d', f('x.db')], 'none0')


def test_help_and_version():
    r = done(['--version'])
    check(re.match(rb'mailcensus \d', r.stdout), r.stdout)
    equal(r.stderr, b'')
    for args in ([], ['read'], ['capture'], ['ui'], ['list'], ['show'],
                 ['sessions'], ['report'], ['interfaces']):
        r = done(args + ['--help'])
        check(r.stdout.startswith(b'usage') or b'mailcensus' in r.stdout,
              args, r.stdout)
        equal(r.stderr, b'', '%s --help on stderr' % args)
        wide = [x for x in r.stdout.decode().split('\n') if len(x) > 80]
        check(not wide, args, 'wider than 80:', wide)


def test_the_table_when_stdout_is_no_terminal():
    with Folder() as f:
        r = done(['-r', OFFICE, '-d', f('x.db')])
        again = done(['list', '-d', f('x.db')])
        equal(r.stdout.decode(), again.stdout.decode())
        for word in ('BASIC', 'OAUTH', 'NONE', 'AUTH?', 'TLS?', 'MTA',
                     'BRN0080771C229A'):
            check(word in r.stdout.decode(), word, r.stdout.decode())


# What the office's devices must be: make_office.py says why.
OFFICE_DEVICES = {
    '10.20.4.31': ('basic', 'active'), '10.20.4.32': ('basic', 'active'),
    '10.20.4.33': ('basic', 'active'), '10.20.4.77': ('basic', 'active'),
    '10.20.4.40': ('basic', 'failing'), '10.20.4.19': ('none', 'active'),
    '10.20.4.45': ('none', 'active'), '10.20.6.90': ('oauth', 'active'),
    '10.20.4.61': (None, 'quiet'), '10.20.9.12': ('required', 'active'),
    '10.20.4.58': ('unknown', None),
    '10.20.8.5': ('unknown', 'active'), '10.20.8.21': ('basic', 'active'),
    '10.20.8.30': ('none', 'active'), '10.20.9.61': ('none', 'active'),
    '10.20.7.18': ('basic', 'stopped'), '10.30.2.15': ('basic', 'active'),
    '10.20.7.44': ('basic', 'active'), '10.20.9.40': ('basic', 'active'),
    '10.20.4.52': ('oauth', 'active'), '10.20.9.41': ('basic', 'active'),
}
# TLS hides it, and record lengths show it.
OFFICE_GUESSED = {'10.20.9.40', '10.20.4.52', '10.20.9.41'}


def office_devices(f):
    """{address: device} of the report on the office."""
    done(['read', OFFICE, '-d', f('x.db')])
    report = json.loads(done(['report', '-f', 'json', '-d',
                              f('x.db')]).stdout)
    return {ip: d for d in report['devices'] for ip in d['addresses']}


def wrong_verdicts(got, wanted):
    bad = []
    for ip, (auth, standing) in wanted.items():
        d = got.get(ip, {'name': 'missing', 'auth': None, 'standing': None})
        for key, value in (('auth', auth), ('standing', standing)):
            if value and d[key] != value:
                bad.append('%s %s: %s is %s, wanted %s' % (
                    ip, d['name'], key, d[key], value))
    return bad


def test_the_verdicts_of_the_office():
    with Folder() as f:
        got = office_devices(f)
        bad = wrong_verdicts(got, OFFICE_DEVICES)
        if got.get('10.20.1.10', {}).get('role') != 'mta':
            bad.append('10.20.1.10 is no mta')
        if '10.20.4.150' in got:
            bad.append('the laptop that browses is listed')
        guessed = {ip for ip, d in got.items()
                   if d['evidence'] == 'inferred'}
        if guessed != OFFICE_GUESSED:
            bad.append('guessed: %s' % sorted(guessed))
        bad += ['%s: %d %% sure' % (ip, got[ip]['confidence'])
                for ip in guessed if got[ip]['confidence'] < 90]
        check(not bad, '; '.join(bad))


def test_names_and_vendors_of_the_office():
    with Folder() as f:
        got = office_devices(f)
        equal(got['10.20.4.31']['name'], 'BRN0080771C229A')
        check('rother' in got['10.20.4.31']['vendor'],
              got['10.20.4.31']['vendor'])
        check('QNAP' in got['10.20.9.40']['vendor'],
              got['10.20.9.40']['vendor'])
        equal(got['10.20.8.21']['accounts'], ['CONTOSO\\svc-billing'])
        # One device by its MAC, though it has two addresses.
        check('2001:db8:20:4::19' in got['10.20.4.19']['addresses'],
              got['10.20.4.19']['addresses'])


def test_of_who_does_not_mail_nothing_is_kept():
    # The laptop has DHCP, ARP, DNS and the web, and never mails.
    with Folder() as f:
        done(['read', OFFICE, '-d', f('x.db')])
        with open(f('x.db'), 'rb') as db:
            kept = db.read()
        said = office()
        mac = laptop_mac(said)
        for trace in (b'LAPTOP-ANNA', b'10.20.4.150', mac.encode(),
                      b'www.example.com', b'198.51.100.80'):
            check(trace not in kept, trace, 'is in the inventory')
        check(b'LAPTOP-ANNA' in said and b'RNP002673A5A8F3' in kept)


def laptop_mac(capture):
    """The card that asked for an address under that name: a DHCP message's
    options follow its hardware address at a fixed distance."""
    at = capture.index(b'LAPTOP-ANNA')
    cookie = capture.rindex(b'\x63\x82\x53\x63', 0, at)
    return ':'.join('%02x' % b for b in capture[cookie - 208:cookie - 202])


def test_sessions_as_json_lines():
    keys = {'schema', 'session', 'sensor', 'first_seen', 'last_seen',
            'client', 'server', 'banner', 'helo', 'auth_offered', 'tls',
            'auth', 'mail', 'capture'}
    with Folder() as f:
        done(['read', OFFICE, '-d', f('x.db')])
        text = done(['sessions', '-f', 'jsonl', '-d', f('x.db')]).stdout
        lines = text.decode('ascii').splitlines()
        check(len(lines) > 150, len(lines))
        times = []
        for line in lines:
            s = json.loads(line)
            check(keys <= set(s), keys - set(s))
            equal(s['schema'], 1)
            times.append(s['first_seen'])
            check(re.match(r'2026-11-23T\d\d:\d\d:\d\d\.\d{6}Z$',
                           s['first_seen']), s['first_seen'])
        equal(times, sorted(times), 'order of time')


def test_sessions_as_csv():
    with Folder() as f:
        done(['read', OFFICE, '-d', f('x.db')])
        text = done(['sessions', '-f', 'csv', '-d', f('x.db')]).stdout
        check(text.startswith(b'\xef\xbb\xbf'), 'no BOM')
        rows = list(csv.reader(io.StringIO(text.decode('utf-8-sig'),
                                           newline='')))
        equal({len(r) for r in rows}, {len(rows[0])}, 'cells in a row')
        equal(len(rows) - 1, len(sessions(f('x.db'))), 'rows')


def test_no_wire_byte_reaches_a_terminal_as_a_control():
    with Folder() as f:
        f('x.pcap', capture('hostile-names'))
        r = [done(['read', '-v', f('x.pcap'), '-d', f('x.db')]),
             done(['list', '-d', f('x.db')]),
             done(['show', '10.20.4.31', '-d', f('x.db')]),
             done(['sessions', '-f', 'jsonl', '-d', f('x.db')]),
             done(['sessions', '-f', 'csv', '-d', f('x.db')]),
             done(['report', '-f', 'csv', '-d', f('x.db')]),
             done(['report', '-f', 'json', '-d', f('x.db')])]
        for one in r:
            for text in (one.stdout, one.stderr):
                # Invalid UTF-8 would raise here.
                text = text.decode('utf-8').replace('\r\n', '\n') \
                    .removeprefix('\ufeff')
                found = CONTROLS.search(text)
                check(not found, one.args, found and
                      repr(text[max(0, found.start() - 30):found.end() + 9]))


def test_a_cell_is_no_formula():
    with Folder() as f:
        f('x.pcap', capture('hostile-names'))
        done(['read', f('x.pcap'), '-d', f('x.db')])
        for args in (['sessions', '-f', 'csv'], ['report', '-f', 'csv']):
            text = done(args + ['-d', f('x.db')]).stdout.decode('utf-8-sig')
            for row in csv.reader(io.StringIO(text, newline='')):
                for cell in row:
                    check(not re.match(r'\s*[=+\-@\uff1d\uff0b\uff0d\uff20]',
                                       cell) or cell[0] == "'"
                          or re.fullmatch(r'-?\d+(\.\d+)?', cell), repr(cell))


def test_the_database_is_its_owners_only():
    with Folder() as f:
        old = os.umask(0)
        try:
            done(['read', f('x.pcap', capture()), '-d', f('x.db')])
        finally:
            os.umask(old)
        equal(oct(stat.S_IMODE(os.stat(f('x.db')).st_mode)), '0o600')


def test_a_foreign_database_is_left_untouched():
    with Folder() as f:
        f('x.pcap', capture())
        db = sqlite3.connect(f('other.db'))
        db.execute('create table letters (a)')
        db.commit()
        db.close()
        f('text.db', b'this is a text, and long enough to be looked at\n' * 9)
        for name in ('other.db', 'text.db'):
            with open(f(name), 'rb') as g:
                before = g.read()
            r = run(['read', f('x.pcap'), '-d', f(name)])
            check(r.returncode in (1, 2), name, r.returncode)
            check(name.encode() in r.stderr, r.stderr)
            with open(f(name), 'rb') as g:
                check(g.read() == before, name, 'was changed')
            check(run(['list', '-d', f(name)]).returncode in (1, 2), name)


def test_a_newer_database_is_refused():
    with Folder() as f:
        f('x.pcap', capture())
        done(['read', f('x.pcap'), '-d', f('x.db')])
        db = sqlite3.connect(f('x.db'))
        db.execute('pragma user_version = 9999')
        db.commit()
        db.close()
        for args in (['read', f('x.pcap')], ['list']):
            r = run(args + ['-d', f('x.db')])
            check(r.returncode in (1, 2), args, r.returncode)
            check(b'newer' in r.stderr, r.stderr)


def test_a_database_where_none_can_be():
    with Folder() as f:
        r = run(['read', f('x.pcap', capture()), '-d',
                 f('no/such/folder/x.db')])
        check(r.returncode in (1, 2), r.returncode)
        check(b'no/such/folder' in r.stderr, r.stderr)


def test_an_inventory_can_be_listed_on_a_read_only_disk():
    with Folder() as f:
        done(['read', f('x.pcap', capture()), '-d', f('x.db')])
        want = done(['list', '-d', f('x.db')]).stdout
        os.chmod(f('x.db'), 0o444)
        os.chmod(f.path, 0o555)
        try:
            if os.geteuid() == 0:
                # Root may write everywhere; nobody may not.
                copy = tempfile.mkdtemp()
                os.chmod(copy, 0o755)
                shutil.copy(f('x.db'), copy)
                shutil.copy(binary(RELEASE), copy)
                r = subprocess.run([copy + '/mailcensus', 'list', '-d',
                                    copy + '/x.db'], user='nobody',
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
                shutil.rmtree(copy)
                equal((r.returncode, r.stdout), (0, want), r.stderr)
            else:
                equal(done(['list', '-d', f('x.db')]).stdout, want)
        finally:
            os.chmod(f.path, 0o755)


def test_full_and_closed_outputs():
    with Folder() as f:
        done(['read', OFFICE, '-d', f('x.db')])
        for args in (['list'], ['sessions', '-f', 'jsonl'],
                     ['report', '-f', 'json'], ['--help']):
            args = [binary()] + args + ['-d', f('x.db')]
            with open('/dev/full', 'wb') as full:
                r = subprocess.run(args, stdout=full, stderr=subprocess.PIPE)
            check(r.returncode not in (0, -signal.SIGSEGV), args,
                  r.returncode)
            p = subprocess.Popen(args, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
            p.stdout.close()
            said = p.stderr.read()
            p.stderr.close()
            check(p.wait() in (1, -signal.SIGPIPE, 0), args, p.returncode)
            check(b'Sanitizer' not in said, said)


def test_sigint_while_reading_keeps_what_was_read():
    shown = frames_of(dialogue('auth-login'), DAY)
    with Folder() as f:
        for sign in (signal.SIGINT, signal.SIGTERM):
            db = f('%d.db' % sign)
            p = subprocess.Popen([binary(), 'read', '-', '-d', db],
                                 stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
            p.stdin.write(capture_bytes(shown))
            p.stdin.flush()
            wait_for(lambda: os.path.exists(db), 10, 'a database')
            time.sleep(1)
            start = time.monotonic()
            p.send_signal(sign)
            code = p.wait(20)
            took = time.monotonic() - start
            said = p.stderr.read().decode()
            p.stdin.close()
            check(took <= 2.0, 'it took %.1f s' % took)
            check(code in (0, 3), 'exit code %d: %s' % (code, said))
            equal(len(said.strip().split('\n')), 1, 'lines: ' + said)
            equal(len(sessions(db)), 1)


def rows(db, sql):
    c = sqlite3.connect('file:%s?mode=ro' % db, uri=True)
    try:
        return c.execute(sql).fetchall()
    finally:
        c.close()


def many_sessions(n=12):
    """Dialogues at the same time, each on a port of its own."""
    out = []
    for i in range(n):
        d = dialogue(('auth-login', 'auth-plain-334', 'tls-implicit')[i % 3])
        server = d.ports()[1]
        d.ports = lambda client=41000 + i, server=server: (client, server)
        out += frames_of(d, DAY + i * SECOND // 300, isn=1000 + 77777 * i)
    return sorted(out, key=lambda c: c.at)


def facts_of(db):
    """All that is known, but for where it was read."""
    told = sessions(db)
    for s in told:
        del s['capture']['source'], s['sensor']
        s['session'] = s['session'][:16]
    report = json.loads(done(['report', '-f', 'json', '-d', db]).stdout)
    for key in ('generated', 'coverage', 'window'):
        del report[key]
    for server in report['servers']:
        del server['last_seen']  # who misses a FIN sees an ACK more
    for device in report['devices']:
        device['proof'] = device['proof'] and device['proof'][:16]
    return sorted(json.dumps(s, sort_keys=True) for s in told), report


def test_three_readings_are_as_good_as_one():
    shown = many_sessions()
    with Folder() as f:
        f('whole', capture_bytes(shown))
        done(['read', f('whole'), '-d', f('w.db')])
        want = facts_of(f('w.db'))
        equal(len(want[0]), 12)
        for seed in range(2):
            a, b = sorted(random.Random(seed).sample(
                range(10, len(shown) - 10), 2))
            for i, part in enumerate((shown[:a], shown[a:b], shown[b:])):
                f('part%d' % i, capture_bytes(part))
            for order in itertools.permutations(range(3)):
                db = f('%d%d%d%d.db' % ((seed,) + order))
                for i in order:
                    done(['read', f('part%d' % i), '-d', db])
                got = facts_of(db)
                equal(got[0], want[0], '%s cut at %d, %d' % (order, a, b))
                equal(got[1], want[1], '%s cut at %d, %d' % (order, a, b))
                equal(rows(db, 'select sum(packets) from sources'),
                      [(len(shown),)])


def test_a_known_file_is_left_out():
    with Folder() as f:
        data = office()
        f('x.pcapng', data)
        f('copy.gz', gzip.compress(data, 1))
        done(['read', f('x.pcapng'), '-d', f('x.db')])
        before = rows(f('x.db'), 'select * from source_hours')
        for name in ('x.pcapng', 'copy.gz'):
            r = done(['read', f(name), '-d', f('x.db')])
            check(b'was read before' in r.stderr, r.stderr)
            check(b'--again' in r.stderr, r.stderr)
        r = done(['read', '--again', f('copy.gz'), '-d', f('x.db')])
        check(b'read before' not in r.stderr, r.stderr)
        check(b'no new session' in r.stderr, r.stderr)
        equal(len(rows(f('x.db'), 'select * from sources')), 1)
        equal(rows(f('x.db'), 'select * from source_hours'), before)
        # One that was read in part is read.
        done(['read', '-c', '50', f('x.pcapng'), '-d', f('y.db')])
        done(['read', f('x.pcapng'), '-d', f('y.db')])
        equal(facts_of(f('y.db')), facts_of(f('x.db')))


def test_a_grown_file_is_the_same_file():
    shown = many_sessions(6)
    with Folder() as f:
        f('x', capture_bytes(shown[:40]))
        done(['read', f('x'), '-d', f('x.db')])
        f('x', capture_bytes(shown))
        done(['read', f('x'), '-d', f('x.db')])
        equal(rows(f('x.db'), 'select packets, state from sources'),
              [(len(shown), 1)])
        equal(len(sessions(f('x.db'))), 6)


def test_two_sides_in_two_files_are_one_conversation():
    with Folder() as f:
        for side in ('client', 'server'):
            f(side, capture(impair=[side + '-only']))
        done(['read', f('client'), f('server'), '-d', f('x.db')])
        got = sessions(f('x.db'))
        equal(len(got), 1)
        equal(got[0]['capture']['sides'], 'both')
        equal(got[0]['auth'][0]['outcome'], 'accepted')


def follow(f, *args):
    os.chmod(f.path, 0o755)  # started by root, it becomes nobody
    return subprocess.Popen([binary(), 'read', '--follow', f('span'), '-d',
                             f('x.db')] + list(args),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def followed(db):
    try:
        return rows(db, 'select count(*), sum(packets) from sources')[0]
    except sqlite3.Error:
        return (0, 0)


def write_slowly(path, data, step):
    with open(path, 'wb') as g:
        for i in range(0, len(data), step):
            g.write(data[i:i + step])
            g.flush()
            time.sleep(0.005)


def test_a_rotating_capture_is_followed():
    shown = many_sessions(9)
    parts = [shown[i:i + 40] for i in range(0, len(shown), 40)]
    with Folder() as f:
        os.mkdir(f('span'))
        p = follow(f)
        for i, part in enumerate(parts):
            write_slowly(f('span/span%d' % i), capture_bytes(part), 700)
        wait_for(lambda: followed(f('x.db')) == (len(parts), len(shown)), 20,
                 'all packets')
        p.send_signal(signal.SIGINT)
        said = p.communicate(timeout=20)[1].decode()
        equal(p.returncode, 0, said)
        f('whole', capture_bytes(shown))
        done(['read', f('whole'), '-d', f('w.db')])
        equal(facts_of(f('x.db')), facts_of(f('w.db')))
        r = done(['read', f('span'), '-d', f('x.db')])
        check(b'nothing to read' in r.stderr, r.stderr)


def test_half_a_packet_is_waited_for():
    data = capture()
    with Folder() as f:
        os.mkdir(f('span'))
        f('span/a', data[:-30])
        p = follow(f)
        wait_for(lambda: (followed(f('x.db'))[1] or 0) > 3, 20, 'packets')
        with open(f('span/a'), 'ab') as g:
            g.write(data[-30:])
        n = len(frames_of(dialogue('auth-login'), DAY))
        wait_for(lambda: followed(f('x.db')) == (1, n), 20, 'the last one')
        p.send_signal(signal.SIGTERM)
        equal((p.wait(20), p.stderr.read().count(b'incomplete')), (0, 0))
        p.stdout.close()
        p.stderr.close()
        equal(sessions(f('x.db'))[0]['capture']['end'], 'closed')


def test_following_goes_on_after_a_kill():
    shown = many_sessions(9)
    parts = [shown[i:i + 50] for i in range(0, len(shown), 50)]
    with Folder() as f:
        os.mkdir(f('span'))
        for i, part in enumerate(parts[:2]):
            f('span/%d' % i, capture_bytes(part))
        p = follow(f)
        wait_for(lambda: followed(f('x.db'))[1] == 100, 20, 'packets')
        p.kill()
        p.communicate()
        for i, part in enumerate(parts[2:]):
            f('span/%d' % (2 + i), capture_bytes(part))
        p = follow(f)
        wait_for(lambda: followed(f('x.db')) == (len(parts), len(shown)), 20,
                 'all packets')
        p.send_signal(signal.SIGINT)
        equal(p.wait(20), 0)
        p.communicate()
        f('whole', capture_bytes(shown))
        done(['read', f('whole'), '-d', f('w.db')])
        equal(facts_of(f('x.db')), facts_of(f('w.db')))


def test_options_of_reading_that_mean_nothing_are_told():
    with Folder() as f:
        f('x.pcap', capture())
        refused(['read', '--any-port', f('x.pcap'), '-d', f('x.db')],
                'every port')
        refused(['read', '--follow', '-', '-d', f('x.db')], '--follow')
        refused(['-i', 'lo', '--follow', '-d', f('x.db')], '--follow')


def test_a_bomb_is_told_at_once():
    with Folder() as f:
        # Ten gigabytes of zeroes: no capture, whatever follows.
        bomb = gzip.compress(b'\0' * (64 << 20), 9)
        f('x.pcap.gz', bomb * 160)
        start = time.monotonic()
        done(['read', f('x.pcap.gz'), '-d', f('x.db')], 3, build=RELEASE)
        check(time.monotonic() - start < 5, 'it took long')


def test_show_of_a_device():
    with Folder() as f:
        done(['read', OFFICE, '-d', f('x.db')])
        for who in ('BRN0080771C229A', '10.20.4.31', '00:80:77:1c:22:9a'):
            text = done(['show', who, '-d', f('x.db')]).stdout.decode()
            for word in ('10.20.4.31', '00:80:77:1c:22:9a', 'rother',
                         'scan@contoso.example', 'LOGIN', 'BASIC'):
                check(word in text, who, 'lacks', word, text)
        text = done(['show', '10.30.2.15', '-d', f('x.db')]).stdout.decode()
        check('30:05:5c:0a:1b:2c (by its EHLO name' in text, text)
        refused(['show', 'nobody-at-all', '-d', f('x.db')], 'nobody-at-all',
                code=run(['show', 'nobody-at-all', '-d',
                          f('x.db')]).returncode or 2)


def test_report_to_a_file():
    with Folder() as f:
        done(['read', f('x.pcap', capture()), '-d', f('x.db')])
        done(['report', '-f', 'json', '-o', f('out.json'), '-d', f('x.db')])
        with open(f('out.json')) as g:
            equal(json.load(g)['schema'], 1)
        equal(oct(stat.S_IMODE(os.stat(f('out.json')).st_mode)), '0o600')
        r = run(['report', '-f', 'json', '-o', f('out.json'), '-d',
                 f('x.db')])
        check(r.returncode != 0, 'a file was overwritten')
        check(b'--force' in r.stderr, r.stderr)


def test_the_dashboard_wants_a_terminal():
    with Folder() as f:
        done(['read', f('x.pcap', capture()), '-d', f('x.db')])
        r = run(['ui', '-d', f('x.db')])
        check(r.returncode in (1, 2), r.returncode)
        check(b'terminal' in r.stderr, r.stderr)


def test_interfaces():
    r = run(['interfaces'])
    check(r.returncode == 0, r.returncode, r.stderr)
    check(b'lo' in r.stdout, r.stdout)


def test_a_sound_inventory_is_told_and_a_damaged_one_too():
    with Folder() as f:
        db = f('x.db')
        done(['read', OFFICE, '-d', db])
        before = done(['report', '-f', 'json', '-d', db]).stdout
        r = done(['check', '-d', db])
        check(re.fullmatch(rb'209 sessions, 22 devices, schema \d+\n',
                           r.stdout), r.stdout)
        with sqlite3.connect(db) as h:
            h.execute('UPDATE devices SET sessions = sessions + 1, '
                      'use = 0 WHERE sessions = 26')
        h.close()
        refused(['check', '-d', db], 'check --rebuild', code=1)
        done(['check', '--rebuild', '-d', db])
        done(['check', '-d', db])
        after = done(['report', '-f', 'json', '-d', db]).stdout
        equal(*(json.loads(x)['devices'] for x in (after, before)))
        with open(db, 'r+b') as h:
            h.seek(20000)
            h.write(b'\xff' * 8000)
        refused(['check', '-d', db], 'x.db', code=1)
        refused(['check', '-d', f('none.db')], 'no inventory', 'none.db')
        check(not os.path.exists(f('none.db')))


def test_show_tells_why_of_servers_and_accounts():
    with Folder() as f:
        db = f('x.db')

        def shows(who, *words):
            text = done(['show', who, '-d', db]).stdout.decode()
            for word in words:
                check(word in text, who, 'lacks', word, text)

        done(['read', OFFICE, '-d', db])
        shows('nas01', "exchange-online-submission: client submission"
              " (Microsoft), no mail without AUTH: rule eo-smtp,"
              " sni 'smtp.office365.com'")
        shows('SVC-BILLING', 'own: ', "rule own-domain, banner 'ex01.",
              'an account of a Windows domain', 'NTLM accepted 9, refused 0,'
              ' in clear')
        shows('10.20.1.10', 'no rule knows whose it is',
              'offers STARTTLS, in clear AUTH LOGIN PLAIN')
        # A rule of one's own, which later readers go by as well.
        with open(f('mine.rules'), 'w') as out:
            out.write('partner server *.partner.example partner-relay '
                      'provider required Partner\n')
        done(['check', '--rules', f('mine.rules'), '--rebuild', '-d', db])
        shows('10.20.1.10', 'partner-relay: another provider (Partner), no'
              " mail without AUTH: rule partner, banner 'mx.partner.example'")


def test_what_is_said_of_a_device_is_shown():
    with Folder() as f:
        db = f('x.db')
        done(['read', OFFICE, '-d', db])
        done(['set', '10.20.4.31', 'owner=Anna Example', 'status=planned',
              'tag=floor-2, lease', '-d', db])
        done(['set', '00-80-77-1C-22-9A', 'note=swap in March', '-d', db])
        r = done(['show', 'brn0080771c229a', '-d', db]).stdout.decode()
        for word in ('Anna Example', 'planned', 'floor-2,lease',
                     'swap in March'):
            check(word in r, word, r)
        refused(['set', 'nobody', 'note=x', '-d', db], 'nobody', 'list')
        refused(['set', '10.20.4.31', 'status=maybe', '-d', db], 'maybe')
        refused(['set', '10.20.4.31', '-d', db], 'set takes')


def test_own_rules_of_devices_apply_to_an_old_inventory():
    def types(db):
        r = json.loads(done(['report', '-f', 'json', '-d', db]).stdout)
        return {d['name']: (d['type'], d['type_rule'])
                for d in r['devices']}

    with Folder() as f:
        db = f('x.db')
        done(['read', OFFICE, '-d', db])
        equal(types(db)['RNP002673A5A8F3'], ('printer', 'ricoh-rnp'))
        mine = f('mine.rules', b'mine ehlo SVC-BILLING application 90\n'
                 b'ricoh-rnp name RNP{mac} scanner 99\n')
        r = done(['check', '--rules', mine, '-d', db])
        check(b'drawn anew' in r.stdout, r.stdout)
        equal(types(db)['SVC-BILLING'], ('application', 'mine'))
        equal(types(db)['RNP002673A5A8F3'], ('scanner', 'ricoh-rnp'))
        bad = f('bad.rules', b'# one\nx ehlo a* toaster 9\n')
        for verb in (['check'], ['read', OFFICE]):
            refused(verb + ['--rules', bad, '-d', f('y.db')]
                    if verb[0] == 'read' else verb +
                    ['--rules', bad, '-d', db], 'bad.rules', 'line 2',
                    'toaster')
        check(not os.path.exists(f('y.db')), 'half-configured')


def test_quickstart_without_a_terminal_prints_the_table():
    r = subprocess.run([os.path.join(TOP, 'quickstart')],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    equal(r.returncode, 0, r.stderr.decode())
    with Folder() as f:
        done(['read', OFFICE, '-d', f('x.db')])
        equal(r.stdout.decode(),
              done(['list', '-d', f('x.db')]).stdout.decode())


def test_captures_of_other_people():
    folder = os.path.join(os.path.dirname(TOP), 'shared', 'corpus')
    if not os.path.isdir(folder):
        raise Skip('there is no ../shared/corpus')
    with Folder() as f:
        n = 0
        for base, _, names in os.walk(folder):
            for name in names:
                if re.search(r'\.(p?cap|pcapng)(\.gz)?$', name):
                    n += 1
                    r = run(['read', os.path.join(base, name), '-d',
                             f('%d.db' % n)])
                    check(r.returncode in (0, 2, 3), name, r.returncode,
                          r.stderr)
        check(n > 50, n)


if __name__ == '__main__':
    main('cli', tests_of(globals()))
