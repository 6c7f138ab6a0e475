/* fuzz_rules.c: rules that anybody may have written, about devices and servers,
 * and names from the wire that they meet: behind the first NUL. */
#include "inventory/providers.h"
#include "inventory/rules.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	size_t n = end ? (size_t)(end - data) : size;
	struct rules *r;
	char *name;

	if (!rules_parse(&r, "fuzz", (const char *)data, n, NULL))
		return 0;
	name = strndup(end ? (const char *)end + 1 : "",
		end ? size - n - 1 : 0);
	for (int of = 0; name && of < RULES_OF; of++) {
		struct rule_fact f = {(enum rule_of)of, name};

		(void)rules_judge(r, &f, 1);
	}
	if (name) {
		const struct providers *p = rules_providers(r);
		size_t len = strlen(name);
		struct addr a;

		(void)providers_by_name(p, name, len);
		(void)providers_fleet(p, name, len);
		if (addr_parse(name, &a))
			(void)providers_by_address(p, &a);
	}
	free(name);
	rules_free(r);
	return 0;
}
