/* port.h: one interface, opened for capture. */
#pragma once
#include "capture/base/err.h"
#include "capture/decode/frame.h"
#include "capture/live/filter.h"

enum {
	PORT_NAME = 64,
	PORT_RING_KIB = 32 * 1024, /* by default */
};

struct port;

/* promiscuous, ring_kib, snaplen: as in struct source_options. */
struct port_options {
	struct filter_rules rules;
	bool promiscuous;
	int ring_kib, snaplen;
};

bool port_open(struct port **out, const char *name,
	const struct port_options *o, struct err *e);
/* To standard output: the filter that an interface would get. */
bool port_print_filter(const char *name, const struct filter_rules *rules,
	enum filter_form form, struct err *e);
/* Not in the sandbox: frees the ring by a call that is not allowed there. */
void port_close(struct port *p);

enum port_result { PORT_FRAME, PORT_NOTHING, PORT_GONE };

/* Never waits. *out is borrowed until the next call. PORT_GONE: the interface
 * does not exist any more; port_reason(). One that is down only is waited
 * for: call again and again, also when poll() says nothing. */
enum port_result port_next(struct port *p, struct frame *out);

const char *port_name(const struct port *p);
const char *port_reason(const struct port *p);
int port_fd(const struct port *p); /* for poll() */
bool port_is_down(const struct port *p);
/* Opened heard ns ago: the ring that would hold what passes the filter in hold
 * ns, at the rate of this time; the default at least. */
int port_ring_kib(struct port *p, int64_t heard, int64_t hold);
/* Frames that the kernel or the card lost since it was opened. */
uint64_t port_dropped(struct port *p);
/* By the interface, of these. */
uint64_t port_lost(const struct port *p);
