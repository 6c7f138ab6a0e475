/* facts.c: see facts.h. */
#include "inventory/facts.h"
#include <string.h>

uint32_t facts_enhanced(const uint16_t code[3])
{
	if (code[0] < 2 || code[0] > 5 || code[1] > 999 || code[2] > 999)
		return 0;
	return code[0] * 1000000u + code[1] * 1000u + code[2];
}

struct verdict facts_verdict(const struct facts *f)
{
	struct verdict_facts v = {
		.tls = f->tls, .flags = f->flags, .helo = f->helo,
		.demands = f->demands, .guess = f->guess,
		.guess_odds = f->odds, .mails = f->mails,
		.messages = f->messages, .client_bytes = f->client_bytes,
		.auth_n = f->auth_n,
	};

	for (size_t i = 0; i < f->auth_n; i++)
		v.auth[i] = (struct verdict_auth){f->auth[i].class,
			f->auth[i].outcome, f->auth[i].evidence,
			f->auth[i].confidence};
	return verdict_session(&v);
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

bool facts_longer(const struct facts *a, const struct facts *b)
{
	const uint64_t pairs[][2] = {
		/* Before time: one with a hole may see an ACK more. */
		{a->client_bytes + a->server_bytes,
			b->client_bytes + b->server_bytes},
		{(uint64_t)a->last_seen, (uint64_t)b->last_seen},
		{a->auth_total, b->auth_total},
		{a->accepted, b->accepted},
		{a->messages, b->messages},
		{a->recipients, b->recipients},
		{a->mails, b->mails},
		{a->bytes, b->bytes},
		{b->gap_bytes, a->gap_bytes},
		{a->ending, b->ending},
		{a->flags, b->flags},
		{a->auth_n, b->auth_n},
		{a->guess, b->guess},
		{(uint64_t)(a->odds - INT16_MIN),
			(uint64_t)(b->odds - INT16_MIN)},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		int by = order(pairs[i][0], pairs[i][1]);

		if (by != 0)
			return by > 0;
	}
	return false;
}

/* What a server says to mail that it takes only in another way: 5.7.57 with
 * AUTH, 5.7.64 by a connector, 5.7.68 not directly. */
bool facts_is_policy(int64_t enhanced)
{
	return enhanced == 5007057 || enhanced == 5007064 ||
		enhanced == 5007068;
}
