#!/usr/bin/env python3
"""purity.py: what a build can prove of how its parts depend on each other: the
core is pure, and each library knows only those below it."""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from harness import RELEASE, TOP, Skip, check, main, tests_of  # noqa: E402

FORBIDDEN = re.compile(
    r'^(__)?(open|openat|creat|fopen|fdopen|freopen|read|write|pread|pwrite|'
    r'socket|connect|bind|listen|accept|send|sendto|sendmsg|recv|recvfrom|'
    r'recvmsg|getaddrinfo|time|clock|clock_gettime|gettimeofday|localtime|'
    r'gmtime|strftime|nanosleep|sleep|usleep|v?f?s?n?d?printf|v?asprintf|'
    r'puts|fputs|putchar|fputc|fwrite|fread|perror|syslog|vsyslog|'
    r'getenv|secure_getenv|setenv|exit|_exit|system|fork|execve|kill|signal|'
    r'sigaction|rand|random|srand|getrandom|getentropy|RAND_bytes|'
    r'stdin|stdout|stderr)(64)?(_2)?(_chk)?(_r)?$')
ALLOCATING = re.compile(r'^(malloc|calloc|realloc|reallocarray|free|strdup|'
                        r'strndup|aligned_alloc|posix_memalign)$')

# Each folder may include those before it.
LAYERS = ['capture/base', 'capture/decode', 'capture/stream', 'capture/proto',
          'capture/session', 'capture', 'capture/live']


def library(name):
    path = os.path.join(RELEASE, *name.split('/'))
    if not os.path.exists(path):
        raise Skip("no '%s'" % path)
    return path


def symbols(path):
    """[(object, name, kind)] of a library."""
    text = subprocess.run(['nm', '-A', '--format=posix', path], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    out = []
    for line in text.splitlines():
        where, _, rest = line.rpartition(': ')
        words = rest.split()
        obj = os.path.basename(re.sub(r'.*[\[:]([^\]:]*)\]?$', r'\1', where))
        out.append((obj, words[0].split('@')[0], words[1]))
    return out


def sources(*patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(TOP, pattern),
                                     recursive=True)):
            yield os.path.relpath(path, TOP)


def includes(path):
    with open(os.path.join(TOP, path), encoding='utf-8') as f:
        for m in re.finditer(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]',
                             f.read(), re.M):
            yield m.group(2)


def test_the_core_opens_asks_and_prints_nothing():
    bad = ['%s uses %s' % (obj, name)
           for obj, name, kind in symbols(library('capture/libcore.a'))
           if kind == 'U' and FORBIDDEN.match(name)]
    check(not bad, '; '.join(bad))


def test_only_the_engine_allocates():
    bad = ['%s uses %s' % (obj, name)
           for obj, name, kind in symbols(library('capture/libcore.a'))
           if kind == 'U' and ALLOCATING.match(name)
           and 'engine' not in obj]
    check(not bad, '; '.join(bad))


def test_the_core_holds_no_state_of_its_own():
    text = subprocess.run(['nm', '--format=sysv',
                           library('capture/libcore.a')], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    bad = []
    for line in text.splitlines():
        cells = [c.strip() for c in line.split('|')]
        # Constants that hold addresses are in .data.rel.ro.
        if len(cells) == 7 and cells[3] in ('OBJECT', 'TLS') and re.match(
                r'\.(data|bss|tdata|tbss)(?!\.rel\.ro)|\*COM', cells[6]):
            bad.append(cells[0])
    check(not bad, 'writable data: ' + ', '.join(bad))


def test_each_library_links_only_those_below():
    order = [('base', 'capture/libbase.a'), ('core', 'capture/libcore.a'),
             ('live', 'capture/liblive.a')]
    beside = [('base', 'capture/libbase.a'),
              ('inventory', 'inventory/libinventory.a'),
              ('dash', 'ui/libdash.a')]
    bad = []
    for chain in (order, beside):
        tables = [symbols(library(path)) for _, path in chain]
        for i, (name, _) in enumerate(chain):
            needs = {s for _, s, kind in tables[i] if kind == 'U'}
            for j in range(i + 1, len(chain)):
                above = {s for _, s, kind in tables[j] if kind in 'TDBR'}
                bad += ['%s uses %s of %s' % (name, s, chain[j][0])
                        for s in needs & above]
    core = {s for _, s, kind in symbols(library('capture/libcore.a'))
            if kind in 'TDBR'}
    for name, path in beside[1:]:
        needs = {s for _, s, kind in symbols(library(path)) if kind == 'U'}
        bad += ['%s uses %s of core' % (name, s) for s in needs & core]
    check(not bad, '; '.join(bad))


def test_no_folder_includes_what_is_above_it():
    bad = []
    for path in sources('capture/**/*.[ch]'):
        mine = LAYERS.index(os.path.dirname(path))
        for inc in includes(path):
            folder = os.path.dirname(inc)
            if inc.startswith(('inventory/', 'ui/')):
                bad.append('%s includes %s' % (path, inc))
            elif folder in LAYERS and LAYERS.index(folder) > mine and \
                    inc != 'capture/session/record.h':
                bad.append('%s includes %s' % (path, inc))
    for path in sources('inventory/**/*.[ch]'):
        bad += ['%s includes %s' % (path, inc) for inc in includes(path)
                if inc.startswith('ui/') or inc.startswith('capture/') and
                not inc.startswith('capture/base/') and
                inc != 'capture/session/record.h']
    for path in sources('ui/dash/*.[ch]', 'ui/*.[ch]'):
        bad += ['%s includes %s' % (path, inc) for inc in includes(path)
                if re.match(r'capture/(decode|stream|proto)/', inc)]
    check(not bad, '; '.join(bad))


def test_each_foreign_library_has_one_door():
    doors = {r'xlsxwriter': r'inventory/report/xlsx\.c$',
             r'pcap(/.*|-.*)?\.h$': r'capture/live/(port\.c|filter.*)$',
             r'(n?curses.*|ncursesw/.*)\.h$': r'ui/dash/term\.c$',
             r'sqlite3\.h$': r'inventory/', r'seccomp\.h$': r'capture/live/',
             r'openssl/': r'(capture/proto|capture/live|inventory)/'}
    bad = []
    for path in sources('capture/**/*.[ch]', 'inventory/**/*.[ch]',
                        'ui/**/*.[ch]'):
        for inc in includes(path):
            for header, door in doors.items():
                if re.match(header, inc) and not re.match(door, path):
                    bad.append('%s includes %s' % (path, inc))
    check(not bad, '; '.join(bad))


def test_each_header_compiles_alone():
    flags = subprocess.run(['pkg-config', '--cflags', 'sqlite3', 'libpcap',
                            'ncursesw', 'jansson'], stdout=subprocess.PIPE,
                           text=True).stdout.split()
    bad = []
    for path in sources('capture/**/*.h', 'inventory/**/*.h', 'ui/**/*.h'):
        r = subprocess.run([os.environ.get('CC', 'cc'), '-std=gnu17',
                            '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror',
                            '-fsyntax-only', '-I', TOP] + flags +
                           ['-include', os.path.join(TOP, path), '-x', 'c',
                            os.devnull], stderr=subprocess.PIPE, text=True)
        if r.returncode:
            bad.append('%s: %s' % (path, r.stderr.strip().split('\n')[0]))
    check(not bad, '; '.join(bad))


def test_each_source_says_what_it_is():
    bad = []
    for path in sources('capture/**/*.[ch]', 'inventory/**/*.[ch]',
                        'ui/**/*.[ch]', 'tests/**/*.[ch]'):
        with open(os.path.join(TOP, path), encoding='utf-8') as f:
            if not f.readline().startswith('/* %s: '
                                           % os.path.basename(path)):
                bad.append(path)
    check(not bad, 'the first line does not say it: ' + ', '.join(bad))


if __name__ == '__main__':
    main('purity', tests_of(globals()))
