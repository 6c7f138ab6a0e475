// nodemailer.js: nodemailer does the job that stdin names (JSON).
'use strict';

const job = JSON.parse(require('fs').readFileSync(0));
const nodemailer = require(require.resolve('nodemailer',
	{ paths: [job.modules] }));
const auth = {
	user: job.user,
	pass: job.password,
	method: job.mechanism,
};
if (job.mechanism === 'XOAUTH2')
	Object.assign(auth, { type: 'OAuth2', accessToken: job.password });
const transport = nodemailer.createTransport({
	host: job.host,
	port: job.port,
	secure: job.implicit,
	requireTLS: !job.implicit,
	name: job.helo,
	pool: job.messages.length > 1,
	maxConnections: 1,
	authMethod: job.mechanism || undefined,
	auth: job.mechanism ? auth : undefined,
	connectionTimeout: 15000,
	tls: {
		rejectUnauthorized: false,
		servername: job.name,
		minVersion: job.version,
		maxVersion: job.version,
		ciphers: job.cipher,
		ecdhCurve: job.groups,
	},
});

async function main() {
	if (job.messages.length === 0)
		await transport.verify();
	for (const text of job.messages)
		await transport.sendMail({
			envelope: { from: job.from, to: job.to },
			raw: text,
		});
}

main().catch(why => console.log(why.message))
	.finally(() => transport.close());
