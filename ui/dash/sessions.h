/* sessions.h: the sessions of one device, as the lines of its page. */
#pragma once
#include "ui/words.h"

enum { SESSIONS_MAX = 200 };

struct session_line {
	char id[33];
	int64_t at; /* us */
	char server[WORDS_SERVER];
	char auth[24];    /* "LOGIN", "LOGIN~", or a dash */
	char reply[16];   /* "235", "535 5.7.139" */
	char why[24];     /* "tenant switch"; empty: not known */
	char account[96];
	const char *tls;  /* "none", "1.2" */
	bool refused, in_clear;
	uint64_t recipients, bytes;
};

/* The latest SESSIONS_MAX, newest first. */
struct session_lines {
	char *device; /* NULL: none was read yet */
	size_t n;
	bool more;   /* there are older ones */
	bool failed; /* reading broke off */
	struct session_line v[SESSIONS_MAX];
};

void session_line_from(struct session_line *out, const struct session_row *r);
/* Those of a device. */
bool session_lines_read(struct session_lines **out, struct query *q,
	const char *device, struct err *e);
void session_lines_free(struct session_lines *l);
