/* bytes.h: reading and writing untrusted bytes without ever leaving them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A cursor. One bad read makes it bad for good: every later read gives 0
 * and rd_left() is 0, so loops end. Ask rd_ok() once, before believing.
 * In the header because the packet path reads nearly every byte by it. */
struct rd {
	const uint8_t *p, *end;
	bool bad;
};

/* Borrows p. */
static inline struct rd rd_init(const void *p, size_t n)
{
	const uint8_t *b = p;

	return (struct rd){b, n > 0 ? b + n : b, false};
}

static inline bool rd_ok(const struct rd *r)
{
	return !r->bad;
}

static inline size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}

/* The only place where a cursor moves: the next n bytes, or NULL. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > rd_left(r)) {
		r->bad = true;
		r->p = r->end;
		return NULL;
	}
	if (n > 0)
		r->p += n;
	return p;
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_be16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_be24(struct rd *r)
{
	const uint8_t *p = rd_take(r, 3);

	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t rd_be32(struct rd *r)
{
	const uint8_t *p = rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			(uint32_t)p[2] << 8 | p[3]
		 : 0;
}

static inline uint64_t rd_be64(struct rd *r)
{
	uint64_t high = rd_be32(r);

	return high << 32 | rd_be32(r);
}

static inline uint16_t rd_le16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

static inline uint32_t rd_le32(struct rd *r)
{
	uint32_t low = rd_le16(r);

	return low | (uint32_t)rd_le16(r) << 16;
}

static inline uint64_t rd_le64(struct rd *r)
{
	uint64_t low = rd_le32(r);

	return low | (uint64_t)rd_le32(r) << 32;
}

static inline void rd_skip(struct rd *r, size_t n)
{
	(void)rd_take(r, n);
}

/* Copies n bytes to out, or zeroes where there are not that many. */
static inline void rd_copy(struct rd *r, void *out, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	if (n == 0)
		return;
	if (p)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

/* A fence: a child confined to the next n bytes; r moves past them. Where
 * there are not that many, both are bad. */
static inline struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *p = rd_take(r, n);
	struct rd child = {r->end, r->end, true};

	if (p)
		child = rd_init(p, n);
	return child;
}

/* The same for writing: a builder into memory of a fixed size. One write
 * too many makes it bad for good and writes nothing. */
struct wr {
	uint8_t *begin, *p, *end;
	bool bad;
};

static inline struct wr wr_init(void *p, size_t n) /* borrows p */
{
	uint8_t *b = p;

	return (struct wr){b, b, b + n, false};
}

static inline bool wr_ok(const struct wr *w)
{
	return !w->bad;
}

static inline size_t wr_used(const struct wr *w)
{
	return (size_t)(w->p - w->begin);
}

static inline void wr_bytes(struct wr *w, const void *p, size_t n)
{
	if (w->bad || n > (size_t)(w->end - w->p)) {
		w->bad = true;
		return;
	}
	if (n > 0)
		memcpy(w->p, p, n);
	w->p += n;
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
	wr_bytes(w, &v, 1);
}

static inline void wr_be16(struct wr *w, uint16_t v)
{
	wr_bytes(w, (uint8_t[]){(uint8_t)(v >> 8), (uint8_t)v}, 2);
}

static inline void wr_be32(struct wr *w, uint32_t v)
{
	wr_be16(w, (uint16_t)(v >> 16));
	wr_be16(w, (uint16_t)v);
}

static inline void wr_be64(struct wr *w, uint64_t v)
{
	wr_be32(w, (uint32_t)(v >> 32));
	wr_be32(w, (uint32_t)v);
}

/* Overwrites memory that held a secret; the compiler may not drop it. */
static inline void bytes_wipe(void *p, size_t n)
{
	if (n > 0)
		explicit_bzero(p, n);
}
