/* fuzz_oui.c: a registry of vendors that anybody may have written. */
#include "inventory/oui.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oui *o = oui_parse(data, size);
	struct mac m = {{0}};

	for (size_t i = 0; i + 6 <= size && i < 64; i++) {
		memcpy(m.b, data + i, 6);
		(void)oui_vendor(o, &m);
	}
	oui_free(o);
	return 0;
}
