/* infer_odds.c: how likely a length is, for a command and for a reply. Costs
 * are -100 ln(p): they add where probabilities multiply. */
#include "capture/proto/infer_state.h"

enum {
	MILLION = 1000000,
	VAGUE = 300,        /* a length that is not known says nothing */
	UNANSWERED = 350,   /* the dialogue ends before the reply */
	ECHO_SURE = 85,     /* in 100, of servers that repeat addresses */
	RECIPIENTS = 40,    /* most of one batch */
	RCPT_MIN = 15, RCPT_MAX = 270,
	MAIL_MIN = 14, MAIL_MAX = 330,
	DATA = 6,
	BRIEF = 80,
	REPLY_MIN = 5,      /* "250" and CRLF */
	ANY_LENGTH = 700,
	FAR = 150,          /* longer than most are */
};

/* Lengths that no list has are of this range, each as likely. */
static const struct infer_span OTHERS[INFER_REPLIES] = {
	[INFER_R_PROMPT] = {5, 60},
	[INFER_R_EMPTY] = {5, 60},
	[INFER_R_ACCEPTED] = {5, 100},
	[INFER_R_REJECTED] = {16, 260},
	[INFER_R_MAIL] = {5, 100},
	[INFER_R_RCPT] = {5, 100},
	[INFER_R_GO] = {5, 90},
	[INFER_R_QUEUED] = {5, 220},
	[INFER_R_BYE] = {5, 120},
	[INFER_R_SHORT] = {5, 80},
	[INFER_R_DENIED] = {12, 260},
};

/* 100 ln(n). */
static inline int ln(uint32_t n)
{
	static const uint16_t small[] = {0, 0, 69, 110, 139, 161, 179, 195, 208,
		220, 230, 240, 248, 256, 264, 271, 277, 283, 289, 294, 300,
		304, 309, 314, 318, 322, 326, 330, 333, 337, 340, 343};
	int halved;

	/* Of large numbers the first five bits are enough: an error of 3 in
	 * 100. */
	if (n < sizeof small / sizeof *small)
		return small[n];
	halved = 27 - __builtin_clz(n);
	return small[n >> halved] + 69 * halved + halved / 3;
}

static int cost(uint32_t millionths)
{
	return millionths == 0 ? INFER_NEVER
		: 1382 - ln(millionths);
}

static unsigned members(struct infer_span s, unsigned min, unsigned max,
	unsigned step)
{
	unsigned low = s.low > min ? s.low : min;
	unsigned high = s.high < max ? s.high : max;

	if (low > high)
		return 0;
	low = (low - min + step - 1) / step;
	high = (high - min) / step;
	return low > high ? 0 : high - low + 1;
}

int infer_cost_range(struct infer_span s, unsigned min, unsigned max,
	unsigned step)
{
	unsigned n;

	if (s.high < min || s.low > max)
		return INFER_NEVER;
	n = members(s, min, max, step);
	return n == 0 ? INFER_NEVER
		: ln((max - min) / step + 1) - ln(n);
}

static bool within(struct infer_span s, unsigned n)
{
	return s.low <= n && n <= s.high;
}

/* A reply that repeats the address of its command. */
static uint32_t echoed(const struct infer_said *x, int echo)
{
	int low = x->of[SIDE_CLIENT].low + echo;
	int high = x->of[SIDE_CLIENT].high + echo;

	if (echo == 0 || x->of[SIDE_SERVER].low > high ||
		x->of[SIDE_SERVER].high < low)
		return 0;
	return ECHO_SURE * (MILLION / 100);
}

static uint32_t listed(const struct infer_server *row, enum infer_reply kind,
	struct infer_span s)
{
	unsigned n = 0, hits = 0;

	for (; n < INFER_LIST && row->length[kind][n] != 0; n++)
		hits += within(s, row->length[kind][n]);
	return n == 0 ? 0 : row->sure * (MILLION / 100) * hits / n;
}

static uint32_t unlisted(const struct infer_server *row,
	enum infer_reply kind, struct infer_span s)
{
	struct infer_span o = OTHERS[kind];
	unsigned size = o.high - o.low + 1u;
	unsigned sure = row->length[kind][0] != 0 ? row->sure : 0;

	uint32_t all = (100 - sure) * (MILLION / 100), p;

	p = all / size * members(s, o.low, o.high, 1);
	/* Most have a short text. */
	if (kind == INFER_R_DENIED || kind == INFER_R_REJECTED)
		p = p / 2 + all / 2 / (BRIEF - o.low + 1u) *
			members(s, o.low, BRIEF, 1);
	return p;
}

int infer_cost_reply(const struct infer_server *row, enum infer_reply kind,
	const struct infer_said *x)
{
	struct infer_span s = x->of[SIDE_SERVER];
	uint32_t p;

	if (x->silent[SIDE_SERVER])
		return UNANSWERED;
	if (x->vague[SIDE_SERVER])
		return VAGUE;
	p = listed(row, kind, s) + unlisted(row, kind, s);
	if (kind == INFER_R_MAIL)
		p += echoed(x, row->mail_echo);
	if (kind == INFER_R_RCPT)
		p += echoed(x, row->rcpt_echo);
	return cost(p < MILLION ? p : MILLION);
}

/* The replies to a batch, of k recipients, and what one of its kind is long
 * at least and at most. */
static uint32_t batch_reply(const struct infer_server *row,
	struct infer_batch b, const struct infer_said *x, unsigned k)
{
	struct infer_span s = x->of[SIDE_SERVER];
	const uint16_t *mail = row->length[INFER_R_MAIL];
	const uint16_t *rcpt = row->length[INFER_R_RCPT];
	const uint16_t *last = row->length[b.chunk ? INFER_R_QUEUED
						   : INFER_R_GO];
	unsigned replies = b.mail + k + (b.data || b.chunk);
	uint32_t p = 0;
	bool known = row->demands || row->sure > 70;

	for (int i = 0; i < INFER_LIST && (i == 0 || last[i] != 0); i++) {
		unsigned n = (b.mail ? mail[0] : 0u) + k * rcpt[0] +
			(b.data || b.chunk ? last[i] : 0u);

		if (within(s, n) && mail[0] != 0)
			p = (known ? 80 : 40) * (MILLION / 100);
		if (!b.data && !b.chunk)
			break;
	}
	return p + 20 * (MILLION / 100) / (80 * replies) *
		members(s, REPLY_MIN * replies, 85 * replies, 1);
}

/* So many recipients may be in a batch, by the command's length and that of
 * the reply. */
static struct infer_span recipients(struct infer_batch b,
	const struct infer_said *x)
{
	unsigned fixed = b.data ? DATA : 0;
	unsigned least = (b.mail ? MAIL_MIN : 0u) + fixed;
	unsigned most = (b.mail ? MAIL_MAX : 0u) + fixed;
	unsigned others = (b.mail ? 1u : 0u) + (b.data || b.chunk);
	struct infer_span c = x->of[SIDE_CLIENT];
	unsigned low = b.mail || b.data || b.chunk ? 1 : 2, high;

	high = c.high < least ? 0 : (c.high - least) / RCPT_MIN;
	if (!x->silent[SIDE_SERVER] && !x->vague[SIDE_SERVER]) {
		unsigned replies = x->of[SIDE_SERVER].high / REPLY_MIN;

		replies = replies > others ? replies - others : 0;
		high = high < replies ? high : replies;
	}
	if (!b.chunk && c.low > most + low * RCPT_MAX)
		low = (c.low - most + RCPT_MAX - 1) / RCPT_MAX;
	return (struct infer_span){(uint16_t)low,
		(uint16_t)(high < RECIPIENTS ? high : RECIPIENTS)};
}

int infer_cost_batch(const struct infer_server *row, struct infer_batch b,
	const struct infer_said *x, unsigned *recipients_n)
{
	unsigned fixed = b.data ? DATA : 0;
	struct infer_span many = recipients(b, x);
	int best = INFER_NEVER;

	for (unsigned k = many.low; k <= many.high; k++) {
		unsigned min = (b.mail ? MAIL_MIN : 0u) + k * RCPT_MIN + fixed;
		unsigned max = (b.mail ? MAIL_MAX : 0u) + k * RCPT_MAX + fixed;
		/* A message makes any length. */
		int c = b.chunk ? ANY_LENGTH
			: infer_cost_range(x->of[SIDE_CLIENT], min, min +
				(max - min) / 4, 1);

		if (c >= INFER_NEVER)
			c = FAR + infer_cost_range(x->of[SIDE_CLIENT], min,
				max, 1);

		if (c >= INFER_NEVER)
			continue;
		c += ln(k) * 2 + 50;
		c += x->silent[SIDE_SERVER] ? UNANSWERED
			: x->vague[SIDE_SERVER] ? VAGUE
			: cost(batch_reply(row, b, x, k));
		if (c < best) {
			best = c;
			*recipients_n = k;
		}
	}
	return best;
}
