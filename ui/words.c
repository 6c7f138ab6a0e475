/* words.c: see words.h. */
#include "ui/words.h"
#include "ui/when.h"
#include <stdio.h>

const char *words_mark(const struct device *d)
{
	if (d->role == ROLE_MTA)
		return "·";
	switch (d->use) {
	case USE_BASIC:
	case USE_REQUIRED: return "!";
	case USE_UNKNOWN: return "?";
	case USE_OAUTH: return "+";
	case USE_OTHER:
	case USE_NONE: break;
	}
	return "·";
}

const char *words_name(const struct device *d)
{
	return d->name ? d->name : "(no name)";
}

const char *words_auth(const struct device *d, char out[WORDS_AUTH])
{
	const char *mark = d->evidence == EVIDENCE_INFERRED ? "~"
		: d->evidence == EVIDENCE_IMPORTED	    ? "*"
							    : "";

	snprintf(out, WORDS_AUTH, "%s%s",
		d->role == ROLE_MTA ? "MTA" : auth_use_label(d->use), mark);
	return out;
}

const char *words_standing(const struct device *d)
{
	return standing_word(d->standing);
}

const char *words_tls(const struct device *d)
{
	if (d->some_clear)
		return "none";
	switch (d->tls_lowest) {
	case 0x0300: return "SSL 3";
	case 0x0301: return "1.0";
	case 0x0302: return "1.1";
	case 0x0303: return "1.2";
	case 0x0304: return "1.3";
	default: return "-";
	}
}

const char *words_first(const struct names *n)
{
	return n->n > 0 ? n->v[0] : NULL;
}

const char *words_time(int64_t us, char out[WORDS_TIME])
{
	_Static_assert((int)WORDS_TIME == (int)WHEN_TEXT, "one size");
	return when_format(us, out);
}
