/* infer_lengths.c: from the lengths of records to the bytes that were said. */
#include "capture/proto/infer_state.h"

enum {
	TLS_1_3 = 0x0304,
	CLOSE_NOTIFY = 2, /* an alert, which TLS 1.3 shows as data */
	TAG = 16,
	BLOCK_MIN = 16,
};

/* Records of TLS 1.3 that are padded to a multiple (RFC 8446, 5.4): of many
 * that have no bit below it, that is no accident. */
static void padded(const struct infer_half *h, struct infer_cover *c)
{
	unsigned block = h->bits & (~(unsigned)h->bits + 1);

	c->fixed = (uint16_t)(c->fixed + h->surplus);
	if (h->records < INFER_PADDED || block < BLOCK_MIN || block > 512)
		return;
	c->most = (uint16_t)(block - 1);
}

static struct infer_span span(const struct infer_exchange *x, enum side side,
	const struct infer_cover *c)
{
	unsigned sum = x->sum[side], n = x->records[side];
	unsigned less = n * (c->fixed + c->most);
	unsigned more = n * (c->fixed + c->least);

	/* No record is empty but those of a split. */
	return (struct infer_span){
		.low = (uint16_t)(sum > less + n ? sum - less : n),
		.high = (uint16_t)((sum > more ? sum - more : 0) +
			x->splits[side])};
}

/* A turn of which nothing is left was none. */
static void take(struct infer_said *x, enum side side, unsigned n)
{
	struct infer_span *s = &x->of[side];

	s->low = (uint16_t)(s->low > n ? s->low - n : 0);
	s->high = (uint16_t)(s->high > n ? s->high - n : 0);
	x->silent[side] = s->high == 0;
}

/* The alert that ends a side's data; JSSE sends two. */
static void drop_close(const struct infer *in, struct infer_said *said,
	size_t *n, enum side side, const struct infer_cover *c)
{
	const struct infer_half *h = &in->half[side];
	struct infer_said *x;
	size_t i = *n;
	unsigned alerts;

	if (in->version != TLS_1_3 || c->most > 0 ||
		h->last != CLOSE_NOTIFY + c->fixed)
		return;
	while (i > 0 && said[i - 1].silent[side])
		i--;
	if (i == 0)
		return;
	x = &said[i - 1];
	alerts = x->of[side].high == 2 * CLOSE_NOTIFY &&
		in->exchange[i - 1].records[side] == 2 ? 2 : 1;
	take(x, side, alerts * CLOSE_NOTIFY);
	if (i == *n && x->silent[0] && x->silent[1])
		--*n;
}

bool infer_updates(const struct infer *in)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->exchange[i].five[0] || in->exchange[i].five[1])
			return true;
	return false;
}

static void drop_updates(const struct infer *in, struct infer_said *said,
	size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int s = 0; s < 2; s++)
			if (in->exchange[i].five[s])
				take(&said[i], s, INFER_UPDATE);
}

/* Where nothing of the client is left, the server has not answered it. */
static size_t drop_silent(struct infer_said *said, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!said[i].silent[SIDE_CLIENT])
			said[kept++] = said[i];
	return kept;
}

size_t infer_said(const struct infer *in, const struct infer_cover *cover,
	bool updates, struct infer_said said[INFER_EXCHANGES])
{
	struct infer_cover c[2] = {*cover, *cover};
	size_t n = in->n;

	for (int s = 0; s < 2; s++)
		if (in->version == TLS_1_3)
			padded(&in->half[s], &c[s]);
	for (size_t i = 0; i < n; i++) {
		const struct infer_exchange *x = &in->exchange[i];

		said[i] = (struct infer_said){.at = x->at};
		for (int s = 0; s < 2; s++) {
			said[i].silent[s] = x->records[s] == 0 &&
				!x->vague[s];
			said[i].vague[s] = x->vague[s] ||
				x->sum[s] == UINT16_MAX ||
				x->records[s] == UINT8_MAX;
			said[i].of[s] = span(x, s, &c[s]);
		}
	}
	if (!in->full) {
		drop_close(in, said, &n, SIDE_SERVER, &c[SIDE_SERVER]);
		drop_close(in, said, &n, SIDE_CLIENT, &c[SIDE_CLIENT]);
	}
	if (updates)
		drop_updates(in, said, n);
	return drop_silent(said, n);
}
