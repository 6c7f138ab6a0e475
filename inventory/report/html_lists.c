/* html_lists.c: accounts of several devices, devices that are silent or quiet,
 * and servers that offer AUTH without TLS. */
#include "inventory/report/html.h"
#include "inventory/report/html_page.h"
#include <inttypes.h>

/* Lists are for reading; the workbook has all. */
enum { ROWS_SHOWN = 500 };

static void more(FILE *out, size_t n)
{
	if (n <= ROWS_SHOWN)
		return;
	fputs("<p class=\"soft\">The first 500 of ", out);
	html_number(out, n);
	fputs("; the workbook has all.</p>\n", out);
}

/* --- accounts --- */

static void account(FILE *out, const struct rows *r, const struct account *a)
{
	fputs("<tr><td><b>", out);
	html_clip(out, a->account);
	fprintf(out, "</b><td><u class=%c>%s</u><td>",
		a->use == USE_BASIC ? 'b' : a->use == USE_OAUTH ? 'o' : 't',
		auth_use_label(a->use));
	html_names(out, &a->mechanisms, ", ");
	fprintf(out, "<td class=num>%zu<td>", a->devices.n);
	for (size_t i = 0; i < a->devices.n && i < 2 * HTML_LIST; i++) {
		const struct device *d = rows_device(r, a->devices.v[i]);

		fputs(i > 0 ? ", " : "", out);
		html_clip(out, d ? page_name(d) : a->devices.v[i]);
	}
	if (a->devices.n > 2 * HTML_LIST)
		fprintf(out, " +%zu", a->devices.n - 2 * HTML_LIST);
	fputs("<td class=num>", out);
	html_number(out, a->sessions);
	fprintf(out, "<td>%s<td>", a->in_clear ? "<s>in clear</s>" : "");
	html_time(out, a->last_seen);
	putc('\n', out);
}

void page_shared(const struct page *p)
{
	size_t shown = 0;

	if (p->figures->shared == 0)
		return;
	fputs("<section>\n<h2>Accounts that several devices share</h2>\n<p>"
		"The tenant's reports show each of these as one sender. To "
		"change its password, or to switch it off, is to change all "
		"of its devices at once.</p>\n<div class=\"wide timed\"><table>\n"
		"<thead><tr><th>Account<th>AUTH<th>Mechanisms<th class=num>"
		"Devices<th>Which<th class=num>Sessions<th>Password"
		"<th>Last seen</thead>\n<tbody>\n", p->out);
	for (size_t i = 0; i < p->rows->accounts_n && shown < ROWS_SHOWN; i++)
		if (p->rows->account[i]->devices.n > 1) {
			account(p->out, p->rows, p->rows->account[i]);
			shown++;
		}
	fputs("</tbody></table></div>\n", p->out);
	more(p->out, p->figures->shared);
	fputs("</section>\n", p->out);
}

/* --- devices that may be heard of later --- */

static void what_it_is(FILE *out, const struct device *d)
{
	fputs("<tr><td><b>", out);
	html_clip(out, page_name(d));
	fputs("</b><td>", out);
	fputs(device_type_word(d->type), out);
	fputs("<td>", out);
	html_clip(out, d->vendor);
	fputs("<td>", out);
	html_names(out, &d->addresses, ", ");
}

void page_silent(const struct page *p)
{
	size_t shown = 0;

	if (p->figures->silent == 0)
		return;
	fputs("<section>\n<h2>Silent until something fails</h2>\n<p>UPSes, "
		"storage and management cards mail when there is trouble. "
		"These were heard; their like may still be silent. Test each "
		"one after it was changed: nobody would notice "
		"otherwise.</p>\n<div class=\"wide timed\"><table>\n<thead><tr>"
		"<th>Device<th>Kind<th>Vendor<th>Address<th>AUTH<th class=num>"
		"Sessions<th>Last seen</thead>\n<tbody>\n", p->out);
	for (size_t i = 0; i < p->rows->devices_n && shown < ROWS_SHOWN; i++) {
		const struct device *d = p->rows->device[i];

		if (!figures_is_silent(d))
			continue;
		what_it_is(p->out, d);
		fputs("<td>", p->out);
		page_badge(p->out, d);
		fprintf(p->out, "<td class=num>%" PRIu64 "<td>", d->sessions);
		html_time(p->out, d->last_seen);
		putc('\n', p->out);
		shown++;
	}
	fputs("</tbody></table></div>\n", p->out);
	more(p->out, p->figures->silent);
	fputs("</section>\n", p->out);
}

void page_quiet(const struct page *p)
{
	size_t shown = 0;

	if (p->figures->quiet == 0)
		return;
	fputs("<section>\n<h2>Quiet devices</h2>\n<p>They look like something "
		"that sends mail, or asked for a mail host, and were not heard "
		"sending. Look at their settings: what is configured there "
		"will break unseen.</p>\n<div class=\"wide timed\"><table>\n<thead>"
		"<tr><th>Device<th>Kind<th>Vendor<th>Address<th>Known from"
		"<th>Last heard</thead>\n<tbody>\n", p->out);
	for (size_t i = 0; i < p->rows->devices_n && shown < ROWS_SHOWN; i++) {
		const struct device *d = p->rows->device[i];

		if (!figures_is_quiet(d))
			continue;
		what_it_is(p->out, d);
		fputs("<td>", p->out);
		html_text(p->out, d->name_from);
		fputs("<td>", p->out);
		html_time(p->out, d->last_seen);
		putc('\n', p->out);
		shown++;
	}
	fputs("</tbody></table></div>\n", p->out);
	more(p->out, p->figures->quiet);
	fputs("</section>\n", p->out);
}

/* --- servers --- */

static void server(FILE *out, const struct server *v)
{
	fputs("<tr><td><b>", out);
	html_clip(out, v->name ? v->name : v->ip);
	fputs("</b><td>", out);
	html_clip(out, v->ip);
	fprintf(out, "<td class=num>%u<td>", v->port);
	html_names(out, &v->offered, ", ");
	fprintf(out, "<td>%s<td class=num>", v->starttls ? "offered"
		: "<s>no</s>");
	html_number(out, v->devices);
	fputs("<td class=num>", out);
	html_number(out, v->by_use[USE_BASIC]);
	fputs("<td>", out);
	html_time(out, v->last_seen);
	putc('\n', out);
}

void page_servers(const struct page *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->rows->servers_n; i++) {
		const struct server *v = p->rows->server[i];

		if (v->offered.n == 0 || ++n > ROWS_SHOWN)
			continue;
		if (n == 1)
			fputs("<section>\n<h2>Servers that offer AUTH in clear"
				"</h2>\n<p>Whoever can listen where this was "
				"heard can read the passwords that are sent "
				"there.</p>\n<div class=\"wide timed\"><table>\n"
				"<thead><tr><th>Server<th>Address<th class=num>"
				"Port<th>Offers<th>STARTTLS<th class=num>"
				"Devices<th class=num>BASIC sessions<th>Last "
				"seen</thead>\n<tbody>\n", p->out);
		server(p->out, v);
	}
	if (n == 0)
		return;
	fputs("</tbody></table></div>\n", p->out);
	more(p->out, n);
	fputs("</section>\n", p->out);
}
