"""bench.py: makes captures, times programs and adds up the memory of all their
processes."""
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))


def compile_tools(folder):
    for name, more in (('gen', ['talk.c']), ('flood', ['talk.c']),
                       ('hostile', ['talk.c']), ('bare', ['-lpcap'])):
        files = [os.path.join(HERE, x) if x.endswith('.c') else x
                 for x in [name + '.c'] + more]
        subprocess.run(['cc', '-O2', '-std=gnu17', '-o',
                        os.path.join(folder, name)] + files, check=True)


def make(folder, name, args):
    path = os.path.join(folder, name + '.pcap')
    if not os.path.exists(path):
        with open(path + '.part', 'wb') as f:
            subprocess.run([os.path.join(folder, args[0])] +
                           [str(a) for a in args[1:]], stdout=f, check=True)
        os.rename(path + '.part', path)
    return path


def generate(folder, kind, size, seed=1):
    return make(folder, '%s-%d' % (kind, size), ['gen', kind, size, seed])


def flood(folder, kind, port, flows, real, seed=1):
    return make(folder, 'flood-%s-%d-%d' % (kind, port, flows),
                ['flood', kind, port, flows, real, seed])


# What hostile.c repeats, and how often that costs about 50 ms.
HOSTILE = {
    'line': 20000000, 'ehlo': 300, 'bdat': 20000000, 'auths': 40000,
    'rcpts': 50000, 'noops': 100000, 'bytes': 200000, 'overlaps': 100000,
    'ahead': 100000, 'gaps': 100000, 'backwards': 100000,
    'records': 1500000, 'fragments': 100000,
}


def hostile(folder, kind, n):
    return make(folder, 'hostile-%s-%d' % (kind, n), ['hostile', kind, n])


def is_whole(s):
    """Is all there that a session of talk.c has?"""
    device = s['helo'] and s['helo'].lower().replace('dev', 'device')
    account = '%s@contoso.example' % device
    return (len(s['auth']) == 1 and s['auth'][0]['account'] == account and
            s['auth'][0]['outcome'] == 'accepted' and
            s['mail']['from'] == [account] and s['mail']['accepted'] == 1 and
            s['mail']['recipients'] == 1 and s['mail']['bytes'] > 2000 and
            s['capture']['end'] == 'closed')


def tree(pid):
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        try:
            with open('/proc/%d/task/%d/children' % (p, p)) as f:
                todo += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return out


def resident(pid):
    """(all, its own) KiB: shared pages of a fork are counted once."""
    try:
        with open('/proc/%d/smaps_rollup' % pid) as f:
            for line in f:
                if line.startswith('Pss:'):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Measured:
    """seconds, cpu seconds, peak MiB of all processes together, exit code"""


def measure(args, timeout=None):
    m = Measured()
    m.peak = 0
    before = os.times()
    start = time.monotonic()
    p = subprocess.Popen(args, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ended = threading.Event()

    def watch():
        while not ended.is_set():
            m.peak = max(m.peak, sum(resident(x) for x in tree(p.pid)))
            ended.wait(0.1)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        _, m.said = p.communicate(timeout=timeout)
        m.timed_out = False
    except subprocess.TimeoutExpired:
        p.terminate()
        _, m.said = p.communicate()
        m.timed_out = True
    m.seconds = time.monotonic() - start
    ended.set()
    watcher.join()
    after = os.times()
    m.cpu = after.children_user + after.children_system - \
        before.children_user - before.children_system
    m.code = p.returncode
    m.peak /= 1024
    return m
