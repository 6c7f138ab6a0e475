#!/usr/bin/env python3
"""manual.py: the man page and the completions know what the program knows."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from harness import (CHECKED, Skip, check, done, equal, main,   # noqa: E402
                     tests_of)


def made(name):
    path = os.path.join(CHECKED, 'ui', name)
    check(os.path.exists(path), "the build makes no '%s'" % path)
    return path


def text_of(name):
    with open(made(name)) as f:
        return f.read()


def needs(tool):
    if not shutil.which(tool):
        raise Skip('%s is not installed' % tool)


def help_of(*verb):
    return done(list(verb) + ['--help']).stdout.decode()


def options_in(text):
    return set(re.findall(r'^  (?:-\w, |    )(--[a-z-]+)', text, re.M))


def verbs():
    return re.findall(r'^  mailcensus ([a-z]+)\b', help_of(), re.M)


def completed(*words):
    """What bash offers for the last of the words of a command line."""
    script = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_mailcensus; printf "%s\\n" "${COMPREPLY[@]}"')
    out = subprocess.run(['bash', '-c', script, made('mailcensus'),
                          'mailcensus'] + list(words), check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return set(out.split())


def test_the_page_is_sound():
    needs('groff')
    r = subprocess.run(['groff', '-man', '-Tutf8', '-ww', '-z',
                        made('mailcensus.1')], stderr=subprocess.PIPE,
                       text=True)
    equal((r.returncode, r.stderr), (0, ''))


def test_the_page_has_every_command_and_option():
    page = text_of('mailcensus.1').replace('\\-', '-')
    for option in options_in(help_of()):
        check('\\fB%s\\fR' % option in page, option)
    for verb in verbs():
        check('\\fB%s\\fR' % verb in page, verb)


def test_the_page_has_keys_and_filters():
    page = text_of('mailcensus.1')
    for word in ('F1, ?', 'Space', 'F10', 'auth=basic', 'breaks<2027',
                 'password\\-in\\-clear', 'rcpt=external'):
        check(word in page, word)


def test_bash_offers_commands_and_their_options():
    equal(completed(''), set(verbs()) | completed('-'))
    for verb in verbs():
        shown = options_in(help_of(verb))
        offered = {w for w in completed(verb, '--') if w.startswith('--')}
        equal(sorted(offered), sorted(shown), verb)
    equal(completed('read', '--fo'), {'--follow'})
    equal(completed('rep'), {'report'})


def test_bash_offers_what_an_option_takes():
    check({'csv', 'json'} <= completed('report', '-f', ''))
    equal(completed('ui', '--color', 'a'), {'auto', 'always'})
    check('lo' in completed('capture', '-i', ''))
    equal(completed('help', 'sess'), {'sessions'})
    # Files are bash's own business.
    equal(completed('read', ''), set())


def test_zsh_takes_its_file():
    needs('zsh')
    r = subprocess.run(['zsh', '-n', made('_mailcensus')],
                       stderr=subprocess.PIPE, text=True)
    equal((r.returncode, r.stderr), (0, ''))


def test_zsh_has_every_option():
    text = text_of('_mailcensus')
    for option in options_in(help_of()):
        check(re.search(r"'\*?%s\[" % option, text), option)


if __name__ == '__main__':
    main('manual', tests_of(globals()))
