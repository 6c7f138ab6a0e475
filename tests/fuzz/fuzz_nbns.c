/* fuzz_nbns.c: messages of the NetBIOS name service. */
#include "capture/base/text.h"
#include "capture/proto/nbns.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nbns found;

	if (!nbns_parse(data, size, &found))
		return 0;
	assert(found.n > 0 && found.n <= NBNS_NAMES);
	for (uint8_t i = 0; i < found.n; i++) {
		const char *text = found.names[i].text;

		assert(text[0] != '\0' && text_is_clean(text, strlen(text)));
	}
	return 0;
}
