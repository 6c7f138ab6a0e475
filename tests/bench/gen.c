/* gen.c: writes a large capture of mail from a seed, and what is true of it:
 * gen [NAME=VALUE ...] >CAPTURE, all of NAMES below. The truth is a line a
 * session, in the order in which they end: when it began (us), the client's
 * address and port, its device, the bytes of its message, those that the
 * mirror port has lost, and whether it has lost any of the dialogue. */
#include "talk.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_MAX = 10000 };

/* sessions: of mail. open: connections at the same time. other: bytes that are
 * not mail, for each one that is. late, twice, never: see struct talk_spoil.
 * span: seconds from the first session's beginning to the last one's; 0: one
 * follows the other. */
enum name {
	SEED, SESSIONS, OPEN, DEVICES, BODY, OTHER, LATE, TWICE, NEVER, SPAN,
	NAMES
};

static const char *const names[NAMES] = {
	"seed", "sessions", "open", "devices", "body", "other", "late",
	"twice", "never", "span",
};

static void tell(FILE *truth, const struct talk *t)
{
	if (truth)
		fprintf(truth, "%" PRIu64 " %u.%u.%u.%u %u %u %" PRIu64
			" %" PRIu64 " %d\n", t->first, t->client >> 24,
			t->client >> 16 & 255, t->client >> 8 & 255,
			t->client & 255, t->port, t->device, t->bytes,
			t->missing, t->hurt);
}

/* One NAME=VALUE. */
static bool take(uint64_t v[NAMES], FILE **truth, const char *word)
{
	if (strncmp(word, "truth=", 6) == 0)
		return (*truth = fopen(word + 6, "w")) != NULL;
	for (int i = 0; i < NAMES; i++) {
		size_t n = strlen(names[i]);

		if (strncmp(word, names[i], n) != 0 || word[n] != '=')
			continue;
		v[i] = strtoull(word + n + 1, NULL, 10);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	static struct talk open[OPEN_MAX];
	static bool used[OPEN_MAX];
	uint64_t v[NAMES] = {[SEED] = 1, [SESSIONS] = 1000, [OPEN] = 64,
		[DEVICES] = 500, [BODY] = 9500};
	uint64_t begun = 0, running = 0, mail = 0, start;
	struct talk_people people;
	FILE *truth = NULL;

	for (int i = 1; i < argc; i++)
		if (!take(v, &truth, argv[i])) {
			fprintf(stderr, "gen: '%s'?\n", argv[i]);
			return 2;
		}
	if (v[OPEN] < 1 || v[OPEN] > OPEN_MAX || v[DEVICES] < 1 || v[BODY] < 4)
		return 2;
	people = (struct talk_people){(unsigned)v[DEVICES], v[BODY]};
	talk_begin_file(v[SEED], (struct talk_spoil){(unsigned)v[LATE],
		(unsigned)v[TWICE], (unsigned)v[NEVER]});
	start = talk_clock();
	while (begun < v[SESSIONS] || running > 0) {
		unsigned i = (unsigned)(talk_draw() % v[OPEN]);
		struct talk *t = &open[i];
		uint64_t before = talk_written();
		bool is_mail = mail * (v[OTHER] + 1) <= before;

		if (used[i]) {
			used[i] = talk_turn(t);
			running -= !used[i];
		} else if (begun < v[SESSIONS]) {
			talk_clock_to(start + begun * v[SPAN] * 1000000 /
				v[SESSIONS]);
			talk_begin(t, is_mail, &people);
			used[i] = true;
			running++;
			begun += is_mail;
		} else {
			continue;
		}
		if (!t->mail)
			continue;
		mail += talk_written() - before;
		if (!used[i])
			tell(truth, t);
	}
	if (truth && fclose(truth) != 0)
		return 1;
	return talk_end_file() ? 0 : 1;
}
