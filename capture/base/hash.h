/* hash.h: a keyed hash, so that nobody on the wire can choose collisions. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 (Aumasson and Bernstein, 2012), 64 bits. */
uint64_t hash_sip(const uint8_t key[16], const void *p, size_t n);
