/* fuzz_ui_filter.c: any text as a filter, against a device with everything
 * and one with nothing; the same text as the device's own names. */
#include "ui/filter/filter.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	struct names one = {&text, 1};
	struct device empty = {.id = text}, full = {.id = text, .name = text,
		.vendor = text, .addresses = one, .macs = one, .vlans = one,
		.accounts = one, .mechanisms = one, .from = one,
		.domains = one, .helos = one, .agents = one, .servers = one,
		.codes = one, .services = one, .owner = text, .tag = text,
		.note = text, .model = text, .advice = text, .breaks = text,
		.type_score = 1, .tls_lowest = 0x303, .messages = 7};
	struct device_list list = {.v = &full, .n = 1};
	struct filter_subject none = {&empty, 0, false};
	struct filter_subject all = {&full, INT64_MAX, true};
	struct filter_error e = {0};
	struct filter_expression f;
	struct filter_completion c;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	if (filter_parse(&f, text, &e)) {
		filter_match(&f, &none);
		filter_match(&f, &all);
	} else {
		assert(e.at <= strlen(text) && e.text[0] != '\0');
	}
	for (size_t at = 0; at <= strlen(text); at++) {
		filter_complete(text, at, &list, &c);
		assert(c.from <= at);
	}
	filter_unfinished(text);
	free(text);
	return 0;
}
