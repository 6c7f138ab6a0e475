/* build.c: see build.h. */
#include "capture/session/build.h"
#include "capture/base/text.h"
#include <assert.h>
#include <string.h>

void build_init(struct record_session *s)
{
	s->arena[0] = '\0';
	s->arena_n = 1;
}

static struct record_text find(const struct record_session *s,
	const char *text)
{
	size_t at = 1;

	while (at < s->arena_n) {
		if (strcmp(s->arena + at, text) == 0)
			return (struct record_text){(uint16_t)at};
		at += strlen(s->arena + at) + 1;
	}
	return (struct record_text){0};
}

/* Calls for every text of the record: before a move they are marked, after it
 * they are set to where they have gone. */
static void mark(const struct record_text *t, size_t n, uint16_t *moved)
{
	for (size_t i = 0; i < n; i++)
		moved[t[i].at] = t[i].at;
}

static void set(struct record_text *t, size_t n, const uint16_t *moved)
{
	for (size_t i = 0; i < n; i++)
		t[i].at = moved[t[i].at];
}

/* All texts of a record. */
struct list {
	struct record_text *t;
	size_t n;
};

enum {
	SINGLES = 10, AUTH_TEXTS = 5,
	LISTS = SINGLES + 4 + RECORD_AUTHS * AUTH_TEXTS,
};

static void texts_of(struct record_session *s, struct list lists[LISTS])
{
	struct record_text *singles[SINGLES] = {&s->proxied, &s->banner,
		&s->helo, &s->agent, &s->seen_as, &s->sni, &s->ja3, &s->ja4,
		&s->cert_cn, &s->cert_issuer};
	size_t n = 0;

	for (int i = 0; i < SINGLES; i++)
		lists[n++] = (struct list){singles[i], 1};
	lists[n++] = (struct list){s->offered, s->offered_n};
	lists[n++] = (struct list){s->cert_names, s->cert_name_n};
	lists[n++] = (struct list){s->from, s->from_n};
	lists[n++] = (struct list){s->domains, s->domain_n};
	for (int i = 0; i < RECORD_AUTHS; i++) {
		struct record_auth *a = &s->auth[i];
		struct record_text *named[AUTH_TEXTS] = {&a->mechanism,
			&a->account, &a->authzid, &a->workstation, &a->realm};

		for (int t = 0; t < AUTH_TEXTS; t++)
			lists[n++] = (struct list){named[t], i < s->auth_n};
	}
	assert(n == LISTS);
}

/* Closes the ranks of the texts that are still spoken of. */
static void compact(struct record_session *s)
{
	struct list lists[LISTS];
	uint16_t moved[RECORD_ARENA] = {0};
	size_t to = 1, len;

	texts_of(s, lists);
	for (int i = 0; i < LISTS; i++)
		mark(lists[i].t, lists[i].n, moved);
	for (size_t at = 1; at < s->arena_n; at += len) {
		len = strlen(s->arena + at) + 1;
		if (moved[at] == 0)
			continue;
		memmove(s->arena + to, s->arena + at, len);
		moved[at] = (uint16_t)to;
		to += len;
	}
	for (int i = 0; i < LISTS; i++)
		set(lists[i].t, lists[i].n, moved);
	memset(s->arena + to, 0, s->arena_n - to);
	s->arena_n = (uint16_t)to;
}

static bool has_room(const struct record_session *s, size_t n)
{
	return s->arena_n + n <= RECORD_ARENA;
}

struct record_text build_given(struct record_session *s, const void *p,
	size_t n, size_t spare)
{
	char clean[TEXT_MAX];
	size_t len = text_clean(clean, sizeof clean, p, n);
	struct record_text t = find(s, clean);

	if (t.at != 0)
		return t;
	if (!has_room(s, len + 1 + spare))
		compact(s);
	if (!has_room(s, len + 1 + spare)) {
		s->flags |= RECORD_TRUNCATED;
		return t;
	}
	t.at = s->arena_n;
	memcpy(s->arena + t.at, clean, len + 1);
	s->arena_n = (uint16_t)(s->arena_n + len + 1);
	return t;
}

struct record_text build_spare_text(struct record_session *s, const void *p,
	size_t n, size_t spare)
{
	return n > 0 ? build_given(s, p, n, spare) : (struct record_text){0};
}

struct record_text build_text(struct record_session *s, const void *p,
	size_t n)
{
	return build_spare_text(s, p, n, 0);
}

void build_once(struct record_session *s, struct record_text *list,
	uint8_t *n, uint8_t most, const void *p, size_t len, size_t spare)
{
	char clean[TEXT_MAX];
	struct record_text t;

	text_clean(clean, sizeof clean, p, len);
	for (uint8_t i = 0; i < *n; i++)
		if (strcmp(s->arena + list[i].at, clean) == 0)
			return;
	if (*n >= most) {
		s->flags |= RECORD_TRUNCATED;
		return;
	}
	t = build_spare_text(s, p, len, spare);
	if (t.at != 0)
		list[(*n)++] = t;
}

struct record_auth *build_auth(struct record_session *s)
{
	if (s->auth_n == RECORD_AUTHS) {
		memmove(s->auth, s->auth + 1,
			(RECORD_AUTHS - 1) * sizeof s->auth[0]);
		s->auth_n--;
		s->flags |= RECORD_TRUNCATED;
	}
	memset(&s->auth[s->auth_n], 0, sizeof s->auth[0]);
	return &s->auth[s->auth_n++];
}

struct record_refusal *build_refusal(struct record_session *s)
{
	if (s->refusal_n == RECORD_REFUSALS) {
		memmove(s->refusals, s->refusals + 1,
			(RECORD_REFUSALS - 1) * sizeof s->refusals[0]);
		s->refusal_n--;
	}
	memset(&s->refusals[s->refusal_n], 0, sizeof s->refusals[0]);
	return &s->refusals[s->refusal_n++];
}
