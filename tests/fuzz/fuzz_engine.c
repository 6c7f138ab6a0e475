/* fuzz_engine.c: the whole line: a capture file goes in, and each record that
 * comes out must be one that the inventory process takes. Tables are tiny, so
 * that eviction and exhaustion happen all the time. */
#include "capture/decode/capfile.h"
#include "capture/engine.h"
#include "capture/session/wire.h"
#include <assert.h>

static void drain(struct engine *e)
{
	static uint8_t wire[WIRE_MAX];
	static struct record again;
	const struct record *r;
	size_t n, used;

	while (engine_next(e, &r)) {
		n = wire_encode(r, wire, sizeof wire);
		assert(n > 0);
		assert(wire_decode(wire, n, &used, &again) == WIRE_OK);
		assert(used == n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[16] = "fuzz";
	static const struct engine_limits limits = {
		.flows = 4, .sessions = 2, .blocks = 8, .fragments = 2};
	static struct capfile file;
	struct engine *e = engine_new(&limits, key, key);
	struct frame f;
	size_t used;

	assert(e);
	capfile_init(&file);
	while (capfile_next(&file, data, size, true, &used, &f) ==
		CAPFILE_FRAME) {
		engine_frame(e, &f);
		drain(e);
		data += used;
		size -= used;
	}
	engine_finish(e);
	drain(e);
	engine_free(e);
	return 0;
}
