/* snapshot.h: what was read of the inventory for the screen, and its rows. */
#pragma once
#include "inventory/query.h"
#include "ui/dash/events.h"
#include "ui/dash/servers.h"
#include "ui/dash/sessions.h"
#include "ui/dash/talk.h"

/* Pieces that are read each by itself; all borrowed, NULL: not read yet. */
struct snapshot {
	const struct device_list *devices;
	const struct account_list *accounts;
	const struct server_groups *servers;
	const struct event_list *events;
	const struct timeline *timeline;
	const struct health *health;
	const struct session_lines *sessions; /* of one device */
	const struct talk *talk;              /* of one session */
};

enum rows_kind {
	ROWS_DEVICES,
	ROWS_ACCOUNTS,
	ROWS_SERVERS,
	ROWS_EVENTS,
	ROWS_SESSIONS, /* of the open device */
	ROWS_MEMBERS,  /* the devices of the open account or server */
	ROWS_KINDS,
};

/* One of them; kind says which member is meant. Borrows. */
struct row {
	enum rows_kind kind;
	union {
		const struct device *device; /* of DEVICES and MEMBERS */
		const struct account *account;
		const struct server_group *server;
		const struct event *event;
		const struct session_line *session;
	};
};

/* How many there are, and the i-th. */
size_t snapshot_rows(const struct snapshot *s, enum rows_kind kind);
struct row snapshot_row(const struct snapshot *s, enum rows_kind kind,
	size_t i);
/* The index of the row with that id; SIZE_MAX: there is none. */
size_t snapshot_find(const struct snapshot *s, enum rows_kind kind,
	const char *id);
/* What tells a row from all others of its kind; borrowed. */
const char *row_id(const struct row *r);
