// smtpserver.js: the smtp-server of nodemailer, as it is or with the replies
// of Exchange, online or on a server of one's own. Its options are one JSON object in the first argument:
// mode (default, exchange, server, mx), name, password, pem, modules, alter.
'use strict';

const fs = require('fs');
const options = JSON.parse(process.argv[2]);
const load = name => require(require.resolve(name, {
	paths: [options.modules],
}));
const { SMTPServer } = load('smtp-server');
const { SMTPConnection } = load('smtp-server/lib/smtp-connection.js');
const SASL = load('smtp-server/lib/sasl.js');
const pem = fs.readFileSync(options.pem);

// Public texts of 2023-2025; what follows the sentence is host, time and id.
const REFUSED = {
	tenant: '5.7.139 Authentication unsuccessful, SmtpClientAuthentication ' +
		'is disabled for the Tenant. Visit ' +
		'https://aka.ms/smtp_auth_disabled for more information.',
	mailbox: '5.7.139 Authentication unsuccessful, ' +
		'SmtpClientAuthentication is disabled for the Mailbox. Visit ' +
		'https://aka.ms/smtp_auth_disabled for more information.',
	basic: '5.7.139 Authentication unsuccessful, basic authentication is ' +
		'disabled.',
	defaults: '5.7.139 Authentication unsuccessful, user is locked by your ' +
		'organization\'s security defaults policy. Contact your ' +
		'administrator.',
	credentials: '5.7.139 Authentication unsuccessful, the user credentials ' +
		'were incorrect.',
	removed: '5.7.30 Basic authentication is not supported for Client ' +
		'Submission.',
};

function id() {
	return '08DE' + require('crypto').randomBytes(6).toString('hex')
		.toUpperCase();
}

function tail() {
	return ` [${options.internal} ${new Date().toISOString()} ${id()}]`;
}

function exchange(connection, code, text, context) {
	if (Array.isArray(text)) {
		const name = connection.name + ' Hello [192.0.2.77]';
		const auth = { mx: [], exchange: ['AUTH LOGIN XOAUTH2'],
			server: ['X-EXPS GSSAPI NTLM', 'AUTH GSSAPI NTLM LOGIN'] };
		const tls = connection.secure ? auth[options.mode] :
			['STARTTLS'];
		return [code, [name, 'SIZE 157286400', 'PIPELINING', 'DSN',
			'ENHANCEDSTATUSCODES', ...tls, '8BITMIME', 'BINARYMIME',
			'CHUNKING', 'SMTPUTF8']];
	}
	if (code === 220 && /ESMTP/.test(text))
		return [code, connection.name + ' Microsoft ESMTP MAIL Service ' +
			'ready at ' + new Date().toUTCString().replace('GMT', '+0000') +
			` [${id()}]`];
	if (code === 535 && REFUSED[text])
		return [text === 'removed' ? 550 : 535, REFUSED[text] + tail()];
	if (code === 250 && context === 'DATA_OK') {
		const inside = options.mode === 'mx' ?
			' 8122 bytes in 0.185, 42.746 KB/sec Queued mail for delivery' :
			'';
		return [code, `2.6.0 <${id()}@${options.internal}> ` +
			`[InternalId=${4711 * 10 ** 9}, Hostname=` +
			`${options.internal}]${inside}`];
	}
	const own = options.mode === 'server' && {
		'530': '5.7.57 Client not authenticated to send mail',
		'535': '5.7.3 Authentication unsuccessful',
		'550': '5.7.1 Unable to relay',
	}[code];
	if (own)
		return [code, own];
	const known = {
		'220': '2.0.0 SMTP server ready',
		'221': '2.0.0 Service closing transmission channel',
		'235': '2.7.0 Authentication successful',
		'354': 'Start mail input; end with <CRLF>.<CRLF>',
		'501': '5.5.4 Invalid arguments',
		'503': '5.5.1 Bad sequence of commands',
		'504': '5.7.4 Unrecognized authentication type' + tail(),
		'530': '5.7.57 Client not authenticated to send mail.' + tail(),
		'535': '5.7.3 Authentication unsuccessful' + tail(),
		'550': '5.7.64 TenantAttribution; Relay Access Denied' + tail(),
	};
	if (code === 250)
		return [code, { MAIL_FROM_OK: '2.1.0 Sender OK',
			RCPT_TO_OK: '2.1.5 Recipient OK' }[context] ||
			(/Flushed/.test(text) ? '2.0.0 Resetting' : '2.0.0 OK')];
	return [code, known[code] || text];
}

if (options.mode !== 'default') {
	const send = SMTPConnection.prototype.send;
	SMTPConnection.prototype.send = function (code, text, context) {
		if (code === 334)
			return send.call(this, code, text, context);
		[code, text] = exchange(this, code, text, context);
		return send.call(this, code, text, false);
	};
}

// NTLM is carried, not reckoned: every fifth account is refused, by its length.
function ntlm(args, callback) {
	const two = Buffer.concat([Buffer.from('NTLMSSP\0\x02\0\0\0'),
		Buffer.from('0e000e00380000000582892a', 'hex'),
		require('crypto').randomBytes(8), Buffer.alloc(8),
		Buffer.from('2c002c0046000000', 'hex'),
		Buffer.from('0a00614a0000000f', 'hex'),
		Buffer.from('CONTOSO', 'utf16le'),
		Buffer.from('02000e0043004f004e0054004f0053004f0001000a0045' +
			'00580043003000310000000000', 'hex')]);
	const third = (line, done) => {
		const three = Buffer.from(line.toString(), 'base64');
		const user = three.length > 44 && three.readUInt16LE(36);
		if (user && user / 2 % 5) {
			this.session.user = 'ntlm';
			this.send(235, '');
		} else {
			this.send(535, '');
		}
		done();
	};
	const first = (line, done) => {
		this._nextHandler = third;
		this.send(334, two.toString('base64'));
		done();
	};
	if (args.length)
		return first(args[0], callback);
	this._nextHandler = first;
	this.send(334, 'NTLM supported');
	callback();
}
SASL.SASL_NTLM = ntlm;
const METHODS = {
	default: ['LOGIN', 'PLAIN', 'XOAUTH2', 'CRAM-MD5'],
	exchange: ['LOGIN', 'XOAUTH2'],
	server: ['LOGIN', 'NTLM'],
	mx: [],
};

// With Exchange's replies the password names the refusal.
function authenticate(auth, session, done) {
	const good = auth.method === 'CRAM-MD5' ?
		auth.validatePassword(options.password) :
		(auth.password || auth.accessToken).startsWith(options.password);
	if (good)
		return done(null, { user: auth.username });
	if (options.mode === 'default')
		return done(null, {});
	done(new Error((auth.password || '').replace('refuse-', '')));
}

for (const port of [25, 587, 465]) {
	const server = new SMTPServer({
		secure: port === 465,
		name: options.name,
		banner: options.mode === 'default' ? options.banner : undefined,
		key: pem,
		cert: pem,
		minVersion: 'TLSv1',
		ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:' +
			'TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:' +
			'ALL:@SECLEVEL=0',
		ecdhCurve: 'X25519:P-256',
		requestCert: false,
		disableReverseLookup: true,
		authMethods: METHODS[options.mode],
		authOptional: options.mode === 'mx' ||
			(options.mode === 'default' && port === 25),
		onAuth: authenticate,
		onMailFrom: (address, session, done) =>
			/refused/.test(address.address) ?
				done(Object.assign(new Error('Sender refused'),
					{ responseCode: 550 })) : done(),
		onRcptTo: (address, session, done) =>
			options.mode === 'mx' && !/contoso\.example$/
				.test(address.address) ?
				done(Object.assign(new Error('relay'),
					{ responseCode: 550 })) : done(),
		onData: (stream, session, done) => {
			stream.on('data', () => {});
			stream.on('end', () => done());
		},
	});
	server.on('error', () => {});
	server.listen(port, '0.0.0.0');
}
