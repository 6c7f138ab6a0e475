"""bench.py: times programs and adds up the memory of all their processes."""
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))


def compile_tools(folder):
    for name, libs in (('gen', []), ('bare', ['-lpcap'])):
        subprocess.run(['cc', '-O2', '-std=gnu17', '-o',
                        os.path.join(folder, name),
                        os.path.join(HERE, name + '.c')] + libs, check=True)


def generate(folder, kind, size, seed=1):
    path = os.path.join(folder, '%s-%d.pcap' % (kind, size))
    if not os.path.exists(path):
        with open(path + '.part', 'wb') as f:
            subprocess.run([os.path.join(folder, 'gen'), kind, str(size),
                            str(seed)], stdout=f, check=True)
        os.rename(path + '.part', path)
    return path


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
