/* say.h: numbers and times in the few cells that a column has. All write to
 * out and return it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SAY_MAX = 32 };

const char *say_count(char out[SAY_MAX], uint64_t n);  /* 8,412 */
const char *say_short(char out[SAY_MAX], double n);    /* 84.1k, 1.9M */
const char *say_bytes(char out[SAY_MAX], uint64_t n);  /* 24.3 GiB */
/* us: "00:04:41", "2d 01:10", "120d". */
const char *say_age(char out[SAY_MAX], int64_t us);
/* us: "41s", "2h14m", "3d02h". */
const char *say_span(char out[SAY_MAX], int64_t us);
/* us since 1970, UTC: "2026-11-24 20:31:02Z", or a dash for 0. */
const char *say_time(char out[SAY_MAX], int64_t us);
