#!/usr/bin/env python3
"""report.py: what is handed over: each format is read back by a reader of its
own, and is what the others say, whatever devices call themselves."""
import csv
import glob
import hashlib
import html.parser
import io
import json
import os
import re
import resource
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools'))
from base64 import b64encode                                 # noqa: E402
from cli import Folder, capture, refused                     # noqa: E402
from dialogue import Dialogue                                # noqa: E402
from harness import (CHECKED, OFFICE, RELEASE, TOP, Skip,    # noqa: E402
                     check, done, equal, main, run, tests_of)
from pcapmaker import DAY, capture_bytes, frames_of          # noqa: E402

FORMATS = ['html', 'csv', 'xlsx', 'json', 'markdown', 'powershell']
DATA = os.path.join(TOP, 'inventory', 'data')
EVIL = [
    '<script>fetch("//192.0.2.1/")</script>', '</td></table><h1>x',
    '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)",
    '</style><style>*{display:none}', '=cmd|\'/c calc\'!A0', '+1', '@SUM(1)',
    '|x|y|', '`rm -rf /`', '[x](javascript:1)', '![x](http://192.0.2.1/p)',
    '&lt;b&gt;', '_x0041_b_x005F_', '\u2018\u2019\u201a\u201b\'$(calc)',
    'a\\|b\\', '@all everyone', '# x', '--> <!--', '${env:USERNAME}',
]


def session(helo, account, server='mail.contoso.example', ip='10.20.4.31',
            sender='a@contoso.example', mechanism='PLAIN'):
    """A dialogue whose names are given; each is one line of text."""
    def escaped(text):
        return ''.join('\\x%02x' % b if b < 33 or b > 126 or b in b'\\<>'
                       else chr(b) for b in text.encode())
    blob = b64encode(b'\0' + account.encode() + b'\0invented-Sorrel-58')
    return Dialogue('''-- client %s:40321
S: 220 %s ESMTP
C: EHLO %s
S: 250-%s
S: 250 AUTH PLAIN LOGIN
C: AUTH %s %s
S: 235 2.7.0 ok
C: MAIL FROM:<%s>
S: 250 ok
C: RCPT TO:<b@contoso.example>
S: 250 ok
C: DATA
S: 354 ok
C: X-Mailer: %s
C:\x20
C: .
S: 250 ok
C: QUIT
S: 221 bye
''' % (ip, server, escaped(helo), server, mechanism, blob.decode(),
       escaped(sender), escaped(helo)))


def inventory(f, dialogues, name='x.db'):
    frames = []
    for i, d in enumerate(dialogues):
        frames += frames_of(d, DAY + i * 3600 * 10**9)
    done(['read', '-q', f(name + '.pcap', capture_bytes(frames)), '-d',
          f(name)])
    return f(name)


def hostile(f):
    return inventory(f, [session(e, e, ip='10.20.4.%d' % (40 + i))
                         for i, e in enumerate(EVIL)])


def office(f):
    done(['read', '-q', OFFICE, '-d', f('office.db')])
    return f('office.db')


def report(db, form, *args):
    return done(['report', '-f', form, '-d', db] + list(args)).stdout


def rows_of_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode('utf-8-sig'),
                                           newline='')))


def plain(cell):
    """A cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if re.match(r"'[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]",
                                cell) else cell


# ---- HTML ------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.style = self.policy = ''
        self.within = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.within = tag
        self.attributes += [(tag, k, v) for k, v in attrs]
        a = dict(attrs)
        if a.get('http-equiv') == 'Content-Security-Policy':
            self.policy = a['content']

    def handle_endtag(self, tag):
        self.within = None

    def handle_data(self, data):
        if self.within == 'style':
            self.style += data
        else:
            self.words.append(data)


OURS = {'html', 'head', 'meta', 'title', 'style', 'body', 'header', 'footer',
        'section', 'div', 'p', 'h1', 'h2', 'h3', 'dl', 'dt', 'dd', 'ul', 'li',
        'table', 'thead', 'tbody', 'tr', 'th', 'td', 'b', 'i', 'u', 's',
        'small', 'strong', 'em', 'span', 'br', 'code', 'svg', 'rect', 'line',
        'polygon', 'polyline', 'text'}


def test_a_page_has_no_script_and_names_nothing_to_fetch():
    with Folder() as f:
        for db in (office(f), hostile(f)):
            text = report(db, 'html').decode()
            page = Page(text)
            equal(sorted(set(page.tags) - OURS), [], 'elements')
            for tag, key, value in page.attributes:
                check(not key.startswith('on') and key not in (
                    'src', 'href', 'srcset', 'action', 'data', 'style',
                    'xlink:href', 'formaction', 'background', 'poster'),
                    tag, key, value)
            check('url(' not in page.style and '@import' not in page.style)
            digest = b64encode(hashlib.sha256(
                page.style.encode()).digest()).decode()
            equal(page.policy, "default-src 'none'; style-src 'sha256-%s'; "
                  "base-uri 'none'; form-action 'none'" % digest)


def test_hostile_names_are_words_of_the_page():
    with Folder() as f:
        words = ' '.join(Page(report(hostile(f), 'html').decode()).words)
        for name in EVIL:
            check(name in words, name, 'is not on the page')


def test_a_page_says_what_it_rests_on():
    with Folder() as f:
        words = ' '.join(''.join(Page(report(
            office(f), 'html').decode()).words).split())
        for text in ('What this cannot see', '2026-11-23T07:00Z',
                     'Too short to be complete', 'at least 35 days',
                     '9 seen, 2 inferred', 'Accounts that several devices '
                     'share', 'Quiet devices', 'Servers that offer AUTH in '
                     'clear', 'Was it long enough?', 'Stops on 2026-12-31',
                     'scan@contoso.example', '00:80:77:1c:22:9a', 'VLAN 104',
                     'password-in-clear', 'inferred 99%'):
            check(text in words, 'the page lacks', text)


def test_every_row_names_the_session_that_proves_it():
    with Folder() as f:
        db = office(f)
        told = {s['session']: s for s in (json.loads(line) for line in done(
            ['sessions', '-d', db]).stdout.decode().splitlines())}
        words = ''.join(Page(report(db, 'html').decode()).words)
        for d in json.loads(report(db, 'json'))['devices']:
            if d['sessions'] == 0:
                equal(d['proof'], None)
                continue
            s = told[d['proof']]
            equal(s['client']['device'], d['device'])
            check(d['proof'] in words, d['proof'])
            if d['auth'] in ('basic', 'oauth') and s['auth']:
                check(any(a['evidence'] == d['evidence'] for a in s['auth']),
                      d['name'], s['auth'])


def contrast(a, b):
    def light(colour):
        if len(colour) == 4:
            colour = '#' + ''.join(2 * c for c in colour[1:])
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = [p / 12.92 if p <= .03928 else ((p + .055) / 1.055) ** 2.4
                   for p in parts]
        return .2126 * r + .7152 * g + .0722 * b
    x, y = sorted((light(a), light(b)))
    return (y + .05) / (x + .05)


def test_every_text_has_contrast_in_light_and_dark():
    with open(os.path.join(DATA, 'report.css')) as g:
        text = g.read()
    light = dict(re.findall(r'--([a-z-]+): (#[0-9a-f]+)',
                            text[:text.index('@media')]))
    dark = dict(light, **dict(re.findall(
        r'--([a-z-]+): (#[0-9a-f]+)',
        text[text.index('prefers-color-scheme'):text.index('* {')])))
    pairs = [('ink', 'paper'), ('ink', 'wash'), ('soft', 'paper'),
             ('soft', 'wash'), ('ink', 'grey-wash')] + [
        (c, on) for c in ('red', 'amber', 'gold', 'green', 'blue')
        for on in ('paper', c + '-wash')]
    for way in (light, dark):
        for a, b in pairs:
            got = contrast(way[a], way[b])
            check(got >= 4.5, a, 'on', b, 'has', round(got, 2))


def made(f, devices, sessions):
    """An inventory of any size; what makes it is built when it is wanted."""
    tool = os.path.join('tests', 'bench', 'inventory')
    r = subprocess.run(['ninja', '-C', CHECKED, tool],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(r.returncode, 0, r.stdout.decode()[-1500:])
    subprocess.run([os.path.join(CHECKED, tool), f('big.db'), str(devices),
                    str(sessions)], stdout=subprocess.DEVNULL, check=True)
    return f('big.db')


def test_a_page_of_5000_devices_is_under_2_MB():
    with Folder() as f:
        db = made(f, 5000, 25000)
        r = done(['report', '-f', 'html', '-d', db], timeout=300)
        rows = r.stdout.count(b'<tr><td><b>')
        check(rows >= 5000, rows)
        check(len(r.stdout) <= 2 * 10**6, len(r.stdout))


def browser():
    for name in ('chromium', 'chromium-browser', 'google-chrome'):
        if shutil.which(name):
            return name
    raise Skip('no chromium')


def render(f, page, *args):
    return subprocess.run(
        [browser(), '--headless=new', '--no-sandbox', '--disable-gpu',
         '--disable-dev-shm-usage', '--enable-logging=stderr',
         '--user-data-dir=' + f('profile')] + list(args) +
        ['file://' + page], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, timeout=180)


def test_a_browser_draws_it_and_asks_nobody():
    browser()
    asked = []
    listener = socket.create_server(('127.0.0.1', 0))
    port = listener.getsockname()[1]

    def listen():
        while True:
            try:
                asked.append(listener.accept())
            except OSError:
                return
    threading.Thread(target=listen, daemon=True).start()
    url = 'http://127.0.0.1:%d/' % port
    names = ['<img src=%sa>' % url, '<script src=%sb></script>' % url,
             '</style><style>@import "%sc";' % url,
             '"><link rel=stylesheet href=%sd>' % url,
             "'><svg onload=fetch('%se')>" % url,
             '<meta http-equiv=refresh content=0;url=%sf>' % url]
    with Folder() as f:
        db = inventory(f, [session(n, n, ip='10.20.4.%d' % (40 + i))
                           for i, n in enumerate(names)])
        page = f('page.html', report(db, 'html'))
        r = render(f, page, '--window-size=1200,1600',
                   '--screenshot=' + f('page.png'))
        render(f, page, '--print-to-pdf=' + f('page.pdf'))
        listener.close()
        equal(len(asked), 0, 'requests')
        check(b'CONSOLE' not in r.stderr, r.stderr.decode()[-2000:])
        with open(f('page.png'), 'rb') as g:
            check(g.read(8) == b'\x89PNG\r\n\x1a\n', 'no picture')
        check(os.path.getsize(f('page.png')) > 20000, 'an empty picture')
        with open(f('page.pdf'), 'rb') as g:
            check(g.read(5) == b'%PDF-', 'no PDF')


# ---- workbook --------------------------------------------------------------

NS = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'


def unescaped(text):
    """ECMA-376, 22.9.2.19."""
    return re.sub(r'_x([0-9A-Fa-f]{4})_',
                  lambda m: chr(int(m.group(1), 16)), text)


def sheets_of(data):
    """{name: rows of cells as texts}, {name: its XML}."""
    z = zipfile.ZipFile(io.BytesIO(data))
    equal(z.testzip(), None)
    book = ElementTree.fromstring(z.read('xl/workbook.xml'))
    names = [s.get('name') for s in book.iter(NS + 'sheet')]
    rows, trees = {}, {}
    for i, name in enumerate(names):
        tree = ElementTree.fromstring(
            z.read('xl/worksheets/sheet%d.xml' % (i + 1)))
        trees[name], rows[name] = tree, []
        for row in tree.iter(NS + 'row'):
            cells = {}
            for c in row.iter(NS + 'c'):
                column = 0
                for letter in re.match('[A-Z]+', c.get('r')).group(0):
                    column = column * 26 + ord(letter) - 64
                value = ''.join(t.text or '' for t in c.iter(NS + 't'))
                if c.get('t') == 'inlineStr':
                    cells[column - 1] = unescaped(value)
                else:
                    cells[column - 1] = c.find(NS + 'v').text
            rows[name].append(cells)
    return rows, trees


def test_a_workbook_has_the_values_of_the_CSV_and_no_formula():
    with Folder() as f:
        for db in (office(f), hostile(f)):
            rows, trees = sheets_of(report(db, 'xlsx'))
            equal(list(rows), ['Devices', 'Accounts', 'Servers', 'Coverage'])
            titles = rows['Devices'][0]
            got = [{titles[i]: r.get(i, '') for i in titles}
                   for r in rows['Devices'][1:]]
            wanted = [{k: plain(v) for k, v in r.items()}
                      for r in rows_of_csv(report(db, 'csv'))]
            equal(got, wanted)
            for name, tree in trees.items():
                equal(len(list(tree.iter(NS + 'f'))), 0, 'formulas')
                equal(len(list(tree.iter(NS + 'autoFilter'))), 1, name)
                equal([p.get('state') for p in tree.iter(NS + 'pane')],
                      ['frozen'], name)


def test_a_workbook_has_the_accounts_and_servers_of_the_JSON():
    with Folder() as f:
        db = office(f)
        rows, _ = sheets_of(report(db, 'xlsx'))
        told = json.loads(report(db, 'json'))
        equal([r[0] for r in rows['Accounts'][1:]],
              [a['account'] for a in told['accounts']])
        equal([(r[0], r[1]) for r in rows['Servers'][1:]],
              [(v['ip'], str(v['port'])) for v in told['servers']])
        facts = {(r.get(0), r.get(1)): r.get(2) for r in rows['Coverage']}
        equal(facts['sessions', None], str(told['coverage']['sessions']))
        equal(facts['devices_by_auth', 'basic'], '11')


def test_an_office_suite_reads_the_workbook():
    office_suite = shutil.which('soffice') or shutil.which('libreoffice')
    if not office_suite:
        raise Skip('no LibreOffice')
    with Folder() as f:
        db = hostile(f)
        f('book.xlsx')
        done(['report', '-f', 'xlsx', '-d', db, '-o', f('book.xlsx')])
        subprocess.run([office_suite, '--headless', '--convert-to', 'csv',
                        '--outdir', f.path, f('book.xlsx')], check=True,
                       stdout=subprocess.DEVNULL, timeout=180)
        with open(f('book.csv'), 'rb') as g:
            got = [r['name'] for r in rows_of_csv(g.read())]
        equal(got, [plain(r['name'])
                    for r in rows_of_csv(report(db, 'csv'))])


# ---- Markdown --------------------------------------------------------------

def cells_of(line):
    """A row of a table as cmark-gfm cuts it: at each bar without a backslash
    before it."""
    return re.sub(r'\\[!-/:-@\[-`{-~]', 'xx', line.strip()).count('|') - 1


def test_a_table_in_Markdown_keeps_its_columns_and_holds_no_markup():
    with Folder() as f:
        for db in (office(f), hostile(f)):
            text = report(db, 'markdown').decode()
            table = text[text.index('## All devices'):]
            lines = [x for x in table.split('\n') if x.startswith('|')]
            check(len(lines) > 10)
            equal({cells_of(x) for x in lines}, {cells_of(lines[0])},
                  'cells in a row')
            bare = re.sub(r'`[^`]*`', '', text)
            equal(set(re.findall(r'<(/?\w+)', bare)) - {'code', '/code'},
                  set(), 'elements')
            check('](' not in bare and 'http' not in bare, bare)
            check('- [ ] **1. ' in text)


# ---- JSON ------------------------------------------------------------------

def schema_of(name):
    with open(os.path.join(DATA, name + '.schema.json')) as g:
        return json.load(g)


def unknown_keys(value, schema, root, path=''):
    """Keys that the schema does not name."""
    schema = root['$defs'][schema['$ref'].rsplit('/', 1)[1]] \
        if '$ref' in schema else schema
    if isinstance(value, list):
        return [x for v in value for x in unknown_keys(
            v, schema.get('items', {}), root, path + '[]')]
    if not isinstance(value, dict):
        return []
    known = schema.get('properties', {})
    return [path + '.' + k for k in value if k not in known] + [
        x for k, v in value.items() if k in known
        for x in unknown_keys(v, known[k], root, path + '.' + k)]


def test_JSON_is_what_its_schema_says():
    report_schema, line_schema = schema_of('report'), schema_of('sessions')
    with Folder() as f:
        for db in (office(f), hostile(f)):
            told = json.loads(report(db, 'json'))
            lines = [json.loads(x) for x in done(
                ['sessions', '-d', db]).stdout.decode('ascii').splitlines()]
            equal(sorted(set(unknown_keys(told, report_schema,
                                          report_schema))), [],
                  'keys that report.schema.json lacks')
            equal(sorted({x for line in lines for x in unknown_keys(
                line, line_schema, line_schema)}), [],
                'keys that sessions.schema.json lacks')
            try:
                import jsonschema
            except ImportError:
                raise Skip('no python3-jsonschema') from None
            kind = jsonschema.Draft202012Validator
            for schema, values in ((report_schema, [told]),
                                   (line_schema, lines)):
                kind.check_schema(schema)
                for v in values:
                    wrong = [(e.message[:200], list(e.absolute_path))
                             for e in kind(schema).iter_errors(v)]
                    equal(wrong, [])


# ---- PowerShell ------------------------------------------------------------

QUOTES = "'\u2018\u2019\u201a\u201b"
COMMANDS = {'Get-TransportConfig', 'Set-TransportConfig', 'Set-CASMailbox'}
KEYWORDS = {'param', 'if', 'throw'}


def tokens_of(text):
    """What PowerShell's tokenizer makes of the part of its language that a
    plan is written in: (kind, text); a quote of any of the five kinds opens
    and closes a literal, and two in a row are one in it."""
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c in '\r\n':
            out.append(('newline', c))
            i += 1
        elif c in ' \t':
            i += 1
        elif c == '#':
            check(text[i:i + 2] != '#>' and text[i - 1:i] != '<')
            end = re.compile('[\r\n]').search(text, i)
            end = end.start() if end else len(text)
            out.append(('comment', text[i:end]))
            i = end
        elif c in QUOTES:
            value, i = '', i + 1
            while True:
                check(i < len(text), 'a literal has no end')
                if text[i] in QUOTES:
                    if text[i + 1:i + 2] and text[i + 1] in QUOTES:
                        value += text[i]
                        i += 2
                        continue
                    break
                check(text[i] not in '\r\n', 'a literal over two lines')
                value += text[i]
                i += 1
            i += 1
            out.append(('literal', value))
        else:
            m = re.compile(
                r'\[switch\]\$\w+|\$\w+|-[A-Za-z]+:\$\w+|[A-Za-z]+-[A-Za-z]+'
                r'|-?[A-Za-z]+|\d+|[(){}=,]|\.[A-Za-z]+').match(text, i)
            check(m, 'what is this:', repr(text[i:i + 80]))
            out.append(('word', m.group(0)))
            i = m.end()
    return out


def commands_of(text):
    """[[command, argument ...]]: words that stand where a command may."""
    out, now, fresh = [], None, True
    for kind, value in tokens_of(text):
        if kind == 'newline' or value in ('{', '}', '('):
            now, fresh = None, True
        elif kind == 'comment':
            continue
        elif fresh and value in KEYWORDS:
            continue
        elif fresh and kind == 'word' and re.match('[A-Za-z]', value):
            now, fresh = [value], False
            out.append(now)
        else:
            if now:
                now.append(value)
            fresh = False
    return out


def plan(db, *args):
    data = report(db, 'powershell', *args)
    check(data.startswith(b'\xef\xbb\xbf'), 'no BOM')
    text = data.decode('utf-8-sig')
    check('\n' not in text.replace('\r\n', ''), 'ends of lines')
    return text


EXCHANGE = 'AM0PR01CA0042.outlook.office365.com'


def test_a_plan_has_three_commands_whatever_accounts_are_called():
    accounts = EVIL + [
        "x'; Remove-Mailbox *; '@contoso.example", '-Force@contoso.example',
        '$(calc)@contoso.example', 'a b@contoso.example', '`n@contoso.example',
        '\u2019; calc; \u2019@contoso.example', '#>@contoso.example',
        'a@contoso.example;calc', 'a@contoso.example\u2028calc',
        'scan@contoso.example', 'SCAN@Contoso.Example', 'a..b@contoso.example']
    with Folder() as f:
        for server in (EXCHANGE, 'mail.contoso.example'):
            db = inventory(f, [
                session(a, a, server, ip='10.20.4.%d' % (40 + i))
                for i, a in enumerate(accounts)], server + '.db')
            text = plan(db, '--own-domain', 'contoso.example')
            for command in commands_of(text):
                check(command[0] in COMMANDS, command)
                if command[0].startswith('Set-'):
                    check(command[-1] == '-WhatIf:$Inert', command)
            names = {c[2] for c in commands_of(text)
                     if c[0] == 'Set-CASMailbox'}
            equal({n.lower() for n in names}, {'scan@contoso.example'})


def test_a_plan_goes_from_exceptions_to_the_switch_and_back():
    with Folder() as f:
        db = inventory(f, [
            session('RNP1', 'scan@contoso.example', EXCHANGE),
            session('RNP2', 'app@contoso.example', EXCHANGE, '10.20.4.32')])
        text = plan(db)
        got = [' '.join(c) for c in commands_of(text) if c[0][:4] == 'Set-']
        equal(got, [
            'Set-CASMailbox -Identity %s@contoso.example '
            '-SmtpClientAuthenticationDisabled $false -WhatIf:$Inert' % a
            for a in ('app', 'scan')] + [
            'Set-TransportConfig -SmtpClientAuthenticationDisabled $true '
            '-WhatIf:$Inert',
            'Set-TransportConfig -SmtpClientAuthenticationDisabled $false '
            '-WhatIf:$Inert'] + [
            'Set-CASMailbox -Identity %s@contoso.example '
            '-SmtpClientAuthenticationDisabled $null -WhatIf:$Inert' % a
            for a in ('app', 'scan')])
        check('$Inert = -not $Apply' in text)
        for word in ('mailcensus diff', 'Connect-ExchangeOnline', 'before.csv',
                     '$PSCmdlet'):
            equal(word in text, word != '$PSCmdlet', word)
        text = plan(office(f))
        for word in ("'nas01'", "'CONTOSO\\svc-billing'", 'sign-in log',
                     '-AcceptUnnamed', 'WAIT'):
            check(word in text, word)
        refused(['report', '-f', 'powershell', '--mask', '-d', db], '--mask')


def test_PowerShell_itself_parses_the_plan():
    shell = shutil.which('pwsh')
    if not shell:
        raise Skip('no PowerShell')
    with Folder() as f:
        path = f('plan.ps1', report(hostile(f), 'powershell'))
        r = subprocess.run(
            [shell, '-NoProfile', '-Command',
             '$e = $null; [void][System.Management.Automation.Language.Parser]'
             "::ParseFile('%s', [ref]$null, [ref]$e); $e.Count" % path],
            stdout=subprocess.PIPE, timeout=120)
        equal(r.stdout.strip(), b'0')


# ---- all of them -----------------------------------------------------------

def test_a_name_is_never_a_control_in_any_format():
    bad = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f'
                     '\u2028-\u202e\u2060-\u2069\ufeff]')
    with Folder() as f:
        done(['read', '-q', f('x.pcap', capture('hostile-names')), '-d',
              f('x.db')])
        for form in set(FORMATS) - {'xlsx'}:
            text = report(f('x.db'), form).decode('utf-8') \
                .removeprefix('\ufeff')
            found = bad.search(text)
            check(not found, form, found and repr(
                text[max(0, found.start() - 40):found.end() + 20]))


def test_equal_facts_give_equal_reports():
    with Folder() as f:
        db = office(f)
        for form in set(FORMATS) - {'xlsx'}:
            a, b = [re.sub(rb'(?i)("generated":|made |Made )"?[-0-9T:.Z]+"?',
                           b'', report(db, form)) for _ in range(2)]
            equal(a == b, True, form)
        a, b = [sheets_of(report(db, 'xlsx'))[0] for _ in range(2)]
        for x in (a, b):
            x['Coverage'] = [r for r in x['Coverage']
                             if r.get(0) != 'generated']
        equal(a, b)


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_a_full_disk_leaves_no_half_report():
    with Folder() as f:
        db = office(f)
        os.mkdir(f('out'))
        # Its helpers are there then, and need not grow.
        h = sqlite3.connect(db)
        h.execute('SELECT count(*) FROM devices').fetchone()
        for form in FORMATS:
            r = subprocess.run(
                [os.path.join(CHECKED, 'mailcensus'), 'report', '-f', form,
                 '-d', db, '-o', f('out/x')], stderr=subprocess.PIPE,
                preexec_fn=limited, timeout=120)
            equal(r.returncode, 1, form)
            check(b'File too large' in r.stderr, r.stderr)
            equal(os.listdir(f('out')), [], form)
            r = run(['report', '-f', form, '-d', db, '-o', '/dev/full'])
            equal(r.returncode, 1, form)
            check(b'No space left' in r.stderr, r.stderr)
        h.close()


def test_a_file_that_is_there_stays():
    with Folder() as f:
        db = office(f)
        for form in FORMATS:
            path = f('x.' + form, b'mine')
            refused(['report', '-f', form, '-d', db, '-o', path], '--force')
            with open(path, 'rb') as g:
                equal(g.read(), b'mine')
            done(['report', '-f', form, '-d', db, '-o', path, '--force'])
            check(os.path.getsize(path) > 1000, form)
            equal(oct(stat.S_IMODE(os.stat(path).st_mode)), '0o600')
            equal(glob.glob(path + '.*'), [])


def test_a_filter_chooses_and_fails():
    with Folder() as f:
        db = office(f)
        for form in FORMATS:
            data = report(db, form, '--where', 'vendor~brother')
            if form == 'xlsx':
                data = repr(sheets_of(data)[0]).encode()
            check(b'BRN0080771C229A' in data, form)
            check(b'axis-accc8e216f35' not in data, form)
        told = json.loads(report(db, 'json', '--where', 'vendor~brother'))
        equal({a['account'] for a in told['accounts']},
              {'scan@contoso.example', 'branch@contoso.example'})
        equal({v['name'] for v in told['servers']},
              {'mail-gw.contoso.example'})
        r = done(['list', '--where', 'auth=oauth', '-d', db]).stdout.decode()
        check('2 devices' in r and 'EPSON9F2201' in r and 'nas01' not in r, r)
        lines = done(['sessions', '--where', 'name=nas01', '-d', db]).stdout
        equal({json.loads(x)['client']['ip'] for x in lines.splitlines()},
              {'10.20.9.40'})
        refused(['report', '-f', 'csv', '--where', 'colour=red', '-d', db],
                'colour')
        base = ['report', '-f', 'csv', '-d', db, '--fail-on', 'basic']
        done(base, 10)
        done(base + ['--where', 'auth=none'])
        done(base + ['--since', '2026-11-24'])
        refused(base[:-1] + ['ntlm'], 'ntlm')


def secrets_of(db):
    """What tells people and devices: texts of at least four characters."""
    told = json.loads(report(db, 'json'))
    out = set()
    for d in told['devices']:
        out |= {d['name']} | set(d['helo']) | set(d['addresses']) | \
            set(d['macs'])
        out |= {a.split('@')[0] for a in d['accounts'] + d['mail_from']}
    return {x.lower() for x in out if x and len(x) > 3}, told


def test_pseudonyms_hide_and_still_join():
    with Folder() as f:
        db = office(f)
        done(['set', '10.20.4.31', 'owner=Anna Example', 'note=on floor 3',
              '-d', db])
        # "scan" and "alerts" are parts of words that are no secret.
        secrets = secrets_of(db)[0] - {'alerts', 'labels', 'scan'} | {
            'scan@contoso.example', 'anna example', 'floor 3'}
        products = ' '.join(str(d[k]) for d in secrets_of(db)[1]['devices']
                            for k in ('maker', 'model')).lower()
        secrets = {s for s in secrets if s not in products}
        servers = {v['name'] for v in secrets_of(db)[1]['servers']}
        secrets -= {s for s in secrets if any(s in (n or '').lower()
                                              for n in servers)}
        outputs = {form: report(db, form, '--pseudonymize')
                   for form in FORMATS if form != 'powershell'}
        outputs['xlsx'] = repr(sheets_of(outputs['xlsx'])[0]).encode()
        for form in ('csv', 'jsonl'):
            outputs['sessions ' + form] = done(
                ['sessions', '-f', form, '--pseudonymize', '-d', db]).stdout
        for form, data in outputs.items():
            text = data.decode().lower()
            for s in secrets:
                check(not re.search(r'(?<![\w.:-])' + re.escape(s) +
                                    r'(?![\w:-]|\.\d)', text),
                      form, 'tells', s)
        told = json.loads(outputs['json'])
        ids = {d['device'] for d in told['devices']}
        check(all(x in ids for a in told['accounts'] for x in a['devices']))
        senders = {x for d in told['devices'] for x in d['mail_from']}
        check(all(x in senders for a in told['accounts']
                  for x in a['mail_from']), 'a sender has two pseudonyms')
        equal({json.loads(x)['client']['device'] for x in outputs[
            'sessions jsonl'].splitlines()} <= ids, True)
        equal(report(db, 'csv', '--pseudonymize'), outputs['csv'])
        equal(oct(stat.S_IMODE(os.stat(db + '.key').st_mode)), '0o600')
        os.chmod(db + '.key', 0o640)
        refused(['report', '-f', 'csv', '--pseudonymize', '-d', db], 'chmod')
        os.unlink(db + '.key')
        check(report(db, 'csv', '--pseudonymize') != outputs['csv'])


def test_a_mask_shortens():
    with Folder() as f:
        db = office(f)
        for form in ('html', 'csv', 'json', 'markdown'):
            text = report(db, form, '--mask').decode()
            text = json.dumps(json.loads(text), ensure_ascii=False) \
                if form == 'json' else text
            check('sc\u2026@contoso.example' in text, form)
            for name in ('scan@', 'BRN0080771C229A', 'svc-billing'):
                check(name not in text, form, name)
            check('10.20.4.31' in text and '00:80:77:1c:22:9a' in text, form)


if __name__ == '__main__':
    main('report', tests_of({k: v for k, v in globals().items()}))
