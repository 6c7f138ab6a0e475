#!/usr/bin/env python3
"""tenant.py: the tenant's own exports, and what has changed: as people call
import and diff, with files that are cut, too large, or lie."""
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from cli import CONTROLS, Folder, capture, refused           # noqa: E402
from harness import (OFFICE, RELEASE, binary, check, done,   # noqa: E402
                     equal, main, run, tests_of)
from pcapmaker import DAY                                    # noqa: E402

LOG = ('Date (UTC),Username,IP address,Status,Client app\r\n'
       '2026-11-23T08:00:00Z,scan@contoso.example,203.0.113.9,Success,'
       'Authenticated SMTP\r\n'
       '2026-11-23T09:00:00Z,home@contoso.example,198.51.100.7,Success,'
       'Authenticated SMTP\r\n'
       '2026-11-23T09:00:00Z,anna@contoso.example,198.51.100.7,Success,'
       'Browser\r\n')


def write(path, text, encoding='utf-8'):
    with open(path, 'wb') as f:
        f.write(text.encode(encoding))
    return path


def office(f, name='x.db'):
    done(['read', '-q', OFFICE, '-d', f(name)])
    return f(name)


def rows(db):
    """All rows of all tables that imports fill."""
    with sqlite3.connect(db) as c:
        return {t: c.execute('SELECT * FROM ' + t).fetchall() for t in (
            'imports', 'import_refusals', 'tenant_accounts', 'tenant_names',
            'tenant_mailboxes', 'tenant_report', 'tenant_events')}


def test_an_export_is_taken_in_every_encoding_and_only_once():
    with Folder() as f:
        db = office(f)
        for encoding in ('utf-8', 'utf-8-sig', 'utf-16'):
            r = done(['import', write(f(encoding + '.csv'), LOG, encoding),
                      '-d', db])
            equal(r.stdout.decode(), '%s.csv: sign-in log, 2 rows taken; left '
                  'out: 1 not by SMTP\n' % encoding)
        before = rows(db)
        equal(len(before['imports']), 3)
        equal(len(before['tenant_events']), 2)
        r = done(['import', f('utf-16.csv'), '-d', db])
        check(b'(imported before)' in r.stdout, r.stdout)
        equal(rows(db), before)


def test_the_report_tells_what_each_does_not_know():
    with Folder() as f:
        db = office(f)
        done(['import', write(f('log.csv'), LOG), '-d', db])
        told = json.loads(done(['report', '-f', 'json', '-d', db]).stdout)
        tenant = told['tenant']
        equal(tenant['accounts_without_device'], ['home@contoso.example'])
        equal([i['kind'] for i in tenant['imports']], ['sign-ins'])
        equal(tenant['imports'][0]['rows_left_out'], {'not-smtp': 1})
        page = done(['report', '-f', 'html', '-d', db]).stdout.decode()
        check('home@contoso.example' in page)
        for fmt in ('html', 'json'):
            masked = done(['report', '-f', fmt, '--mask', '-d', db]).stdout
            check(b'home@contoso' not in masked, fmt)


def test_what_is_no_export_leaves_nothing():
    with Folder() as f:
        db = office(f)
        before = rows(db)
        good = write(f('good.csv'), LOG)
        for text, why in (
                ('hello, world\n', "line 1: its columns (hello,  world)"),
                ('', 'empty'), ('\0\0\0\0', 'NUL'),
                (LOG + '"2026-11-23T10:00:00Z,', 'line 5: a quote'),
                (LOG + '2026-11-23T10:00:00Z,scan', 'line 5: the last row'),
                ('[{"createdDateTime":"x","userPrincipalName":"x",'
                 '"clientAppUsed":"SMTP"},', 'cut'),
                (','.join(['a'] * 1000000), '2048 columns')):
            refused(['import', good, write(f('bad.csv'), text), '-d', db],
                    'bad.csv', why)
            equal(rows(db), before)
        refused(['import', good, f('none.csv'), '-d', db], 'none.csv')
        refused(['import', f.path, '-d', db], 'is a folder')
        refused(['import', good, '-d', f('none.db')], 'none.db')
        check(not os.path.exists(f('none.db')))


def test_a_field_without_end_takes_no_memory():
    def small():
        resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))

    with Folder() as f:
        db = office(f)
        with open(f('long.csv'), 'wb') as out:
            out.write(b'Sender address,Messages sent\n"')
            for _ in range(600):
                out.write(b'x' * (1 << 20))
        r = subprocess.run([binary(RELEASE), 'import', f('long.csv'), '-d',
                            db], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, preexec_fn=small)
        equal(r.returncode, 2, r.stderr.decode())
        check(b'line 2: a field is longer' in r.stderr, r.stderr)


def test_hostile_names_stay_text():
    evil = '\x1b[2J\u202e<script>.csv'
    with Folder() as f:
        db = office(f)
        r = done(['import', write(f(evil), LOG.replace(
            'home@', '\x1b[31mhome@')), '-d', db])
        check(not CONTROLS.search(r.stdout.decode()), r.stdout)
        page = done(['report', '-f', 'html', '-d', db]).stdout.decode()
        check('<script' not in page and not CONTROLS.search(page))
        told = done(['report', '-f', 'json', '-d', db]).stdout.decode()
        equal(json.loads(told)['tenant']['imports'][0]['rows_left_out'],
              {'account': 1, 'not-smtp': 1})


def before_and_after(f):
    """An inventory, its copy from before, and what came since."""
    done(['read', '-q', OFFICE, '-d', f('before.db')])
    shutil.copy(f('before.db'), f('after.db'))
    done(['read', '-q', f('later.pcap', capture(at=DAY + 90 * 86400 * 10**9)),
          '-d', f('after.db')])
    return f('before.db'), f('after.db')


def test_diff_tells_what_is_new_and_gone():
    with Folder() as f:
        before, after = before_and_after(f)
        r = done(['diff', before, '-d', after])
        text = r.stdout.decode()
        check(re.search(r'^\d+ gone$', text, re.M), text)
        told = json.loads(done(['diff', before, '-d', after, '-f', 'json',
                                '--exit-code'], 10).stdout)
        equal(told['before']['devices'], 21)
        equal(told['after']['devices'], 1)
        equal(sum(told['counts'][k] for k in ('new', 'gone')) >= 20, True)
        equal(json.loads(done(['diff', after, '-d', after, '-f', 'json',
                               '--exit-code']).stdout)['devices'], [])
        done(['diff', before, '-d', after, '-o', f('diff.txt')])
        with open(f('diff.txt'), encoding='utf-8') as out:
            equal(out.read(), text)


def test_diff_tells_two_times_of_one():
    with Folder() as f:
        _, after = before_and_after(f)
        told = json.loads(done(['diff', '--at', '2026-12-24', '-d', after,
                                '-f', 'json']).stdout)
        equal(told['before']['devices'], 21)
        equal(told['after']['devices'], 1)


def test_diff_needs_one_of_two():
    with Folder() as f:
        db = office(f)
        refused(['diff', '-d', db], '--at')
        refused(['diff', db, '--at', '7d', '-d', db], '--at')
        refused(['diff', f('none.db'), '-d', db], 'none.db')
        refused(['diff', db, '-d', db, '-f', 'xml'], 'xml')
        refused(['report', '-f', 'csv', '--baseline', db, '-d', db], 'html')


def test_the_page_has_before_and_after():
    with Folder() as f:
        before, after = before_and_after(f)
        page = done(['report', '-f', 'html', '--baseline', before, '-d',
                     after]).stdout.decode()
        check('<h2>Before and after</h2>' in page)
        check('BRN0080771C229A' in page)
        masked = done(['report', '-f', 'html', '--baseline', before, '--mask',
                       '-d', after]).stdout.decode()
        check('<h2>Before and after</h2>' in masked)
        for name in ('BRN0080771C229A', 'scan@contoso', 'SVC-BILLING'):
            check(name not in masked, name)
        hidden = run(['report', '-f', 'html', '--baseline', before,
                      '--pseudonymize', '-d', after]).stdout.decode()
        check('10.20.4.31' not in hidden and 'BRN00' not in hidden)


if __name__ == '__main__':
    main('tenant', tests_of(globals()))
