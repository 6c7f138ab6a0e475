"""smtp_lib.py: Python's smtplib does the job that stdin names (JSON)."""
import json
import smtplib
import ssl
import sys

job = json.load(sys.stdin)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.minimum_version = ssl.TLSVersion.TLSv1
if job.get('cipher'):
    context.set_ciphers(job['cipher'])
if job.get('pem'):
    context.load_cert_chain(job['pem'])

options = {'local_hostname': job['helo'], 'timeout': 20}
if job['implicit']:
    s = smtplib.SMTP_SSL(job['host'], job['port'], context=context, **options)
else:
    s = smtplib.SMTP(job['host'], job['port'], **options)
    s.ehlo()
    s.starttls(context=context)
s.user, s.password = job['user'], job['password']
try:
    s.ehlo()
    for _ in range(job.get('tries', 1)):
        if job['mechanism'] in ('XOAUTH2', 'OAUTHBEARER'):
            token = 'user=%s\1auth=Bearer %s\1\1' % (s.user, s.password)
            if job['mechanism'] == 'OAUTHBEARER':
                token = 'n,a=%s,\1host=%s\1port=%d\1auth=Bearer %s\1\1' % (
                    s.user, job['name'], job['port'], s.password)
            try:
                s.auth(job['mechanism'], lambda challenge=None: token
                       if challenge is None else '',
                       initial_response_ok=job['initial'])
            except smtplib.SMTPAuthenticationError:
                pass
        elif job['mechanism']:
            method = getattr(s, 'auth_' + job['mechanism'].lower()
                             .replace('-', '_'))
            try:
                s.auth(job['mechanism'], method,
                       initial_response_ok=job['initial'])
                break
            except smtplib.SMTPAuthenticationError:
                pass
    for text in job['messages']:
        s.sendmail(job['from'], job['to'], text)
    if job.get('noop'):
        s.noop()
except smtplib.SMTPException as why:
    print(why)
finally:
    try:
        s.quit()
    except smtplib.SMTPException as why:
        print(why)
