/* smtp_line.c: see smtp_line.h. */
#include "capture/proto/smtp_line.h"
#include <strings.h>

/* In the order of their first letters. FTP's, POP3's, NNTP's, HTTP's and IRC's
 * are SMTP_FOREIGN. */
static const struct smtp_word WORDS[] = {
	{"APOP", SMTP_V_OTHER, SMTP_FOREIGN},
	{"AUTH", SMTP_V_AUTH, SMTP_SASL},
	{"BDAT", SMTP_V_BDAT, SMTP_TEXT},
	{"CAPA", SMTP_V_OTHER, SMTP_FOREIGN},
	{"CAPABILITIES", SMTP_V_OTHER, SMTP_FOREIGN},
	{"CLNT", SMTP_V_OTHER, SMTP_FOREIGN},
	{"CONNECT", SMTP_V_OTHER, SMTP_FOREIGN},
	{"DATA", SMTP_V_DATA, SMTP_NOTHING},
	{"EHLO", SMTP_V_EHLO, SMTP_TEXT},
	{"ETRN", SMTP_V_OTHER, SMTP_NOTHING},
	{"EXPN", SMTP_V_EXPN, SMTP_NOTHING},
	{"FEAT", SMTP_V_OTHER, SMTP_FOREIGN},
	{"GET", SMTP_V_OTHER, SMTP_FOREIGN},
	{"GROUP", SMTP_V_OTHER, SMTP_FOREIGN},
	{"HEAD", SMTP_V_OTHER, SMTP_FOREIGN},
	{"HELO", SMTP_V_HELO, SMTP_TEXT},
	{"HELP", SMTP_V_HELP, SMTP_NOTHING},
	{"LHLO", SMTP_V_LHLO, SMTP_TEXT},
	{"MAIL FROM", SMTP_V_MAIL, SMTP_PATH},
	{"MODE", SMTP_V_OTHER, SMTP_FOREIGN},
	{"NICK", SMTP_V_OTHER, SMTP_FOREIGN},
	{"NOOP", SMTP_V_NOOP, SMTP_NOTHING},
	{"OPTIONS", SMTP_V_OTHER, SMTP_FOREIGN},
	{"OPTS", SMTP_V_OTHER, SMTP_FOREIGN},
	{"PASS", SMTP_V_OTHER, SMTP_FOREIGN},
	{"POST", SMTP_V_OTHER, SMTP_FOREIGN},
	{"PROXY", SMTP_V_OTHER, SMTP_SILENT},
	{"PUT", SMTP_V_OTHER, SMTP_FOREIGN},
	{"QUIT", SMTP_V_QUIT, SMTP_NOTHING},
	{"RCPT TO", SMTP_V_RCPT, SMTP_PATH},
	{"RSET", SMTP_V_RSET, SMTP_NOTHING},
	{"STARTTLS", SMTP_V_STARTTLS, SMTP_NOTHING},
	{"STLS", SMTP_V_OTHER, SMTP_FOREIGN},
	{"SYST", SMTP_V_OTHER, SMTP_FOREIGN},
	{"USER", SMTP_V_OTHER, SMTP_FOREIGN},
	{"VRFY", SMTP_V_VRFY, SMTP_NOTHING},
	{"X-ANONYMOUSTLS", SMTP_V_ANONYMOUSTLS, SMTP_NOTHING},
	{"X-EXPS", SMTP_V_AUTH, SMTP_SASL},
	{"XCLIENT", SMTP_V_OTHER, SMTP_NOTHING},
	{"XFORWARD", SMTP_V_OTHER, SMTP_NOTHING},
};

bool smtp_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* How much of the word the characters are, or -1 if they are not its start. */
static int matched(const char *word, const uint8_t *p, size_t n)
{
	int w = 0;

	for (size_t i = 0; i < n; i++) {
		if (smtp_is_blank(p[i]) && w > 0 && word[w - 1] == ' ')
			continue;
		if (word[w] == '\0' || (upper(p[i]) != (uint8_t)word[w] &&
			!(word[w] == ' ' && smtp_is_blank(p[i]))))
			return -1;
		w++;
	}
	return w;
}

/* The first of the words that begin with a letter. */
static size_t words_from(uint8_t letter)
{
	size_t low = 0, high = sizeof WORDS / sizeof *WORDS;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if ((uint8_t)WORDS[middle].text[0] < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct smtp_word *smtp_word(const uint8_t *p, size_t n, bool *more)
{
	const struct smtp_word *whole = NULL;
	uint8_t letter = n > 0 ? upper(p[0]) : 0;

	*more = n == 0;
	for (size_t i = words_from(letter); i < sizeof WORDS / sizeof *WORDS &&
		(uint8_t)WORDS[i].text[0] == letter; i++) {
		int w = matched(WORDS[i].text, p, n);

		if (w < 0)
			continue;
		if (WORDS[i].text[w] == '\0')
			whole = &WORDS[i];
		else
			*more = true;
	}
	return whole;
}

struct rd smtp_trim(struct rd r)
{
	while (rd_left(&r) > 0 && smtp_is_blank(*r.p))
		r.p++;
	while (rd_left(&r) > 0 &&
		(smtp_is_blank(r.end[-1]) || r.end[-1] == '\r'))
		r.end--;
	return r;
}

bool smtp_is_text(struct rd r)
{
	if (rd_left(&r) == 0)
		return false;
	for (; rd_left(&r) > 0; r.p++)
		if (*r.p < ' ' || *r.p == 0x7f)
			return false;
	return true;
}

bool smtp_has_word(struct rd r, const char *word)
{
	size_t n = strlen(word);

	for (; rd_left(&r) >= n; r.p++)
		if (strncasecmp((const char *)r.p, word, n) == 0)
			return true;
	return false;
}

static struct rd before_colon_gone(struct rd r)
{
	r = smtp_trim(r);
	if (rd_left(&r) > 0 && *r.p == ':')
		r.p++;
	return smtp_trim(r);
}

/* The closing bracket, minding quoted local parts (RFC 5321, 4.1.2). */
static const uint8_t *closing(struct rd r)
{
	bool quoted = false;

	for (; rd_left(&r) > 0; r.p++) {
		if (*r.p == '\\' && quoted && rd_left(&r) > 1)
			r.p++;
		else if (*r.p == '"')
			quoted = !quoted;
		else if (*r.p == '>' && !quoted)
			return r.p;
	}
	return NULL;
}

static const uint8_t *blank_in(struct rd r)
{
	while (rd_left(&r) > 0 && !smtp_is_blank(*r.p))
		r.p++;
	return r.p;
}

static const uint8_t *in(struct rd r, uint8_t c)
{
	return rd_left(&r) > 0 ? memchr(r.p, c, rd_left(&r)) : NULL;
}

struct rd smtp_path(struct rd argument)
{
	struct rd r = before_colon_gone(argument);
	struct rd word = {r.p, blank_in(r), false};
	const uint8_t *open = in(r, '<'), *close;

	/* No brackets, or only those of a parameter, as in AUTH=<...>. */
	if (!open || (open > r.p && (in(word, '@') || in(word, '='))))
		return word;
	r.p = open + 1;
	close = closing(r);
	if (!close)
		close = in(r, '>'); /* a quote that nobody closed */
	r.end = close ? close : blank_in(r);
	return smtp_trim(r);
}

bool smtp_path_is_strict(struct rd argument)
{
	struct rd r = smtp_trim(argument);
	const uint8_t *close;

	if (!smtp_is_text(r) || rd_u8(&r) != ':')
		return false;
	r = smtp_trim(r);
	if (rd_u8(&r) != '<')
		return false;
	close = closing(r);
	if (!close || blank_in((struct rd){r.p, close, false}) != close)
		return false;
	return close + 1 == r.end || smtp_is_blank(close[1]);
}

bool smtp_chunk(struct rd argument, uint64_t *size, bool *last)
{
	struct rd r = smtp_trim(argument);
	uint64_t n = 0;

	if (rd_left(&r) == 0 || *r.p < '0' || *r.p > '9')
		return false;
	for (; rd_left(&r) > 0 && *r.p >= '0' && *r.p <= '9'; r.p++) {
		if (n > (UINT64_MAX / 2 - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(*r.p - '0');
	}
	if (rd_left(&r) > 0 && !smtp_is_blank(*r.p))
		return false;
	r = smtp_trim(r);
	*last = rd_left(&r) == 4 && smtp_has_word(r, "LAST");
	*size = n;
	return *last || rd_left(&r) == 0;
}

static bool digit(const struct rd *r)
{
	return rd_left(r) > 0 && *r->p >= '0' && *r->p <= '9';
}

/* One to three digits. */
static bool number(struct rd *r, uint16_t *out)
{
	*out = 0;
	for (int i = 0; i < 3 && digit(r); i++)
		*out = (uint16_t)(*out * 10 + rd_u8(r) - '0');
	return !digit(r);
}

static bool enhanced(struct rd r, uint16_t out[3])
{
	uint16_t e[3];

	for (int i = 0; i < 3; i++) {
		if (i > 0 && rd_u8(&r) != '.')
			return false;
		if (!digit(&r) || !number(&r, &e[i]))
			return false;
	}
	if ((e[0] != 2 && e[0] != 4 && e[0] != 5) ||
		(rd_left(&r) > 0 && !smtp_is_blank(*r.p) && *r.p != '\r'))
		return false;
	memcpy(out, e, sizeof e);
	return true;
}

bool smtp_reply(struct rd line, struct smtp_reply *out)
{
	struct smtp_reply r = {0};

	if (rd_left(&line) < 3 || *line.p < '2' || *line.p > '5')
		return false;
	if (!number(&line, &r.code) || r.code < 200 || r.code > 599)
		return false;
	if (rd_left(&line) > 0 && *line.p != ' ' && *line.p != '-' &&
		*line.p != '\t' && *line.p != '\r')
		return false;
	r.more = rd_left(&line) > 0 && *line.p == '-';
	if (rd_left(&line) > 0)
		line.p++;
	(void)enhanced(line, r.enhanced);
	r.text = smtp_trim(line);
	*out = r;
	return true;
}
