/* decoder.c: see decoder.h. */
#include "inventory/import/decoder.h"
#include "inventory/sql.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ROOM = 64 * 1024 };

enum encoding { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_LE, ENCODING_BE };

struct decoder {
	FILE *file;
	char *name;
	enum encoding encoding;
	size_t at, n;
	uint8_t room[ROOM];
	uint8_t ready[4]; /* the rest of a character that was UTF-16 */
	size_t ready_at, ready_n;
	uint64_t line;
	bool after_cr;
	int pushed; /* a unit that was read too far; -1: none */
	bool failed;
	EVP_MD_CTX *hash;
	uint8_t digest[DECODER_DIGEST];
	bool ended;
};

bool decoder_fail(const struct decoder *d, uint64_t line, struct err *e,
	const char *fmt, ...)
{
	char why[ERR_TEXT];
	va_list list;

	va_start(list, fmt);
	vsnprintf(why, sizeof why, fmt, list);
	va_end(list);
	return err_set(e, ERR_USAGE, "'%s', line %llu: %s", d->name,
		(unsigned long long)line, why);
}

static void begin(struct decoder *d)
{
	d->encoding = ENCODING_UNKNOWN;
	d->at = d->n = d->ready_at = d->ready_n = 0;
	d->line = 1;
	d->after_cr = d->failed = d->ended = false;
	d->pushed = -1;
	if (!EVP_DigestInit_ex(d->hash, EVP_sha256(), NULL))
		abort();
}

struct decoder *decoder_new(FILE *f, const char *name)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->file = f;
	d->name = xstrdup(name);
	d->hash = EVP_MD_CTX_new();
	if (!d->hash)
		abort();
	begin(d);
	return d;
}

bool decoder_open(struct decoder **out, const char *path, struct err *e)
{
	FILE *f = fopen(path, "rbe");
	struct stat st;

	if (!f || fstat(fileno(f), &st) != 0)
		err_set(e, ERR_USAGE, "cannot open '%s': %s", path,
			strerror(errno));
	else if (S_ISDIR(st.st_mode))
		err_set(e, ERR_USAGE, "'%s' is a folder; name its files", path);
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_USAGE, "'%s' is no file: it is read twice; "
			"write it to a file first", path);
	else {
		*out = decoder_new(f, path);
		return true;
	}
	if (f)
		fclose(f);
	return false;
}

void decoder_free(struct decoder *d)
{
	if (!d)
		return;
	fclose(d->file);
	EVP_MD_CTX_free(d->hash);
	free(d->name);
	free(d);
}

bool decoder_rewind(struct decoder *d, struct err *e)
{
	clearerr(d->file);
	if (fseek(d->file, 0, SEEK_SET) != 0)
		return err_set(e, ERR_USAGE, "cannot read '%s' twice: %s",
			d->name, strerror(errno));
	begin(d);
	return true;
}

/* False at the end of the file, or with *e if it cannot be read. */
static bool fill(struct decoder *d, struct err *e)
{
	if (d->ended || d->failed)
		return false;
	d->at = 0;
	d->n = fread(d->room, 1, ROOM, d->file);
	if (d->n > 0)
		return EVP_DigestUpdate(d->hash, d->room, d->n);
	if (ferror(d->file)) {
		d->failed = true;
		err_set(e, ERR_USAGE, "cannot read '%s': %s", d->name,
			strerror(errno));
		return false;
	}
	d->ended = EVP_DigestFinal_ex(d->hash, d->digest, NULL);
	return false;
}

static int raw(struct decoder *d, struct err *e)
{
	if (d->at < d->n || fill(d, e))
		return d->room[d->at++];
	return d->failed ? DECODER_BAD : DECODER_END;
}

/* The first read brings at least the mark, if the file has one. */
static void find_mark(struct decoder *d, struct err *e)
{
	const uint8_t *p = d->room;

	d->encoding = ENCODING_UTF8;
	if (!fill(d, e))
		return;
	if (d->n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
		d->at = 3;
	} else if (d->n >= 2 && p[0] == 0xff && p[1] == 0xfe) {
		d->encoding = ENCODING_LE;
		d->at = 2;
	} else if (d->n >= 2 && p[0] == 0xfe && p[1] == 0xff) {
		d->encoding = ENCODING_BE;
		d->at = 2;
	}
}

static int bad(struct decoder *d, struct err *e, const char *why)
{
	d->failed = true;
	decoder_fail(d, d->line, e, "%s", why);
	return DECODER_BAD;
}

/* Two bytes of UTF-16. */
static int unit(struct decoder *d, struct err *e)
{
	int a, b;

	if (d->pushed >= 0) {
		a = d->pushed;
		d->pushed = -1;
		return a;
	}
	a = raw(d, e);
	if (a < 0)
		return a;
	b = raw(d, e);
	if (b == DECODER_END)
		return bad(d, e, "it ends within a character: it is cut");
	if (b < 0)
		return b;
	return d->encoding == ENCODING_LE ? b << 8 | a : a << 8 | b;
}

static size_t encode(uint32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* RFC 2781, 2.2; half a pair becomes U+FFFD. */
static int from_utf16(struct decoder *d, struct err *e)
{
	int high, low;
	uint32_t c;

	if (d->ready_at < d->ready_n)
		return d->ready[d->ready_at++];
	high = unit(d, e);
	if (high < 0)
		return high;
	c = (uint32_t)high;
	if (c >= 0xd800 && c < 0xdc00) {
		low = unit(d, e);
		if (low == DECODER_BAD)
			return low;
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
		} else {
			d->pushed = low == DECODER_END ? -1 : low;
			c = 0xfffd;
		}
	} else if (c >= 0xdc00 && c < 0xe000) {
		c = 0xfffd;
	}
	d->ready_n = encode(c, d->ready);
	d->ready_at = 1;
	return d->ready[0];
}

int decoder_next(struct decoder *d, struct err *e)
{
	int c;

	if (d->failed)
		return DECODER_BAD;
	if (d->encoding == ENCODING_UNKNOWN)
		find_mark(d, e);
	c = d->encoding == ENCODING_UTF8 ? raw(d, e) : from_utf16(d, e);
	if (c == 0)
		return bad(d, e, "a NUL byte: it is UTF-16 without a byte "
			"order mark, or no text; save it as UTF-8");
	if (c == '\r' || (c == '\n' && !d->after_cr))
		d->line++;
	d->after_cr = c == '\r';
	return c;
}

uint64_t decoder_line(const struct decoder *d)
{
	return d->line;
}

bool decoder_digest(const struct decoder *d, uint8_t out[DECODER_DIGEST])
{
	memcpy(out, d->digest, DECODER_DIGEST);
	return d->ended;
}
