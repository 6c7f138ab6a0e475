/* fuzz_infer.c: records in any order and of any length: a verdict is within
 * its limits, and asking for one changes nothing. Input: version, cipher and
 * what was seen in clear (9 bytes), then records: what (1 byte), length (2
 * bytes). */
#include "capture/base/bytes.h"
#include "capture/proto/infer.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct infer *in, const struct infer_clear *c)
{
	struct infer_verdict v[2];

	for (int over = 0; over < 2; over++) {
		infer_judge(in, c, over, &v[over]);
		assert(v[over].guess <= INFER_AUTH);
		assert(v[over].odds <= INT16_MAX && v[over].odds >= INT16_MIN);
		assert(v[over].auth_n <= INFER_AUTHS);
		assert(v[over].auth_n <= v[over].auth_total);
		assert((v[over].guess == INFER_AUTH) ==
			(v[over].auth_n > 0));
		assert((v[over].confidence > 0) == (v[over].auth_n > 0));
		assert(v[over].confidence <= 100);
		for (unsigned i = 0; i < v[over].auth_n; i++) {
			const struct infer_auth *a = &v[over].auth[i];

			assert(a->mechanism < INFER_MECHANISMS);
			assert(a->outcome <= INFER_ABORTED);
			assert(a->reason <= INFER_NOT_OFFERED);
			assert(a->account_min <= a->account_max);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const banners[] = {"", "Postfix", "Exim", "Haraka",
		"outlook.office365.com Microsoft ESMTP MAIL", "gsmtp"};
	struct rd r = rd_init(data, size);
	struct tls_event e = {.kind = TLS_SERVER_HELLO};
	struct infer *in = malloc(infer_size());
	struct infer_clear c = {0};
	uint8_t flags = rd_u8(&r);
	int64_t at = 0;

	assert(in);
	e.version = rd_be16(&r);
	e.cipher = rd_be16(&r);
	c.hello = rd_be16(&r);
	c.reply = rd_be16(&r);
	c.offered = flags & 1;
	c.relay = flags & 2;
	infer_banner(&c, banners[(flags >> 3) % 6]);
	infer_init(in, flags & 4);
	if (e.version != 0)
		infer_agreed(in, &e);
	while (rd_left(&r) > 2) {
		uint8_t what = rd_u8(&r);
		uint16_t n = rd_be16(&r);
		enum side side = what & 1 ? SIDE_SERVER : SIDE_CLIENT;

		e = (struct tls_event){.kind = TLS_RECORD, .side = side,
			.type = what & 4 ? 22 : 23, .length = n, .at = at++};
		if (what & 2)
			infer_lost(in, side, n, at);
		else
			infer_record(in, &e);
	}
	judge(in, &c);
	judge(in, &c);
	free(in);
	return 0;
}
