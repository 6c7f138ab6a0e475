/* commands.h: one function a verb. Each returns the exit status; 1 and 2 come
 * with *e filled, which main prints. */
#pragma once
#include "capture/base/err.h"
#include "ui/options.h"

enum { EXIT_INCOMPLETE = 3 }; /* finished, but not everything was read */

int command_watch(const struct options *o, struct err *e);
int command_ingest(const struct options *o, struct err *e); /* capture, read */
int command_ui(const struct options *o, struct err *e);
int command_list(const struct options *o, struct err *e);
int command_show(const struct options *o, struct err *e);
int command_sessions(const struct options *o, struct err *e);
int command_report(const struct options *o, struct err *e);
int command_interfaces(const struct options *o, struct err *e);
