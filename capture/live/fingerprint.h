/* fingerprint.h: by what a capture is known again, whatever it is called and
 * however it is packed: its packets' times, lengths and headers. The first
 * packet tells one file from another, also while it still grows; all packets
 * tell that nothing has changed. */
#pragma once
#include "capture/decode/frame.h"
#include <stdbool.h>
#include <stdint.h>

struct fingerprint;

/* NULL: no memory. The first one is made before the sandbox, since libcrypto
 * then reads files. */
struct fingerprint *fingerprint_new(void);
void fingerprint_free(struct fingerprint *f);

/* both: fingerprint_take_old() will be asked. */
void fingerprint_begin(struct fingerprint *f, bool both);
void fingerprint_add(struct fingerprint *f, const struct frame *frame);
uint64_t fingerprint_packets(const struct fingerprint *f);

/* Here all zeroes come out where libcrypto fails. */

/* SHA-256 of the first packet, or of nothing. */
void fingerprint_first(struct fingerprint *f, uint8_t out[32]);
/* Of the packets so far; it can go on. It tells files apart, and is no proof
 * against somebody who makes one to look like another. */
void fingerprint_take(struct fingerprint *f, uint8_t out[32]);
/* The same as inventories before version 3 have it: SHA-256 of all, which
 * took half as long as reading the file did. */
void fingerprint_take_old(struct fingerprint *f, uint8_t out[32]);
