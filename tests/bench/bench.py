"""bench.py: makes captures, times programs and adds up the memory of all their
processes."""
import os
import resource
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


# What gen.c makes of a number of mail sessions, and how long one of them is.
KINDS = {
    'mail': (100000, 'open=64 body=8000'),
    'mixed': (3500, 'open=64 body=9500 other=49'),
    'big': (200, 'open=200 body=5000000 late=10 twice=5 never=1'),
    'spoilt': (20000, 'open=200 body=9500 late=10 twice=5 never=1'),
}


def generate(folder, kind, scale=1, more=''):
    """A capture, and beside it PATH.truth: see gen.c."""
    n, how = KINDS[kind]
    n = max(1, round(n * scale))
    how = dict(w.split('=') for w in (how + ' ' + more).split())
    how.setdefault('sessions', n)
    name = '-'.join([kind, str(how['sessions'])] + more.split())
    truth = os.path.join(folder, name + '.pcap.truth')
    return make(folder, name, ['gen', 'truth=' + truth] +
                ['%s=%s' % w for w in how.items()])


def flood(folder, kind, port, flows, real, seed=1):
    return make(folder, 'flood-%s-%d-%d' % (kind, port, flows),
                ['flood', kind, port, flows, real, seed])


def pack(path, how):
    """The same, compressed: gz or zst."""
    packed = '%s.%s' % (path, how)
    if not os.path.exists(packed):
        with open(packed + '.part', 'wb') as f:
            subprocess.run([{'gz': 'gzip', 'zst': 'zstd'}[how], '-c', '-q',
                            path], stdout=f, check=True)
        os.rename(packed + '.part', packed)
    return packed


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


def moment(us):
    return '%s.%06dZ' % (time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(
        us // 1000000)), us % 1000000)


def false_of(path, sessions):
    """Sessions that are not as the capture's truth has them: lines of text."""
    truth = {}
    with open(path + '.truth') as f:
        for line in f:
            at, ip, port, device, size, missing, hurt = line.split()
            truth[moment(int(at)), ip, int(port)] = (
                int(device), int(size), int(missing), hurt == '1')
    wrong = []
    for s in sessions:
        device, size, missing, hurt = truth.pop(
            (s['first_seen'], s['client']['ip'], s['client']['port']),
            (0, 0, -1, False))
        told = s['mail']['bytes'], s['capture']['gap_bytes']
        # Where a line of the dialogue is lost, what it said is not known.
        if missing != told[1] or not hurt and (
                not is_whole(s) or told[0] != size or
                s['helo'] != 'DEV%03d' % device):
            wrong.append('%s: told %s, true %s' % (
                s['session'], told, (size, missing)))
    return wrong + ['%s: not found' % (k,) for k in truth]


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
    """seconds, cpu seconds (user and system, of all processes), peak MiB of
    them together if that was asked for, exit code, said on stderr"""


def measure(args, timeout=None, peak=True):
    m = Measured()
    m.peak = 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    p = subprocess.Popen(args, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ended = threading.Event()

    def watch():
        while not ended.is_set():
            m.peak = max(m.peak, sum(resident(x) for x in tree(p.pid)))
            ended.wait(0.1)
    watcher = threading.Thread(target=watch)
    if peak:
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
    if peak:
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    m.cpu = after.ru_utime + after.ru_stime - \
        before.ru_utime - before.ru_stime
    m.code = p.returncode
    m.peak /= 1024
    return m
