/* filter.c: see filter.h. */
#include "capture/live/filter.h"
#include <assert.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPRESSION = 8192, SNAPLEN = 262144 };

/* What mail_only lets through. An arm that a link type does not know (ARP on
 * raw IP) is left out there. */
static const char *const ARMS[] = {
	"tcp port 25 or tcp port 26 or tcp port 465 or tcp port 587",
	"tcp port 2465 or tcp port 2525 or tcp port 2587 or tcp port 8025",
	/* Later fragments have no ports. */
	"ip[6:2] & 0x1fff != 0",
	/* Neither are ports looked for behind IPv6 extension headers:
	 * hop-by-hop, routing, fragment, destination. */
	"ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60",
	/* Who has an address. */
	"arp",
	"udp port 67 or udp port 68",
	/* Tunnels: GRE (ERSPAN), IP in IP, VXLAN, GENEVE, GTP, MPLS, PPPoE. */
	"ip proto 47 or ip6 proto 47",
	"ip proto 4 or ip proto 41 or ip6 proto 4 or ip6 proto 41",
	"udp port 4789 or udp port 8472 or udp port 6081 or udp port 2152",
	"ether proto 0x8847 or ether proto 0x8848",
	"ether proto 0x8864",
};

/* Link types with IP in them that libpcap can filter. */
static const int DLTS[] = {
	DLT_EN10MB, DLT_NULL, DLT_LOOP, DLT_RAW, DLT_IPV4, DLT_IPV6,
	DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_PPP, DLT_PPP_SERIAL, DLT_PPP_ETHER,
	DLT_C_HDLC, DLT_FRELAY, DLT_ENC, DLT_IEEE802, DLT_FDDI,
	DLT_IEEE802_11, DLT_IEEE802_11_RADIO, DLT_PPI,
};

enum { DLTS_N = sizeof DLTS / sizeof DLTS[0] };

struct program {
	int link;
	struct bpf_insn *code; /* NULL: does not apply */
	unsigned n;
};

struct filter {
	struct program programs[DLTS_N];
};

int filter_linktype(int dlt)
{
	/* The only ones with IP in them whose numbers differ on Linux. */
	switch (dlt) {
	case DLT_RAW: return 101;
	case DLT_ATM_RFC1483: return 100;
	case DLT_SLIP_BSDOS: return 102;
	case DLT_PPP_BSDOS: return 103;
	case DLT_ATM_CLIP: return 106;
	default: return dlt;
	}
}

static bool compiles(pcap_t *h, const char *expression)
{
	struct bpf_program p;

	if (pcap_compile(h, &p, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return false;
	pcap_freecode(&p);
	return true;
}

/* The text of mail_only for a handle's link type; false: none of it is known
 * there, so all must pass. */
static bool mail_expression(pcap_t *h, char out[EXPRESSION])
{
	char e[EXPRESSION / 4] = "";
	size_t n = 0;

	for (size_t i = 0; i < sizeof ARMS / sizeof ARMS[0]; i++) {
		if (!compiles(h, ARMS[i]))
			continue;
		/* "and" and "or" have the same precedence there. */
		n += (size_t)snprintf(e + n, sizeof e - n, "%s(%s)",
			n > 0 ? " or " : "", ARMS[i]);
		assert(n < sizeof e);
	}
	/* "vlan" moves the offsets of all that stands behind it, brackets or
	 * not: the untagged case must come first. The handle of an interface
	 * also looks at tags that the network card has taken off. */
	if (n > 0 && compiles(h, "vlan"))
		snprintf(out, EXPRESSION,
			"%s or (vlan and (%s or (vlan and (%s))))", e, e, e);
	else if (n > 0 && compiles(h, "ether proto 0x8100"))
		/* Cooked captures: "vlan" is not to be had. */
		snprintf(out, EXPRESSION,
			"%s or ether proto 0x8100 or ether proto 0x88a8", e);
	else
		snprintf(out, EXPRESSION, "%s", e);
	return n > 0;
}

static bool refuse(pcap_t *h, const char *expression, struct err *e)
{
	return err_set(e, ERR_USAGE,
		"the filter '%s' is not understood: %s; see: man pcap-filter",
		expression, pcap_geterr(h));
}

/* Compiles the user's expression so that it is asked inside up to two VLAN
 * tags as well, unless it speaks of tags itself: on a mirror port nearly all
 * frames have one, and "host 10.0.0.5" would find nothing there. */
static bool user_program(pcap_t *h, const char *expression,
	struct bpf_program *out, struct err *e)
{
	static const char tag[] = "ether proto 0x8100 or ether proto 0x88a8 or "
		"ether proto 0x9100";
	char *text = NULL;
	bool ok = false;

	if (!strstr(expression, "vlan") && compiles(h, expression) &&
		compiles(h, "vlan") &&
		asprintf(&text, "(not (%s) and (%s)) or (vlan and "
			"((not (%s) and (%s)) or (vlan and (%s))))", tag,
			expression, tag, expression, expression) > 0)
		ok = pcap_compile(h, out, text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	free(text);
	return ok || pcap_compile(h, out, expression, 1,
			PCAP_NETMASK_UNKNOWN) == 0 || refuse(h, expression, e);
}

/* Appends b to a: b is asked where a says yes. The two cannot be one text:
 * a "vlan" in either would move the offsets of the other. Takes both. */
static bool both(struct bpf_program *a, struct bpf_program *b,
	struct program *out)
{
	struct bpf_insn *code = calloc(a->bf_len + b->bf_len, sizeof *code);

	if (code) {
		memcpy(code, a->bf_insns, a->bf_len * sizeof *code);
		if (b->bf_len > 0)
			memcpy(code + a->bf_len, b->bf_insns,
				b->bf_len * sizeof *code);
		for (unsigned i = 0; b->bf_len > 0 && i < a->bf_len; i++) {
			if (BPF_CLASS(code[i].code) != BPF_RET ||
				code[i].k == 0)
				continue;
			/* pcap_compile() makes no other kind. */
			assert(BPF_RVAL(code[i].code) == BPF_K);
			code[i] = (struct bpf_insn){
				.code = BPF_JMP | BPF_JA,
				.k = a->bf_len - i - 1};
		}
		out->code = code;
		out->n = a->bf_len + b->bf_len;
	}
	pcap_freecode(a);
	pcap_freecode(b);
	return code != NULL;
}

/* out->code stays NULL where there are no rules. */
static bool build(pcap_t *h, const struct filter_rules *rules,
	struct program *out, struct err *e)
{
	struct bpf_program mail = {0}, user = {0}, none = {0};
	char text[EXPRESSION];
	bool ok = true;

	if (rules->expression && !user_program(h, rules->expression, &user, e))
		return false;
	if (rules->mail_only && mail_expression(h, text) &&
		pcap_compile(h, &mail, text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		pcap_freecode(&user);
		return refuse(h, text, e);
	}
	if (mail.bf_len > 0)
		ok = both(&mail, &user, out);
	else if (user.bf_len > 0)
		ok = both(&user, &none, out);
	return ok || err_set(e, ERR_RUN,
		"cannot build the filter: not enough memory");
}

bool filter_install(pcap_t *h, const struct filter_rules *rules, struct err *e)
{
	struct program p = {0};
	struct bpf_program whole;
	bool ok;

	if (!build(h, rules, &p, e))
		return false;
	if (!p.code)
		return true;
	whole = (struct bpf_program){p.n, p.code};
	ok = pcap_setfilter(h, &whole) == 0 ||
		err_set(e, ERR_RUN, "cannot set the filter: %s",
			pcap_geterr(h));
	free(p.code);
	return ok;
}

/* Which link types a file has is known only once it is read, and that is in
 * the sandbox: so the rules are compiled for all. They must make sense on
 * Ethernet; "vlan", say, does so on few others. */
bool filter_open(struct filter **out, const struct filter_rules *rules,
	struct err *e)
{
	struct filter *f = calloc(1, sizeof *f);
	bool ok = f != NULL;

	assert(rules->mail_only || rules->expression);
	if (!ok)
		err_set(e, ERR_RUN,
			"cannot build the filter: not enough memory");
	for (size_t i = 0; ok && i < DLTS_N; i++) {
		pcap_t *h = pcap_open_dead(DLTS[i], SNAPLEN);

		f->programs[i].link = filter_linktype(DLTS[i]);
		ok = h && build(h, rules, &f->programs[i], i == 0 ? e : NULL);
		ok |= i > 0;
		if (h)
			pcap_close(h);
	}
	if (ok)
		*out = f;
	else
		filter_close(f);
	return ok;
}

void filter_close(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < DLTS_N; i++)
		free(f->programs[i].code);
	free(f);
}

static const struct program *of_link(const struct filter *f, int link)
{
	if (link == 12 || link == 14) /* BSD's numbers, in files of theirs */
		link = filter_linktype(DLT_RAW);
	for (size_t i = 0; i < DLTS_N; i++)
		if (f->programs[i].link == link && f->programs[i].code)
			return &f->programs[i];
	return NULL;
}

bool filter_applies(const struct filter *f, int link)
{
	return of_link(f, link) != NULL;
}

bool filter_matches(const struct filter *f, const struct frame *frame)
{
	const struct program *p = of_link(f, frame->link);

	return p && bpf_filter(p->code, frame->p, (u_int)frame->wire_n,
			(u_int)frame->n) != 0;
}
