#!/usr/bin/env python3
"""canary.py: known secrets go by on the wire, in every mechanism and in every
kind of disorder; afterwards they are nowhere: not in the database, exports or
logs, and not in the memory of any process."""
import base64
import glob
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
import capfile                                               # noqa: E402
from dialogue import Dialogue                                # noqa: E402
from harness import (CHECKED, RELEASE, binary, check, done,    # noqa: E402
                     main, sessions, tests_of, wait_for)
from network import Network, children                        # noqa: E402
from conversation import SECOND                              # noqa: E402
from pcapmaker import DAY, capture_bytes, frames_of          # noqa: E402

HELLO = '''\
S: 220 mail.contoso.example ESMTP
C: EHLO canary
S: 250-mail.contoso.example
S: 250-STARTTLS
S: 250 AUTH LOGIN PLAIN CRAM-MD5 NTLM XOAUTH2 OAUTHBEARER SCRAM-SHA-256
'''
QUIT = '''C: QUIT
S: 221 2.0.0 bye
'''
LOGIN = '''C: AUTH LOGIN
S: 334 <<Username:>>
C: <<user{n}@contoso.example>>
S: 334 <<Password:>>
C: <<{secret}>>
S: 235 2.7.0 ok
'''
MAIL = '''C: MAIL FROM:<user{n}@contoso.example>
S: 250 ok
C: RCPT TO:<anna@contoso.example>
S: 250 ok
C: DATA
S: 354 go on
C: Subject: {secret}
C: 
C: {secret}
C: .
S: 250 ok
'''
B64_USER = base64.b64encode(b'use').decode()  # how each user blob begins


# name: (dialogue between EHLO and QUIT, ways of frames_of); {secret} is a
# word of its own for each, {n} its number.
CASES = {
    'LOGIN': (LOGIN, {}),
    'LOGIN, refused': (LOGIN.replace('235 2.7.0 ok', '535 5.7.8 no'), {}),
    'LOGIN, initial response': (
        'C: AUTH LOGIN <<user{n}>>\nS: 334 <<Password:>>\nC: <<{secret}>>\n'
        'S: 235 ok\n', {}),
    'LOGIN, byte by byte': (LOGIN, {'cut': 'bytes'}),
    'LOGIN, small segments out of order': (LOGIN, {'cut': 5,
                                                   'impair': ['reorder']}),
    'LOGIN, replies before commands': (LOGIN, {'impair': ['crossed']}),
    'LOGIN, doubled': (LOGIN, {'impair': ['double']}),
    'LOGIN, in fragments': (LOGIN, {'fragment': 24}),
    'LOGIN, from the user on': (LOGIN, {'impair': ['midstream=3']}),
    'LOGIN, from the password on': (LOGIN, {'impair': ['midstream=4']}),
    'LOGIN, the user was lost': (LOGIN, {'impair': ['drop-client=' +
                                                    B64_USER]}),
    'LOGIN, a 334 was lost': (LOGIN, {'impair': ['drop-server=UGFzc3dvcmQ6']}),
    'LOGIN, all 334 were lost': (LOGIN, {'impair': ['drop-server=334']}),
    'LOGIN, AUTH was lost': (LOGIN, {'impair': ['drop-client=AUTH LOGIN']}),
    'LOGIN, client only': (LOGIN, {'impair': ['client-only']}),
    'LOGIN, late user': (LOGIN, {'impair': ['late-client=' + B64_USER]}),
    'LOGIN, IPv6 in VXLAN': (LOGIN, {'v6': True, 'wire': 'vxlan'}),
    'PLAIN': ('C: AUTH PLAIN <<\\0user{n}\\0{secret}>>\nS: 235 ok\n', {}),
    'PLAIN, byte by byte': (
        'C: AUTH PLAIN <<\\0user{n}\\0{secret}>>\nS: 235 ok\n',
        {'cut': 'bytes'}),
    'PLAIN, two steps': (
        'C: AUTH PLAIN\nS: 334 \nC: <<\\0user{n}\\0{secret}>>\nS: 235 ok\n',
        {}),
    'PLAIN, the 334 was lost': (
        'C: AUTH PLAIN\nS: 334 \nC: <<\\0user{n}\\0{secret}>>\nS: 235 ok\n',
        {'impair': ['drop-server=334']}),
    'PLAIN, half of it was lost': (
        'C> AUTH PLAIN AHVz\n-- flush\nC> ZXJ7\n-- flush\n'
        'C: <<\\0user{n}\\0{secret}>>\nS: 235 ok\n',
        {'impair': ['drop-client=ZXJ7']}),
    'PLAIN, without the NULs': (
        'C: AUTH PLAIN <<user{n} {secret}>>\nS: 535 no\n', {}),
    'PLAIN, the password as the account': (
        'C: AUTH PLAIN <<\\0{secret}>>\nS: 535 no\n', {}),
    'PLAIN after a failed STARTTLS': (
        'C: STARTTLS\nS: 454 4.7.0 not now\n'
        'C: AUTH PLAIN <<\\0user{n}\\0{secret}>>\nS: 235 ok\n', {}),
    'PLAIN, pipelined': (
        'C: AUTH PLAIN <<\\0user{n}\\0{secret}>>\nC: MAIL FROM:<a@b.example>\n'
        'S: 235 ok\nS: 250 ok\n', {}),
    'the password typed without base64': (
        'C: AUTH LOGIN\nS: 334 <<Username:>>\nC: user{n}\n'
        'S: 334 <<Password:>>\nC: {secret}\nS: 535 no\n', {}),
    'the password as a command': (
        'C: {secret}\nS: 500 what\nC: AUTH PLAIN <<\\0u\\0{secret}>>\n'
        'S: 235 ok\n', {}),
    'CRAM-MD5, the digest': (
        'C: AUTH CRAM-MD5\nS: 334 <<\\x3c1.2@mail\\x3e>>\n'
        'C: <<user{n} {digest}>>\nS: 235 ok\n', {}),
    'DIGEST-MD5, the response': (
        'C: AUTH DIGEST-MD5\nS: 334 <<realm="r",nonce="n">>\n'
        'C: <<username="user{n}",realm="r",nonce="n",response={digest}>>\n'
        'S: 235 ok\n', {}),
    'SCRAM, the proof': (
        'C: AUTH SCRAM-SHA-256 <<n,,n=user{n},r=abc>>\n'
        'S: 334 <<r=abcdef,s=QSXC,i=4096>>\n'
        'C: <<c=biws,r=abcdef,p={secret}>>\nS: 235 ok\n', {}),
    'XOAUTH2, the token': (
        'C: AUTH XOAUTH2 <<user=user{n}\\x01auth=Bearer {secret}\\x01\\x01>>\n'
        'S: 235 ok\n', {}),
    'XOAUTH2, small segments doubled': (
        'C: AUTH XOAUTH2 <<user=user{n}\\x01auth=Bearer {secret}\\x01\\x01>>\n'
        'S: 235 ok\n', {'cut': 7, 'impair': ['double']}),
    'OAUTHBEARER, the token': (
        'C: AUTH OAUTHBEARER\nS: 334 \n'
        'C: <<n,a=user{n},\\x01host=h\\x01auth=Bearer {secret}\\x01\\x01>>\n'
        'S: 235 ok\n', {}),
    'an unknown mechanism': (
        'C: AUTH X-VENDOR <<user{n} {secret}>>\nS: 334 <<more>>\n'
        'C: <<{secret}>>\nS: 235 ok\n', {}),
    'the password of SOCKS5': (
        'C: AUTH EXTERNAL <<user{n}>>\nS: 235 ok\n', {
            'before': 'C> \\x05\\x01\\x02\nS> \\x05\\x02\n'
            'C> \\x01\\x04user\\x14{secret}\nS> \\x01\\0\n'
            'C> \\x05\\x01\\0\\x01\\n\\x14\\x01\\n\\x02K\n'
            'S> \\x05\\0\\0\\x01\\0\\0\\0\\0\\0\\0\n-- flush\n'}),
    'the credentials of CONNECT': (
        'C: AUTH EXTERNAL <<user{n}>>\nS: 235 ok\n', {
            'before': 'C: CONNECT mail.contoso.example:587 HTTP/1.1\n'
            'C: Proxy-Authorization: Basic <<user:{secret}>>\nC: \n'
            'S: HTTP/1.1 200 ok\nS: \n-- flush\n'}),
    'no AUTH before it': ('C: <<{secret}>>\nS: 500 what\n', {}),
    'the text of a message': (MAIL, {}),
    'the text of a message, out of order': (MAIL, {'cut': 9,
                                                   'impair': ['reorder']}),
    'the text of a message, from DATA on': (MAIL, {'impair':
                                                   ['midstream=5']}),
}


# What each begins with, so that one quick look tells whether any is there.
SECRET, DIGEST = 'Kanarie', 'cafe5eedcafe'


def secret(n):
    """Long enough to be nobody's chance, of base64's own alphabet."""
    return SECRET + '%02dVogel%02dQzXw' % (n, n)


def digest(n):
    return DIGEST + '%020x' % ((n + 1) * 0x123456789abcdef)


def captures():
    """[(name, frames)]; each case is a connection of its own."""
    out = []
    for n, (name, (text, way)) in enumerate(CASES.items()):
        text = text.replace('{secret}', secret(n)) \
            .replace('{digest}', digest(n)).replace('{n}', '%02d' % n)
        way = dict(way)
        before = way.pop('before', '').replace('{secret}', secret(n))
        d = Dialogue(before + HELLO + text + QUIT)
        d.client = ('10.20.4.%d' % (10 + n), 41000 + n)
        out.append((name, frames_of(d, DAY + n * 5 * SECOND, **way)))
    return out


def faces(word):
    """A secret as it may look: raw, in base64 at each of three alignments,
    in UTF-16."""
    raw = word.encode()
    out = {'raw': raw, 'UTF-16LE': word.encode('utf-16-le')}
    for shift in range(3):
        # Only characters that no neighbour changes.
        coded = base64.b64encode(b'\0' * shift + raw)
        first = -(-shift * 8 // 6)
        last = (shift + len(raw)) * 8 // 6
        out['base64+%d' % shift] = coded[first:last]
    return out


def needles():
    out = []
    for n, name in enumerate(CASES):
        words = [secret(n)]
        if '{digest}' in CASES[name][0]:
            words = [digest(n)]
        for word in words:
            out += [(name, how, face) for how, face in faces(word).items()]
    return out


MARKS = [face for word in (SECRET, DIGEST) for face in faces(word).values()]


def search(where, data):
    if not any(mark in data for mark in MARKS):
        return []
    return ['%s: %s (%s)' % (where, name, how)
            for name, how, face in needles() if face in data]


def search_files(folder):
    found = []
    for path in sorted(glob.glob(os.path.join(folder, '**'),
                                 recursive=True)):
        if os.path.isfile(path):
            with open(path, 'rb') as f:
                found += search(os.path.basename(path), f.read())
    return found


def memory(pid):
    """All that the process could read, piece by piece."""
    with open('/proc/%d/maps' % pid) as maps, \
            open('/proc/%d/mem' % pid, 'rb', 0) as mem:
        for line in maps:
            where, rights = line.split()[:2]
            if 'r' not in rights or '[vvar' in line or '[vsyscall' in line:
                continue
            first, last = (int(x, 16) for x in where.split('-'))
            try:
                mem.seek(first)
                data = b''
                while len(data) < last - first:
                    piece = mem.read(min(last - first - len(data), 1 << 26))
                    if not piece:
                        break
                    data += piece
                yield line.strip(), data
            except (OSError, ValueError):
                continue


def command(pid):
    with open('/proc/%d/comm' % pid) as f:
        return f.read().strip()


def search_memory(pid, label):
    found = []
    for where, data in memory(pid):
        found += search('%s, memory %s' % (label, where), data)
    return found


def search_core(pid, label, folder):
    """gdb's core is what an administrator would send us."""
    path = os.path.join(folder, 'core.%d' % pid)
    r = subprocess.run(['gdb', '-q', '-nx', '-batch', '-p', str(pid), '-ex',
                        'gcore ' + path], stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not os.path.exists(path):
        return None
    with open(path, 'rb') as f:
        data = f.read()
    os.unlink(path)
    check(len(data) > 1 << 20, label, 'core of', len(data), 'bytes',
          r.stdout.decode())
    return search(label + ', core', data)


def exports(db, folder, build):
    for name, args in {'list': ['list'], 'jsonl': ['sessions', '-f', 'jsonl'],
                       'csv': ['sessions', '-f', 'csv'],
                       'report.csv': ['report', '-f', 'csv'],
                       'report.json': ['report', '-f', 'json'],
                       'show': ['show', '10.20.4.10']}.items():
        r = done(args + ['-d', db], build=build)
        capfile.write(os.path.join(folder, name), r.stdout + r.stderr)


def nothing(found):
    check(not found, '%d findings:\n  ' % len(found) +
          '\n  '.join(found[:40]))


def test_the_search_finds_what_is_there():
    """The test's own test: a search that finds nothing proves nothing."""
    word = secret(3)
    for data in (word.encode(), b'xy' + base64.b64encode(
            b'user\0' + word.encode()), word.encode('utf-16-le'),
            base64.b64encode(b'\0u\0' + word.encode() + b'z'),
            base64.b64encode(b'ab' + word.encode())):
        check(len(search('here', data)) == 1, data)
    sent = b''.join(c.frame for _, shown in captures() for c in shown)
    check(len({f.split(' (')[0] for f in search('wire', sent)}) >
          len(CASES) // 2, 'the secrets are not on the wire')


def test_files_and_exports_of_a_read_hold_no_secret():
    with tempfile.TemporaryDirectory() as folder, \
            tempfile.TemporaryDirectory() as out:
        path = os.path.join(folder, 'canary.pcap')
        capfile.write(path, capture_bytes([c for _, shown in captures()
                                           for c in shown]))
        db = os.path.join(out, 'test.db')
        r = done(['read', '-v', path, '-d', db])
        capfile.write(os.path.join(out, 'log'), r.stdout + r.stderr)
        exports(db, out, CHECKED)
        got = sessions(db)
        check(len(got) >= len(CASES) - 2, 'only %d sessions of %d' % (
            len(got), len(CASES)))
        with open(os.path.join(out, 'jsonl'), 'rb') as f:
            check(b'user00@contoso.example' in f.read(),
                  'the account is not there')
        nothing(search_files(out))


def test_no_process_of_a_live_capture_holds_a_secret():
    hosts = {'sender': (None, '02:00:5e:00:53:10')}
    with Network(hosts) as net:
        path = net.file('wire/canary.pcap', '')
        capfile.write(path, capture_bytes([c for _, shown in captures()
                                           for c in shown]))
        out = net.file('out')
        os.mkdir(out)
        os.chmod(out, 0o755)
        db = os.path.join(out, 'census.db')
        with open(os.path.join(out, 'log'), 'w') as log:
            capture = net.start('mirror', binary(RELEASE), 'capture', '-v',
                                '-i', 'mirror', '-d', db, stdout=log,
                                stderr=log)
            wait_for(lambda: len(children(capture.pid)) > 1 and
                     os.path.exists(db), 10, 'capture runs')
            time.sleep(1)
            dashboard = start_dashboard(net, db)
            net.run('sender', sys.executable, os.path.join(
                os.path.dirname(os.path.abspath(__file__)), '..', 'tools',
                'replay.py'), path, 'eth0')
            # All but a few damaged ones end at once.
            wait_for(lambda: len(sessions(db, RELEASE)) >= len(CASES) - 4,
                     15, 'the sessions are in the database')
            time.sleep(1.5)
            found = []
            pids = children(capture.pid) + children(dashboard.pid)
            mine = [p for p in pids if command(p).startswith('mailcensus')]
            check(len(mine) >= 3, 'processes: %s' % [command(p) for p in pids])
            known = False
            for pid in mine:
                label = 'process %d (%s)' % (pid, command(pid))
                found += search_memory(pid, label)
                known = known or any(b'user00@contoso.example' in data
                                     for _, data in memory(pid))
                core = search_core(pid, label, net.file('wire'))
                found += core or []
            exports(db, out, RELEASE)
            found += search_files(out)
            net.stop(capture)
            found += search_files(out)
        check(known, 'not even the account is in memory: the search is blind')
        nothing(found)


def start_dashboard(net, db):
    """On a terminal of its own, which script(1) makes."""
    return net.start('mirror', 'script', '-q', '-c', 'stty cols 120 rows 40; '
                     'TERM=xterm %s ui -d %s' % (binary(RELEASE), db),
                     os.path.join(os.path.dirname(db), 'screen'),
                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL)


if __name__ == '__main__':
    main('canary', tests_of(globals()))
