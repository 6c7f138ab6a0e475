/* date.h: times as exports write them, in UTC. Pure. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Which number of 03/04/2026 is the day. */
enum date_order { DATE_EITHER, DATE_DAY_FIRST, DATE_MONTH_FIRST };

/* us since 1970: "2026-11-24T18:00:05.1234567Z", "2026-11-24 18:00",
 * "11/24/2026 6:00:05 PM", "24.11.2026 18:00:05"; without a zone it is UTC.
 * says: what the text itself tells of its order; a text that tells none is
 * read as `order` says, and is no time where that is DATE_EITHER. */
bool date_read(const char *text, enum date_order order, int64_t *us,
	enum date_order *says);
