"""aioserver.py: aiosmtpd with AUTH, on ports 25, 587 (STARTTLS) and 465.
Arguments: name, password, PEM file."""
import asyncio
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

NAME, PASSWORD, PEM = sys.argv[1:]


def authenticate(_server, _session, _envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and \
        data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False, auth_data=data)


class Handler:
    async def handle_DATA(self, _server, _session, _envelope):
        return '250 OK'

    async def handle_MAIL(self, _server, _session, envelope, address,
                          options):
        if 'refused' in address:
            return '550 5.7.1 Sender refused'
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return '250 OK'


def context():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.minimum_version = ssl.TLSVersion.TLSv1
    c.set_ciphers('ALL:@SECLEVEL=0')
    c.load_cert_chain(PEM)
    return c


async def main():
    loop = asyncio.get_running_loop()

    def smtp(port, **more):
        return SMTP(Handler(), hostname=NAME, authenticator=authenticate,
                    auth_required=port != 25, loop=loop, **more)
    tls = context()
    await loop.create_server(lambda: smtp(25, tls_context=tls), '0.0.0.0', 25)
    await loop.create_server(lambda: smtp(
        587, tls_context=tls, require_starttls=True), '0.0.0.0', 587)
    await loop.create_server(lambda: smtp(465, auth_require_tls=False),
                             '0.0.0.0', 465, ssl=context())
    await asyncio.Event().wait()

asyncio.run(main())
