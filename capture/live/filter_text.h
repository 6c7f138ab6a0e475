/* filter_text.h: the filter as an expression of pcap-filter(7), for tcpdump to
 * capture elsewhere what is to be read here. */
#pragma once
#include "capture/live/filter.h"
#include <stdio.h>

/* The expression can say less than the program: it passes all that the program
 * passes in up to FILTER_TEXT_TAGS VLAN tags, and some more. An expression of
 * the user's own is asked inside each of them; one that speaks of VLANs itself
 * stands alone, since it moves all places behind it. */
enum { FILTER_TEXT_TAGS = 4 };

/* h: of the link type; writes nothing where all passes. */
void filter_text(FILE *out, struct pcap *h, const struct filter_rules *rules);

/* The user's expression alone, inside up to so many tags. */
void filter_user_text(FILE *out, const char *expression, int tags);
bool filter_compiles(struct pcap *h, const char *expression);
