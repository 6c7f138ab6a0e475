/* mailhost.c: see mailhost.h. The names are those of the providers'
 * documentation on sending mail (2025). */
#include "capture/proto/mailhost.h"
#include <string.h>
#include <strings.h>

static const char *const PREFIXES[] = {
	"smtp", "email-smtp", "in-v3.mailjet", "mail.smtp2go",
	"outlook.office365.com", "mx",
};

static const char *const SUFFIXES[] = {
	".mail.protection.outlook.com", ".mx.microsoft",
};

/* The same names also serve web, IMAP and POP: those ports are theirs. */
static bool is_other_service(uint16_t port)
{
	switch (port) {
	case 80: case 110: case 143: case 443: case 853: case 993: case 995:
	case 4190: case 8443:
		return true;
	default:
		return false;
	}
}

bool mailhost_is(const char *name, uint16_t port)
{
	size_t n = strlen(name);

	if (is_other_service(port))
		return false;
	for (size_t i = 0; i < sizeof PREFIXES / sizeof PREFIXES[0]; i++) {
		size_t len = strlen(PREFIXES[i]);

		if (strncasecmp(name, PREFIXES[i], len) == 0 &&
			(name[len] == '\0' || name[len] == '.' ||
				name[len] == '-'))
			return true;
	}
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++) {
		size_t len = strlen(SUFFIXES[i]);

		if (n > len && strcasecmp(name + n - len, SUFFIXES[i]) == 0)
			return true;
	}
	return false;
}
