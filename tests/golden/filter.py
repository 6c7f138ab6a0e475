#!/usr/bin/env python3
"""filter.py: the kernel's filter loses none of the dialogues' frames, whatever
they are wrapped in, and little else passes."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'tools'))
import bpf                                              # noqa: E402
import mirror                                           # noqa: E402
from dialogue import Dialogue                           # noqa: E402
from golden import DIALOGUES, PLAIN                     # noqa: E402
from harness import Skip, check, done, equal, main      # noqa: E402
from linklayers import ETHERNET                         # noqa: E402
from pcapmaker import DAY, frames_of                    # noqa: E402
from wires import KINDS                                 # noqa: E402

MAIL_PORTS = (25, 26, 465, 587, 2465, 2525, 2587, 8025)
PROGRAMS = {}


def printed(form, link, *expression):
    r = done(['--dump-filter' + form, '-y', str(link), *expression])
    return r.stdout.decode()


def program(link, *expression):
    key = (link, *expression)
    if key not in PROGRAMS:
        PROGRAMS[key] = bpf.parse(printed('=ddd', link, *expression))
    return PROGRAMS[key]


def from_text(link):
    """tcpdump's program of the expression, which must not pass less."""
    if link != ETHERNET or not shutil.which('tcpdump'):
        return None
    if 'text' not in PROGRAMS:
        r = subprocess.run(['tcpdump', '-ddd', '-y', 'EN10MB',
                            printed('', link)], check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        PROGRAMS['text'] = bpf.parse(r.stdout.decode())
    return PROGRAMS['text']


def mail():
    return {n: d for n, (d, _) in DIALOGUES.items()
            if d.ports()[1] in MAIL_PORTS}


def is_mail(packet):
    flow = packet.flow()
    return flow and any(port in MAIL_PORTS for _, port in flow)


def loses_none(name, **how):
    def test():
        packets = [p for p in PLAIN if is_mail(p)][::5]
        shown = mirror.mirrored(packets, wire=name, **how)
        check(len(shown) > 100, '%d frames' % len(shown))
        for c in shown:
            for p in (program(c.link), from_text(c.link)):
                kept = bpf.run(p, c.frame)[0] if p else len(c.frame)
                check(kept >= len(c.frame), 'kept %d of %s' % (
                    kept, c.frame[:96].hex()))
    return test


def test_loses_no_mail_in_any_number_of_tags():
    d = mail()['auth-login']
    for n in range(12):
        for c in frames_of(d, DAY, vlans=list(range(100, 100 + n))):
            check(bpf.run(program(c.link), c.frame)[0] >= len(c.frame), n)


def web(i):
    """Frames of other things than mail, as they are in an office."""
    d = Dialogue('C: GET / HTTP/1.1\nS: HTTP/1.1 200 OK\n' * 5)
    d.client = ('10.30.%d.%d' % (i // 200, i % 200 + 10), 50000 + i)
    d.server = ('192.0.2.80', 443)
    return d


def test_of_a_capture_with_little_mail_only_mail_passes():
    d, p = mail()['auth-login'], program(ETHERNET)
    for vlans, most in (((), 25), ((204,), 41), ((300, 204), 57)):
        sent = frames_of(d, DAY, vlans=vlans)
        other = [c for i in range(49 * len(sent) // 15 + 1)
                 for c in frames_of(web(i), DAY, vlans=vlans)]
        ran = [bpf.run(p, c.frame) for c in other]
        check(all(bpf.run(p, c.frame)[0] for c in sent), 'mail', vlans)
        check(not any(kept for kept, _ in ran), 'the web passes', vlans)
        steps = sum(steps for _, steps in ran) / len(ran)
        check(steps <= most, '%.1f instructions a frame' % steps, vlans)


def test_an_expression_is_asked_as_well_inside_tags():
    d = mail()['auth-login']
    here = 'host ' + d.client[0]
    for vlans in ((), (5,), (5, 6), (5, 6, 7), (5, 6, 7, 8)):
        shown = frames_of(d, DAY, vlans=vlans)
        for c in shown:
            def passes(expression):
                return bpf.run(program(c.link, expression), c.frame)[0] > 0
            check(passes(here), 'the host', vlans)
            check(not passes('not ' + here), 'not the host', vlans)
            check(not passes('host 192.0.2.99'), 'another host', vlans)


def test_any_port_passes_all_that_the_expression_does():
    p = bpf.parse(printed('=ddd', 1, '--any-port'))
    q = bpf.parse(printed('=ddd', 1, '--any-port', 'tcp port 443'))
    for c in frames_of(web(1), DAY):
        check(bpf.run(p, c.frame)[0] and bpf.run(q, c.frame)[0])
    for c in frames_of(mail()['auth-login'], DAY):
        check(bpf.run(p, c.frame)[0] and not bpf.run(q, c.frame)[0])


def test_an_interface_has_the_filter_of_its_link_type():
    """The kernel hands the frames over without the tag that the card took
    off, and libpcap knows where it is: only there they may differ."""
    if os.geteuid() != 0:
        raise Skip('not root')
    for interface, link in (('lo', 'EN10MB'), ('any', 'LINUX_SLL')):
        r = done(['-i', interface, '--dump-filter=ddd'])
        equal(r.stdout.decode(), printed('=ddd', link), interface)
        r = done(['-i', interface, '--dump-filter=ddd', 'host', '10.0.0.5'])
        check(len(bpf.parse(r.stdout.decode())) > len(program(
            ETHERNET if link == 'EN10MB' else 113)), interface)


def test_tcpdump_takes_the_expression():
    if not shutil.which('tcpdump'):
        raise Skip('no tcpdump')
    for link in ('EN10MB', 'LINUX_SLL', 'LINUX_SLL2', 'RAW', 'NULL', 'PPP',
                 'C_HDLC', 'IEEE802_11_RADIO'):
        for expression in ((), ('host', '10.0.0.5'), ('vlan', '5')):
            if 'vlan' in expression and link != 'EN10MB':
                continue
            text = printed('', link, *expression)
            subprocess.run(['tcpdump', '-ddd', '-y', link, text], check=True,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)


if __name__ == '__main__':
    tests = {'loses none in ' + n: loses_none(n) for n in KINDS}
    tests['loses none in IP fragments'] = loses_none('ether', fragment=8)
    tests['loses none in fragments of a tunnel'] = loses_none(
        'vxlan', fragment_outer=64)
    tests.update({k: v for k, v in globals().items()
                  if k.startswith('test_')})
    main('filter', tests)
