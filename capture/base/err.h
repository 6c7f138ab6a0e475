/* err.h: what went wrong in the world (files, SQLite, pcap), for people. */
#pragma once
#include <stdbool.h>

/* The kinds are the exit codes of the program. */
enum err_kind {
	ERR_NONE = 0,
	ERR_RUN = 1,   /* a run-time failure */
	ERR_USAGE = 2, /* usage, a bad filter, an input that cannot be read */
};

enum { ERR_TEXT = 600 };

/* One line: what failed, the subject quoted, the reason, the remedy after
 * a semicolon; no full stop, no newline. */
struct err {
	enum err_kind kind;
	char text[ERR_TEXT];
};

/* Fills e (which may be NULL) and returns false, so that a failing function
 * can `return err_set(...)`. The text is made safe for a terminal: names of
 * files and interfaces may hold anything. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
