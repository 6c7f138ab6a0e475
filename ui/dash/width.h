/* width.h: how many cells of a terminal a character takes. Not wcwidth(): its
 * answers change with the locale, and a screen must be the same in a test. */
#pragma once
#include <stdint.h>

/* 0: combines with the character before it. 2: East Asian wide and emoji.
 * For characters that text_is_clean() lets pass. */
int width_of(uint32_t c);
