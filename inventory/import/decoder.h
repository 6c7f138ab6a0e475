/* decoder.h: a text file's bytes as UTF-8, whatever Windows wrote it as: UTF-8
 * with or without a byte order mark, UTF-16 of either order with one. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	DECODER_END = -1,
	DECODER_BAD = -2, /* err is filled, and stays so */
	DECODER_DIGEST = 32,
};

struct decoder;

/* name: for messages, copied. Refuses what cannot be read twice. */
bool decoder_open(struct decoder **out, const char *path, struct err *e);
/* Takes f, which can seek. */
struct decoder *decoder_new(FILE *f, const char *name);
void decoder_free(struct decoder *d);

/* The next byte of UTF-8, never a NUL: where there is one the file is no text.
 * Bytes that are no UTF-8 come as they are: who keeps a text cleans it. */
int decoder_next(struct decoder *d, struct err *e);
/* Back to the begin. */
bool decoder_rewind(struct decoder *d, struct err *e);

/* Counts from 1: where the byte stands that comes next. */
uint64_t decoder_line(const struct decoder *d);
/* SHA-256 of the whole file, once its end has been reached. */
bool decoder_digest(const struct decoder *d, uint8_t out[DECODER_DIGEST]);
/* "'signins.csv', line 7: " and the reason; returns false. */
bool decoder_fail(const struct decoder *d, uint64_t line, struct err *e,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
