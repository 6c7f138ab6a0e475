"""terminal.py: a terminal that records each byte that a program sends to it,
which tmux, with a terminal of its own in between, cannot."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from harness import Failed, wait_for

# What ncurses sends for the terminals of these tests, and nothing else: CSI
# sequences, keypad modes, character sets, cursor saved and restored.
SEQUENCE = re.compile(
    rb'\x1b\[[0-9;?>]*[ -/]?[@-~]|\x1b[=>78MDEHc]|\x1b[()][0-9A-B]|'
    rb'[\r\n\b\x0e\x0f]|\$<\d+[*/]*>')
COLOUR = re.compile(rb'\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|'
                    rb'38|48)(?:;[0-9]+)*m')
UNSEEN = re.compile('[\u0080-\u009f\u00ad\u061c\u180e\u200b-\u200f'
                    '\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]')


class Terminal:
    """A program in a pty. Use as a context manager."""

    def __init__(self, args, width=120, height=40, env=None, cwd=None):
        self.args, self.cwd = [str(a) for a in args], cwd
        self.size = (height, width)
        self.environment = dict(os.environ, LC_ALL='C.UTF-8',
                                TERM='xterm-256color')
        self.environment.pop('NO_COLOR', None)
        self.environment.update(env or {})
        self.bytes = b''
        self.status = None

    def __enter__(self):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            if self.cwd:
                os.chdir(self.cwd)
            os.execvpe(self.args[0], self.args, self.environment)
        self.resize(self.size[1], self.size[0])
        return self

    def __exit__(self, *_):
        if self.fd is not None:
            self.hang_up()
        if self.status is None:
            try:
                self.ended(3)
            except Failed:
                os.kill(self.child, signal.SIGKILL)
                os.waitpid(self.child, 0)
                raise

    def resize(self, width, height):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack('HHHH', height, width, 0, 0))

    def hang_up(self):
        os.close(self.fd)
        self.fd = None

    def read(self, seconds):
        """What comes within that time, which may be nothing."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                return
            try:
                more = os.read(self.fd, 65536)
            except OSError:  # EIO: the other side is closed
                more = b''
            if not more:
                return
            self.bytes += more

    def type(self, text):
        os.write(self.fd, text if isinstance(text, bytes) else text.encode())

    def sees(self, text, seconds=5):
        """Waits until the text has been sent, in one piece."""
        wanted = text if isinstance(text, bytes) else text.encode()
        end = time.monotonic() + seconds
        while wanted not in SEQUENCE.sub(b'', self.bytes):
            if time.monotonic() > end:
                raise Failed('not sent within %g s: %r; the end: %r' % (
                    seconds, text, self.bytes[-2000:]))
            self.read(0.05)

    def ended(self, seconds):
        """The status that the program ended with, as a shell has it."""
        def status():
            if self.fd is not None:
                self.read(0.01)
            pid, code = os.waitpid(self.child, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(code)
            return pid
        wait_for(status, seconds, 'the program ends')
        return self.status

    def text(self):
        """What was shown, in the order of writing, without sequences."""
        return SEQUENCE.sub(b'', self.bytes).decode()

    def check_clean(self):
        """No control but those that a screen is made of, no character that
        is not seen."""
        rest = SEQUENCE.sub(b'', self.bytes)
        for i, byte in enumerate(rest):
            if byte < 0x20 or byte == 0x7f:
                raise Failed('a control: %r' % rest[max(0, i - 40):i + 40])
        try:
            text = rest.decode()
        except UnicodeDecodeError as why:
            raise Failed('no UTF-8: %s' % why)
        bad = UNSEEN.search(text)
        if bad:
            raise Failed('unseen: %r' % text[max(0, bad.start() - 40):
                                             bad.end() + 40])
