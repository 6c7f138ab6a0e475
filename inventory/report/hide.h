/* hide.h: what may not be handed on is shortened, or gets a pseudonym: the
 * names of accounts, devices and people, and under a key addresses too.
 * Servers' names, domains and what a thing is stay. */
#pragma once
#include "inventory/report/report.h"

enum hide_kind {
	HIDE_ACCOUNT, /* also a MAIL FROM; its domain stays */
	HIDE_NAME,    /* of a device or a person */
	HIDE_ADDRESS, /* stays where names are only shortened */
	HIDE_MAC,     /* likewise */
	HIDE_DEVICE,  /* an id: likewise */
	HIDE_SERVER,  /* "host:port": likewise, unless it is a private address */
	HIDE_REMARK,  /* free text, which may say anything: left out */
};

/* Is anything to be hidden at all? */
bool hide_wanted(const struct report_options *o);
/* As the report shows it: a copy, or NULL. free() it. */
char *hide_text(const struct report_options *o, enum hide_kind kind,
	const char *text);

/* Each in place. */
void hide_devices(const struct report_options *o, struct device_list *l);
void hide_accounts(const struct report_options *o, struct account_list *l);
void hide_coverage(const struct report_options *o, struct coverage *c);
void hide_changes(const struct report_options *o);
void hide_servers(const struct report_options *o, struct server_list *l);

/* A session as the report shows it. Borrows from row. */
struct hidden_session {
	struct session_row row;
	char **owned;
	size_t owned_n;
	char **from;
	struct auth_row *auth;
};
const struct session_row *hide_session(const struct report_options *o,
	const struct session_row *row, struct hidden_session *h);
void hide_session_free(struct hidden_session *h);
