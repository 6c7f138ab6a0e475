/* match.c: whether a device passes; see filter.h. */
#include "ui/filter/field.h"
#include <string.h>

/* What is not known is the same as nothing: owner="". */
static bool text_holds(const struct filter_step *s, const char *text)
{
	if (!text)
		text = "";
	return s->compare == FILTER_CONTAINS ? field_contains(text, s->text)
					     : field_same(text, s->text);
}

static bool any_holds(const struct filter_step *s, const struct names *names)
{
	if (names->n == 0)
		return text_holds(s, NULL);
	for (size_t i = 0; i < names->n; i++)
		if (text_holds(s, names->v[i]))
			return true;
	return false;
}

static bool tag_holds(const struct filter_step *s, const char *tags)
{
	char tag[TEXT_MAX];

	if (!tags)
		return text_holds(s, NULL);
	while (field_next_tag(&tags, tag))
		if (text_holds(s, tag))
			return true;
	return false;
}

static bool any_contains(const struct names *names, const char *part)
{
	for (size_t i = 0; i < names->n; i++)
		if (field_contains(names->v[i], part))
			return true;
	return false;
}

bool filter_anywhere(const struct device *d, const char *word)
{
	return field_contains(d->id, word) || field_contains(d->name, word) ||
		field_contains(d->vendor, word) ||
		field_contains(d->model, word) ||
		(d->type_score > 0 &&
			field_contains(device_type_word(d->type), word)) ||
		field_contains(d->owner, word) ||
		field_contains(d->tag, word) ||
		field_contains(d->note, word) ||
		any_contains(&d->addresses, word) ||
		any_contains(&d->macs, word) ||
		any_contains(&d->accounts, word) ||
		any_contains(&d->mechanisms, word) ||
		any_contains(&d->from, word) ||
		any_contains(&d->domains, word) ||
		any_contains(&d->helos, word) ||
		any_contains(&d->agents, word) ||
		any_contains(&d->servers, word) ||
		any_contains(&d->codes, word);
}

static bool in_network(const struct filter_step *s, const char *text)
{
	struct addr a;
	size_t n = strlen(s->text);

	if (s->addr.family == 0) {
		char last = s->text[n - 1];

		/* 10.2 means 10.2.x.x and not 10.20.x.x */
		return field_begins(text, s->text) &&
			(last == '.' || last == ':' || text[n] == '.' ||
				text[n] == ':' || text[n] == '\0');
	}
	if (!addr_parse(text, &a) || a.family != s->addr.family)
		return false;
	for (unsigned i = 0; i < s->bits; i += 8) {
		unsigned left = s->bits - i;
		uint8_t mask = (uint8_t)(left >= 8 ? 0xff : 0xff00 >> left);

		if (((a.b[i / 8] ^ s->addr.b[i / 8]) & mask) != 0)
			return false;
	}
	return true;
}

static bool any_in_network(const struct filter_step *s, const struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (in_network(s, n->v[i]))
			return true;
	return false;
}

static bool number_holds(const struct filter_step *s, uint64_t n)
{
	switch (s->compare) {
	case FILTER_LESS: return n < s->number;
	case FILTER_AT_MOST: return n <= s->number;
	case FILTER_MORE: return n > s->number;
	case FILTER_AT_LEAST: return n >= s->number;
	case FILTER_EQUAL:
	case FILTER_UNEQUAL:
	case FILTER_CONTAINS:
		break;
	}
	return n == s->number;
}

static uint64_t age(int64_t now, int64_t at)
{
	return now > at ? (uint64_t)(now - at) / 1000000 : 0;
}

enum { DAY = 86400 };

/* A date is that of the session, an age what has passed since. */
static bool time_holds(const struct filter_step *s, int64_t now, int64_t at)
{
	if (at <= 0)
		return false;
	if (s->day)
		return number_holds(s, (uint64_t)at / 1000000 / DAY);
	return number_holds(s, age(now, at));
}

/* What breaks now comes before any day; what never does, after none. */
static bool breaks_holds(const struct filter_step *s, const char *breaks,
	int64_t now)
{
	struct filter_step day = *s;
	uint64_t at = 0;

	if (!breaks || (strcmp(breaks, "now") != 0 && !field_day(breaks, &at)))
		return false;
	if (!s->day)
		day.number = (now > 0 ? (uint64_t)now / 1000000 : 0) / DAY +
			s->number / DAY;
	return number_holds(&day, at);
}

/* "none" is a session without TLS; a version compares with the lowest that
 * was seen, so that tls<1.2 names old TLS and not those without any. */
static bool tls_holds(const struct filter_step *s, const struct device *d)
{
	if (s->number == 0 && (s->compare == FILTER_EQUAL ||
				s->compare == FILTER_UNEQUAL))
		return d->some_clear;
	return d->tls_lowest != 0 && number_holds(s, d->tls_lowest);
}

static bool is_holds(const struct filter_step *s,
	const struct filter_subject *x)
{
	switch (s->number) {
	case IS_MARKED: return x->marked;
	case IS_NEW: return age(x->now, x->device->first_seen) < DAY;
	case IS_CLEAR: return x->device->in_clear;
	default: return x->device->role == ROLE_MTA;
	}
}

static bool term_holds(const struct filter_step *s,
	const struct filter_subject *x)
{
	const struct device *d = x->device;

	switch (s->field) {
	case FILTER_ANYWHERE: return filter_anywhere(d, s->text);
	case FILTER_AUTH: return s->number == (uint64_t)d->use;
	case FILTER_IP: return any_in_network(s, &d->addresses);
	case FILTER_NAME: return text_holds(s, d->name);
	case FILTER_VENDOR: return text_holds(s, d->vendor);
	case FILTER_MODEL: return text_holds(s, d->model);
	case FILTER_TYPE: return s->number == (uint64_t)d->type;
	case FILTER_MAC: return any_holds(s, &d->macs);
	case FILTER_VLAN: return any_holds(s, &d->vlans);
	case FILTER_ACCOUNT: return any_holds(s, &d->accounts);
	case FILTER_MECH: return any_holds(s, &d->mechanisms);
	case FILTER_FROM: return any_holds(s, &d->from);
	case FILTER_RCPT: return any_holds(s, &d->domains);
	case FILTER_RECIPIENTS: return s->number == d->recipients_are;
	case FILTER_SERVER: return any_holds(s, &d->servers);
	case FILTER_SERVICE: return any_holds(s, &d->services);
	case FILTER_EHLO: return any_holds(s, &d->helos);
	case FILTER_AGENT: return any_holds(s, &d->agents);
	case FILTER_CODE: return any_holds(s, &d->codes);
	case FILTER_STANDING: return s->number == (uint64_t)d->standing;
	case FILTER_EVIDENCE: return s->number == (uint64_t)d->evidence;
	case FILTER_IS: return is_holds(s, x);
	case FILTER_TLS: return tls_holds(s, d);
	case FILTER_LAST: return time_holds(s, x->now, d->last_seen);
	case FILTER_FIRST: return time_holds(s, x->now, d->first_seen);
	case FILTER_MSGS: return number_holds(s, d->messages);
	case FILTER_SESSIONS: return number_holds(s, d->sessions);
	case FILTER_BYTES: return number_holds(s, d->bytes);
	case FILTER_REFUSED: return number_holds(s, d->auth_rejected);
	case FILTER_FINDING:
		return (d->findings & FINDING_BIT(s->number)) != 0;
	case FILTER_CADENCE: return s->number == (uint64_t)d->cadence;
	case FILTER_BREAKS: return breaks_holds(s, d->breaks, x->now);
	case FILTER_ADVICE: return text_holds(s, d->advice);
	case FILTER_OWNER: return text_holds(s, d->owner);
	case FILTER_TAG: return tag_holds(s, d->tag);
	case FILTER_NOTE: return text_holds(s, d->note);
	case FILTER_STATUS: return s->number == (uint64_t)d->status;
	}
	return false;
}

bool filter_match(const struct filter_expression *f,
	const struct filter_subject *x)
{
	bool stack[FILTER_STEPS + 1];
	size_t n = 0;

	if (f->n == 0)
		return true;
	for (size_t i = 0; i < f->n; i++) {
		const struct filter_step *s = &f->v[i];

		switch (s->kind) {
		case FILTER_TERM:
			stack[n++] = term_holds(s, x) !=
				(s->compare == FILTER_UNEQUAL);
			break;
		case FILTER_NOT:
			stack[n - 1] = !stack[n - 1];
			break;
		case FILTER_AND:
			n--;
			stack[n - 1] = stack[n - 1] && stack[n];
			break;
		case FILTER_OR:
			n--;
			stack[n - 1] = stack[n - 1] || stack[n];
			break;
		}
	}
	return stack[0];
}
