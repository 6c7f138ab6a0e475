/* flood.c: writes 100 s of a flood of connections that come to nothing, and
 * among them real mail sessions, fast ones and slow ones, from a seed:
 * flood KIND PORT FLOWS SESSIONS SEED >FILE. PORT 0: random ones. */
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS UINT64_C(100)
#define SECOND  UINT64_C(1000000) /* us */

/* How far a connection of the flood gets. */
enum kind {
	SYN_ALONE,
	ANSWERED,  /* SYN ACK */
	HALF_OPEN, /* ACK */
	ONE_BYTE,  /* a first byte, as of EHLO */
	HOLE,      /* bytes, but not the first ones */
	BANNER,    /* the server greets, and nobody says a word */
	GREETED,   /* EHLO and its answer */
	KINDS
};

static const char *const names[KINDS] = {
	"syn", "answered", "half-open", "byte", "hole", "banner", "greeted",
};

static void flood(enum kind kind, uint16_t port)
{
	static const char banner[] = "220 mail.example.com ESMTP\r\n";
	static const char ehlo[] = "EHLO x\r\n", welcome[] = "250 hello\r\n";
	struct talk t = {
		.client = (uint32_t)talk_draw(),
		.server = 0x0a14010a + (uint32_t)(talk_draw() % 8),
		.port = (uint16_t)(1024 + talk_draw() % 64000),
		.server_port = port > 0 ? port :
			(uint16_t)(1 + talk_draw() % 65535),
		.seq = {(uint32_t)talk_draw(), (uint32_t)talk_draw()},
	};

	talk_frame(&t, 0, TALK_SYN, NULL, 0);
	if (kind >= ANSWERED)
		talk_frame(&t, 1, TALK_SYN | TALK_ACK, NULL, 0);
	if (kind >= HALF_OPEN)
		talk_frame(&t, 0, TALK_ACK, NULL, 0);
	if (kind == ONE_BYTE)
		talk_frame(&t, 0, TALK_ACK, (const uint8_t *)"E", 1);
	if (kind == HOLE) {
		t.seq[0] += 100;
		talk_frame(&t, 0, TALK_ACK, (const uint8_t *)"mail", 4);
	}
	if (kind >= BANNER)
		talk_frame(&t, 1, TALK_ACK, (const uint8_t *)banner,
			sizeof banner - 1);
	if (kind >= GREETED) {
		talk_frame(&t, 0, TALK_ACK, (const uint8_t *)ehlo,
			sizeof ehlo - 1);
		talk_frame(&t, 1, TALK_ACK, (const uint8_t *)welcome,
			sizeof welcome - 1);
	}
}

/* A real session, and when its next turn is due. */
struct real {
	uint64_t due;
	bool begun;
	struct talk talk;
};

/* Most answer within 50 ms, some think for seconds. */
static uint64_t rest(void)
{
	uint64_t d = talk_draw();

	return d % 20 == 0 ? SECOND / 2 + d / 20 % (4 * SECOND) :
		500 + d / 20 % 50000;
}

static void turn(struct real *r)
{
	bool more = true;

	if (r->begun)
		more = talk_turn(&r->talk);
	else
		talk_begin(&r->talk, true, &talk_office);
	r->begun = true;
	r->due = more ? talk_clock() + rest() : UINT64_MAX;
}

/* Those that are due; when the next one is. */
static uint64_t turns(struct real *reals, size_t n)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < n; i++) {
		if (reals[i].due <= talk_clock())
			turn(&reals[i]);
		if (reals[i].due < next)
			next = reals[i].due;
	}
	return next;
}

static bool kind_of(const char *name, enum kind *out)
{
	for (int k = 0; k < KINDS; k++)
		if (strcmp(name, names[k]) == 0) {
			*out = k;
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	uint64_t flows, start, next;
	struct real *reals;
	enum kind kind;
	size_t n;

	if (argc != 6 || !kind_of(argv[1], &kind)) {
		fprintf(stderr, "usage: flood "
			"syn|answered|half-open|byte|hole|banner|greeted "
			"PORT FLOWS SESSIONS SEED >FILE\n");
		return 2;
	}
	flows = strtoull(argv[3], NULL, 10);
	n = strtoull(argv[4], NULL, 10);
	reals = calloc(n + 1, sizeof *reals);
	if (!reals)
		return 1;
	talk_begin_file(strtoull(argv[5], NULL, 10), (struct talk_spoil){0});
	start = next = talk_clock();
	for (size_t i = 0; i < n; i++)
		reals[i].due = start + i * (SECONDS - 20) * SECOND / n;
	for (uint64_t i = 0; i < flows; i++) {
		talk_clock_to(start + i * SECONDS * SECOND / flows);
		flood(kind, (uint16_t)strtoul(argv[2], NULL, 10));
		if (next <= talk_clock())
			next = turns(reals, n);
	}
	while (next != UINT64_MAX) {
		talk_clock_to(next);
		next = turns(reals, n);
	}
	free(reals);
	return talk_end_file() ? 0 : 1;
}
