/* capfile_reader.h: building capture files, and reading them as a source does;
 * for the tests of the capture formats. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/decode/capfile.h"
#include "tests/unit/check.h"

/* 2026-11-24 20:25:03 UTC */
enum { SECONDS = 1795552 * 1000 + 103 };
#define AT(ns) ((int64_t)SECONDS * 1000000000 + (ns))

struct file {
	uint8_t b[4096];
	struct wr w;
	bool big;
};

struct seen {
	unsigned n;
	struct frame frames[16]; /* p is not kept */
	uint8_t first[16], last[16];
	enum capfile_result end;
	const char *reason;
	uint64_t offset;
};

static inline void begin(struct file *f, bool big)
{
	f->w = wr_init(f->b, sizeof f->b);
	f->big = big;
}

static inline void u16(struct file *f, unsigned v)
{
	if (f->big)
		wr_be16(&f->w, (uint16_t)v);
	else
		wr_be16(&f->w, (uint16_t)(v << 8 | v >> 8));
}

static inline void u32(struct file *f, uint32_t v)
{
	wr_be32(&f->w, f->big ? v : __builtin_bswap32(v));
}

static inline void fill(struct file *f, uint8_t byte, size_t n)
{
	while (n-- > 0)
		wr_u8(&f->w, byte);
}

static inline size_t size(const struct file *f)
{
	check(wr_ok(&f->w));
	return wr_used(&f->w);
}

/* Reads as a source does, in windows that grow by step bytes. */
static inline struct seen read_all(const uint8_t *b, size_t n, size_t step)
{
	struct capfile *c = malloc(sizeof *c);
	struct seen s = {0};
	size_t from = 0, to = 0, used;

	check(c);
	capfile_init(c);
	for (;;) {
		uint8_t *window = exact_copy(b + from, to - from);
		struct frame f;
		unsigned at = s.n < 16 ? s.n : 15;

		s.end = capfile_next(c, window, to - from, to == n, &used, &f);
		check(used <= to - from);
		if (s.end == CAPFILE_FRAME) {
			check(f.p >= window && f.p + f.n <= window + used);
			check(f.at >= 0 && f.at < FRAME_AT_END);
			check(f.wire_n >= f.n);
			s.first[at] = f.n > 0 ? f.p[0] : 0;
			s.last[at] = f.n > 0 ? f.p[f.n - 1] : 0;
			f.p = NULL;
			s.frames[at] = f;
			s.n++;
		}
		free(window);
		from += used;
		if (s.end == CAPFILE_MORE) {
			check(to < n && c->need <= CAPFILE_WINDOW);
			check(c->need > to - from);
			to = n - to < step ? n : to + step;
		} else if (s.end != CAPFILE_FRAME) {
			break;
		}
	}
	check(c->frames == s.n && c->offset == from);
	s.reason = c->reason;
	s.offset = from;
	check((s.end == CAPFILE_DAMAGED) == (c->reason != NULL));
	/* It stays so. */
	check(capfile_next(c, b, n, true, &used, &(struct frame){0}) == s.end ||
		s.end == CAPFILE_END);
	free(c);
	return s;
}

static inline struct seen read_file(const struct file *f)
{
	return read_all(f->b, size(f), SIZE_MAX);
}

/* Are a's frames the first ones of b? */
static inline bool is_prefix(const struct seen *a, const struct seen *b)
{
	for (unsigned i = 0; i < a->n && i < 16; i++) {
		const struct frame *f = &a->frames[i], *g = &b->frames[i];

		if (i >= b->n || f->at != g->at || f->link != g->link ||
			f->n != g->n || f->wire_n != g->wire_n ||
			a->first[i] != b->first[i] || a->last[i] != b->last[i])
			return false;
	}
	return true;
}

static inline void any_window_gives_the_same(const struct file *f)
{
	struct seen whole = read_file(f);

	for (size_t step = 1; step < 80; step++) {
		struct seen s = read_all(f->b, size(f), step);

		check(s.n == whole.n && is_prefix(&s, &whole));
		check(s.end == whole.end && s.offset == whole.offset);
	}
}

/* Whatever the cut: frames up to it are right, and it is noticed unless it
 * is at one of the ends. */
static inline void every_truncation_is_noticed(const struct file *f,
	const size_t *ends, size_t ends_n)
{
	struct seen whole = read_file(f);

	check(whole.end == CAPFILE_END);
	for (size_t n = 0; n < size(f); n++) {
		struct seen s = read_all(f->b, n, SIZE_MAX);
		bool at_end = false;

		for (size_t i = 0; i < ends_n; i++)
			at_end |= ends[i] == n;
		check(s.end == (at_end ? CAPFILE_END : CAPFILE_DAMAGED));
		check(s.n < whole.n || n > size(f) - 40);
		check(is_prefix(&s, &whole));
	}
}
