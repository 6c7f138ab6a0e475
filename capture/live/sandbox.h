/* sandbox.h: what a process may do that reads hostile bytes: read what is
 * open, write to its socket, use memory, and end. */
#pragma once
#include "capture/base/err.h"

enum sandbox {
	SANDBOX_FILES,
	SANDBOX_FOLLOW, /* more files come, open, by the records' socket */
	SANDBOX_LIVE,
};

/* For good; after privileges_drop(). Any other system call kills the process
 * (SIGSYS). Fails where the kernel has no seccomp filters; Landlock, which
 * comes on top, may be missing.
 * Writes go to these two and to stderr: an interface's socket is open as well,
 * and what is written to it goes out as a frame. */
bool sandbox_enter(enum sandbox kind, int records, int words, struct err *e);
