#!/usr/bin/env python3
"""meson_tests.py: the unit tests and the fuzz corpora, as lines of result."""
import argparse
import json
import os
import subprocess
import sys

from harness import CHECKED


def main():
    p = argparse.ArgumentParser()
    p.add_argument('-k', default='', metavar='TEXT')
    wanted = p.parse_args().k.lower()
    listed = json.loads(subprocess.run(
        ['meson', 'introspect', '--tests', CHECKED], check=True,
        stdout=subprocess.PIPE).stdout)
    names = {t['name']: '%s: %s' % (t['suite'][0].split(':')[-1], t['name'])
             for t in listed}
    chosen = [n for n in names if wanted in names[n].lower()]
    if not chosen:
        return 0
    subprocess.run(['meson', 'test', '-C', CHECKED, '--no-rebuild', '-q'] +
                   chosen, stdout=subprocess.DEVNULL,
                   stderr=subprocess.STDOUT)
    failed = False
    with open(os.path.join(CHECKED, 'meson-logs', 'testlog.json')) as f:
        for line in f:
            t = json.loads(line)
            label = '%s (%.1f s)' % (names.get(t['name'].split(' / ')[-1],
                                               t['name']), t['duration'])
            if t['result'] in ('OK', 'EXPECTEDFAIL'):
                print('ok ' + label)
            elif t['result'] == 'SKIP':
                print('skip ' + label + ': by its own word')
            else:
                failed = True
                for stream in ('stdout', 'stderr'):
                    print(t.get(stream, '')[-6000:])
                print('not ok %s: %s' % (label, t['result']))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
