/* fuzz_sasl.c: an AUTH exchange, as lines and byte by byte. Input: lines; the
 * first is the mechanism, those that begin with '<' are the server's prompts,
 * '!' is a gap, '+' an initial response. */
#include "capture/proto/sasl.h"
#include "capture/base/bytes.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rd line_of(struct rd *in)
{
	const uint8_t *lf = rd_left(in) > 0 ? memchr(in->p, '\n', rd_left(in))
					    : NULL;
	struct rd line = rd_sub(in, lf ? (size_t)(lf - in->p) : rd_left(in));

	if (lf)
		rd_skip(in, 1);
	return line;
}

static void check_name(const struct sasl *s, bool has, const uint8_t *name,
	size_t n)
{
	assert(n <= SASL_NAME && has == (n > 0));
	for (size_t i = n; i < SASL_NAME; i++)
		assert(name[i] == 0 || s->lost);
}

static void answer(struct sasl *s, struct rd line, bool initial, bool cut)
{
	sasl_answer_begin(s, initial);
	if (!cut)
		sasl_answer_bytes(s, line.p, rd_left(&line));
	while (cut && rd_left(&line) > 0)
		sasl_answer_bytes(s, rd_take(&line, 1), 1);
	(void)sasl_answer_end(s);
	check_name(s, s->has_account, s->account, s->account_n);
	check_name(s, s->has_authzid, s->authzid, s->authzid_n);
	check_name(s, s->has_workstation, s->workstation, s->workstation_n);
	check_name(s, s->has_realm, s->realm, s->realm_n);
	for (size_t i = 0; i < sizeof s->scratch; i++)
		assert(s->scratch[i] == 0);
	assert(s->b64.bits == 0);
}

static void exchange(struct sasl *s, struct rd in, bool cut)
{
	struct rd line = line_of(&in);

	sasl_begin(s, line.p, rd_left(&line));
	(void)sasl_class(s->mechanism);
	while (rd_left(&in) > 0) {
		line = line_of(&in);
		if (rd_left(&line) == 0)
			answer(s, line, false, cut);
		else if (*line.p == '!')
			sasl_gap(s);
		else if (*line.p == '<')
			sasl_prompt(s, line.p + 1, rd_left(&line) - 1);
		else if (*line.p == '+')
			answer(s, rd_init(line.p + 1, rd_left(&line) - 1),
				true, cut);
		else
			answer(s, line, false, cut);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sasl whole, bytes;

	memset(&whole, 0, sizeof whole);
	memset(&bytes, 0, sizeof bytes);
	exchange(&whole, rd_init(data, size), false);
	exchange(&bytes, rd_init(data, size), true);
	assert(memcmp(&whole, &bytes, sizeof whole) == 0);
	return 0;
}
