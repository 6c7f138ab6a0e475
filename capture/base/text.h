/* text.h: wire bytes become text that no terminal, log or report can be
 * hurt by. This is the only gate. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text of a record, with its NUL. An address is at most 254 bytes
 * (RFC 5321, 4.5.3.1.3), a host name 255. */
enum { TEXT_MAX = 256 };

/* Copies n wire bytes to dst as NUL-terminated UTF-8 without any C0, C1,
 * bidirectional, zero-width or invalid byte: those become visible tokens,
 * <ESC>, <0D>, <U+202E>, <FF>. More than four combining marks in a row are
 * shown as <...> once. What does not fit ends with an ellipsis, never with
 * half a character or half a token. Returns the length without the NUL. */
size_t text_clean(char *dst, size_t cap, const void *src, size_t n);

/* True if s is what text_clean() could have made: used on the far side of a
 * process border, where nobody is believed. */
bool text_is_clean(const char *s, size_t n);

/* One character of UTF-8 (RFC 3629): its length 1-4 and *out, or 0 where
 * the bytes are none (overlong, surrogate, cut, above U+10FFFF). */
size_t text_decode(const uint8_t *p, size_t n, uint32_t *out);
