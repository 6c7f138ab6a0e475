/* spark.c: see spark.h. */
#include "ui/dash/spark.h"
#include <string.h>

enum { LEVELS = 8, LEAST_TOP = 4 };

static unsigned level(uint32_t v, uint32_t top)
{
	uint64_t scaled = ((uint64_t)v * (LEVELS - 2) + top / 2) / top;

	return v == 0 ? 0 : 1 + (unsigned)scaled;
}

const char *spark(char out[SPARK_BYTES], const uint32_t *v, size_t n,
	size_t cells)
{
	uint32_t top = LEAST_TOP;
	char *p = out;

	for (size_t i = 0; i < n; i++)
		if (v[i] > top)
			top = v[i];
	if (cells > SPARK_CELLS)
		cells = SPARK_CELLS;
	for (size_t i = 0; i < cells; i++) {
		size_t k = i * n / cells, last = (i + 1) * n / cells;
		uint32_t peak = k < n ? v[k] : 0;

		for (; k < last; k++)
			if (v[k] > peak)
				peak = v[k];
		/* U+2581 LOWER ONE EIGHTH BLOCK and the seven after it */
		memcpy(p, "\xe2\x96", 2);
		p[2] = (char)(0x81 + level(peak, top));
		p += 3;
	}
	*p = '\0';
	return out;
}
