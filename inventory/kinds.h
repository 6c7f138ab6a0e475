/* kinds.h: the kinds of names that identities holds: what the database calls
 * them, what rules call them, and how good they are as names. */
#pragma once
#include "capture/session/record.h"
#include "inventory/rules.h"

struct name_kind {
	const char *word; /* of the column kind */
	int of;           /* enum rule_of; -1: no rule looks at it */
	unsigned rank;    /* as a device's name, the best first; 0: never */
	const char *from; /* of a name that has a rank: name_from */
};

enum { NAME_RANK_SELF = 3 }; /* EHLO and NTLM stand between 2 and 3 */

const struct name_kind *name_kind(enum record_name kind);
/* NULL: it is none of this version's. */
const struct name_kind *name_kind_of(const char *word, enum record_name *kind);
