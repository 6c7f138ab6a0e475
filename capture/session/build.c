/* build.c: see build.h. */
#include "capture/session/build.h"
#include "capture/base/text.h"
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

struct record_text build_given(struct record_session *s, const void *p,
	size_t n, size_t spare)
{
	char clean[TEXT_MAX];
	size_t len = text_clean(clean, sizeof clean, p, n);
	struct record_text t = find(s, clean);

	if (t.at != 0)
		return t;
	if (s->arena_n + len + 1 + spare > RECORD_ARENA) {
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
