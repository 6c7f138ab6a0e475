/* fuzz_x509.c: a certificate that a server showed. */
#include "capture/proto/x509.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tls_certificate c;

	if (!x509_read(data, size, &c))
		return 0;
	assert(text_is_clean(c.cn, strlen(c.cn)));
	assert(text_is_clean(c.issuer, strlen(c.issuer)));
	assert(c.names_n <= TLS_NAMES);
	for (unsigned i = 0; i < c.names_n; i++)
		assert(text_is_clean(c.names[i], strlen(c.names[i])));
	return 0;
}
