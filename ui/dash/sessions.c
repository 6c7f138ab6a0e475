/* sessions.c: see sessions.h. */
#include "ui/dash/sessions.h"
#include "ui/dash/columns.h"
#include "ui/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reply_text(struct session_line *l, unsigned code,
	const char *enhanced)
{
	snprintf(l->reply, sizeof l->reply, "%u%s%.10s", code,
		enhanced ? " " : "", enhanced ? enhanced : "");
}

/* Of several attempts the last one is what the session came to. */
static void auth_text(struct session_line *l, const struct auth_row *a,
	size_t n)
{
	char text[WORDS_TRY];

	snprintf(l->auth, sizeof l->auth, "%.17s", words_mechanism(a, text));
	if (n > 1 && strlen(l->auth) + 5 < sizeof l->auth)
		snprintf(l->auth + strlen(l->auth),
			sizeof l->auth - strlen(l->auth), " x%zu",
			n < 100 ? n : 99);
	if (words_reply(a, text))
		snprintf(l->reply, sizeof l->reply, "%.15s", text);
	if (words_reason(a, text))
		snprintf(l->why, sizeof l->why, "%.21s", text);
	if (words_account(a, text))
		snprintf(l->account, sizeof l->account, "%.90s", text);
	l->refused = a->outcome && strcmp(a->outcome, "rejected") == 0;
}

void session_line_from(struct session_line *out, const struct session_row *r)
{
	bool clear = r->tls_mode && strcmp(r->tls_mode, "none") == 0;

	*out = (struct session_line){.at = r->first_seen,
		.auth = WORDS_DASH, .reply = WORDS_DASH,
		.recipients = r->recipients, .bytes = r->bytes};
	memcpy(out->id, r->session, sizeof out->id);
	out->tls = words_tls(r->tls_version, clear);
	words_server(r, out->server);
	if (r->auth_n > 0)
		auth_text(out, &r->auth[r->auth_n - 1], r->auth_n);
	else if (r->use != USE_NONE)
		snprintf(out->auth, sizeof out->auth, "%s",
			auth_use_label(r->use));
	if (r->refusals_n > 0 && (r->auth_n == 0 ||
				r->auth[r->auth_n - 1].code == 0))
		reply_text(out, r->refusals[r->refusals_n - 1].code,
			r->refusals[r->refusals_n - 1].enhanced);
	for (size_t i = 0; i < r->auth_n; i++)
		out->in_clear |= r->auth[i].in_clear;
}

bool session_lines_read(struct session_lines **out, struct query *q,
	const char *device, struct err *e)
{
	struct session_lines *l = calloc(1, sizeof *l);
	const struct session_row *row;
	struct query_sessions *s;

	if (l)
		l->device = strdup(device);
	if (!l || !l->device) {
		session_lines_free(l);
		return err_set(e, ERR_RUN, "out of memory");
	}
	*out = l;
	l->failed = !query_sessions_begin(q, device, 0, 0, true, &s, e);
	if (l->failed)
		return true;
	while (query_sessions_next(s, &row)) {
		if (l->n == SESSIONS_MAX) {
			l->more = true;
			break;
		}
		session_line_from(&l->v[l->n++], row);
	}
	l->failed = !query_sessions_end(s, e);
	return true;
}

void session_lines_free(struct session_lines *l)
{
	if (!l)
		return;
	free(l->device);
	free(l);
}
