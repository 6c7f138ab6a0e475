/* events.c: see events.h. Sessions say the most; devices, names and the
 * sources' hours the rest. */
#include "ui/dash/events.h"
#include "ui/dash/line.h"
#include "ui/say.h"
#include "ui/words.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct event_list *l;
	size_t cap;
	const struct device_list *devices;
	bool failed; /* memory is out */
};

void event_list_free(struct event_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].id);
		free(l->v[i].device);
		free(l->v[i].who);
		free(l->v[i].text);
	}
	free(l->v);
	free(l);
}

const char *event_word(enum event_kind k)
{
	static const char *const words[] = {
		[EVENT_SOURCE] = "source", [EVENT_LOSS] = "loss",
		[EVENT_NEW] = "new", [EVENT_NAME] = "name",
		[EVENT_GAP] = "gap", [EVENT_HIDDEN] = "hidden",
		[EVENT_AUTH] = "auth", [EVENT_REFUSED] = "refused",
		[EVENT_MAIL] = "mail"};

	return words[k];
}

const char *event_level_word(enum event_level l)
{
	static const char *const words[] = {"all", "info+", "warn+"};

	return l < EVENT_LEVELS ? words[l] : "";
}

/* Devices are in the order of their ids. */
static const struct device *device_of(const struct reading *r, const char *id)
{
	size_t low = 0, high = r->devices ? r->devices->n : 0;

	while (id && low < high) {
		size_t middle = (low + high) / 2;
		int by = strcmp(r->devices->v[middle].id, id);

		if (by == 0)
			return &r->devices->v[middle];
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const char *name_of(const struct device *d)
{
	return d->name ? d->name
		: d->addresses.n > 0 ? d->addresses.v[0] : d->id;
}

static struct event *add(struct reading *r, int64_t at, enum event_kind kind,
	enum event_level level)
{
	struct event_list *l = r->l;

	if (l->n == r->cap) {
		size_t cap = r->cap > 0 ? 2 * r->cap : 256;
		struct event *v = realloc(l->v, cap * sizeof *v);

		if (!v) {
			r->failed = true;
			return NULL;
		}
		l->v = v;
		r->cap = cap;
	}
	l->v[l->n] = (struct event){.at = at, .kind = kind, .level = level};
	return &l->v[l->n++];
}

/* A copy of a text, or NULL; memory that is out is told at the end. */
static char *copy(struct reading *r, const char *text)
{
	char *made = text ? strdup(text) : NULL;

	r->failed |= text && !made;
	return made;
}

static void tell(struct reading *r, struct event *e, const char *device,
	const char *who, const struct line *id, const struct line *text)
{
	const struct device *d = device_of(r, device);

	e->device = copy(r, device);
	e->who = copy(r, d ? name_of(d) : who);
	e->id = copy(r, id->text);
	e->text = copy(r, text->text);
}

/* Of a session */

static void session_event(struct reading *r, const struct session_row *s,
	struct event *e, size_t nth, const struct line *text)
{
	struct line id = {.n = 0};

	if (!e)
		return;
	line_add(&id, "%s %u %zu", s->session, (unsigned)e->kind, nth);
	memcpy(e->session, s->session, sizeof e->session);
	tell(r, e, s->device, s->client_ip, &id, text);
}

static void to_server(const struct session_row *s, struct line *text)
{
	char server[WORDS_SERVER];

	line_add(text, "-> %s", words_server(s, server));
}

static void one_auth(struct reading *r, const struct session_row *s, size_t i)
{
	const struct auth_row *a = &s->auth[i];
	bool refused = a->outcome && strcmp(a->outcome, "rejected") == 0;
	struct event *e = add(r, a->at,
		refused ? EVENT_REFUSED : EVENT_AUTH,
		refused ? EVENT_WARN : EVENT_INFO);
	struct line text = {.n = 0};
	char word[WORDS_TRY];

	line_add(&text, "%s", words_mechanism(a, word));
	if (words_account(a, word))
		line_add(&text, " %s", word);
	if (words_reply(a, word))
		line_add(&text, " %s", word);
	if (words_reason(a, word))
		line_add(&text, " (%s)", word);
	if (a->in_clear)
		line_add(&text, " CLEAR");
	line_add(&text, " ");
	to_server(s, &text);
	if (e)
		e->guessed = a->evidence == EVIDENCE_INFERRED;
	session_event(r, s, e, i, &text);
}

/* What a session without AUTH that was seen is told as. */
static void without_auth(struct reading *r, const struct session_row *s)
{
	bool hidden = s->use == USE_UNKNOWN || s->use == USE_REQUIRED;
	struct line text = {.n = 0};

	if (!hidden && s->mails == 0)
		return;
	if (hidden && strcmp(s->tls_mode, "none") == 0)
		line_add(&text, "AUTH not seen ");
	else if (hidden)
		line_add(&text, "AUTH hidden by %s ",
			strcmp(s->tls_mode, "starttls") == 0 ? "STARTTLS"
							     : "TLS");
	else
		line_add(&text, "without AUTH, %" PRIu64 " message%s ",
			s->messages, s->messages == 1 ? "" : "s");
	to_server(s, &text);
	session_event(r, s, add(r, s->first_seen,
			hidden ? EVENT_HIDDEN : EVENT_MAIL,
			hidden ? EVENT_INFO : EVENT_ALL), 0, &text);
}

static void refusals(struct reading *r, const struct session_row *s)
{
	for (size_t i = 0; i < s->refusals_n; i++) {
		const struct refusal_row *f = &s->refusals[i];
		struct line text = {.n = 0};

		line_add(&text, "%s refused %u%s%s ", words_verb(f->verb),
			f->code, f->enhanced ? " " : "",
			f->enhanced ? f->enhanced : "");
		to_server(s, &text);
		session_event(r, s, add(r, s->last_seen, EVENT_REFUSED,
				EVENT_WARN), RECORD_AUTHS + i, &text);
	}
}

static void gap(struct reading *r, const struct session_row *s)
{
	struct line text = {.n = 0};
	char bytes[SAY_MAX];

	if (s->gap_bytes == 0)
		return;
	line_add(&text, "%s of the session not captured ",
		say_bytes(bytes, s->gap_bytes));
	to_server(s, &text);
	session_event(r, s, add(r, s->last_seen, EVENT_GAP, EVENT_WARN), 0,
		&text);
}

static void session(struct reading *r, const struct session_row *s)
{
	for (size_t i = 0; i < s->auth_n; i++)
		one_auth(r, s, i);
	if (s->auth_n == 0)
		without_auth(r, s);
	refusals(r, s);
	gap(r, s);
}

static bool sessions(struct reading *r, struct query *q, struct err *e)
{
	struct event_list *l = r->l;
	const struct session_row *row;
	struct query_sessions *s;
	size_t n = 0;

	if (!query_sessions_begin(q, NULL, l->since,
			l->until > 0 ? l->until - 1 : 0, true, &s, e))
		return false;
	while (query_sessions_next(s, &row)) {
		session(r, row);
		if (++n < EVENTS_SESSIONS)
			continue;
		l->from = row->first_seen;
		break;
	}
	return query_sessions_end(s, e);
}

/* Other facts */

static bool asked_for(const struct reading *r, int64_t at)
{
	return at > 0 && at >= r->l->since && at >= r->l->from &&
		(r->l->until == 0 || at < r->l->until);
}

static void newcomers(struct reading *r)
{
	for (size_t i = 0; r->devices && i < r->devices->n; i++) {
		const struct device *d = &r->devices->v[i];
		struct line id = {.n = 0}, text = {.n = 0};
		char word[WORDS_AUTH];
		struct event *e;

		if (d->sessions == 0 || !asked_for(r, d->first_seen))
			continue;
		e = add(r, d->first_seen, EVENT_NEW, EVENT_INFO);
		line_add(&id, "new %s", d->id);
		line_add(&text, "first mail session; now %s",
			words_auth(d, word));
		if (d->vendor)
			line_add(&text, ", %s", d->vendor);
		if (e)
			tell(r, e, d->id, NULL, &id, &text);
	}
}

static bool names(struct reading *r, struct query *q, struct err *e)
{
	struct event_list *l = r->l;
	int64_t since = l->since > l->from ? l->since : l->from;
	struct name_list *names;

	if (!query_names_heard(q, since > 0 ? since : 1,
			l->until > 0 ? l->until - 1 : 0, EVENTS_NAMES, &names,
			e))
		return false;
	for (size_t i = 0; i < names->n; i++) {
		const struct name_heard *n = &names->v[i];
		struct line id = {.n = 0}, text = {.n = 0};
		struct event *v;

		/* Whatever else talks on this network is nobody's concern. */
		if (!device_of(r, n->subject))
			continue;
		v = add(r, n->at, EVENT_NAME, EVENT_INFO);
		line_add(&id, "name %s %s %s", n->subject, n->kind, n->name);
		line_add(&text, "%s says %s", n->kind, n->name);
		if (v)
			tell(r, v, n->subject, NULL, &id, &text);
	}
	if (names->n == EVENTS_NAMES && names->v[names->n - 1].at > l->from)
		l->from = names->v[names->n - 1].at;
	name_list_free(names);
	return true;
}

static bool losses(struct reading *r, struct query *q, struct err *e)
{
	const int64_t hour = 3600 * INT64_C(1000000);
	struct health *h;
	char n[SAY_MAX];

	if (!query_health(q, r->l->since, &h, e))
		return false;
	for (size_t i = 0; i < h->n; i++) {
		const struct health_hour *v = &h->v[i];
		struct line id = {.n = 0}, text = {.n = 0};
		struct event *event;

		if (v->dropped + v->lost_records == 0 ||
			!asked_for(r, v->at + hour - 1))
			continue;
		event = add(r, v->at + hour - 1, EVENT_LOSS, EVENT_WARN);
		line_add(&id, "loss %" PRId64, v->at);
		line_add(&text, "%s packets dropped in this hour (%.3f%%)",
			say_count(n, v->dropped), 100 * health_loss(v));
		if (v->lost_records > 0)
			line_add(&text, ", %s records lost",
				say_count(n, v->lost_records));
		if (event)
			tell(r, event, NULL, "capture", &id, &text);
	}
	health_free(h);
	return true;
}

static void source_event(struct reading *r, const struct source_state *s,
	int64_t at, const char *what)
{
	bool ill = s->reason != NULL && at != s->first_seen;
	struct line id = {.n = 0}, text = {.n = 0};
	struct event *e;

	if (!asked_for(r, at))
		return;
	e = add(r, at, EVENT_SOURCE, ill ? EVENT_WARN : EVENT_INFO);
	line_add(&id, "source %s %s", s->label, what);
	line_add(&text, "%s %s", s->live ? "capture" : "file", what);
	if (ill)
		line_add(&text, ": %s", s->reason);
	if (e)
		tell(r, e, NULL, s->label, &id, &text);
}

static void sources(struct reading *r)
{
	for (size_t i = 0; r->devices && i < r->devices->sources_n; i++) {
		const struct source_state *s = &r->devices->sources[i];

		source_event(r, s, s->first_seen, "begins");
		if (!s->running && s->state)
			source_event(r, s, s->last_seen,
				strcmp(s->state, "done") == 0 ? "ends"
							      : s->state);
	}
}

/* The newest first; the rest makes the order total. */
static int newest_first(const void *x, const void *y)
{
	const struct event *a = x, *b = y;

	if (a->at != b->at)
		return a->at > b->at ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind > b->kind ? -1 : 1;
	return strcmp(b->id, a->id);
}

/* The last fact that was read may have been cut off at another time than the
 * others: what is older is told by none. */
static void cut(struct event_list *l)
{
	while (l->n > 0 && l->v[l->n - 1].at < l->from) {
		struct event *e = &l->v[--l->n];

		free(e->id);
		free(e->device);
		free(e->who);
		free(e->text);
	}
}

bool events_read(struct event_list **out, struct query *q,
	const struct device_list *devices, int64_t since, int64_t until,
	struct err *e)
{
	struct event_list *l = calloc(1, sizeof *l);
	struct reading r = {.l = l, .devices = devices};
	bool ok;

	if (!l)
		return err_set(e, ERR_RUN, "out of memory");
	l->since = since;
	l->until = until;
	ok = sessions(&r, q, e) && names(&r, q, e) && losses(&r, q, e);
	newcomers(&r);
	sources(&r);
	if (ok && r.failed)
		ok = err_set(e, ERR_RUN, "out of memory");
	if (!ok) {
		event_list_free(l);
		return false;
	}
	if (l->n > 0)
		qsort(l->v, l->n, sizeof *l->v, newest_first);
	cut(l);
	*out = l;
	return true;
}
