/* infer_turns.c: from records to exchanges. The handshake's encrypted records
 * and the server's tickets are left out; records of one side add up until the
 * other speaks, since clients cut lines as they like. */
#include "capture/base/bytes.h"
#include "capture/proto/infer_state.h"
#include <string.h>

enum {
	APPLICATION_DATA = 23,
	TLS_1_0 = 0x0301,
	TLS_1_3 = 0x0304,
	JAVA_PADDING = 16, /* JSSE adds it to every record of TLS 1.3 */
	MS = 1000000,      /* ns */
	RECORD_HEADER = 5,
	LOST_MOST = 200,     /* bytes that may be those of one command */
};

size_t infer_size(void)
{
	return sizeof(struct infer);
}

void infer_init(struct infer *in, bool midstream)
{
	*in = (struct infer){.midstream = midstream, .finished = midstream};
}

unsigned infer_exchanges(const struct infer *in)
{
	return in->n;
}

void infer_agreed(struct infer *in, const struct tls_event *e)
{
	in->version = e->version;
	in->cipher = e->cipher;
	in->agreed = true;
	in->known = infer_cover(in->version, in->cipher, &in->cover);
	in->finished_size = infer_finished(in->version, in->cipher);
	in->finished = in->version != TLS_1_3;
}

/* Whose turn it is now: the exchange to which this side adds. NULL if there
 * is no room. */
static struct infer_exchange *turn(struct infer *in, enum side side,
	int64_t at)
{
	struct infer_exchange *x = in->n > 0 ? &in->exchange[in->n - 1] : NULL;
	int64_t since;

	if (x && (side == SIDE_SERVER || (x->records[SIDE_SERVER] == 0 &&
		!x->vague[SIDE_SERVER])))
		return x;
	if (in->n == INFER_EXCHANGES) {
		in->full = true;
		return NULL;
	}
	if (in->n == 0)
		in->first = at;
	since = (at - in->first) / MS;
	x = &in->exchange[in->n++];
	*x = (struct infer_exchange){.at = since < 0 ? 0
		: since > UINT32_MAX ? UINT32_MAX : (uint32_t)since};
	return x;
}

static void add(struct infer_exchange *x, enum side side, size_t n)
{
	size_t sum = x->sum[side] + n;

	x->sum[side] = sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
	if (x->records[side] < UINT8_MAX)
		x->records[side]++;
}

/* TLS 1.0 and CBC: many send the first byte, or none, in a record of its own
 * (CVE-2011-3389), which looks the same for both. */
static bool may_be_split(const struct infer *in, uint16_t length)
{
	const struct infer_cover *c = &in->cover;

	return in->known && in->version <= TLS_1_0 && c->most > 0 &&
		length <= c->fixed + 1 + c->most &&
		length >= c->fixed + c->least;
}

static void unsplit(struct infer *in, struct infer_exchange *x,
	enum side side)
{
	struct infer_half *h = &in->half[side];

	if (!h->held || x->records[side] == 0)
		return;
	x->sum[side] = (uint16_t)(x->sum[side] - h->last);
	x->records[side]--;
	if (x->splits[side] < UINT8_MAX)
		x->splits[side]++;
}

/* TLS 1.3, the client's: all up to Finished is its handshake. True if the
 * record is a part of that. Where Finished was not captured, or shares a
 * record with the client's certificate, the server's answer ends it. */
static bool is_handshake(struct infer *in, uint16_t length)
{
	unsigned size = in->finished_size;

	if (in->finished)
		return false;
	in->handshaking = true;
	if (length == size || length == size + JAVA_PADDING) {
		in->finished = true;
		in->half[SIDE_CLIENT].surplus = (uint16_t)(length - size);
	}
	return true;
}

/* A session ticket stands before the first reply, or is all that there is
 * before the client speaks: of the first turn the last record is the reply. */
static void skip_tickets(const struct infer *in, struct infer_exchange *x)
{
	if (in->version != TLS_1_3 || in->n != 1 || in->midstream)
		return;
	x->sum[SIDE_SERVER] = 0;
	x->records[SIDE_SERVER] = 0;
}

static bool may_be_update(const struct infer *in, enum side side,
	uint16_t length)
{
	return in->version == TLS_1_3 && in->known && length ==
		INFER_UPDATE + in->cover.fixed + in->half[side].surplus;
}

void infer_record(struct infer *in, const struct tls_event *e)
{
	struct infer_half *h = &in->half[e->side];
	struct infer_exchange *x;

	if (e->type != APPLICATION_DATA || in->full)
		return;
	if (e->side == SIDE_CLIENT && is_handshake(in, e->length))
		return;
	if (e->side == SIDE_SERVER && in->n == 0) {
		in->finished |= in->handshaking;
		return; /* handshake, tickets, a greeting */
	}
	x = turn(in, e->side, e->at);
	if (!x)
		return;
	if (e->side == SIDE_SERVER)
		skip_tickets(in, x);
	if (x->records[e->side] > 0)
		unsplit(in, x, e->side);
	else
		x->five[e->side] = may_be_update(in, e->side, e->length);
	add(x, e->side, e->length);
	h->held = may_be_split(in, e->length);
	h->begun = true;
	h->lost = false;
	h->last = e->length;
	h->bits |= (uint16_t)(e->length - 16);
	if (h->records < UINT16_MAX)
		h->records++;
}

/* Where both sides miss something at a time, nobody knows how much was said:
 * not in this exchange, nor in the one before if that was not answered. */
static void make_vague(struct infer *in, struct infer_exchange *x,
	enum side side)
{
	x->vague[side] = true;
	if (side == SIDE_SERVER)
		x->vague[SIDE_CLIENT] = true;
	else if (in->n > 1)
		in->exchange[in->n - 2].vague[SIDE_SERVER] = true;
}

/* What is missing of one side is taken for one record, as most segments of a
 * dialogue hold one. */
void infer_lost(struct infer *in, enum side side, size_t n, int64_t at)
{
	struct infer_half *h = &in->half[side];
	struct infer_exchange *x;
	bool both = in->half[side_other(side)].lost;

	h->held = false;
	h->lost = true;
	if (in->hole == 0 && (both || n > LOST_MOST))
		in->hole = in->n > 0 ? in->n : 1;
	if (in->full || (in->n == 0 && side == SIDE_SERVER))
		return;
	if (!in->finished) {
		in->finished = in->agreed && side == SIDE_CLIENT;
		return;
	}
	/* In earlier versions the handshake may be what is missing. */
	if (in->n == 0 && in->version != TLS_1_3)
		return;
	x = turn(in, side, at);
	if (!x)
		return;
	if (both)
		make_vague(in, x, side);
	else if (n <= RECORD_HEADER || n > LOST_MOST)
		x->vague[side] = true;
	else
		add(x, side, n - RECORD_HEADER);
}
