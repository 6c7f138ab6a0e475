"""harness.py: runs a module's test_ functions, one line of result for each.

A test is a function whose name is a sentence; it fails by an exception and
skips by Skip(reason). Results go to stdout as `ok`, `not ok` and `skip` lines,
which tests/run counts. Arguments: -k TEXT runs only tests whose line has it.
"""
import argparse
import json
import os
import subprocess
import sys
import time
import traceback

TOOLS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(TOOLS))
DATA = os.path.join(TOP, 'tests', 'data')
OFFICE = os.path.join(DATA, 'office.pcapng')
# One build has sanitizers, for files; the other is what people run.
CHECKED = os.environ.get('CHECKED_BUILD', os.path.join(TOP, 'build-test'))
RELEASE = os.environ.get('RELEASE_BUILD', os.path.join(TOP, 'build'))


class Skip(Exception):
    pass


class Failed(Exception):
    pass


def check(truth, *what):
    if not truth:
        raise Failed(' '.join(str(w) for w in what) or 'check failed')


def equal(got, wanted, what=''):
    if got != wanted:
        raise Failed('%s: got %s, wanted %s' % (
            what or 'not equal', json.dumps(got, default=repr)[:2000],
            json.dumps(wanted, default=repr)[:2000]))


def binary(build=CHECKED):
    path = os.path.join(build, 'mailcensus')
    if not os.path.exists(path):
        raise Failed("no '%s': build first, by tests/run" % path)
    return path


def run(args, stdin=None, timeout=120, env=None, build=CHECKED, cwd=None):
    """mailcensus with the arguments; its CompletedProcess, bytes. A
    sanitizer's finding is a failure whatever the test expects."""
    environment = dict(os.environ, NO_COLOR='1')
    environment.pop('COLUMNS', None)
    environment.update(env or {})
    options = {'input': stdin} if isinstance(stdin, bytes) else {
        'stdin': stdin or subprocess.DEVNULL}
    r = subprocess.run([binary(build)] + [str(a) for a in args],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=timeout, env=environment, cwd=cwd, **options)
    for sign in (b'ERROR: AddressSanitizer', b'runtime error:',
                 b'LeakSanitizer', b'Assertion'):
        if sign in r.stderr:
            raise Failed('mailcensus %s: %s' % (
                ' '.join(str(a) for a in args),
                r.stderr.decode(errors='replace')[:4000]))
    return r


def done(args, code=0, **how):
    """run(), which must end with the exit code."""
    r = run(args, **how)
    if r.returncode != code:
        raise Failed('mailcensus %s: exit code %d, wanted %d: %s' % (
            ' '.join(str(a) for a in args), r.returncode, code,
            r.stderr.decode(errors='replace')[-1500:]))
    return r


def sessions(db, build=CHECKED):
    """What `sessions -f jsonl` says, a list of objects."""
    text = done(['sessions', '-f', 'jsonl', '-d', db], build=build).stdout
    return [json.loads(line) for line in text.decode('ascii').splitlines()]


def differences(got, wanted, path=''):
    """Where got lacks what wanted names: keys are a subset, lists are whole;
    {"any": true} is anything but null, {"least": n} a number from there on."""
    if wanted == {'any': True}:
        return [] if got is not None else [path + ' is null']
    if isinstance(wanted, dict) and set(wanted) == {'least'}:
        return [] if isinstance(got, int) and got >= wanted['least'] else [
            '%s is %s, wanted %d or more' % (path, got, wanted['least'])]
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return ['%s is %r, wanted an object' % (path, got)]
        out = []
        for key, value in wanted.items():
            if key not in got:
                out.append('%s.%s is missing' % (path, key))
            else:
                out += differences(got[key], value, path + '.' + key)
        return out
    if isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            return ['%s is %s, wanted %s' % (path, json.dumps(got),
                                             json.dumps(wanted))]
        return [d for i, pair in enumerate(zip(got, wanted))
                for d in differences(*pair, '%s[%d]' % (path, i))]
    return [] if got == wanted else ['%s is %s, wanted %s' % (
        path, json.dumps(got), json.dumps(wanted))]


def wait_for(truth, seconds, what, every=0.05):
    """Calls truth() until it gives something true, which is returned."""
    end = time.monotonic() + seconds
    while True:
        value = truth()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed('not within %g s: %s' % (seconds, what))
        time.sleep(every)


def main(suite, tests):
    """tests: {name: function}. Exits 1 if one failed."""
    p = argparse.ArgumentParser()
    p.add_argument('-k', default='', metavar='TEXT')
    a = p.parse_args()
    failed = 0
    for name, test in tests.items():
        label = '%s: %s' % (suite, name.replace('test_', '', 1)
                            .replace('_', ' '))
        if a.k.lower().replace('_', ' ') not in label.lower():
            continue
        start = time.monotonic()
        try:
            test()
            print('ok %s (%.1f s)' % (label, time.monotonic() - start))
        except Skip as why:
            print('skip %s: %s' % (label, why))
        except Exception as why:
            failed += 1
            if not isinstance(why, Failed):
                traceback.print_exc(file=sys.stdout)
            print('not ok %s: %s' % (label, why))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


def tests_of(module):
    return {k: v for k, v in module.items()
            if k.startswith('test_') and callable(v)}
