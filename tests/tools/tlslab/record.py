"""record.py: records real mail programs inside TLS, with the truth.

usage: record.py [--seed N] [--count N] [--only TEXT] SET OUT

SET is train, test or negative. README.md says what must be installed. OUT
gets SERVER.pcap.zst and SERVER.pcap.zst.truth.json for each server."""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '../../e2e')]
from capfile import write  # noqa: E402
from clients import CLIENTS, environment  # noqa: E402
from harness import wait_for  # noqa: E402
from network import Network  # noqa: E402
import sets  # noqa: E402
import truth  # noqa: E402

AT_ONCE = 3             # clients that run at the same time


class Lab:
    """Where the servers and clients of a set meet."""

    def __init__(self, plan, tools, keep):
        self.plan, self.tools, self.keep = plan, tools, keep
        self.password = plan.password
        self.modules = os.path.join(tools, 'npm')
        self.preload = os.path.join(tools, 'keylog.so')
        hosts = {}
        for i, kind in enumerate(plan.servers):
            hosts['s%d' % i] = (plan.address(8, 10 + i), mac('s', i, plan))
        for i, name in enumerate(plan.clients):
            hosts['c%d' % i] = (plan.address(4, 20 + i), mac('c', i, plan))
        self.hosts = hosts
        self.net = Network(hosts)

    def __enter__(self):
        self.net.__enter__()
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        self.keys = self.net.file('keys', '', 0o666)
        for i, server in enumerate(self.plan.servers):
            server.start(self, 's%d' % i)
        self.pcap = self.net.file('all.pcap')
        self.tcpdump = self.net.start(
            'mirror', 'tcpdump', '-i', 'mirror', '-U', '-s', '0', '-Z', 'root',
            '-w', self.pcap, 'tcp', stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(self.pcap) and
                 os.path.getsize(self.pcap) >= 24, 20, 'tcpdump starts')

    def __exit__(self, *why):
        if self.keep:
            subprocess.run(['cp', '-r', self.net.folder, self.keep])
        self.net.__exit__(*why)

    def address(self, host):
        return self.hosts[host][0].split('/')[0]

    def file(self, text):
        if isinstance(text, str):
            text = text.encode()
        name = hashlib.sha256(text).hexdigest()[:16]
        path = self.net.file('job/' + name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, text)
        return path

    def folder(self):
        path = tempfile.mkdtemp(dir=self.net.folder)
        os.chmod(path, 0o777)
        return path

    def do(self, job):
        client = CLIENTS[job['client']]
        host = 'c%d' % list(self.plan.clients).index(job['client'])
        job = dict(job, host=self.address('s%d' % job['server']),
                   name=self.plan.servers[job['server']].name,
                   modules=self.modules, file=self.file,
                   java=os.path.join(self.tools, 'java'),
                   go=os.path.join(self.tools, 'gosmtp'),
                   certificate=self.plan.servers[job['server']].crt,
                   folder=self.folder,
                   speaks=self.plan.servers[job['server']].kind)
        if job['pem']:
            job['pem'] = self.file(self.plan.client_pem())
        args, env, text = client.driver(job)
        if client.library == 'o':
            env.update(environment(job))
        log = self.net.file('client.log')
        with open(log, 'a') as out:
            print('$', job['client'], args, file=out, flush=True)
            p = self.net.start(host, 'timeout', '30', *args, stdout=out,
                               stderr=out, stdin=subprocess.PIPE,
                               env=dict(os.environ, **env))
            try:
                p.communicate(text.encode(), timeout=40)
            except BrokenPipeError:
                pass
            self.net.started.remove(p)
            print('=', p.returncode, file=out, flush=True)

    def record(self):
        queues = collections.defaultdict(list)
        for job in self.plan.jobs:
            queues[job['client']].append(job)
        pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        try:
            for done in [pool.submit(lambda q: [self.do(j) for j in q], q)
                         for q in queues.values()]:
                done.result()
        finally:
            pool.shutdown(cancel_futures=True)
        time.sleep(2)
        self.net.stop(self.tcpdump)

    def save(self, out):
        """For each server a capture and the truth about it."""
        os.makedirs(out, exist_ok=True)
        with open(self.pcap, 'rb') as f:
            head = f.read(24)
        split = collections.defaultdict(list)
        for p in truth.packets(self.pcap):
            for end in p.key:
                split[end[0]].append(p)
        programs = {self.address('c%d' % i): c
                    for i, c in enumerate(self.plan.clients)}
        for i, server in enumerate(self.plan.servers):
            if not split[self.address('s%d' % i)]:
                continue
            path = os.path.join(out, server.called + '.pcap')
            here = split[self.address('s%d' % i)]
            write(path, head + b''.join(p.raw for p in here))
            found = truth.truth(path, self.keys, programs, server.name,
                                server.called)
            # A session of which nothing is known is not kept.
            known = {(t['client_ip'], t['client_port']) for t in found}
            write(path, head + b''.join(p.raw for p in here
                                        if known & set(p.key)))
            subprocess.run(['zstd', '-q', '-19', '-f', '--rm', path],
                           check=True)
            with open(path + '.zst.truth.json', 'w') as f:
                lines = ',\n'.join(json.dumps(t) for t in found)
                f.write('{"sessions": [\n%s\n]}\n' % lines)
            told = [t for t in found if t['decrypted']]
            print('%-16s %4d sessions, %4d decrypted, %4d with AUTH, %d bytes'
                  % (server.called, len(found), len(told),
                     sum(bool(t['auth_attempts']) for t in told),
                     os.path.getsize(path + '.zst')))


def mac(side, i, plan):
    """Of a locally administered range."""
    return '02:%02x:5e:%s:00:%02x' % (
        plan.number, '10' if side == 's' else '20', i + 1)


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument('set', choices=sorted(sets.SETS))
    p.add_argument('out')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--count', type=int, help='sessions, about')
    p.add_argument('--only', default='', help='servers or clients')
    p.add_argument('--tools', default='/var/tmp/tlslab')
    p.add_argument('--keep', help='a folder for logs and keys')
    a = p.parse_args()
    # What was started is ended, however this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = sets.SETS[a.set](random.Random('%s %d' % (a.set, a.seed)), a.count,
                            a.only)
    with Lab(plan, a.tools, a.keep) as lab:
        lab.record()
        lab.save(a.out)


if __name__ == '__main__':
    main()
