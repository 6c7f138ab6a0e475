/* html_tenant.c: what the tenant's own exports say, and what has changed. */
#include "inventory/diff.h"
#include "inventory/report/html.h"
#include "inventory/report/html_page.h"

/* Lists are for reading; JSON has all. */
enum { ROWS_SHOWN = 500 };

static void more(FILE *out, size_t n)
{
	if (n <= ROWS_SHOWN)
		return;
	fputs("<p class=\"soft\">The first 500 of ", out);
	html_number(out, n);
	fputs("; JSON has all.</p>\n", out);
}

/* --- accounts against devices --- */

static void import(FILE *out, const struct import_state *x)
{
	uint64_t refused = 0;

	for (size_t i = 0; i < x->refused_n; i++)
		refused += x->refused[i].rows;
	fputs("<tr><td>", out);
	html_clip(out, x->label);
	fprintf(out, "<td>%s<td class=num>", x->kind_text);
	html_number(out, x->taken);
	fputs("<td class=num>", out);
	html_number(out, refused);
	fputs("<td>", out);
	html_time(out, x->imported_at);
	putc('\n', out);
}

static void list(FILE *out, const char *title, const struct names *n)
{
	if (n->n == 0)
		return;
	fprintf(out, "<h3>%s: ", title);
	html_number(out, n->n);
	fputs("</h3>\n<p>", out);
	for (size_t i = 0; i < n->n && i < ROWS_SHOWN; i++) {
		fputs(i > 0 ? ", " : "", out);
		html_clip(out, n->v[i]);
	}
	fputs("</p>\n", out);
	more(out, n->n);
}

static void nameless(const struct page *p)
{
	const struct names *n = &p->rows->coverage->nameless;

	if (n->n == 0)
		return;
	fputs("<h3>Devices whose account nobody could name: ", p->out);
	html_number(p->out, n->n);
	fputs("</h3>\n<p>", p->out);
	for (size_t i = 0; i < n->n && i < ROWS_SHOWN; i++) {
		const struct device *d = rows_device(p->rows, n->v[i]);

		fputs(i > 0 ? ", " : "", p->out);
		html_clip(p->out, d ? page_name(d) : n->v[i]);
	}
	fputs("</p>\n", p->out);
	more(p->out, n->n);
}

void page_tenant(const struct page *p)
{
	const struct coverage *c = p->rows->coverage;

	if (c->imports_n == 0)
		return;
	fputs("<section>\n<h2>What the tenant knows</h2>\n<p>The provider's "
		"exports name accounts, the wire shows devices. An account with "
		"a star is not seen but imported: it signs in when the device "
		"sends, or its name has the length; the number says how likely "
		"it is.</p>\n<div class=\"wide\"><table>\n<thead><tr><th>Export"
		"<th>Kind<th class=num>Rows taken<th class=num>Left out"
		"<th>Imported</thead>\n<tbody>\n", p->out);
	for (size_t i = 0; i < c->imports_n && i < ROWS_SHOWN; i++)
		import(p->out, &c->imports[i]);
	fputs("</tbody></table></div>\n", p->out);
	list(p->out, "Accounts that are reported, and no device was seen with",
		&c->unseen);
	list(p->out, "Accounts that were seen, and are not reported",
		&c->unreported);
	nameless(p);
	fputs("</section>\n", p->out);
}

/* --- before and after --- */

static const char *name_of(const struct diff_device *d)
{
	return d->name ? d->name : d->address ? d->address : d->id;
}

static void badge(FILE *out, const struct diff_device *d)
{
	static const char letters[] = {
		[USE_UNKNOWN] = 'u', [USE_NONE] = 'n', [USE_OTHER] = 't',
		[USE_OAUTH] = 'o', [USE_REQUIRED] = 'r', [USE_BASIC] = 'b',
	};

	fputs("<td>", out);
	if (d)
		fprintf(out, "<u class=%c>%s</u>", letters[d->use],
			auth_use_label(d->use));
}

static void move(FILE *out, const char *what, const struct names *from,
	const struct names *to)
{
	fprintf(out, "%s ", what);
	html_names(out, from, ", ");
	fputs(" \xe2\x86\x92 ", out);
	html_names(out, to, ", ");
	putc(' ', out);
}

static void item(FILE *out, const struct diff_item *x)
{
	const struct diff_device *d = x->after ? x->after : x->before;
	const char *between = "";

	fputs("<tr><td><b>", out);
	html_clip(out, name_of(d));
	fputs("</b><td>", out);
	html_clip(out, d->address);
	fputs("<td>", out);
	for (int c = 0; c < DIFF_CHANGES; c++) {
		if (!(x->changes & DIFF_BIT(c)))
			continue;
		fprintf(out, "%s%s", between, diff_title((enum diff_change)c));
		between = ", ";
	}
	badge(out, x->before);
	badge(out, x->after);
	fputs("<td>", out);
	if (x->changes & DIFF_BIT(DIFF_SERVER))
		move(out, "server", x->old_servers.n > 0 ? &x->old_servers
			: &x->before->servers, &x->servers);
	if (x->changes & DIFF_BIT(DIFF_ACCOUNT))
		move(out, "account", x->old_accounts.n > 0 ? &x->old_accounts
			: &x->before->accounts, &x->accounts);
	fputs("<td>", out);
	html_time(out, d->last_seen);
	putc('\n', out);
}

static void side(FILE *out, const char *title, const struct diff_side *s)
{
	fprintf(out, "<b>%s</b> (", title);
	html_time(out, s->first);
	fputs(" to ", out);
	html_time(out, s->last);
	fputs("): ", out);
	html_count(out, s->n, "device", "devices");
	fputs(", ", out);
	html_number(out, s->by_use[USE_BASIC]);
	fputs(" of them with a password. ", out);
}

void page_changes(const struct page *p)
{
	const struct diff *d = p->options->changes;

	if (!d)
		return;
	fputs("<section>\n<h2>Before and after</h2>\n<p>", p->out);
	side(p->out, "Before", &d->before);
	side(p->out, "After", &d->after);
	html_count(p->out, d->n, "device has", "devices have");
	fputs(" changed, ", p->out);
	html_number(p->out, d->same);
	fputs(" have not, ", p->out);
	html_number(p->out, d->waiting);
	fputs(" are silent so far, for no longer than usual.</p>\n", p->out);
	if (d->n > 0) {
		fputs("<div class=\"wide\"><table>\n<thead><tr><th>Device"
			"<th>Address<th>Change<th>Before<th>After<th>What"
			"<th>Last seen</thead>\n<tbody>\n", p->out);
		for (size_t i = 0; i < d->n && i < ROWS_SHOWN; i++)
			item(p->out, &d->v[i]);
		fputs("</tbody></table></div>\n", p->out);
	}
	more(p->out, d->n);
	fputs("</section>\n", p->out);
}
