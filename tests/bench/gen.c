/* gen.c: writes a large capture of mail, of mail among other traffic, or of
 * mail as a bad mirror port shows it, from a seed:
 * gen mail|mixed|spoilt BYTES SEED >FILE. */
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPEN = 64, SPOILT_OPEN = 200, /* connections at the same time */
	OTHER = 49, /* bytes that are not mail, for each one that is */
};

int main(int argc, char **argv)
{
	static struct talk open[SPOILT_OPEN];
	static bool used[SPOILT_OPEN];
	struct talk_spoil spoil = {0};
	uint64_t size, mail_bytes = 0;
	unsigned n = OPEN;
	bool mixed;

	if (argc != 4 || (strcmp(argv[1], "mail") != 0 &&
	    strcmp(argv[1], "mixed") != 0 && strcmp(argv[1], "spoilt") != 0)) {
		fprintf(stderr,
			"usage: gen mail|mixed|spoilt BYTES SEED >FILE\n");
		return 2;
	}
	mixed = strcmp(argv[1], "mixed") == 0;
	if (strcmp(argv[1], "spoilt") == 0) {
		spoil = (struct talk_spoil){.late = 10, .twice = 5,
			.never = 1};
		n = SPOILT_OPEN;
	}
	size = strtoull(argv[2], NULL, 10);
	talk_begin_file(strtoull(argv[3], NULL, 10), spoil);
	while (talk_written() < size) {
		unsigned i = (unsigned)(talk_draw() % n);
		struct talk *t = &open[i];
		uint64_t before = talk_written();

		if (!used[i]) {
			talk_begin(t, !mixed ||
				mail_bytes * (OTHER + 1) <= before);
			used[i] = true;
		} else {
			used[i] = talk_turn(t);
		}
		if (t->mail)
			mail_bytes += talk_written() - before;
	}
	return talk_end_file() ? 0 : 1;
}
