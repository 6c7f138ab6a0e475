/* exports.h: which exports of a tenant there are, how they are told by their
 * columns, and what is read of one row. Pure. */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/text.h"
#include "inventory/import/date.h"
#include "inventory/verdict.h"
#include <stddef.h>

/* In the order in which they are taken: what a trace is of one's own is known
 * from the others. */
enum import_kind {
	IMPORT_MAILBOXES, IMPORT_REPORT, IMPORT_SIGNINS, IMPORT_TRACE,
	IMPORT_KINDS
};

/* "mailboxes", and "mailbox list" for people. */
const char *import_kind_word(enum import_kind k);
const char *import_kind_text(enum import_kind k);

/* The columns that are read; no other is looked at. */
enum import_column {
	IMPORT_AT, IMPORT_USER, IMPORT_CLIENT, IMPORT_STATUS, IMPORT_ERROR,
	IMPORT_IP, IMPORT_SENDER, IMPORT_MESSAGES, IMPORT_PROTOCOL,
	IMPORT_TLS_10, IMPORT_TLS_11, IMPORT_PRIMARY, IMPORT_ALIASES,
	IMPORT_OFF, IMPORT_COLUMNS
};

/* What a header or a key names, in any case and with any marks between its
 * letters; IMPORT_COLUMNS: nothing that is read. */
enum import_column import_column_named(const char *header);
/* IMPORT_KINDS: these columns are no export that is known. */
enum import_kind import_kind_of(const bool has[IMPORT_COLUMNS]);

/* Why a row is left out. */
enum import_refusal {
	IMPORT_TAKEN, IMPORT_BAD_FIELDS, IMPORT_BAD_TIME, IMPORT_BAD_ACCOUNT,
	IMPORT_NOT_SMTP, IMPORT_FOREIGN, IMPORT_REFUSALS
};

const char *import_refusal_word(enum import_refusal r);
const char *import_refusal_text(enum import_refusal r);

enum { IMPORT_NAMES = 512 }; /* aliases of a mailbox */

/* One row, of any kind; texts are clean and in small letters. */
struct import_row {
	char account[TEXT_MAX];
	int64_t at;     /* us */
	char ip[ADDR_TEXT]; /* "": not known */
	uint8_t outcome; /* enum record_outcome */
	enum auth_use use; /* of the report: USE_UNKNOWN, BASIC or OAUTH */
	uint64_t messages;
	bool tls_old;
	int off;        /* SMTP AUTH of a mailbox: 1 off, 0 on, -1: as the
			 * organisation has it, or not known */
	size_t names_n; /* of a mailbox, its account among them */
	char (*names)[TEXT_MAX]; /* IMPORT_NAMES of them: the caller's room */
};

/* What a row says; values: a text or NULL for each column. */
enum import_refusal import_row(enum import_kind k,
	const char *const values[IMPORT_COLUMNS], enum date_order order,
	struct import_row *out);
