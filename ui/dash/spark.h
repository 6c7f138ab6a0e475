/* spark.h: a row of bars. The number beside it says how much, the bars when. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SPARK_CELLS = 200, SPARK_BYTES = 3 * SPARK_CELLS + 1 };

/* Draws n values in so many cells (at most SPARK_CELLS), each the peak of its
 * share of them. Nothing is the lowest bar, one is already more; the scale
 * ends at the highest, but at 10 at least, so that a device that mails twice
 * a week does not look like one that floods. Returns out: UTF-8. */
const char *spark(char out[SPARK_BYTES], const uint32_t *v, size_t n,
	size_t cells);
