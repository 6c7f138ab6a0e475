/* rules.c: see rules.h. */
#include "inventory/rules.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Names as makers' firmware forms them: a prefix and so many hex digits, 12
 * of them being the MAC. Confirmed ones first. */
struct rule {
	const char *prefix;
	int hex; /* 0: anything may follow */
	const char *vendor;
};

static const struct rule rules[] = {
	{"NPI", 6, "HP"},
	{"RNP", 12, "Ricoh"},
	{"BRN_", 6, "Brother"},
	{"BRN", 12, "Brother"},
	{"BRW", 12, "Brother"},
	{"EPSON", 6, "Seiko Epson"},
	{"FX-", 6, "Fuji Xerox"},
	{"XRX", 12, "Xerox"},
	{"ET", 12, "Lexmark"},
	{"SEC", 12, "Samsung"},
	{"KMBT", 0, "Konica Minolta"},
	{"KM", 6, "Kyocera"},
	{"Canon", 6, "Canon"},
	{"idrac-", 0, "Dell"},
	{"ILO", 10, "Hewlett Packard Enterprise"},
	{"apc", 6, "APC"},
	{"DiskStation", 0, "Synology"},
	{"NAS", 6, "QNAP"},
};

/* Words of DHCP vendor classes of printers (option 60). */
static const char *const classes[] = {
	"JetDirect", "LaserJet", "Printer", "Copier", "MFP", "Ricoh",
	"Kyocera", "Lexmark", "Xerox", "Brother", "EPSON", "Canon",
};

static int hex_digits(const char *p)
{
	int n = 0;

	while (isxdigit((unsigned char)p[n]))
		n++;
	return n;
}

static const struct rule *rule_of(const char *name)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		const struct rule *r = &rules[i];
		size_t n = strlen(r->prefix);

		if (strncasecmp(name, r->prefix, n) != 0)
			continue;
		if (r->hex == 0)
			return r;
		/* The name ends there, or its domain begins. */
		if (hex_digits(name + n) == r->hex &&
			(name[n + r->hex] == '\0' || name[n + r->hex] == '.'))
			return r;
	}
	return NULL;
}

bool rules_is_sender(const char *name)
{
	if (rule_of(name))
		return true;
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (strcasestr(name, classes[i]))
			return true;
	return false;
}

static uint8_t digit(char c)
{
	c = (char)tolower((unsigned char)c);
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

const char *rules_vendor(const char *name, struct mac *mac, bool *has_mac)
{
	const struct rule *r = rule_of(name);

	*has_mac = r && r->hex == 12;
	if (*has_mac)
		for (size_t i = 0; i < 6; i++) {
			const char *p = name + strlen(r->prefix) + 2 * i;

			mac->b[i] = (uint8_t)(digit(p[0]) << 4 | digit(p[1]));
		}
	return r ? r->vendor : NULL;
}

bool rules_is_name(const char *name)
{
	static const char *const nobody[] = {
		"localhost", "localhost.localdomain", "localhost.local",
		"localdomain", "unknown", "none", "(none)",
	};
	struct addr a;

	if (name[0] == '\0' || name[0] == '[' || addr_parse(name, &a))
		return false;
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
		if (strcasecmp(name, nobody[i]) == 0)
			return false;
	return true;
}
