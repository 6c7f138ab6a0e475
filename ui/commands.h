/* commands.h: one function a verb. Each returns the exit status; 1 and 2 come
 * with *e filled, which main prints. */
#pragma once
#include "capture/base/err.h"
#include "inventory/query.h"
#include "ui/options.h"

enum {
	EXIT_INCOMPLETE = 3, /* finished, but not everything was read */
	EXIT_FOUND = 10,     /* report --fail-on, diff --exit-code */
};

int command_watch(const struct options *o, struct err *e);
int command_ingest(const struct options *o, struct err *e); /* capture, read */
/* The same, and then the table of devices where that is asked for. */
int ingest_headless(const struct options *o, bool list, struct err *e);
int command_filter(const struct options *o, struct err *e); /* --dump-filter */
int command_ui(const struct options *o, struct err *e);
/* Tells the inventory how the command line wants to be answered: vendors, own
 * domains. */
void query_as(struct query *q, const struct options *o);
/* What list prints, from an open inventory. */
bool list_print(struct query *q, const struct options *o, struct err *e);
int command_list(const struct options *o, struct err *e);
int command_show(const struct options *o, struct err *e);
int command_sessions(const struct options *o, struct err *e);
int command_report(const struct options *o, struct err *e);
/* The device that the command line names; NULL and an error: there is none. */
const struct device *named_device(const struct device_list *l,
	const struct options *o, struct err *e);
int command_set(const struct options *o, struct err *e);
int command_import(const struct options *o, struct err *e);
int command_diff(const struct options *o, struct err *e);
int command_check(const struct options *o, struct err *e);
int command_interfaces(const struct options *o, struct err *e);
