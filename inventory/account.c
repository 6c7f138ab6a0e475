/* account.c: see account.h. */
#include "inventory/account.h"
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *word, *text;
} kinds[] = {
	[ACCOUNT_OTHER] = {"other", "no mailbox's name"},
	[ACCOUNT_MAILBOX] = {"mailbox", "a mailbox"},
	[ACCOUNT_WINDOWS] = {"windows", "an account of a Windows domain"},
};

const char *account_kind_word(enum account_kind k)
{
	return kinds[k].word;
}

const char *account_kind_text(enum account_kind k)
{
	return kinds[k].text;
}

/* Labels with dots between them; letters of all alphabets. */
static bool is_domain(const char *p)
{
	bool label = false;

	for (; *p != '\0'; p++) {
		if (*p == '.' && !label)
			return false;
		label = *p != '.';
		if (label && !isalnum((unsigned char)*p) && *p != '-' &&
			(unsigned char)*p < 0x80)
			return false;
	}
	return label;
}

enum account_kind account_kind_of(const char *name)
{
	const char *at = strrchr(name, '@');
	const char *back = strchr(name, '\\');

	if (back)
		return back > name && back[1] != '\0' && !strchr(back + 1, '\\')
			? ACCOUNT_WINDOWS : ACCOUNT_OTHER;
	return at && at > name && !memchr(name, '@', (size_t)(at - name)) &&
		!strpbrk(name, " /") && is_domain(at + 1)
		? ACCOUNT_MAILBOX : ACCOUNT_OTHER;
}
