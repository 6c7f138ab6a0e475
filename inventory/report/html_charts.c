/* html_charts.c: the bar and the curve of discovery, as SVG in the page. */
#include "inventory/report/html.h"
#include "inventory/report/html_page.h"

static const struct {
	enum auth_use use;
	char letter;
	const char *what;
} PARTS[] = {
	{USE_BASIC, 'b', "BASIC"}, {USE_REQUIRED, 'r', "AUTH?"},
	{USE_UNKNOWN, 'u', "TLS?"}, {USE_OAUTH, 'o', "OAUTH"},
	{USE_OTHER, 't', "OTHER"}, {USE_NONE, 'n', "NONE"},
};
enum { PARTS_N = sizeof PARTS / sizeof PARTS[0] };

void page_bar(const struct page *p)
{
	const struct figures *f = p->figures;
	double at = 0;

	if (f->senders == 0)
		return;
	fputs("<svg class=\"bar\" role=\"img\" viewBox=\"0 0 1000 26\" "
		"preserveAspectRatio=\"none\"><title>Devices by how they log "
		"in</title>", p->out);
	for (size_t i = 0; i < PARTS_N; i++) {
		size_t n = f->by_use[PARTS[i].use];
		double width = 1000.0 * (double)n / (double)f->senders;

		if (n == 0)
			continue;
		fprintf(p->out, "<rect class=\"f-%c\" x=\"%.1f\" y=\"0\" "
			"width=\"%.1f\" height=\"26\"><title>%s: %zu</title>"
			"</rect>", PARTS[i].letter, at,
			width > 2.5 ? width - 2 : width, PARTS[i].what, n);
		at += width;
	}
	fputs("</svg>\n<ul class=\"key\">\n", p->out);
	for (size_t i = 0; i < PARTS_N; i++) {
		size_t n = f->by_use[PARTS[i].use];

		if (n == 0)
			continue;
		fprintf(p->out, "<li><svg viewBox=\"0 0 10 10\"><rect "
			"class=\"f-%c\" width=\"10\" height=\"10\"/></svg>%s "
			"%.0f%%</li>\n", PARTS[i].letter, PARTS[i].what,
			100.0 * (double)n / (double)f->senders);
	}
	fputs("</ul>\n", p->out);
}

/* --- new devices in time --- */

enum { LEFT = 40, TOP = 12, WIDTH = 940, HEIGHT = 150, BOTTOM = TOP + HEIGHT };

static double x_of(const struct discovery *v, size_t at)
{
	return LEFT + WIDTH * (double)at / (double)v->n;
}

static double y_of(size_t n, size_t most)
{
	return BOTTOM - HEIGHT * (double)n / (double)(most > 0 ? most : 1);
}

static void steps(FILE *out, const struct discovery *v)
{
	size_t sum = 0;

	for (size_t i = 0; i < v->n; i++) {
		sum += v->new[i];
		fprintf(out, "%.1f,%.1f ", x_of(v, i + 1),
			y_of(sum, v->total));
	}
}

static void curve(const struct page *p, const struct discovery *v)
{
	FILE *out = p->out;

	fprintf(out, "<svg role=\"img\" viewBox=\"0 0 1000 190\"><title>Known "
		"devices over time</title><line class=\"axis\" x1=\"%d\" "
		"x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, LEFT + WIDTH, BOTTOM,
		BOTTOM);
	for (size_t i = 0; i < v->n; i++)
		if (v->new[i] > 0)
			fprintf(out, "<rect class=\"new\" x=\"%.1f\" "
				"y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
				x_of(v, i) + 1, y_of(v->new[i], v->total),
				WIDTH / (double)v->n - 2 > 1
					? WIDTH / (double)v->n - 2 : 1,
				BOTTOM - y_of(v->new[i], v->total));
	fprintf(out, "<polygon class=\"area\" points=\"%d,%d ", LEFT, BOTTOM);
	steps(out, v);
	fprintf(out, "%d,%d\"/><polyline class=\"curve\" points=\"%d,%d ",
		LEFT + WIDTH, BOTTOM, LEFT, BOTTOM);
	steps(out, v);
	fprintf(out, "\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%zu"
		"</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>",
		LEFT - 6, TOP + 4, v->total, LEFT - 6, BOTTOM + 4);
	fprintf(out, "<text x=\"%d\" y=\"%d\">", LEFT, BOTTOM + 20);
	html_time(out, p->figures->first);
	fprintf(out, "</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">",
		LEFT + WIDTH, BOTTOM + 20);
	html_time(out, p->figures->last);
	fputs("</text></svg>\n", out);
}

void page_discovery(const struct page *p)
{
	struct discovery v = figures_discovery(p->rows, p->figures);
	FILE *out = p->out;

	if (v.n < 2 || v.total == 0)
		return;
	fputs("<section>\n<h2>Was it long enough?</h2>\n<p>", out);
	html_number(out, v.last_quarter);
	fputs(" of ", out);
	html_count(out, v.total, "device was", "devices were");
	fputs(" first heard in the last quarter of the window. ", out);
	fputs(v.last_quarter * 20 > v.total
		? "The curve still rises: more devices are to be expected."
		: "The curve is flat: few devices are still to come.", out);
	fprintf(out, " Bars: new devices in %lld h; line: all known so far."
		"</p>\n", (long long)(v.step / 3600 / 1000000));
	curve(p, &v);
	fputs("</section>\n", out);
}
