/* fuzz_capfile.c: capture files. The first byte is how much the window grows
 * at a time; whatever it is, frames lie in the window and reading ends. */
#include "capture/decode/capfile.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capfile *c = malloc(sizeof *c);
	size_t step = size > 0 ? data[0] * 4u + 1 : 1;
	size_t from = size > 0, to = from, used = 0;
	enum capfile_result r = CAPFILE_MORE;

	assert(c);
	capfile_init(c);
	while (r == CAPFILE_MORE || r == CAPFILE_FRAME) {
		size_t n = to - from;
		uint8_t *window = malloc(n > 0 ? n : 1);
		struct frame f;

		assert(window);
		memcpy(window, data + from, n);
		r = capfile_next(c, window, n, to == size, &used, &f);
		assert(used <= n);
		if (r == CAPFILE_FRAME) {
			assert(f.p >= window && f.p + f.n <= window + used);
			assert(f.n <= CAPFILE_FRAME_MAX && f.n <= f.wire_n);
			assert(f.at >= 0 && f.at < FRAME_AT_END && used > 0);
		}
		free(window);
		from += used;
		if (r == CAPFILE_MORE) {
			assert(to < size && c->need <= CAPFILE_WINDOW);
			assert(c->need > to - from);
			to = size - to < step ? size : to + step;
		}
	}
	assert((r == CAPFILE_DAMAGED) == (c->reason != NULL));
	free(c);
	return 0;
}
