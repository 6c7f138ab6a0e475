/* pool.h: objects of one size out of memory that was taken at start. */
#pragma once
#include <stddef.h>

/* The memory is the owner's (it must outlive the pool). */
struct pool {
	void *free; /* returned objects; each points to the next */
	char *fresh; /* what was never handed out: its pages stay untouched */
	size_t size, total, used, fresh_n;
};

/* The bytes that n objects of that size need. */
size_t pool_bytes(size_t size, size_t n);
/* mem: pool_bytes() of zeroes, aligned for any type; borrowed. */
void pool_init(struct pool *p, void *mem, size_t size, size_t n);
/* A zeroed object, or NULL when all are out: the caller then makes room. */
void *pool_get(struct pool *p);
/* Takes an object back and wipes it: it may have held a secret. */
void pool_put(struct pool *p, void *object);
