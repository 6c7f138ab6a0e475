/* fingerprint.h: by what a capture is known again, whatever it is called and
 * however it is packed: SHA-256 of its packets' times, lengths and headers.
 * That of its first packet tells one file from another, also while it still
 * grows; that of all packets tells that nothing has changed. */
#pragma once
#include "capture/decode/frame.h"
#include <stdint.h>

struct fingerprint;

/* NULL: no memory. The first one is made before the sandbox, since libcrypto
 * then reads files. */
struct fingerprint *fingerprint_new(void);
void fingerprint_free(struct fingerprint *f);

void fingerprint_begin(struct fingerprint *f);
void fingerprint_add(struct fingerprint *f, const struct frame *frame);
uint64_t fingerprint_packets(const struct fingerprint *f);
/* Of the packets so far; it can go on. All zeroes where libcrypto fails. */
void fingerprint_take(struct fingerprint *f, uint8_t out[32]);
