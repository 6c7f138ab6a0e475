/* smtp_body.c: messages go by (RFC 5321, 4.1.1.4; RFC 3030). Their bytes are
 * counted; only X-Mailer and User-Agent of the header are kept. */
#include "capture/proto/smtp_state.h"

/* The search for CR LF . CR LF. Weak: between line ends that are not CR LF,
 * which is an end for some servers and text for others (SMTP smuggling). */
enum place {
	TEXT, CR, LINE, LINE_WEAK, DOT, DOT_CR, DOT_WEAK, DOT_WEAK_CR, ENDED,
};

enum header { LINE_START, NAME, VALUE, FOLD, SKIP, OVER };

static const char *const AGENTS[] = {"x-mailer:", "user-agent:"};

enum { AGENTS_N = sizeof AGENTS / sizeof *AGENTS };

void smtp_body_reset(struct smtp *s)
{
	bytes_wipe(&s->body, sizeof s->body);
}

static enum place ended(struct smtp *s)
{
	s->body.weak = true;
	return s->client.bare ? ENDED : LINE_WEAK;
}

static enum place next_place(struct smtp *s, uint8_t c)
{
	enum place place = (enum place)s->body.place;

	s->body.weak = false;
	if (c == '.' && (place == LINE || place == LINE_WEAK)) {
		s->body.dot = s->body.bytes;
		return place == LINE ? DOT : DOT_WEAK;
	}
	if (c == '\r')
		return place == DOT ? DOT_CR
		     : place == DOT_WEAK ? DOT_WEAK_CR : CR;
	if (c != '\n')
		return TEXT;
	if (place == DOT_CR)
		return ENDED;
	if (place == DOT || place == DOT_WEAK || place == DOT_WEAK_CR)
		return ended(s);
	return place == CR ? LINE : LINE_WEAK;
}

static void say_agent(struct smtp *s)
{
	struct smtp_body *b = &s->body;
	struct rd value = smtp_trim(rd_init(b->agent, b->agent_n));
	struct smtp_event *e;

	if (rd_left(&value) == 0)
		return;
	e = smtp_say(s, SMTP_AGENT, s->in.at);
	e->text = value.p;
	e->text_n = rd_left(&value);
}

static void name(struct smtp_body *b, uint8_t c)
{
	uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;

	for (int i = 0; i < AGENTS_N; i++) {
		bool still = b->names & 1 << i;

		if (still && lower != (uint8_t)AGENTS[i][b->name_at])
			b->names &= (uint8_t)~(1 << i);
	}
	b->name_at++;
	if (b->names == 0)
		b->header = SKIP;
	else if (c == ':')
		b->header = VALUE;
	b->agent_n = 0;
}

static void value(struct smtp_body *b, uint8_t c)
{
	if (c != '\r' && b->agent_n < SMTP_AGENT_NAME)
		b->agent[b->agent_n++] = c;
}

static void header(struct smtp *s, uint8_t c)
{
	struct smtp_body *b = &s->body;
	bool blank = c == ' ' || c == '\t';

	if (b->header == FOLD && blank) {
		b->header = VALUE; /* RFC 5322, 2.2.3: it goes on */
	} else if (b->header == FOLD) {
		say_agent(s);
		b->header = LINE_START;
	}
	switch ((enum header)b->header) {
	case LINE_START:
		b->name_at = 0;
		b->names = (1 << AGENTS_N) - 1;
		b->header = NAME;
		if (c == '\r' || c == '\n')
			b->header = OVER;
		else
			name(b, c);
		break;
	case NAME: name(b, c); break;
	case VALUE:
		if (c == '\n')
			b->header = FOLD;
		else
			value(b, c);
		break;
	case SKIP: case FOLD: case OVER: break;
	}
	if (b->header == SKIP && c == '\n')
		b->header = LINE_START;
}

/* The bytes from p on that need no look: up to the next LF. */
static size_t dull(struct smtp_body *b, const uint8_t *p, size_t n)
{
	const uint8_t *lf;

	if (b->header != OVER && b->header != SKIP)
		return 0;
	lf = memchr(p, '\n', n);
	return lf ? (size_t)(lf - p) : n;
}

static void byte(struct smtp *s, uint8_t c)
{
	struct smtp_body *b = &s->body;

	header(s, c);
	b->place = (uint8_t)next_place(s, c);
	b->bytes++;
	if (c == '\n' && b->lines < UINT16_MAX)
		b->lines++;
}

/* Sums of one byte each, which compilers make many at once. */
static size_t count_lines(const uint8_t *p, size_t n)
{
	size_t lines = 0;

	while (n > 0) {
		size_t part = n < UINT8_MAX ? n : UINT8_MAX;
		uint8_t sum = 0;

		for (size_t i = 0; i < part; i++)
			sum = (uint8_t)(sum + (p[i] == '\n'));
		lines += sum;
		p += part;
		n -= part;
	}
	return lines;
}

/* In the body, where no dot is there is no end: the bytes from p on up to the
 * next one, of which only line ends count, or 0 where they need a look. */
static size_t dotless(struct smtp_body *b, const uint8_t *p, size_t n)
{
	const uint8_t *dot;
	size_t lines, room = UINT16_MAX - b->lines;

	if (b->header != OVER || b->place >= DOT)
		return 0;
	dot = memchr(p, '.', n);
	if (dot)
		n = (size_t)(dot - p);
	if (n < 2)
		return 0;
	lines = room > 0 ? count_lines(p, n) : 0;
	b->lines = (uint16_t)(b->lines + (lines < room ? lines : room));
	b->bytes += n;
	b->weak = false;
	b->place = p[n - 1] == '\r' ? CR
		: p[n - 1] != '\n' ? TEXT
		: p[n - 2] == '\r' ? LINE : LINE_WEAK;
	return n;
}

size_t smtp_body(struct smtp *s, const uint8_t *p, size_t n)
{
	struct smtp_body *b = &s->body;
	size_t i = 0;

	while (i < n && s->out_n == 0) {
		size_t skip = dotless(b, p + i, n - i);

		if (skip > 0) {
			i += skip;
			continue;
		}
		skip = b->place == TEXT ? dull(b, p + i, n - i) : 0;
		if (skip > 0) {
			b->bytes += skip;
			i += skip;
			b->place = p[i - 1] == '\r' ? CR : TEXT;
			continue;
		}
		byte(s, p[i++]);
		if (b->place == ENDED) {
			smtp_body_end(s, b->dot);
			break;
		}
	}
	return i;
}

void smtp_body_begin(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	bool within = c->mode == SMTP_AT_REST;
	enum smtp_mode mode = c->mode;

	if (mode == SMTP_AT_BODY || mode == SMTP_AT_CHUNK)
		return;
	smtp_body_reset(s);
	s->body.place = within ? TEXT : LINE;
	s->body.header = within ? OVER : LINE_START;
	c->mode = SMTP_AT_BODY;
	c->asked_data = c->lost = false;
	/* What was taken for the start of a command. */
	if (mode == SMTP_AT_WORD) {
		for (int i = 0; i < c->head_n; i++)
			byte(s, c->head[i]);
		if (c->cr)
			byte(s, '\r');
	}
	bytes_wipe(c->head, sizeof c->head);
	c->head_n = 0;
	c->cr = false;
}

void smtp_body_end(struct smtp *s, uint64_t bytes)
{
	struct smtp_event *e = smtp_say_command(s, SMTP_MESSAGE, SMTP_V_BODY);

	e->at = s->in.at;
	e->bytes = bytes;
	smtp_wait_message(s, SMTP_V_BODY, true);
	smtp_body_reset(s);
	smtp_expect_commands(s, true);
	smtp_proves(s, false);
}

bool smtp_body_try_end(struct smtp *s)
{
	const struct smtp_body *b = &s->body;
	bool weak = b->weak;

	if (s->client.mode != SMTP_AT_BODY || (!weak && !b->gapped))
		return false;
	smtp_body_end(s, weak ? b->dot : b->bytes);
	if (!weak)
		smtp_lose(s);
	return true;
}

void smtp_body_try_stop(struct smtp *s)
{
	if (s->client.mode != SMTP_AT_BODY || !s->body.gapped)
		return;
	smtp_body_reset(s);
	smtp_lose(s);
}

void smtp_body_refused(struct smtp *s)
{
	struct smtp_body *b = &s->body;
	bool line = b->place == LINE || b->place == LINE_WEAK;

	if (s->client.mode != SMTP_AT_BODY)
		return;
	if (b->lines > 0)
		smtp_wait(s, (struct smtp_waiting){
			.verb = SMTP_V_OTHER, .replies = b->lines});
	smtp_body_reset(s);
	smtp_expect_commands(s, line);
}

void smtp_body_gap(struct smtp *s, uint64_t n)
{
	s->body.bytes += n;
	s->body.gapped = true;
	s->body.place = TEXT;
	s->body.header = OVER;
	s->body.weak = false;
}

void smtp_chunk_begin(struct smtp *s, uint64_t size, bool last)
{
	s->body.left = size;
	s->body.last = last;
	s->client.mode = SMTP_AT_CHUNK;
}

static void chunk_end(struct smtp *s)
{
	struct smtp_body *b = &s->body;
	uint64_t bytes = b->bytes;
	struct smtp_event *e;

	smtp_expect_commands(s, true);
	if (!b->last)
		return;
	if (b->header == FOLD || b->header == VALUE)
		say_agent(s);
	e = smtp_say_command(s, SMTP_MESSAGE, SMTP_V_BDAT);
	e->at = s->in.at;
	e->bytes = bytes;
	b->bytes = 0;
	b->header = LINE_START;
}

size_t smtp_chunk_bytes(struct smtp *s, const uint8_t *p, size_t n)
{
	struct smtp_body *b = &s->body;
	size_t i = 0;

	if (n > b->left)
		n = (size_t)b->left;
	while (i < n && s->out_n == 0) {
		size_t skip = dull(b, p + i, n - i);

		if (skip == 0) {
			header(s, p[i]);
			skip = 1;
		}
		b->bytes += skip;
		b->left -= skip;
		i += skip;
	}
	if (b->left == 0)
		chunk_end(s);
	return i;
}

void smtp_chunk_gap(struct smtp *s, uint64_t n)
{
	struct smtp_body *b = &s->body;
	uint64_t part = n < b->left ? n : b->left;

	b->bytes += part;
	b->left -= part;
	b->header = OVER;
	if (b->left > 0)
		return;
	chunk_end(s);
	if (n > part)
		smtp_lose(s);
}
