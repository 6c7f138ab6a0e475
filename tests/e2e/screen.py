"""screen.py: a terminal to look at: tmux on a socket of its own."""
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time

from harness import Failed, Skip


class Screen:
    """A program in a terminal of the size. Use as a context manager."""

    def __init__(self, args, width=120, height=40, env=None, prefix=()):
        if not shutil.which('tmux'):
            raise Skip('tmux is not installed')
        self.folder = tempfile.mkdtemp(prefix='mailcensus-tmux-')
        self.socket = os.path.join(self.folder, 'socket')
        variables = ['%s=%s' % pair for pair in (env or {}).items()]
        command = ' '.join(shlex.quote(str(a)) for a in
                           list(prefix) + ['env'] + variables + list(args))
        # The shell stays, so that what the program leaves can be seen.
        environment = dict(os.environ, LC_ALL='C.UTF-8', TERM='xterm-256color')
        environment.pop('TMUX', None)
        config = os.path.join(self.folder, 'tmux.conf')
        with open(config, 'w') as f:
            f.write('set -g status off\nset -g default-terminal '
                    'tmux-256color\nset -g remain-on-exit on\n'
                    'set -g escape-time 0\n')
        self.environment = environment
        self.start = ['tmux', '-S', self.socket, '-f', config, '-u',
                      'new-session', '-d', '-x', str(width), '-y',
                      str(height), 'PS1="ready> " bash --norc -i']
        self.command = command + '; echo "left with $?"'

    def _tmux(self, *args):
        return subprocess.run(['tmux', '-S', self.socket] + list(args),
                              stdout=subprocess.PIPE, check=True, text=True,
                              env=self.environment).stdout

    def __enter__(self):
        try:
            subprocess.run(self.start, check=True, env=self.environment)
            self.type(self.command)
            self.key('Enter')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(['tmux', '-S', self.socket, 'kill-server'],
                       stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def type(self, text):
        self._tmux('send-keys', '-l', text)

    def key(self, *keys):
        self._tmux('send-keys', *keys)

    def resize(self, width, height):
        self._tmux('resize-window', '-x', str(width), '-y', str(height))

    def text(self, colours=False):
        return self._tmux('capture-pane', '-p', *(['-e'] if colours else []))

    def lines(self):
        return self.text().split('\n')

    def see(self, *texts, seconds=5, gone=False):
        """Waits until each text is on the screen (or, gone, none is)."""
        end = time.monotonic() + seconds
        while True:
            now = self.text()
            if all((t in now) != gone for t in texts):
                return now
            if time.monotonic() > end:
                raise Failed('not %s within %g s: %r; the screen:\n%s' % (
                    'gone' if gone else 'seen', seconds, texts, now))
            time.sleep(0.05)

    def left(self, seconds=5):
        """Waits for the program's end: its exit status, and the screen."""
        end = time.monotonic() + seconds
        while True:
            now = self.text()
            found = re.search(r'left with (\d+)', now)
            if found:
                return int(found.group(1)), now
            if time.monotonic() > end:
                raise Failed('not left within %g s; the screen:\n%s' % (
                    seconds, now))
            time.sleep(0.05)

    def pid(self):
        """Of the shell in the pane; the program is its child."""
        return int(self._tmux('display-message', '-p', '#{pane_pid}'))
