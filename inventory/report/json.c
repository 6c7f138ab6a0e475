/* json.c: see json.h. jansson escapes. */
#include "inventory/report/json.h"
#include "inventory/report/out.h"
#include <assert.h>

static void put(json_t *o, const char *key, json_t *taken)
{
	int code = json_object_set_new(o, key, taken);

	/* Texts are clean UTF-8 and keys our own. */
	assert(taken && code == 0);
	(void)code;
}

void json_put_text(json_t *o, const char *key, const char *text)
{
	put(o, key, text ? json_string(text) : json_null());
}

void json_put_number(json_t *o, const char *key, uint64_t v)
{
	put(o, key, json_integer(v > INT64_MAX ? INT64_MAX : (json_int_t)v));
}

void json_put_bool(json_t *o, const char *key, bool v)
{
	put(o, key, json_boolean(v));
}

void json_put_time(json_t *o, const char *key, int64_t us)
{
	char text[OUT_TIME];

	out_time(us, text);
	json_put_text(o, key, text[0] != '\0' ? text : NULL);
}

void json_put_names(json_t *o, const char *key, const struct names *n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->n; i++)
		json_array_append_new(list, json_string(n->v[i]));
	put(o, key, list);
}

bool json_write_part(json_t *o, FILE *out)
{
	const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII |
		JSON_ENCODE_ANY;
	char room[1 << 14]; /* jansson writes to a FILE in very small pieces */
	size_t n = json_dumpb(o, room, sizeof room, flags);
	bool ok;

	if (n <= sizeof room)
		ok = n > 0 && fwrite(room, 1, n, out) == n;
	else
		ok = json_dumpf(o, out, flags) == 0;
	json_decref(o);
	return ok;
}

bool json_write(json_t *o, FILE *out, struct err *e)
{
	if (json_write_part(o, out) && putc('\n', out) != EOF)
		return true;
	return out_check(out, e) ||
		err_set(e, ERR_RUN, "cannot write the report");
}
