#!/usr/bin/env python3
"""parts.py: what was captured in one file, read in parts: as a set or a folder,
in any order, in runs of their own, and twice."""
import itertools
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'tools'))
import capfile                                          # noqa: E402
import mirror                                           # noqa: E402
from conversation import SECOND                         # noqa: E402
from golden import (DIALOGUES, FOLDER, PLAIN, by_dialogue,  # noqa: E402
                    compare, new_database)
from harness import OFFICE, done, equal, main, sessions  # noqa: E402
from pcapmaker import DAY, frames_of                    # noqa: E402

SOURCE = {'capture': {'source': None}}


def interleaved():
    """All dialogues at once: sessions span every border."""
    captured = []
    for i, (d, _) in enumerate(DIALOGUES.values()):
        captured += frames_of(d, DAY + i * SECOND // 1000)
    return sorted(captured, key=lambda c: c.at)


def written(parts, name='span'):
    """Paths of the parts' files, in a folder of their own."""
    folder = os.path.join(FOLDER, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    paths = mirror.part_names(os.path.join(folder, 'span.pcap'), len(parts))
    for path, part in zip(paths, parts):
        capfile.write(path, capfile.of_kind(part))
    return folder, paths


def read_in_runs(*runs):
    """Each of runs is a list of paths."""
    db = new_database()
    for paths in runs:
        done(['read', *paths, '-d', db])
    return by_dialogue(sessions(db)), inventory(db)


def inventory(db):
    """All that a report says of devices, accounts and servers."""
    said = json.loads(done(['report', '-f', 'json', '-d', db]).stdout)
    return {k: said[k] for k in ('devices', 'accounts', 'servers')}


def same(got, wanted):
    compare(got[0], wanted[0], SOURCE)
    for key in wanted[1]:
        equal(got[1][key], wanted[1][key], key)


def whole(captured):
    _, paths = written([captured], 'whole')
    return read_in_runs(paths)


def test_a_set_is_read_as_one():
    captured = interleaved()
    _, paths = written(mirror.split(captured, 3))
    same(read_in_runs(paths), whole(captured))


def test_a_folder_is_read_as_one():
    captured = interleaved()
    folder, _ = written(mirror.split(captured, 7))
    same(read_in_runs([folder]), whole(captured))


def test_a_set_in_any_order_is_read_as_one():
    captured = interleaved()
    _, paths = written(mirror.split(captured, 3))
    wanted = whole(captured)
    for order in itertools.permutations(paths):
        same(read_in_runs(order), wanted)


def between_sessions(n):
    """The capture in n parts whose borders no session spans: the dialogues
    follow each other there, with seconds between them."""
    captured = mirror.wrapped(PLAIN)
    borders, out = [0], []
    for i in range(1, n):
        at = i * len(captured) // n
        borders.append(next(j for j in range(at, len(captured)) if
                            captured[j].at - captured[j - 1].at > SECOND))
    for a, b in zip(borders, borders[1:] + [len(captured)]):
        out.append(captured[a:b])
    return captured, out


def test_parts_that_no_session_spans_in_any_order_of_runs():
    captured, parts = between_sessions(3)
    _, paths = written(parts)
    wanted = whole(captured)
    for order in itertools.permutations(paths):
        same(read_in_runs(*[[p] for p in order]), wanted)


def test_reading_anything_twice_changes_no_number():
    captured = interleaved()
    _, paths = written(mirror.split(captured, 3))
    wanted = read_in_runs(paths)
    same(read_in_runs(paths, paths), wanted)
    same(read_in_runs(paths, paths[1:2], paths[::-1]), wanted)
    same(read_in_runs(paths + paths), wanted)


def test_the_office_in_runs_of_any_order_is_the_whole():
    """Some sessions begin in one part and end in another."""
    with open(OFFICE, 'rb') as f:
        captured = list(capfile.read(f.read()))
    _, paths = written(mirror.split(captured, 3))
    wanted = read_in_runs([OFFICE])[1]
    for order in itertools.permutations(paths):
        equal(read_in_runs(*[[p] for p in order])[1], wanted, order)


def test_the_office_twice_changes_no_number():
    wanted = read_in_runs([OFFICE])
    same(read_in_runs([OFFICE], [OFFICE]), wanted)


if __name__ == '__main__':
    main('parts', {k: v for k, v in globals().items()
                   if k.startswith('test_')})
