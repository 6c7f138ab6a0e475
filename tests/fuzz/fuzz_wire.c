/* fuzz_wire.c: what the inventory process believes of a stream of bytes: what
 * it accepts must encode to the same bytes again. */
#include "capture/session/wire.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record r;
	static uint8_t again[WIRE_MAX];
	size_t used, n;

	while (wire_decode(data, size, &used, &r) == WIRE_OK) {
		n = wire_encode(&r, again, sizeof again);
		assert(n == used);
		data += used;
		size -= used;
	}
	return 0;
}
