/* filter_text.c: see filter_text.h.
 *
 * "vlan" moves the places of all that stands behind it, brackets or not: so
 * the untagged case comes first, and each tag more stands last in that before.
 * "and" and "or" have the same precedence. */
#include "capture/live/filter_text.h"
#include "capture/live/filter_mail.h"
#include "capture/stream/flow.h"
#include <pcap.h>
#include <string.h>

static const char TAGGED[] = "ether proto 0x8100 or ether proto 0x88a8 or "
	"ether proto 0x9100";

bool filter_compiles(struct pcap *h, const char *expression)
{
	struct bpf_program p;

	if (pcap_compile(h, &p, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return false;
	pcap_freecode(&p);
	return true;
}

void filter_user_text(FILE *out, const char *expression, int tags)
{
	for (int i = 0; i < tags; i++)
		fprintf(out, "(not (%s) and (%s)) or (vlan and (", TAGGED,
			expression);
	fprintf(out, "(%s)", expression);
	for (int i = 0; i < tags; i++)
		fputs("))", out);
}

static void ports(FILE *out, bool tcp)
{
	const char *between = "";

	for (uint32_t i = 0; i <= UINT16_MAX; i++) {
		uint16_t port = (uint16_t)i;

		if (tcp ? !filter_wants_tcp(port) : !filter_wants_udp(port))
			continue;
		fprintf(out, "%s%s port %u", between, tcp ? "tcp" : "udp",
			port);
		between = " or ";
	}
}

/* last: no further tag will be looked at. */
static void mail(FILE *out, bool tags, bool last)
{
	ports(out, true);
	fputs("\nor ", out);
	ports(out, false);
	fputs("\nor (udp[8:2] & 0xf4ff = 0x30ff)", out);
	fputs("\nor (ip[6:2] & 0x3fff != 0)"
		"\nor (ip and not (tcp or udp or icmp or igmp))"
		"\nor (ip6 and not (ip6[6] = 6 or ip6[6] = 17 or ip6[6] = 58))"
		"\nor (ip6[6] = 58 and ip6[40] >= 133 and ip6[40] <= 137)"
		"\nor (not ip and not ip6", out);
	if (tags && !last)
		fprintf(out, " and not (%s)", TAGGED);
	fputs(")", out);
}

void filter_text(FILE *out, struct pcap *h, const struct filter_rules *rules)
{
	int dlt = pcap_datalink(h);
	const char *own = rules->expression;
	bool tags = filter_compiles(h, "vlan");
	int most = tags ? FILTER_TEXT_TAGS : 0;
	bool all = !rules->mail_only || !filter_compiles(h, "tcp port 25") ||
		dlt == DLT_IEEE802_11 || dlt == DLT_IEEE802_11_RADIO;

	if (own && (all || strstr(own, "vlan"))) {
		filter_user_text(out, own,
			tags && !strstr(own, "vlan") ? most : 0);
		fputc('\n', out);
	} else if (!all) {
		for (int i = 0; i <= most; i++) {
			fputs(own ? "((" : "", out);
			mail(out, tags, i == most);
			if (own)
				fprintf(out, ") and (%s))", own);
			fputs(i < most ? "\nor (vlan and (\n" : "", out);
		}
		for (int i = 0; i < most; i++)
			fputs("))", out);
		fputc('\n', out);
	}
}
