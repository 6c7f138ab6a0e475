#!/usr/bin/env python3
"""live.py: real clients, a real server, a mirror port, and the program that
listens there: each session is in the inventory within two seconds."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from harness import (RELEASE, Failed, Skip, binary, check,   # noqa: E402
                     done, equal, main, sessions,
                     tests_of, wait_for)
from mailserver import MailServer                            # noqa: E402
from network import Network, children                        # noqa: E402
from screen import Screen                                    # noqa: E402

SERVER = '10.20.1.10'
HOSTS = {'printer': ('10.20.4.31/16', '00:80:77:1c:22:9a'),
         'nas': ('10.20.9.40/16', '24:5e:be:44:10:9c'),
         'zabbix': ('10.20.8.30/16', '00:50:56:a1:08:30'),
         'room': ('10.20.6.90/16', '64:eb:8c:9f:22:01'),
         'server': (SERVER + '/16', '00:0c:29:10:00:10')}
SEEN_WITHIN = 2.0  # seconds


class Place:
    """The network with mail server and capture, made once for all tests."""

    def __init__(self):
        self.net = Network(HOSTS)
        self.net.__enter__()
        try:
            MailServer(self.net, 'server')
            self.db = self.net.file('census.db')
            self.log = open(self.net.file('capture.log'), 'w+')
            self.capture = self.start_capture(self.db, self.log)
            self.seen = set()
        except BaseException:
            self.net.__exit__()
            raise

    def start_capture(self, db, log):
        p = self.net.start('mirror', binary(RELEASE), 'capture', '-i',
                           'mirror', '-d', db, stderr=log, stdout=log)

        def running():
            if p.poll() is not None:
                log.seek(0)
                raise Failed('capture ended: ' + log.read())
            return os.path.exists(db) and len(children(p.pid)) > 1
        wait_for(running, 10, 'capture runs')
        # It listens once its socket is bound.
        wait_for(lambda: self.net.run('mirror', 'cat', '/proc/net/packet')
                 .count('\n') > 1, 5, 'capture listens')
        time.sleep(0.3)
        return p

    def client(self, host, *args, ok=True):
        """Runs a client to its end; returns when that was."""
        r = subprocess.run(self.net.inside(host, args), text=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=60)
        if ok is not None and (r.returncode == 0) != ok:
            raise Failed('%s ended with %d: %s' % (
                ' '.join(args), r.returncode, r.stdout[-1500:]))
        return time.monotonic()

    def next_session(self, ended):
        """The one session that was not there yet, ended, in time."""
        def fresh():
            new = [s for s in sessions(self.db, RELEASE)
                   if s['session'] not in self.seen
                   and s['capture']['end'] != 'open']
            return new
        found = wait_for(fresh, SEEN_WITHIN + 3, 'a new session')
        took = time.monotonic() - ended
        check(took <= SEEN_WITHIN, 'it took %.1f s' % took)
        equal(len(found), 1, 'new sessions')
        self.seen.add(found[0]['session'])
        return found[0]


PLACE = []


def place():
    if not PLACE:
        PLACE.append(Place())
    return PLACE[0]


def swaks(*args):
    return ['swaks', '--server', SERVER, '-f', 'scan@contoso.example', '-t',
            'anna@contoso.example'] + list(args)


BROTHER = ('--ehlo', 'BRN0080771C229A')


def auth_of(s):
    equal(len(s['auth']), 1, 'AUTH commands')
    return s['auth'][0]


def clear_password(mechanism, *args):
    p = place()
    s = p.next_session(p.client('printer', *swaks(
        *BROTHER, '--auth', mechanism, '--au', 'scan@contoso.example',
        '--ap', 'invented-Horse-1', *args)))
    a = auth_of(s)
    equal((a['mechanism'], a['account'], a['outcome'], a['evidence'],
           a['in_clear'], a['code']),
          (mechanism, 'scan@contoso.example', 'accepted', 'seen', True, 235))
    equal(s['helo'], 'BRN0080771C229A')
    equal(s['mail']['messages'], 1)
    equal(s['mail']['accepted'], 1)
    equal(s['client']['mac'], '00:80:77:1c:22:9a')
    equal(s['capture']['gap_bytes'], 0)
    equal(s['capture']['midstream'], False)


def test_login_in_clear():
    clear_password('LOGIN')


def test_plain_in_clear():
    clear_password('PLAIN')


def test_cram_md5_in_clear():
    clear_password('CRAM-MD5')


def test_a_wrong_password():
    p = place()
    s = p.next_session(p.client('printer', *swaks(
        *BROTHER, '--auth', 'LOGIN', '--au', 'scan@contoso.example',
        '--ap', 'invented-Wrong-1'), ok=False))
    a = auth_of(s)
    equal((a['outcome'], a['code'], a['enhanced']),
          ('rejected', 535, '5.7.8'))
    equal(s['mail']['messages'], 0)


def test_no_auth():
    p = place()
    s = p.next_session(p.client('zabbix', *swaks('--ehlo', 'zabbix')))
    equal(s['auth'], [])
    equal(s['tls']['offered'], True)
    equal(s['mail']['accepted'], 1)


def test_curl_in_clear():
    p = place()
    letter = p.net.file('letter', 'Subject: x\r\n\r\ntext\r\n')
    s = p.next_session(p.client(
        'printer', 'curl', '-sS', 'smtp://%s:587/host' % SERVER,
        '--mail-from', 'mfp@contoso.example', '--mail-rcpt',
        'anna@contoso.example', '-u', 'mfp@contoso.example:invented-Plum-2',
        '--login-options', 'AUTH=PLAIN', '-T', letter))
    a = auth_of(s)
    equal((a['mechanism'], a['account'], a['outcome']),
          ('PLAIN', 'mfp@contoso.example', 'accepted'))
    equal(s['server']['port'], 587)


def guessed(s, mechanism):
    """What record lengths show of AUTH as nas@contoso.example."""
    equal([(a['mechanism'], a['outcome'], a['evidence'], a['in_clear'])
           for a in s['auth']], [(mechanism, 'accepted', 'inferred', False)])
    check(s['auth'][0]['confidence'] >= 90, s['auth'])
    check(s['auth'][0]['account'] is None, s['auth'])
    low, high = s['auth'][0]['account_bytes']
    check(low <= len('nas@contoso.example') <= high, s['auth'])
    equal(s['mail']['messages'], 1)


def hidden_password(port, mode, *args):
    p = place()
    s = p.next_session(p.client('nas', *swaks(
        '--ehlo', 'nas01', '--port', port, '--auth', 'LOGIN', '--au',
        'nas@contoso.example', '--ap', 'invented-Stable-3', *args)))
    equal(s['tls']['mode'], mode)
    check(s['tls']['version'] in ('1.2', '1.3'), s['tls']['version'])
    guessed(s, 'LOGIN')


def test_login_behind_starttls():
    hidden_password('587', 'starttls', '-tls')


def test_login_on_465():
    hidden_password('465', 'implicit', '-tlsc')


def test_no_auth_behind_starttls():
    p = place()
    s = p.next_session(p.client('zabbix', *swaks('--ehlo', 'zabbix', '-tls')))
    equal(s['tls']['mode'], 'starttls')
    equal(s['auth'], [])


def test_msmtp_behind_starttls():
    if not shutil.which('msmtp'):
        raise Skip('msmtp is not installed')
    p = place()
    config = p.net.file('msmtprc', '\n'.join([
        'account default', 'host ' + SERVER, 'port 587', 'tls on',
        'tls_starttls on', 'tls_certcheck off', 'auth plain',
        'user nas@contoso.example', 'password invented-Stable-3',
        'from nas@contoso.example', 'domain nas01', '']), 0o600)
    letter = p.net.file('letter', 'Subject: x\n\ntext\n')
    with open(letter) as f:
        r = subprocess.run(p.net.inside('nas', [
            'msmtp', '-C', config, 'anna@contoso.example']), stdin=f,
            stderr=subprocess.PIPE, text=True, timeout=60)
    ended = time.monotonic()
    equal(r.returncode, 0, r.stderr)
    s = p.next_session(ended)
    equal(s['helo'], 'nas01')
    equal(s['tls']['mode'], 'starttls')
    guessed(s, 'PLAIN')


def test_the_devices_have_the_right_verdicts():
    p = place()
    report = json.loads(done(['report', '-f', 'json', '-d', p.db],
                             build=RELEASE).stdout)
    got = {}
    for d in report['devices']:
        for ip in d['addresses']:
            got[ip] = d['auth']
    equal(got.get('10.20.4.31'), 'basic', 'the printer')
    equal(got.get('10.20.8.30'), 'none', 'zabbix')
    equal(got.get('10.20.9.40'), 'basic', 'the NAS, always inside TLS')


def test_the_dashboard_shows_them_while_capture_goes_on():
    p = place()
    with Screen([binary(RELEASE), 'ui', '-d', p.db], 120, 40) as screen:
        text = screen.see('BRN0080771C229A', 'zabbix', seconds=5)
        check('BASIC' in text and 'NONE' in text, text)
        p.client('room', *swaks('--ehlo', 'EPSON9F2201'))
        screen.see('EPSON9F2201', seconds=5)
        screen.key('q')
        screen.see('left with 0')
    check(p.capture.poll() is None, 'capture ended with the dashboard')


def test_no_process_is_root():
    p = place()
    for pid in children(p.capture.pid):
        with open('/proc/%d/status' % pid) as f:
            status = dict(line.split(':\t', 1) for line in f)
        uids = status['Uid'].split()
        check('0' not in uids, 'process %d: uids %s' % (pid, uids))
        equal(int(status['CapEff'], 16), 0, 'capabilities in effect')
        equal(status['NoNewPrivs'].strip(), '1', 'NoNewPrivs')


def test_the_capture_process_is_in_a_sandbox():
    p = place()
    below = [pid for pid in children(p.capture.pid) if pid != p.capture.pid]
    equal(len(below), 1, 'child processes')
    with open('/proc/%d/status' % below[0]) as f:
        status = dict(line.split(':\t', 1) for line in f)
    equal(status['Seccomp'].strip(), '2', 'seccomp filter')


def test_it_never_sends():
    p = place()
    counters = p.net.run('mirror', 'cat',
                         '/sys/class/net/mirror/statistics/tx_packets')
    equal(int(counters), 0, 'packets sent on the mirror port')


def test_sigterm_ends_it_within_two_seconds():
    p = place()
    before = len(sessions(p.db, RELEASE))
    p.log.flush()
    size = os.path.getsize(p.log.name)
    start = time.monotonic()
    p.capture.send_signal(signal.SIGTERM)
    code = p.capture.wait(10)
    took = time.monotonic() - start
    check(took <= 2.0, 'it took %.1f s' % took)
    equal(code, 0, 'exit code')
    with open(p.log.name) as f:
        f.seek(size)
        said = f.read()
    equal(len(said.strip().split('\n')), 1, 'lines at the end: ' + said)
    equal(len(sessions(p.db, RELEASE)), before, 'sessions')


if __name__ == '__main__':
    try:
        main('live', tests_of(globals()))
    finally:
        for made in PLACE:
            made.net.__exit__()
