/* cipher.h: the IANA names of TLS cipher suites and versions. */
#pragma once
#include <stdint.h>

/* NULL where the suite is none that mail uses. */
const char *cipher_name(uint16_t suite);
/* "1.0" ... "1.3", "SSL 3.0", or NULL. */
const char *cipher_version(uint16_t version);
