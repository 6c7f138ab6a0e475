/* edit.c: see edit.h. */
#include "ui/dash/edit.h"
#include "capture/base/text.h"
#include "ui/dash/keys.h"
#include <stdio.h>
#include <string.h>

void edit_set(struct edit *e, const char *text)
{
	snprintf(e->text, sizeof e->text, "%s", text);
	e->at = strlen(e->text);
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const struct edit *e)
{
	size_t at = e->at;

	while (at > 0 && continues(e->text[--at]))
		;
	return at;
}

static size_t after(const struct edit *e)
{
	size_t at = e->at;

	if (e->text[at] != '\0')
		at++;
	while (continues(e->text[at]))
		at++;
	return at;
}

/* The start of the word that ends at the cursor. */
static size_t word(const struct edit *e)
{
	size_t at = e->at;

	while (at > 0 && e->text[at - 1] == ' ')
		at--;
	while (at > 0 && e->text[at - 1] != ' ')
		at--;
	return at;
}

static void cut(struct edit *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, strlen(e->text + to) + 1);
	e->at = from;
}

static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18 & 7));
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool insert(struct edit *e, uint32_t key)
{
	char c[4];
	size_t n = encode(key, c), len = strlen(e->text);

	if (!text_is_clean(c, n))
		return false;
	if (len + n >= sizeof e->text)
		return true;
	memmove(e->text + e->at + n, e->text + e->at, len - e->at + 1);
	memcpy(e->text + e->at, c, n);
	e->at += n;
	return true;
}

void edit_replace(struct edit *e, size_t from, const char *text)
{
	size_t n = strlen(text), len;

	cut(e, from, e->at);
	len = strlen(e->text);
	if (!text_is_clean(text, n) || len + n >= sizeof e->text)
		return;
	memmove(e->text + from + n, e->text + from, len - from + 1);
	memcpy(e->text + from, text, n);
	e->at += n;
}

bool edit_key(struct edit *e, uint32_t key)
{
	switch (key) {
	case KEYS_LEFT: e->at = before(e); return true;
	case KEYS_RIGHT: e->at = after(e); return true;
	case KEYS_HOME: e->at = 0; return true;
	case KEYS_END: e->at = strlen(e->text); return true;
	case KEYS_BACKSPACE: cut(e, before(e), e->at); return true;
	case KEYS_DELETE: cut(e, e->at, after(e)); return true;
	case KEYS_CTRL_U: cut(e, 0, e->at); return true;
	case KEYS_CTRL_W: cut(e, word(e), e->at); return true;
	default: return key < KEYS_UP && insert(e, key);
	}
}
