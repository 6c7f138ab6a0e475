/* events.h: what happened, as far as facts tell: the newest first, in an order
 * that stays the same from one reading to the next. */
#pragma once
#include "inventory/query.h"

/* The order is that of two at the same time. */
enum event_kind {
	EVENT_SOURCE, /* a capture begins or ends */
	EVENT_LOSS,   /* packets were lost in an hour */
	EVENT_NEW,    /* a device is seen for the first time */
	EVENT_NAME,
	EVENT_GAP,    /* a part of a session is missing */
	EVENT_HIDDEN, /* TLS hides whether there was AUTH */
	EVENT_AUTH,
	EVENT_REFUSED,
	EVENT_MAIL,   /* without AUTH */
};

enum event_level { EVENT_ALL, EVENT_INFO, EVENT_WARN, EVENT_LEVELS };

struct event {
	char *id;
	int64_t at; /* us */
	enum event_kind kind;
	enum event_level level;
	char *device;     /* its id, or NULL */
	char *who;        /* its name or address, or the source's label */
	char session[33]; /* "": of none */
	char *text;
	bool guessed;
};

struct event_list {
	struct event *v;
	size_t n;
	int64_t since, until; /* us: what was asked for; 0: no end */
	int64_t from;         /* there may be older ones than this; 0: not */
};

enum { EVENTS_SESSIONS = 1000, EVENTS_NAMES = 500 };

/* The latest in [since, until) us, 0 for no end; devices tells the names and
 * what is new. */
bool events_read(struct event_list **out, struct query *q,
	const struct device_list *devices, int64_t since, int64_t until,
	struct err *e);
void event_list_free(struct event_list *l);

const char *event_word(enum event_kind k);   /* "auth" */
const char *event_level_word(enum event_level l); /* "info+" */
