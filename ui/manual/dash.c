/* dash.c: the dashboard in the man page: its keys and its filters; see
 * manual.h. */
#include "ui/dash/keys.h"
#include "ui/filter/filter.h"
#include "ui/manual/manual.h"
#include <string.h>

static void binding(FILE *out, const struct binding *b)
{
	char key[KEY_NAME], term[BINDING_KEYS * (KEY_NAME + 2)] = "";

	for (int k = 0; k < BINDING_KEYS && b->keys[k] != 0; k++) {
		strcat(term, k > 0 ? ", " : "");
		strcat(term, keys_name(b->keys[k], key));
	}
	roff_item(out, term, b->help);
}

void manual_keys(FILE *out)
{
	const struct binding *b;
	const char *group = "";

	roff_section(out, "DASHBOARD");
	roff_paragraph(out, "Function keys and the letters of vi; the bottom "
		"line names the most important ones.");
	for (size_t i = 0; (b = keys_binding(i)) != NULL; i++) {
		if (!b->group)
			continue;
		if (strcmp(group, b->group) != 0)
			fprintf(out, ".SS %s\n", b->group);
		group = b->group;
		binding(out, b);
	}
}

void manual_filters(FILE *out)
{
	struct filter_help h;

	roff_section(out, "FILTERS");
	roff_paragraph(out, "The dashboard and --where choose devices by an "
		"expression:");
	fputs(".RS\n", out);
	roff_text(out, "auth=basic and (server~office365 or ip=10.20.0.0/16) "
		"and not last<30d");
	fputs("\n.RE\n", out);
	roff_paragraph(out, "A word alone is looked for everywhere. = is the "
		"same, != another, ~ contains; < <= > >= compare numbers, "
		"ages and dates. Quotes keep blanks in a value, and \"\" is "
		"what is not known. Two terms without a word between them are "
		"both wanted. Small and capital letters are one.");
	for (size_t i = 0; filter_describe(i, &h); i++) {
		char term[FILTER_HELP + 32];

		snprintf(term, sizeof term, "%s%s", h.name, h.values);
		roff_item(out, term, h.what);
	}
}
