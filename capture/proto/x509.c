/* x509.c: see x509.h.
 *
 * The pieces that are wanted are read by libcrypto, one by one: d2i_X509()
 * would read the public key as well, which costs twenty times as much and
 * shows hostile bytes to far more code. What libcrypto allocates it gets back
 * before x509_read() returns. */
#include "capture/proto/x509.h"
#include "capture/base/bytes.h"
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

/* An element of DER: all of it, and its content. */
struct element {
	int tag, class;
	struct rd all, content;
};

/* The next element, clipped to the bytes there are. False at the end. */
static bool next(struct rd *r, struct element *out)
{
	const uint8_t *p = r->p;
	long n;
	int kind = ASN1_get_object(&p, &n, &out->tag, &out->class,
		(long)rd_left(r));

	if (p == r->p || kind & 1) /* no header, or without a length */
		return false;
	if (n > r->end - p)
		n = r->end - p;
	out->content = rd_init(p, (size_t)n);
	out->all = rd_init(r->p, (size_t)(p + n - r->p));
	r->p = p + n;
	return true;
}

/* Goes into a SEQUENCE. */
static bool enter(struct rd *r, struct rd *content)
{
	struct element e;

	if (!next(r, &e) || e.tag != V_ASN1_SEQUENCE ||
		e.class != V_ASN1_UNIVERSAL)
		return false;
	*content = e.content;
	return true;
}

/* A string of a certificate as UTF-8, or, where it is not what its type
 * promises, as its bytes are: text_clean() shows both. */
static void clean(char out[TEXT_MAX], const ASN1_STRING *s)
{
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, s);

	if (n >= 0)
		text_clean(out, TEXT_MAX, utf8, (size_t)n);
	else
		text_clean(out, TEXT_MAX, ASN1_STRING_get0_data(s),
			(size_t)ASN1_STRING_length(s));
	OPENSSL_free(utf8);
}

/* The last attribute of a kind is the most specific one. */
static bool attribute(char out[TEXT_MAX], const X509_NAME *name, int nid)
{
	int i, last = -1;

	while ((i = X509_NAME_get_index_by_NID(name, nid, last)) >= 0)
		last = i;
	if (last < 0)
		return false;
	clean(out, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
	return true;
}

/* The common name; where there is none the organisation's, if asked for. */
static bool read_name(struct rd *r, char out[TEXT_MAX], bool organisation)
{
	struct element e;
	const uint8_t *p;
	X509_NAME *name;

	if (!next(r, &e))
		return false;
	p = e.all.p;
	name = d2i_X509_NAME(NULL, &p, (long)rd_left(&e.all));
	if (!name)
		return false;
	if (!attribute(out, name, NID_commonName) && organisation)
		attribute(out, name, NID_organizationName);
	X509_NAME_free(name);
	return true;
}

/* Seconds since 1970 of a UTC date. timegm() would do, but it opens the
 * system's time zone. Years begin in March here, so that a leap day is the
 * last of its year; 719468 days lie between 1 March of year 0 and 1970. */
static int64_t seconds(const struct tm *t)
{
	int64_t month = (t->tm_mon + 10) % 12;
	int64_t year = t->tm_year + 1900 - (month >= 10);
	int64_t day = 365 * year + year / 4 - year / 100 + year / 400 +
		(153 * month + 2) / 5 + t->tm_mday - 1 - 719468;

	return ((day * 24 + t->tm_hour) * 60 + t->tm_min) * 60 + t->tm_sec;
}

static int64_t read_end(struct rd *r)
{
	struct rd validity;
	struct element e;
	const uint8_t *p;
	ASN1_TIME *time;
	struct tm end;
	int64_t at = 0;

	if (!enter(r, &validity) || !next(&validity, &e) ||
		!next(&validity, &e))
		return 0;
	p = e.all.p;
	time = d2i_ASN1_TIME(NULL, &p, (long)rd_left(&e.all));
	if (time && ASN1_TIME_to_tm(time, &end) == 1)
		at = seconds(&end);
	ASN1_TIME_free(time);
	return at;
}

static void add_names(struct tls_certificate *out, X509_EXTENSION *x)
{
	GENERAL_NAMES *all = X509V3_EXT_d2i(x);

	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);

		if (g->type != GEN_DNS || out->names_n == TLS_NAMES)
			continue;
		/* An IA5String by its type; by experience any bytes. */
		text_clean(out->names[out->names_n++], TEXT_MAX,
			ASN1_STRING_get0_data(g->d.dNSName),
			(size_t)ASN1_STRING_length(g->d.dNSName));
	}
	GENERAL_NAMES_free(all);
}

static void read_extensions(struct rd r, struct tls_certificate *out)
{
	struct element e;

	while (next(&r, &e)) {
		const uint8_t *p = e.all.p;
		X509_EXTENSION *x = d2i_X509_EXTENSION(NULL, &p,
			(long)rd_left(&e.all));

		if (x && OBJ_obj2nid(X509_EXTENSION_get_object(x)) ==
				NID_subject_alt_name)
			add_names(out, x);
		X509_EXTENSION_free(x);
	}
}

/* RFC 5280, 4.1: version, serial, signature, issuer, validity, subject, key,
 * unique identifiers, extensions; the first of them need not be there. */
static bool read_certificate(struct rd r, struct tls_certificate *out)
{
	struct rd certificate, tbs, skipped;
	struct element e;

	if (!enter(&r, &certificate) || !enter(&certificate, &tbs) ||
		!next(&tbs, &e))
		return false;
	if (e.class == V_ASN1_CONTEXT_SPECIFIC && !next(&tbs, &e))
		return false;
	if (!enter(&tbs, &skipped) || !read_name(&tbs, out->issuer, true))
		return false;
	out->not_after = read_end(&tbs);
	if (!read_name(&tbs, out->cn, false))
		return false;
	while (next(&tbs, &e))
		if (e.class == V_ASN1_CONTEXT_SPECIFIC && e.tag == 3 &&
			enter(&e.content, &skipped))
			read_extensions(skipped, out);
	return true;
}

bool x509_read(const uint8_t *der, size_t n, struct tls_certificate *out)
{
	struct tls_certificate c = {0};
	bool ok = read_certificate(rd_init(der, n), &c);

	ERR_clear_error();
	if (ok)
		*out = c;
	return ok;
}
