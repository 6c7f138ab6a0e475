/* pool.c: see pool.h. */
#include "capture/base/pool.h"
#include "capture/base/bytes.h"
#include <assert.h>
#include <stdalign.h>

static size_t rounded(size_t size)
{
	size_t a = alignof(max_align_t);

	return (size + a - 1) / a * a;
}

size_t pool_bytes(size_t size, size_t n)
{
	return rounded(size) * n;
}

void pool_init(struct pool *p, void *mem, size_t size, size_t n)
{
	assert(size >= sizeof(void *));
	*p = (struct pool){
		.fresh = mem, .size = rounded(size), .total = n, .fresh_n = n};
}

void *pool_get(struct pool *p)
{
	void *object = p->free;

	if (object) {
		memcpy(&p->free, object, sizeof p->free);
		memset(object, 0, sizeof p->free);
	} else if (p->fresh_n > 0) {
		object = p->fresh;
		p->fresh += p->size;
		p->fresh_n--;
	} else {
		return NULL;
	}
	p->used++;
	return object;
}

void pool_put(struct pool *p, void *object)
{
	if (!object)
		return;
	assert(p->used > 0);
	bytes_wipe(object, p->size);
	memcpy(object, &p->free, sizeof p->free);
	p->free = object;
	p->used--;
}
