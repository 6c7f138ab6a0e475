/* filter.h: BPF programs (pcap-filter(7)): what the kernel hands over at all,
 * and the user's own expression, on interfaces and on files.
 *
 * All of them are compiled before the sandbox, since an expression may hold
 * names of hosts and services, which only files and resolvers know. */
#pragma once
#include "capture/base/err.h"
#include "capture/decode/frame.h"

/* A frame passes where both agree. */
struct filter_rules {
	/* Only what mail can be found in, and names; filter_mail.h. */
	bool mail_only;
	const char *expression; /* or NULL */
};

/* The LINKTYPE_ (as in capture files) of a DLT_ (this platform's). */
int filter_linktype(int dlt);

struct pcap;

/* Compiles for an activated interface and hands it to the kernel. */
bool filter_install(struct pcap *h, const struct filter_rules *rules,
	struct err *e);

/* For frames of files: compiled for each link type that mail may be in. */
struct filter;

bool filter_open(struct filter **out, const struct filter_rules *rules,
	struct err *e);
void filter_close(struct filter *f);
/* False: the rules mean nothing on this link type, and nothing matches. */
bool filter_applies(const struct filter *f, int link);
bool filter_matches(const struct filter *f, const struct frame *frame);
/* How many of its bytes pass, at most. */
size_t filter_keeps(const struct filter *f, const struct frame *frame);

/* The filter for others to use: an expression, or the instructions as tcpdump
 * prints them with -d, -dd and -ddd. */
enum filter_form {
	FILTER_TEXT, FILTER_LISTING, FILTER_C, FILTER_DECIMAL,
};

/* To standard output, of a handle or of a link type, by its name or by its
 * number in capture files. */
bool filter_print(struct pcap *h, const struct filter_rules *rules,
	enum filter_form form, struct err *e);
bool filter_print_link(const char *link, const struct filter_rules *rules,
	enum filter_form form, struct err *e);
