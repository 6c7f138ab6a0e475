#!/usr/bin/env python3
"""smoke.py: the benchmark's own parts work: a few megabytes, no judgement but
that every session is found and memory stays bounded."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bench import (HOSTILE, compile_tools, false_of,     # noqa: E402
                   flood, generate, hostile, is_whole, measure)
from harness import (RELEASE, binary, check, equal,     # noqa: E402
                     main, sessions, tests_of)


def test_a_small_mixed_capture_is_read_whole():
    with tempfile.TemporaryDirectory() as folder:
        compile_tools(folder)
        path = generate(folder, 'mixed', 0.01)
        bare = measure([os.path.join(folder, 'bare'), path])
        equal(bare.code, 0)
        db = os.path.join(folder, 'x.db')
        ours = measure([binary(RELEASE), 'read', path, '-d', db])
        equal(ours.code, 0, ours.said.decode())
        got = sessions(db, RELEASE)
        equal(len(got), 35)
        equal(false_of(path, got), [])
        check(ours.peak < 512, 'peak %d MiB' % ours.peak)


def test_a_bad_mirror_port_costs_no_login():
    with tempfile.TemporaryDirectory() as folder:
        compile_tools(folder)
        path = generate(folder, 'spoilt', 0.05)
        db = os.path.join(folder, 'x.db')
        ours = measure([binary(RELEASE), 'read', path, '-d', db])
        equal(ours.code, 0, ours.said.decode())
        got = sessions(db, RELEASE)
        equal(len(got), 1000)
        check(any(s['capture']['gap_bytes'] for s in got), 'nothing lost')
        equal(false_of(path, got), [])


def test_a_flood_costs_no_session_and_no_memory():
    with tempfile.TemporaryDirectory() as folder:
        compile_tools(folder)
        for kind, port in (('syn', 0), ('half-open', 25), ('byte', 25),
                           ('hole', 0)):
            path = flood(folder, kind, port, 50000, 200)
            db = os.path.join(folder, kind + '.db')
            ours = measure([binary(RELEASE), 'read', path, '-d', db,
                            '--memory', '8'])
            equal(ours.code, 0, ours.said.decode())
            equal(sum(is_whole(s) for s in sessions(db, RELEASE)), 200, kind)
            check(ours.peak < 40, '%s: peak %d MiB' % (kind, ours.peak))


def cost(folder, kind, n, rounds):
    path = hostile(folder, kind, n)
    best = None
    for i in range(rounds):
        db = os.path.join(folder, '%s-%d-%d.db' % (kind, n, i))
        m = measure([binary(RELEASE), 'read', path, '-d', db])
        equal(m.code, 0, m.said.decode())
        check(m.peak < 64, '%s: peak %d MiB' % (kind, m.peak))
        best = min(best or m.cpu, m.cpu)
    os.unlink(path)
    return best


def test_hostile_input_costs_its_length():
    # Time on a machine that has other work is only roughly known. Eight times
    # as much may take twice what it should; what grows by the square takes
    # eight times that. tests/bench/run asks for more.
    with tempfile.TemporaryDirectory() as folder:
        compile_tools(folder)
        for kind, n in HOSTILE.items():
            for attempt in range(3):
                few = cost(folder, kind, n, 2)
                many = cost(folder, kind, 8 * n, 1)
                if many <= 16 * few:
                    break
            check(many <= 16 * few, '%s: %d times took %.2f s, %d %.2f s' % (
                kind, n, few, 8 * n, many))


if __name__ == '__main__':
    main('bench', tests_of(globals()))
