"""network.py: a switch with a mirror port, in network namespaces of our own:
hosts that talk, and a place where everything is seen and nothing is said."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from harness import Failed, Skip, wait_for  # noqa: E402


def sh(*args):
    r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True)
    if r.returncode:
        raise Failed('%s: %s' % (' '.join(args), r.stdout.strip()))
    return r.stdout


def namespaces_or_skip():
    if os.geteuid() != 0:
        raise Skip('making network namespaces takes root')
    if not shutil.which('ip'):
        raise Skip('there is no ip command (iproute2)')
    name = 'mc%d-try' % os.getpid()
    r = subprocess.run(['ip', 'netns', 'add', name], stderr=subprocess.PIPE,
                       text=True)
    if r.returncode:
        raise Skip('no network namespace can be made here: ' +
                   r.stderr.strip())
    sh('ip', 'netns', 'del', name)


class Network:
    """hosts: {name: (address/prefix, mac)}. The mirror is a namespace with
    one interface, 'mirror', and no address. Use as a context manager: what
    it started it ends, by process id."""

    def __init__(self, hosts):
        namespaces_or_skip()
        self.prefix = 'mc%d-' % os.getpid()
        self.hosts = hosts
        self.made = []
        self.started = []
        self.folder = tempfile.mkdtemp(prefix='mailcensus-e2e-')
        os.chmod(self.folder, 0o755)

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _namespace(self, name):
        sh('ip', 'netns', 'add', self.prefix + name)
        self.made.append(self.prefix + name)
        # Nobody says a word on these wires but the test's hosts.
        for k in ('all', 'default'):
            self.run(name, 'sysctl', '-qw',
                     'net.ipv6.conf.%s.disable_ipv6=1' % k)
        self.run(name, 'ip', 'link', 'set', 'lo', 'up')

    def _build(self):
        self._namespace('switch')
        self.run('switch', 'ip', 'link', 'add', 'br0', 'type', 'bridge',
                 'ageing_time', '0', 'mcast_snooping', '0')
        self.run('switch', 'ip', 'link', 'set', 'br0', 'up')
        for name, (address, mac) in list(self.hosts.items()) + \
                [('mirror', (None, None))]:
            self._namespace(name)
            port = 'mirror' if name == 'mirror' else 'eth0'
            sh('ip', '-n', self.prefix + 'switch', 'link', 'add', 'p-' + name,
               'type', 'veth', 'peer', 'name', port, 'netns',
               self.prefix + name)
            if mac:
                self.run(name, 'ip', 'link', 'set', port, 'address', mac)
            if address:
                self.run(name, 'ip', 'addr', 'add', address, 'dev', port)
            self.run(name, 'ip', 'link', 'set', port, 'up')
            self.run('switch', 'ip', 'link', 'set', 'p-' + name, 'master',
                     'br0', 'up')
            # All ports see everything: no learning.
            self.run('switch', 'ip', 'link', 'set', 'p-' + name, 'type',
                     'bridge_slave', 'learning', 'off', 'flood', 'on')

    def inside(self, name, args):
        return ['ip', 'netns', 'exec', self.prefix + name] + \
            [str(a) for a in args]

    def run(self, name, *args):
        return sh(*self.inside(name, args))

    def start(self, name, *args, **how):
        """A process in the namespace; it ends with the network."""
        how.setdefault('stdin', subprocess.DEVNULL)
        p = subprocess.Popen(self.inside(name, args), start_new_session=True,
                             **how)
        self.started.append(p)
        return p

    def file(self, name, text=None, mode=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as f:
                f.write(text)
            if mode:
                os.chmod(path, mode)
        return path

    def stop(self, p, seconds=5):
        """SIGTERM, then SIGKILL for its own session."""
        if p.poll() is None:
            p.terminate()
            try:
                p.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait()
        return p.returncode

    def __exit__(self, *_):
        for p in reversed(self.started):
            self.stop(p)
        for name in self.made:
            # What a daemon left behind there was started by us.
            pids = subprocess.run(['ip', 'netns', 'pids', name],
                                  stdout=subprocess.PIPE, text=True).stdout
            for pid in pids.split():
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            subprocess.run(['ip', 'netns', 'del', name])
        shutil.rmtree(self.folder, ignore_errors=True)


class Wire(Network):
    """Two namespaces and a line between them: 'sender' puts frames on its
    end, 'wire', and 'mirror' hears them at its own, 'mirror'."""

    def __init__(self):
        super().__init__({})

    def _build(self):
        self._namespace('sender')
        self._namespace('mirror')
        sh('ip', '-n', self.prefix + 'sender', 'link', 'add', 'wire', 'type',
           'veth', 'peer', 'name', 'mirror', 'netns', self.prefix + 'mirror')
        self.run('sender', 'ip', 'link', 'set', 'wire', 'up')
        self.run('mirror', 'ip', 'link', 'set', 'mirror', 'up')

    def received(self):
        """Frames that have come out of the line at the mirror's end."""
        return int(self.run(
            'mirror', 'cat', '/sys/class/net/mirror/statistics/rx_packets'))


def listening(net, name, port, seconds=10):
    def there():
        return ':%d ' % port in net.run(name, 'ss', '-Hltn')
    wait_for(there, seconds, '%s listens on port %d' % (name, port), 0.1)


def children(pid):
    """pid and all its descendants."""
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        try:
            with open('/proc/%d/task/%d/children' % (p, p)) as f:
                todo += [int(c) for c in f.read().split()]
        except FileNotFoundError:
            pass
    return out


def settle(seconds):
    time.sleep(seconds)
