/* glob.h: patterns of names, as the rules write them. No regular expressions:
 * a pattern reads like the name it stands for.
 *
 *	*      any text, none too        ?      one character
 *	#      one hex digit             {nic}  6 hex digits: the card's half
 *	{mac}  12 hex digits, a MAC, bare or as 00-26-73-a5-a8-f3
 *
 * Upper and lower case are the same. */
#pragma once
#include "capture/base/addr.h"
#include <stdbool.h>
#include <stddef.h>

/* Stars that a pattern may hold: each multiplies the work of matching. */
enum { GLOB_STARS = 4 };

/* Why a pattern is none, or NULL if it is one. */
const char *glob_wrong(const char *pattern);

/* Does the pattern, which is not wrong, stand for the whole text? Where it
 * holds {mac} and does, *mac is that one and *has_mac is true. */
bool glob_matches(const char *pattern, const char *text, struct mac *mac,
	bool *has_mac);
