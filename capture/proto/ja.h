/* ja.h: fingerprints of a client's TLS library, out of its hello. */
#pragma once
#include "capture/proto/tls.h"
#include "capture/proto/tls_hello.h"

/* JA3 (Althouse, Atkinson, Atkins, 2017): MD5 in hex. JA4 (Althouse, 2023):
 * "t13d1516h2_8daaf6152771_e5627efa2ab1". "" if the hello is not whole or
 * libcrypto refuses the digest (FIPS has no MD5). */
void ja3(const struct tls_hello *h, char out[TLS_JA]);
void ja4(const struct tls_hello *h, char out[TLS_JA]);
