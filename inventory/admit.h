/* admit.h: may this record become rows? It comes from a process that reads
 * hostile bytes, and is believed as little as they are. */
#pragma once
#include "capture/session/record.h"

/* True if all counts, enums, times, offsets and texts are within bounds. */
bool admit(const struct record *r);
