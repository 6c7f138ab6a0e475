/* fuzz_import.c: an export that anybody may have written: CSV or JSON. */
#include "inventory/import/input.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(struct input *in)
{
	static char room[IMPORT_NAMES][TEXT_MAX];
	struct import_row row = {.names = room};
	struct input_row r;
	bool any = true;

	while (any && input_next(in, &r, &any, NULL)) {
		if (!any || r.bad_fields || import_row(input_kind(in),
				r.values, DATE_DAY_FIRST, &row) != IMPORT_TAKEN)
			continue;
		assert(text_is_clean(row.account, strlen(row.account)));
		assert(strchr(row.account, '@') != NULL);
		assert(row.names_n <= IMPORT_NAMES);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	FILE *f = NULL;
	struct input *in;

	if (copy && size > 0) {
		memcpy(copy, data, size);
		f = fmemopen(copy, size, "rb");
	}
	if (f && input_of(&in, f, "fuzz", NULL)) {
		read_rows(in);
		if (input_rewind(in, NULL))
			read_rows(in);
		input_close(in);
	}
	free(copy);
	return 0;
}
