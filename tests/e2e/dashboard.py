#!/usr/bin/env python3
"""dashboard.py: the dashboard in a real terminal: sizes, keys, resizing, no
colour, suspension, and a terminal that goes away."""
import os
import re
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from harness import (OFFICE, RELEASE, binary, check, done,   # noqa: E402
                     equal, main, tests_of, wait_for)
from network import Wire, children                           # noqa: E402
from screen import Screen                                    # noqa: E402

FOLDER = tempfile.TemporaryDirectory()


def inventory():
    db = os.path.join(FOLDER.name, 'office.db')
    if not os.path.exists(db):
        done(['read', OFFICE, '-d', db], build=RELEASE)
    return db


def dashboard(width=120, height=40, env=None):
    return Screen([binary(RELEASE), 'ui', '-d', inventory()], width, height,
                  env)


def program(screen):
    """The process id of the dashboard, and it only."""
    def there():
        for pid in children(screen.pid()):
            try:
                with open('/proc/%d/comm' % pid) as f:
                    if f.read().strip() == 'mailcensus':
                        return pid
            except FileNotFoundError:
                pass
    return wait_for(there, 5, 'the dashboard runs')


def leaves(screen):
    screen.key('q')
    screen.see('left with 0')


def test_first_rows_within_a_second():
    inventory()
    start = time.monotonic()
    with dashboard() as screen:
        screen.see('BRN0080771C229A', seconds=3)
        took = time.monotonic() - start
        # The shell and tmux take their part.
        check(took < 2.0, 'it took %.1f s' % took)
        leaves(screen)


def test_120x40():
    with dashboard() as screen:
        text = screen.see('BRN0080771C229A')
        for word in ('DEVICE', 'ADDRESS', 'AUTH', 'BASIC', 'OAUTH', 'NONE',
                     'AUTH?', 'TLS?', 'F1', '10.20.4.31', 'Brother'):
            check(word in text, word, text)
        leaves(screen)


def test_80x24():
    with dashboard(80, 24) as screen:
        text = screen.see('BRN0080771C229A')
        for word in ('DEVICE', 'ADDRESS', 'AUTH', 'BASIC', '1 Devices'):
            check(word in text, word, text)
        leaves(screen)


def test_40x8():
    with dashboard(40, 8) as screen:
        text = screen.see('BASIC')
        check('mailcensus' in text, text)
        leaves(screen)


def test_smaller_says_what_it_needs():
    with dashboard(30, 6) as screen:
        screen.see('40x8')
        screen.resize(120, 40)
        screen.see('BRN0080771C229A', '10.20.4.31')
        leaves(screen)


def test_each_view_opens_by_its_number():
    with dashboard() as screen:
        bar = screen.see('BRN0080771C229A').split('\n')[2]
        views = re.findall(r'(?<!F)(\d) ([A-Z]\w+)', bar)
        check(views and views[0] == ('1', 'Devices'), bar)
        for number, name in views + views[:1]:
            screen.key(number)
            screen.see('[%s %s]' % (number, name))
        leaves(screen)


def test_enter_opens_and_escape_goes_back():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        screen.key('Enter')
        screen.see('Verdict')
        screen.key('Escape')
        screen.see('BRN0080771C229A', '[1 Devices]')
        leaves(screen)


def test_find_keeps_the_rows_and_filter_takes_them():
    with dashboard() as screen:
        screen.see('BRN0080771C229A', 'nas01')
        screen.key('/')
        screen.type('nas01')
        screen.key('Enter')
        screen.see('BRN0080771C229A', 'nas01')
        screen.key('f')
        screen.type('auth=oauth')
        screen.key('Enter')
        screen.see('EPSON9F2201')
        screen.see('BRN0080771C229A', gone=True)
        leaves(screen)


def test_help_names_the_keys():
    with dashboard(80, 24) as screen:
        screen.see('BRN0080771C229A')
        screen.key('F1')
        screen.see('Help', 'Find')
        screen.key('Escape')
        screen.see('BRN0080771C229A')
        leaves(screen)


def test_each_key_leaves_a_screen_without_garbage():
    with dashboard(80, 24) as screen:
        screen.see('BRN0080771C229A')
        for key in ('j', 'k', 'G', 'g', 'Down', 'Up', 'PageDown', 'PageUp',
                    'End', 'Home', 'Tab', 'BTab', 's', 'Escape', 'r', '<',
                    '>', 'w', 'F2', 'Escape', 'F9', 'Escape', 'C-l', 'n',
                    'N', 'h', 'l', 'Left', 'Right', 'M-x', 'F12'):
            screen.key(key)
        time.sleep(0.5)
        check(program(screen), 'it ended')
        for line in screen.lines():
            check('\x1b' not in line and '^[' not in line, repr(line))
        for _ in range(4):
            screen.key('Escape')
        screen.key('1')
        screen.see('[1 Devices]')
        leaves(screen)


def test_a_resize_storm():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        for i in range(40):
            screen.resize(20 + i * 37 % 180, 3 + i * 11 % 60)
        screen.resize(80, 24)
        screen.see('BRN0080771C229A', '1 Devices')
        leaves(screen)


def test_no_color_loses_nothing():
    def stripped(text):
        return re.sub(r'\d\d:\d\d(:\d\d)?', '', text)
    with dashboard(env={'NO_COLOR': '1'}) as screen:
        plain = screen.see('BRN0080771C229A')
        time.sleep(0.3)
        plain = screen.text()
        colours = re.findall(r'\x1b\[[0-9;]*m', screen.text(colours=True))
        bad = [c for c in colours if re.search(r'[\[;](3[0-7]|4[0-7]|9[0-7]|'
                                               r'38|48)[;m]', c)]
        check(not bad, 'colours: %r' % bad[:5])
        leaves(screen)
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        time.sleep(0.3)
        equal(stripped(screen.text()), stripped(plain))
        coloured = screen.text(colours=True)
        check(re.search(r'\x1b\[[0-9;]*3[0-7]', coloured), 'no colour at all')
        leaves(screen)


def test_the_terminal_is_given_back():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        leaves(screen)
        screen.type('stty -a | tr ";" "\\n" | grep -c -w -e echo -e icanon')
        screen.key('Enter')
        text = screen.see('ready>')
        check('mailcensus 0' not in text.split('left with')[1], text)
        # The echo of typing shows that echo is on.
        screen.type('echo alive')
        screen.see('echo alive')


def test_control_z_and_fg():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        screen.key('C-z')
        screen.see('Stopped')
        screen.type('fg')
        screen.key('Enter')
        screen.see('BRN0080771C229A', '[1 Devices]')
        screen.key('q')
        screen.see('BRN0080771C229A', gone=True)
        screen.type('echo alive')
        screen.see('echo alive')


def test_a_terminal_that_hangs_up_ends_the_dashboard():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        pid = program(screen)
        screen.__exit__()

        def gone():
            try:
                with open('/proc/%d/stat' % pid) as f:
                    return f.read().rsplit(')')[1].split()[0] == 'Z'
            except FileNotFoundError:
                return True
        wait_for(gone, 3, 'the dashboard ends with its terminal')


def test_sigterm_gives_the_terminal_back():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        os.kill(program(screen), signal.SIGTERM)
        screen.see('left with')
        screen.type('echo alive')
        screen.see('echo alive')


# Frames between others, from many of them, as a mirror port hears them.
CHATTER = '''
import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("wire", 0))
for i in range(100000):
    s.send(bytes([2, 9, 9, 9, 9, i % 7, 2, 0, 0, 0, 0, i % 40, 8, 0]) +
           bytes(50))
    time.sleep(.001)
'''


def test_without_arguments_the_interface_that_hears_others_is_found():
    with Wire() as net:
        net.run('mirror', 'ip', 'link', 'add', 'eth7', 'type', 'veth',
                'peer', 'name', 'eth8')
        net.run('mirror', 'ip', 'link', 'set', 'eth7', 'up')
        net.start('sender', sys.executable, '-c', CHATTER)
        with Screen([binary(RELEASE), '-d', net.file('new.db')], 100, 20,
                    prefix=net.inside('mirror', [])) as screen:
            screen.see('Which interface', 'eth7', 'mirror', 'looks like a SPAN')
            line = [t for t in screen.lines() if 'SPAN port' in t]
            check(len(line) == 1 and line[0].startswith('* mirror'), line)
            # The cursor is there already.
            screen.key('Enter')
            screen.see('mirror', 'LIVE', '[1 Devices]', seconds=8)
            leaves(screen)


def test_the_choice_can_be_left():
    with Screen([binary(RELEASE), '-d', inventory()], 80, 24) as screen:
        screen.see('Which interface', 'look at this inventory')
        screen.key('q')
        screen.see('left with 0')
    with Screen([binary(RELEASE), '-d', inventory()], 80, 24) as screen:
        screen.see('Which interface')
        screen.key('G', 'Enter')
        screen.see('BRN0080771C229A')
        leaves(screen)


def test_reading_a_file_shows_the_devices():
    db = os.path.join(FOLDER.name, 'fresh.db')
    with Screen([binary(RELEASE), '-r', OFFICE, '-d', db], 120,
                40) as screen:
        screen.see('BRN0080771C229A', 'nas01', seconds=10)
        leaves(screen)
    check('BRN0080771C229A' in done(['list', '-d', db],
                                    build=RELEASE).stdout.decode(), 'list')


def test_it_rests_when_nothing_happens():
    with dashboard() as screen:
        screen.see('BRN0080771C229A')
        pid = program(screen)
        time.sleep(1)

        def ticks():
            with open('/proc/%d/stat' % pid) as f:
                fields = f.read().rsplit(')')[1].split()
            return int(fields[11]) + int(fields[12])
        before = ticks()
        time.sleep(2)
        check(ticks() - before <= 10, '%d ticks of 200' % (ticks() - before))
        leaves(screen)


if __name__ == '__main__':
    with FOLDER:
        main('dashboard', tests_of(globals()))
