#!/usr/bin/env python3
"""smoke.py: the benchmark's own parts work: a few megabytes, no judgement but
that every session is found and memory stays bounded."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bench import compile_tools, generate, measure      # noqa: E402
from harness import (RELEASE, binary, check, equal,     # noqa: E402
                     main, sessions, tests_of)


def test_a_small_mixed_capture_is_read_whole():
    with tempfile.TemporaryDirectory() as folder:
        compile_tools(folder)
        path = generate(folder, 'mixed', 20 * 10**6)
        bare = measure([os.path.join(folder, 'bare'), path])
        equal(bare.code, 0)
        db = os.path.join(folder, 'x.db')
        ours = measure([binary(RELEASE), 'read', path, '-d', db])
        equal(ours.code, 0, ours.said.decode())
        got = sessions(db, RELEASE)
        check(len(got) > 20, '%d sessions' % len(got))
        whole = [s for s in got if s['capture']['end'] == 'closed']
        check(len(whole) > len(got) - 10, 'closed: %d' % len(whole))
        for s in whole:
            equal(s['auth'][0]['outcome'], 'accepted')
            equal(s['mail']['accepted'], 1)
        check(ours.peak < 512, 'peak %d MiB' % ours.peak)


if __name__ == '__main__':
    main('bench', tests_of(globals()))
