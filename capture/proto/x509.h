/* x509.h: what a server's certificate (RFC 5280) says of it. */
#pragma once
#include "capture/proto/tls.h"

/* The first n bytes of a certificate's DER; what is cut off is not told.
 * False if there is no name of the subject to be read; *out is written only
 * on success. Nothing is verified: the question is what the server calls
 * itself. */
bool x509_read(const uint8_t *der, size_t n, struct tls_certificate *out);
