/* devices_html.c: one page to hand over: no script, nothing from the network,
 * and a policy in it that says so to the browser. */
#include "inventory/data/builtin.h"
#include "inventory/report/devices.h"
#include "inventory/report/html.h"
#include "inventory/report/html_page.h"
#include <openssl/evp.h>
#include <stdlib.h>

enum { SHA256 = 32, SHA256_BASE64 = 45 };

/* Only the style sheet with this hash. */
static void policy(FILE *out)
{
	unsigned char digest[EVP_MAX_MD_SIZE], text[SHA256_BASE64];
	unsigned n = 0;

	if (!EVP_Digest(builtin_report, builtin_report_n, digest, &n,
		    EVP_sha256(), NULL) || n != SHA256)
		abort(); /* no page without its policy */
	EVP_EncodeBlock(text, digest, SHA256);
	fprintf(out, "<meta http-equiv=\"Content-Security-Policy\" "
		"content=\"default-src 'none'; style-src 'sha256-%s'; "
		"base-uri 'none'; form-action 'none'\">\n", (char *)text);
}

static void head(const struct page *p)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n", p->out);
	policy(p->out);
	fputs("<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\">\n"
		"<meta name=\"generator\" content=\"mailcensus "
		MAILCENSUS_VERSION "\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>Devices that send mail</title>\n<style>", p->out);
	fwrite(builtin_report, 1, builtin_report_n, p->out);
	fputs("</style>\n</head>\n<body>\n", p->out);
}

static void title(const struct page *p)
{
	const struct names *own = &p->rows->devices->own_domains;
	FILE *out = p->out;

	fputs("<header>\n<p class=\"eyebrow\">SMTP AUTH census", out);
	if (own->n > 0) {
		fputs(" \xc2\xb7 ", out);
		html_names(out, own, ", ");
	}
	fputs("</p>\n<h1>Which devices send mail, and which still need a "
		"password for it</h1>\n<p class=\"soft\">", out);
	if (p->figures->days > 0) {
		html_time(out, p->figures->first);
		fputs(" to ", out);
		html_time(out, p->figures->last);
		fputs(" \xc2\xb7 ", out);
	}
	fputs("made ", out);
	html_time(out, p->options->generated);
	fputs(" \xc2\xb7 all times are UTC</p>\n</header>\n", out);
}

static void foot(const struct page *p)
{
	fputs("<footer>Made by mailcensus " MAILCENSUS_VERSION
		" from what was heard on the wire. It holds no password, no "
		"token and no content of any message.</footer>\n"
		"</body>\n</html>\n", p->out);
}

static void page(const struct page *p)
{
	head(p);
	title(p);
	page_scope(p);
	page_numbers(p);
	page_changes(p);
	page_ways(p);
	page_shared(p);
	page_silent(p);
	page_quiet(p);
	page_servers(p);
	page_tenant(p);
	page_discovery(p);
	page_devices(p);
	page_words(p);
	foot(p);
}

void devices_html(const struct rows *r, const struct report_options *o,
	FILE *out)
{
	struct figures f = figures_of(r);
	struct page p = {out, r, &f, o};

	page(&p);
}
