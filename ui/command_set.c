/* command_set.c: what the engineer says of a device, beside what was seen. */
#include "inventory/annotate.h"
#include "inventory/query.h"
#include "ui/commands.h"
#include <stdlib.h>
#include <time.h>

enum { WAIT = 10000 }; /* ms */

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int command_set(const struct options *o, struct err *e)
{
	struct annotation a = {0};
	struct device_list *l = NULL;
	struct query *q = NULL;
	const struct device *d;
	bool ok = true;

	for (size_t i = 0; ok && i < o->files_n; i++)
		ok = annotation_word(&a, o->files[i], e);
	ok = ok && query_open(&q, o->db, e) && query_devices(q, &l, e);
	if (ok) {
		d = named_device(l, o, e);
		ok = d && annotate(&(struct annotate_to){o->db, now(), WAIT},
			(const char *const[]){d->id}, 1, &a, e);
	}
	device_list_free(l);
	query_close(q);
	return ok ? 0 : (int)e->kind;
}
