/* privileges.h: whom a process becomes once all that needs rights is open. */
#pragma once
#include "capture/base/err.h"
#include <sys/types.h>

struct privileges {
	bool change; /* started as root: uid and gid follow */
	uid_t uid;
	gid_t gid;
	bool nobody; /* nobody in particular: started as root, by root */
};

/* For the inventory process: user (-Z, may be NULL), else who called sudo,
 * else nobody. One that was not started as root stays who it is. */
bool privileges_choose(struct privileges *out, const char *user,
	struct err *e);
/* For the capture process: nobody, even if somebody called sudo: it needs
 * nothing that is anybody's. */
void privileges_nobody(struct privileges *out);

/* Between these two, files are opened and made as that user, so that they are
 * his. Nobody in particular owns nothing: then they change nothing, and what
 * is opened stays usable after the drop because it is open. */
bool privileges_assume(const struct privileges *p, struct err *e);
bool privileges_resume(const struct privileges *p, struct err *e);

/* For good: groups, ids and capabilities (of a binary with CAP_NET_RAW too),
 * no more by exec, no core, no debugger. Fails rather than leave any. */
bool privileges_drop(const struct privileges *p, struct err *e);
