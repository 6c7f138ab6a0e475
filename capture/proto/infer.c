/* infer.c: the verdict: ways of reading the records weighed against each
 * other, and odds made into a confidence. */
#include "capture/proto/infer_state.h"
#include <assert.h>
#include <string.h>
#include <strings.h>

enum {
	STARTTLS_LINE = 14,  /* "250-STARTTLS", which is gone inside */
	AUTH_LINE_MIN = 10,  /* "250 AUTH X" */
	/* Costs, in 1/100 nat. */
	OFFERED = 70,
	NOT_OFFERED = -400,
	RELAY = -150,
	ONE_ROW = 250,       /* a row that only the lengths speak for */
	ANY_ROW = 100,
	SUITES_APART = 400,  /* by which one reading must be the best */
	UPDATES = 500,       /* KeyUpdates are rare */
	ODDS_MOST = 1500,    /* no model is better than that */
	PLAIN = 1000,
	/* From where on a guess is one. */
	YES = 150,
	NO = -250,
};

const char *infer_mechanism_name(enum infer_mechanism m)
{
	switch (m) {
	case INFER_LOGIN: return "LOGIN";
	case INFER_PLAIN: return "PLAIN";
	case INFER_CRAM_MD5: return "CRAM-MD5";
	case INFER_DIGEST_MD5: return "DIGEST-MD5";
	case INFER_NTLM: return "NTLM";
	case INFER_SCRAM_SHA_1: return "SCRAM-SHA-1";
	case INFER_SCRAM_SHA_256: return "SCRAM-SHA-256";
	case INFER_XOAUTH2: return "XOAUTH2";
	case INFER_OAUTHBEARER: return "OAUTHBEARER";
	case INFER_MECHANISMS: break;
	}
	return "";
}

void infer_banner(struct infer_clear *c, const char *text)
{
	const struct infer_server *rows;
	size_t n = infer_servers(&rows);

	c->server = 0;
	for (size_t i = 1; i < n; i++) {
		const char *const *b = rows[i].banner;

		if (b[0] && strcasestr(text, b[0]) &&
			(!b[1] || strcasestr(text, b[1]))) {
			c->server = (uint8_t)i;
			return;
		}
	}
}

void infer_host(struct infer_clear *c, const char *name)
{
	const struct infer_server *rows;
	size_t n = infer_servers(&rows), len = strlen(name);

	if (c->server != 0)
		return;
	for (size_t i = 1; i < n; i++)
		for (int j = 0; j < 4 && rows[i].host[j]; j++) {
			size_t end = strlen(rows[i].host[j]);

			if (len >= end && strcasecmp(name + len - end,
				rows[i].host[j]) == 0)
				c->server = (uint8_t)i;
		}
}

/* The reply to EHLO has lost STARTTLS inside TLS; what it has got besides can
 * only be AUTH. */
static int offer(const struct infer_clear *c, const struct infer_said *x)
{
	int low, high;

	if (c->offered)
		return OFFERED;
	if (c->reply == 0 || c->hello == 0 || x->vague[0] || x->vague[1] ||
		x->silent[SIDE_SERVER] || c->hello < x->of[0].low ||
		c->hello > x->of[0].high)
		return 0;
	low = x->of[SIDE_SERVER].low + STARTTLS_LINE - c->reply;
	high = x->of[SIDE_SERVER].high + STARTTLS_LINE - c->reply;
	if (low >= AUTH_LINE_MIN)
		return OFFERED;
	return high < AUTH_LINE_MIN && low >= 0 && low <= 0 ? NOT_OFFERED : 0;
}

static void better(struct infer_path best[2], struct infer_path one[2],
	int prior)
{
	for (int with = 0; with < 2; with++) {
		one[with].cost += prior;
		if (one[with].cost < best[with].cost)
			best[with] = one[with];
	}
}

/* Other software would not say it otherwise. Where AUTH is all that there was,
 * it may still tell its outcome. */
static bool is_plain(const struct infer_path best[2])
{
	int odds = best[0].cost - best[1].cost;

	return odds < -PLAIN || (odds > PLAIN && best[1].read.mails > 0);
}

/* How many of the replies have a length that the row has. */
static unsigned hits(const struct infer_server *row,
	const struct infer_said *said, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 1; i < n; i++) {
		struct infer_span s = said[i].of[SIDE_SERVER];
		bool hit = false;

		for (int r = 0; r < INFER_REPLIES && !hit; r++)
			for (int j = 0; j < INFER_LIST && !hit &&
				row->length[r][j] != 0; j++)
				hit = s.low <= row->length[r][j] &&
					row->length[r][j] <= s.high;
		sum += hit;
	}
	return sum;
}

/* The best ways over all software that it may be: any, and those that the
 * lengths speak for; these first, since mostly one of them leaves nothing
 * open. */
static void best_paths(const struct infer_clear *c, const struct infer *in,
	const struct infer_said *said, size_t n, bool over,
	struct infer_path best[2])
{
	const struct infer_server *rows;
	size_t rows_n = infer_servers(&rows);
	unsigned hit[INFER_ROWS], most = 1;
	struct infer_path one[2];

	assert(rows_n <= INFER_ROWS);
	if (c->server != 0) {
		infer_paths(&rows[c->server], c, in, said, n, over, best);
		return;
	}
	for (size_t i = 1; i < rows_n; i++) {
		hit[i] = hits(&rows[i], said, n);
		most = hit[i] > most ? hit[i] : most;
	}
	best[0] = best[1] = (struct infer_path){.cost = INFER_NEVER};
	for (size_t i = rows_n; i-- > 0;) {
		if (i > 0 && hit[i] < most)
			continue;
		infer_paths(&rows[i], c, in, said, n, over, one);
		better(best, one, i > 0 ? ONE_ROW : ANY_ROW);
		if (is_plain(best))
			return;
	}
}

static int clamp(int x)
{
	return x > ODDS_MOST ? ODDS_MOST : x < -ODDS_MOST ? -ODDS_MOST : x;
}

/* The probability that a guess with these odds is right, in 100. */
static unsigned confidence(int odds)
{
	static const struct {
		int odds;
		unsigned confidence;
	} STEPS[] = {
		{1200, 99}, {1000, 98}, {800, 97}, {700, 96}, {600, 95},
		{500, 93}, {400, 91}, {300, 85}, {200, 75}, {100, 60},
	};

	for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
		if (odds >= STEPS[i].odds)
			return STEPS[i].confidence;
	return 50;
}

struct reading {
	int cost; /* of the better way */
	int odds;
	struct infer_path path[2];
};

static void read_one(const struct infer *in, const struct infer_clear *c,
	const struct infer_cover *cover, bool updates, bool over,
	struct reading *out)
{
	struct infer_said said[INFER_EXCHANGES];
	size_t n = infer_said(in, cover, updates, said);

	best_paths(c, in, said, n, over, out->path);
	out->cost = out->path[0].cost < out->path[1].cost
		? out->path[0].cost : out->path[1].cost;
	out->odds = out->path[0].cost - out->path[1].cost;
	out->odds += n > 0 ? offer(c, &said[0]) : 0;
	out->odds = clamp(out->odds + (c->relay ? RELAY : 0));
}

/* Five bytes at the beginning of a turn may be a KeyUpdate, or the first word
 * of a client that writes it alone. */
static void read_by(const struct infer *in, const struct infer_clear *c,
	const struct infer_cover *cover, bool over, struct reading *out)
{
	struct reading with;

	read_one(in, c, cover, false, over, out);
	if (!infer_updates(in))
		return;
	read_one(in, c, cover, true, over, &with);
	if (with.cost + UPDATES < out->cost)
		*out = with;
}

/* The suite is not known: each kind is tried, and must be the best by far. */
static bool read_by_any(const struct infer *in, const struct infer_clear *c,
	bool over, struct reading *out)
{
	static const struct infer_cover COVERS[] = {
		{.fixed = 24}, {.fixed = 17}, {.fixed = 16}};
	struct reading r;
	int second = INFER_NEVER;

	out->cost = INFER_NEVER;
	for (size_t i = 0; i < sizeof COVERS / sizeof *COVERS; i++) {
		read_by(in, c, &COVERS[i], over, &r);
		if (r.cost < out->cost) {
			second = out->cost;
			*out = r;
		} else if (r.cost < second) {
			second = r.cost;
		}
	}
	return second - out->cost >= SUITES_APART;
}

/* The EHLO in clear and the first record, which repeats it, tell what a suite
 * adds that is not known by name. */
static bool calibrate(const struct infer *in, const struct infer_clear *c,
	struct infer_cover *out)
{
	const struct infer_exchange *x = &in->exchange[0];
	int more = x->sum[SIDE_CLIENT] - c->hello;

	if (in->version == 0 || c->hello == 0 || x->records[SIDE_CLIENT] != 1 ||
		more < 16 || more > 48)
		return false;
	*out = (struct infer_cover){.fixed = (uint16_t)more};
	return true;
}

/* AUTH may have been where nothing was captured, before the first MAIL. */
static bool may_miss(const struct infer *in, const struct infer_path *p)
{
	return in->midstream ||
		(in->hole != 0 && (p->mail == 0 || in->hole <= p->mail));
}

void infer_judge(const struct infer *in, const struct infer_clear *c,
	bool over, struct infer_verdict *out)
{
	struct infer_cover cover;
	struct reading r;
	bool sure = true;

	*out = (struct infer_verdict){0};
	if (in->n == 0 || !in->half[SIDE_CLIENT].begun ||
		!in->half[SIDE_SERVER].begun)
		return;
	if (in->known || calibrate(in, c, &cover))
		read_by(in, c, in->known ? &in->cover : &cover, over, &r);
	else
		sure = read_by_any(in, c, over, &r);
	if (sure && r.odds >= YES) {
		*out = r.path[1].read;
		out->guess = INFER_AUTH;
		out->confidence = confidence(r.odds);
	} else if (sure && r.odds <= NO && !may_miss(in, &r.path[0])) {
		*out = r.path[0].read;
		out->guess = INFER_NO_AUTH;
	} else {
		out->guess = INFER_UNDECIDED;
	}
	/* Of what is missing one cannot say that it was no AUTH. */
	out->odds = sure && (out->guess != INFER_UNDECIDED || r.odds > NO)
		? r.odds : 0;
}
