/* tls_names.h: TLS versions and cipher suites by the names of IANA's
 * registry. */
#pragma once
#include <stdint.h>

/* "1.0" ... "1.3", "SSL 3.0", or NULL. */
const char *tls_version_name(uint16_t version);
/* NULL where the suite is none that mail uses. */
const char *tls_cipher_name(uint16_t cipher);
