/* smtp_reason.c: why a server refuses AUTH. Of the reply's text only words are
 * looked for, as it goes by: servers write what they like there, at times what
 * the client has sent. */
#include "capture/proto/smtp_state.h"

enum word {
	TENANT, MAILBOX, BASIC, DEFAULTS, CREDENTIALS, ABORT, CANCEL, WORDS_N,
};

_Static_assert((int)WORDS_N == (int)SMTP_REASON_WORDS, "each has its place");

/* No word begins again within itself: so a mismatch begins anew. */
static const char *const WORDS[WORDS_N] = {
	[TENANT] = "tenant", [MAILBOX] = "mailbox", [BASIC] = "basic",
	[DEFAULTS] = "defaults", [CREDENTIALS] = "credentials",
	[ABORT] = "abort", [CANCEL] = "cancel",
};

void smtp_reason_begin(struct smtp_words *w)
{
	*w = (struct smtp_words){0};
}

void smtp_reason_byte(struct smtp_words *w, uint8_t b)
{
	char c = (char)(b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);

	for (int i = 0; i < WORDS_N; i++) {
		if (c != WORDS[i][w->at[i]])
			w->at[i] = 0;
		if (c == WORDS[i][w->at[i]])
			w->at[i]++;
		if (WORDS[i][w->at[i]] != '\0')
			continue;
		w->found |= (uint8_t)(1 << i);
		w->at[i] = 0;
	}
}

bool smtp_reason_is_abort(const struct smtp_words *w)
{
	return w->found & (1 << ABORT | 1 << CANCEL);
}

static bool has(const struct smtp_words *w, enum word word)
{
	return w->found & 1 << word;
}

/* Exchange Online's 5.7.139 (2025): "... SmtpClientAuthentication is disabled
 * for the Tenant", "... for the Mailbox", "... basic authentication is
 * disabled", "... user is locked by your organization's security defaults
 * policy", "... the user credentials were incorrect". */
static enum smtp_reason unsuccessful(const struct smtp_words *w)
{
	static const enum smtp_reason REASONS[] = {
		[TENANT] = SMTP_TENANT_SWITCH,
		[MAILBOX] = SMTP_MAILBOX_SWITCH,
		[BASIC] = SMTP_BASIC_DISABLED,
		[DEFAULTS] = SMTP_SECURITY_DEFAULTS,
		[CREDENTIALS] = SMTP_WRONG_PASSWORD,
	};

	for (int i = 0; i <= CREDENTIALS; i++)
		if (has(w, (enum word)i))
			return REASONS[i];
	return SMTP_NO_REASON;
}

static bool is(const uint16_t e[3], uint16_t subject, uint16_t detail)
{
	return e[0] == 5 && e[1] == subject && e[2] == detail;
}

/* 504 and 5.7.8 are RFC 4954's, 4 and 6. Exchange's 5.7.3 is for any cause. */
enum smtp_reason smtp_reason(const struct smtp_words *w, uint16_t code,
	const uint16_t enhanced[3])
{
	if (code == 504)
		return SMTP_NOT_OFFERED;
	if (code == 535 && is(enhanced, 7, 139))
		return unsuccessful(w);
	if (code == 535 && is(enhanced, 7, 8))
		return SMTP_WRONG_PASSWORD;
	if (code == 550 && is(enhanced, 7, 30) && has(w, BASIC))
		return SMTP_BASIC_REMOVED;
	return SMTP_NO_REASON;
}
