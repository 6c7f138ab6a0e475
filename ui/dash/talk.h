/* talk.h: one session in words, made of what was recorded of it. What was
 * guessed says so; what proves an account was never kept. */
#pragma once
#include "inventory/query.h"

enum { TALK_MAX = 64, TALK_TEXT = 480 };

enum talk_side { TALK_BOTH, TALK_CLIENT, TALK_SERVER };

struct talk_line {
	int64_t at; /* us; 0: its order is known, its time is not */
	enum talk_side side;
	bool grave;   /* must change, or was refused */
	bool guessed;
	char text[TALK_TEXT];
};

struct talk {
	char session[33];
	bool found;      /* it is in the inventory */
	int64_t at;      /* us: its begin */
	char device[96]; /* its id, "" where none is known */
	size_t n;
	struct talk_line v[TALK_MAX];
};

void talk_from(struct talk *t, const struct session_row *r);
/* The session of that key (32 hexadecimal digits). */
bool talk_read(struct talk **out, struct query *q, const char *session,
	struct err *e);
