/* command_diff.c: what has changed since another inventory, or since a time:
 * who still uses AUTH, who stopped, who fails. */
#include "inventory/report/diff.h"
#include "ui/commands.h"
#include "ui/output.h"
#include "ui/say.h"
#include "ui/words.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_side(FILE *out, const char *title, const struct diff_side *s)
{
	char first[SAY_MAX], last[SAY_MAX];

	fprintf(out, "%-7s %s to %s: %zu device%s", title,
		say_time(first, s->first), say_time(last, s->last), s->n,
		s->n == 1 ? "" : "s");
	for (int use = USE_BASIC; use >= 0; use--)
		if (s->by_use[use] > 0)
			fprintf(out, " \xc2\xb7 %zu %s", s->by_use[use],
				auth_use_label((enum auth_use)use));
	fputc('\n', out);
}

/* "smtp.a.example:587 -> smtp.b.example:587" */
static void print_move(FILE *out, const struct names *from,
	const struct names *to)
{
	char a[WORDS_LIST], b[WORDS_LIST];

	fprintf(out, "  %s -> %s", words_first(from, a), words_first(to, b));
}

static void print_item(FILE *out, const struct diff_item *x,
	enum diff_change c)
{
	const struct diff_device *d = x->after ? x->after : x->before;
	const struct diff_device *b = x->before;
	char text[WORDS_LIST];

	fprintf(out, "  %-24s %-16s", d->name ? d->name : d->id,
		d->address ? d->address : WORDS_DASH);
	switch (c) {
	case DIFF_NEW:
		fprintf(out, "  %s", auth_use_label(d->use));
		if (d->accounts.n > 0)
			fprintf(out, "  %s", words_first(&d->accounts, text));
		break;
	case DIFF_GONE:
		fprintf(out, "  %s, last seen %s", auth_use_label(d->use),
			say_time(text, d->last_seen));
		break;
	case DIFF_STOPPED:
	case DIFF_USE:
		fprintf(out, "  %s -> %s", auth_use_label(b->use),
			d->moved_away ? auth_use_label(USE_NONE)
				: auth_use_label(d->use));
		break;
	case DIFF_FAILING:
		fprintf(out, "  %s", words_first(&d->accounts, text));
		break;
	case DIFF_SERVER:
		print_move(out, x->old_servers.n > 0 ? &x->old_servers
			: &b->servers, &x->servers);
		break;
	case DIFF_ACCOUNT:
		print_move(out, x->old_accounts.n > 0 ? &x->old_accounts
			: &b->accounts, &x->accounts);
		break;
	case DIFF_CHANGES: break;
	}
	fputc('\n', out);
}

static void print(FILE *out, const struct diff *d)
{
	print_side(out, "Before", &d->before);
	print_side(out, "After", &d->after);
	for (int c = 0; c < DIFF_CHANGES; c++) {
		if (d->count[c] == 0)
			continue;
		fprintf(out, "\n%zu %s\n", d->count[c],
			diff_title((enum diff_change)c));
		for (size_t i = 0; i < d->n; i++)
			if (d->v[i].changes & DIFF_BIT(c))
				print_item(out, &d->v[i],
					(enum diff_change)c);
	}
	fprintf(out, "\n%zu unchanged", d->same);
	if (d->waiting > 0)
		fprintf(out, ", %zu silent so far, for no longer than usual",
			d->waiting);
	fputc('\n', out);
}

static bool write_out(const struct options *o, const struct diff *d,
	struct err *e)
{
	struct output *out;
	bool ok = true;

	if (!output_open(&out, o->output, o->force, e))
		return false;
	if (o->format && strcmp(o->format, "json") == 0)
		ok = report_diff_json(d, output_file(out), e);
	else
		print(output_file(out), d);
	if (ok)
		return output_commit(out, e);
	output_abandon(out);
	return false;
}

int command_diff(const struct options *o, struct err *e)
{
	struct query *before = NULL, *after = NULL;
	struct diff *d = NULL;
	bool ok, changed;

	if (o->format && strcmp(o->format, "json") != 0 &&
		strcmp(o->format, "text") != 0) {
		err_set(e, ERR_USAGE, "diff knows the formats text and json, "
			"not '%s'", o->format);
		return e->kind;
	}
	ok = query_open(&after, o->db, e) &&
		(!o->subject || query_open(&before, o->subject, e));
	if (ok)
		query_as(after, o);
	if (ok && before)
		query_as(before, o);
	ok = ok && (before ? diff_inventories(before, after, &d, e)
		: diff_times(after, o->since, o->at, o->until, &d, e)) &&
		write_out(o, d, e);
	changed = ok && d->n > 0;
	diff_free(d);
	query_close(before);
	query_close(after);
	if (!ok)
		return e->kind;
	return changed && o->exit_code ? EXIT_FOUND : 0;
}
