/* ja.c: see ja.h. Both fingerprints are digests of lists of numbers as text,
 * in which GREASE (RFC 8701) does not occur. */
#include "capture/proto/ja.h"
#include <openssl/err.h>
#include <openssl/evp.h>

enum {
	/* Of a ClientHello less than twice as many bytes is kept, so it holds
	 * fewer values of two bytes, and none takes more than six characters.
	 * The point formats have one byte, a length of one, and four. */
	VALUES_MAX = 1400,
	TEXT = 6 * VALUES_MAX + 4 * 256,
	EXT_SNI = 0,
	EXT_ALPN = 16,
};

static const char HEX[] = "0123456789abcdef";

static void put_hex(struct wr *w, uint16_t v)
{
	for (int shift = 12; shift >= 0; shift -= 4)
		wr_u8(w, (uint8_t)HEX[v >> shift & 0xf]);
}

static void put_decimal(struct wr *w, uint16_t v)
{
	char digits[5];
	size_t n = sizeof digits;

	do
		digits[--n] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	wr_bytes(w, digits + n, sizeof digits - n);
}

/* Writes the first n bytes of a digest as hex, or nothing at all. */
static bool put_digest(struct wr *out, const EVP_MD *kind, struct wr *in,
	size_t n)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	bool ok = wr_ok(in) && EVP_Digest(in->begin, wr_used(in), md, NULL,
		kind, NULL) == 1;

	ERR_clear_error();
	for (size_t i = 0; ok && i < n; i++) {
		wr_u8(out, (uint8_t)HEX[md[i] >> 4]);
		wr_u8(out, (uint8_t)HEX[md[i] & 0xf]);
	}
	return ok;
}

static void finish(struct wr *w, bool ok, char out[TLS_JA])
{
	wr_u8(w, '\0');
	if (!ok || !wr_ok(w))
		out[0] = '\0';
}

/* Numbers of a hello in the order of the wire. */
struct values {
	size_t n;
	uint16_t v[VALUES_MAX];
};

static void add(struct values *to, uint16_t v)
{
	if (!tls_is_grease(v) && to->n < VALUES_MAX)
		to->v[to->n++] = v;
}

static void read_values(struct values *to, struct rd list)
{
	to->n = 0;
	while (rd_left(&list) >= 2)
		add(to, rd_be16(&list));
}

static void read_types(struct values *to, struct rd list)
{
	uint16_t type;
	struct rd body;
	size_t cut;

	to->n = 0;
	while (tls_extension(&list, &type, &body, &cut))
		add(to, type);
}

static void put_joined(struct wr *w, const struct values *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (i > 0)
			wr_u8(w, '-');
		put_decimal(w, from->v[i]);
	}
}

/* SSLVersion,Ciphers,Extensions,EllipticCurves,EllipticCurvePointFormats */
void ja3(const struct tls_hello *h, char out[TLS_JA])
{
	uint8_t text[TEXT];
	struct wr w = wr_init(text, sizeof text), to = wr_init(out, TLS_JA);
	struct rd formats = h->formats;
	struct values values;

	put_decimal(&w, h->version);
	wr_u8(&w, ',');
	read_values(&values, h->ciphers);
	put_joined(&w, &values);
	wr_u8(&w, ',');
	read_types(&values, h->extensions);
	put_joined(&w, &values);
	wr_u8(&w, ',');
	read_values(&values, h->groups);
	put_joined(&w, &values);
	wr_u8(&w, ',');
	while (rd_left(&formats) > 0) {
		put_decimal(&w, rd_u8(&formats));
		if (rd_left(&formats) > 0)
			wr_u8(&w, '-');
	}
	finish(&to, h->whole && put_digest(&to, EVP_md5(), &w, 16), out);
}

/* Shell's sort: qsort() may allocate. */
static void sort(struct values *s)
{
	for (size_t gap = s->n / 2; gap > 0; gap /= 2)
		for (size_t i = gap; i < s->n; i++) {
			uint16_t v = s->v[i];
			size_t at = i;

			for (; at >= gap && s->v[at - gap] > v; at -= gap)
				s->v[at] = s->v[at - gap];
			s->v[at] = v;
		}
}

static void put_list(struct wr *w, const struct values *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (i > 0)
			wr_u8(w, ',');
		put_hex(w, from->v[i]);
	}
}

/* Twelve digits of the digest, zeroes for an empty list. */
static bool put_part(struct wr *out, struct wr *text)
{
	if (wr_used(text) > 0)
		return put_digest(out, EVP_sha256(), text, 6);
	wr_bytes(out, "000000000000", 12);
	return true;
}

static void put_count(struct wr *w, size_t n)
{
	n = n < 99 ? n : 99;
	wr_u8(w, (uint8_t)('0' + n / 10));
	wr_u8(w, (uint8_t)('0' + n % 10));
}

static void put_version(struct wr *w, uint16_t version)
{
	const char *text = "00";

	switch (version) {
	case 0x0304: text = "13"; break;
	case 0x0303: text = "12"; break;
	case 0x0302: text = "11"; break;
	case 0x0301: text = "10"; break;
	case 0x0300: text = "s3"; break;
	default: break;
	}
	wr_bytes(w, text, 2);
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z');
}

/* First and last character of the first protocol; of its hex form where one
 * of them is not alphanumeric. */
static void put_alpn(struct wr *w, struct rd alpn)
{
	size_t n = rd_left(&alpn);
	uint8_t first = '0', last = '0';

	if (n > 0) {
		first = alpn.p[0];
		last = alpn.p[n - 1];
	}
	if (!is_alphanumeric(first) || !is_alphanumeric(last)) {
		first = (uint8_t)HEX[first >> 4];
		last = (uint8_t)HEX[last & 0xf];
	}
	wr_u8(w, first);
	wr_u8(w, last);
}

void ja4(const struct tls_hello *h, char out[TLS_JA])
{
	uint8_t text[TEXT];
	struct wr w, to = wr_init(out, TLS_JA);
	struct values ciphers, types, kept = {0};
	bool ok;

	read_values(&ciphers, h->ciphers);
	read_types(&types, h->extensions);
	wr_u8(&to, 't');
	put_version(&to, tls_hello_highest(h));
	wr_u8(&to, h->has_sni ? 'd' : 'i');
	put_count(&to, ciphers.n);
	put_count(&to, types.n);
	put_alpn(&to, h->alpn);

	wr_u8(&to, '_');
	sort(&ciphers);
	w = wr_init(text, sizeof text);
	put_list(&w, &ciphers);
	ok = put_part(&to, &w);

	wr_u8(&to, '_');
	for (size_t i = 0; i < types.n; i++)
		if (types.v[i] != EXT_SNI && types.v[i] != EXT_ALPN)
			kept.v[kept.n++] = types.v[i];
	sort(&kept);
	w = wr_init(text, sizeof text);
	put_list(&w, &kept);
	read_values(&ciphers, h->signatures);
	if (ciphers.n > 0) {
		wr_u8(&w, '_');
		put_list(&w, &ciphers);
	}
	finish(&to, put_part(&to, &w) && ok && h->whole, out);
}
