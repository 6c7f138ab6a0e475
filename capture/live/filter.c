/* filter.c: see filter.h. */
#include "capture/live/filter.h"
#include "capture/live/filter_mail.h"
#include "capture/live/filter_text.h"
#include <assert.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Link types that decode/ knows and that libpcap can look into. */
static const int DLTS[] = {
	DLT_EN10MB, DLT_NULL, DLT_LOOP, DLT_RAW, DLT_IPV4, DLT_IPV6,
	DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_PPP, DLT_PPP_SERIAL, DLT_PPP_ETHER,
	DLT_C_HDLC, DLT_FRELAY, DLT_ENC, DLT_IEEE802, DLT_FDDI,
	DLT_IEEE802_11, DLT_IEEE802_11_RADIO, DLT_PPI, DLT_PFLOG,
	DLT_ARCNET, DLT_ARCNET_LINUX, DLT_SLIP, DLT_SLIP_BSDOS,
	DLT_PPP_BSDOS, DLT_PPP_PPPD, DLT_PPP_WITH_DIR, DLT_C_HDLC_WITH_DIR,
	DLT_FRELAY_WITH_DIR, DLT_ATM_RFC1483, DLT_ATM_CLIP, DLT_SUNATM,
	DLT_PRISM_HEADER, DLT_IEEE802_11_RADIO_AVS, DLT_IP_OVER_FC,
	DLT_APPLE_IP_OVER_IEEE1394, DLT_DOCSIS, DLT_NETANALYZER,
	DLT_NETANALYZER_TRANSPARENT, DLT_IPNET, DLT_MPLS, DLT_DSA_TAG_BRCM,
	DLT_DSA_TAG_DSA, DLT_DSA_TAG_EDSA, DLT_JUNIPER_ETHER,
	DLT_JUNIPER_PPPOE, DLT_JUNIPER_PPP, DLT_JUNIPER_FRELAY,
	DLT_JUNIPER_CHDLC,
};

enum {
	DLTS_N = sizeof DLTS / sizeof DLTS[0],
	USER_MAX = 2048, /* the kernel takes twice as many */
};

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

/* And back. */
static int dlt_of(int link)
{
	static const int differ[] = {DLT_RAW, DLT_ATM_RFC1483,
		DLT_SLIP_BSDOS, DLT_PPP_BSDOS, DLT_ATM_CLIP};

	for (size_t i = 0; i < sizeof differ / sizeof differ[0]; i++)
		if (filter_linktype(differ[i]) == link)
			return differ[i];
	return link;
}

static bool refuse(pcap_t *h, const char *expression, struct err *e)
{
	return err_set(e, ERR_USAGE,
		"the filter '%s' is not understood: %s; see: man pcap-filter",
		expression, pcap_geterr(h));
}

/* Compiles the user's expression so that it is asked inside VLAN tags as well,
 * unless it speaks of tags itself: on a mirror port nearly all frames have one,
 * and "host 10.0.0.5" would find nothing there. */
static bool user_program(pcap_t *h, const char *expression,
	struct bpf_program *out, struct err *e)
{
	int tags = FILTER_TEXT_TAGS;

	if (strstr(expression, "vlan") || !filter_compiles(h, expression) ||
		!filter_compiles(h, "vlan"))
		tags = 0;
	/* One that is long is asked in fewer. */
	for (; tags >= 0; tags--) {
		char *text = NULL;
		size_t n;
		FILE *f = open_memstream(&text, &n);
		int result = -1;

		if (f) {
			filter_user_text(f, expression, tags);
			fclose(f);
			result = pcap_compile(h, out, tags ? text : expression,
				1, PCAP_NETMASK_UNKNOWN);
		}
		free(text);
		if (result == 0 && (tags == 0 || out->bf_len < USER_MAX))
			return true;
		if (result == 0)
			pcap_freecode(out);
	}
	return refuse(h, expression, e);
}

/* Where a program of n instructions lets pass, it goes on behind its end; the
 * two cannot be one text, since a "vlan" in either would move the places of
 * the other. */
static void go_on(struct bpf_insn *code, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (BPF_CLASS(code[i].code) != BPF_RET || code[i].k == 0)
			continue;
		code[i] = (struct bpf_insn){.code = BPF_JMP | BPF_JA,
			.k = n - i - 1};
	}
}

/* out->code stays NULL where there are no rules. */
static bool build(pcap_t *h, const struct filter_rules *rules,
	struct program *out, struct err *e)
{
	struct bpf_program user = {0};
	struct code *mail = calloc(1, sizeof *mail);
	bool ok;

	if (rules->expression &&
		!user_program(h, rules->expression, &user, e)) {
		free(mail);
		return false;
	}
	if (mail && rules->mail_only)
		filter_mail(mail, pcap_datalink(h));
	out->n = mail ? mail->n + user.bf_len : 0;
	if (out->n > 0)
		out->code = calloc(out->n, sizeof *out->code);
	ok = mail && (out->n == 0 || out->code);
	if (ok && mail->n > 0)
		memcpy(out->code, mail->insns + CODE_MAX - mail->n,
			mail->n * sizeof *out->code);
	if (ok && user.bf_len > 0) {
		go_on(out->code, mail->n);
		memcpy(out->code + mail->n, user.bf_insns,
			user.bf_len * sizeof *out->code);
	}
	pcap_freecode(&user);
	free(mail);
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
		pcap_t *h = pcap_open_dead(DLTS[i], FILTER_SNAPLEN);

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

size_t filter_keeps(const struct filter *f, const struct frame *frame)
{
	const struct program *p = of_link(f, frame->link);

	return p ? bpf_filter(p->code, frame->p, (u_int)frame->wire_n,
		(u_int)frame->n) : 0;
}

bool filter_matches(const struct filter *f, const struct frame *frame)
{
	return filter_keeps(f, frame) > 0;
}

bool filter_print(pcap_t *h, const struct filter_rules *rules,
	enum filter_form form, struct err *e)
{
	struct program p = {0};
	struct bpf_insn all = BPF_STMT(BPF_RET | BPF_K, FILTER_SNAPLEN);
	struct bpf_program whole = {1, &all};

	/* Built for the text as well: an expression that is not understood is
	 * told in the same words. */
	if (!build(h, rules, &p, e))
		return false;
	if (p.code)
		whole = (struct bpf_program){p.n, p.code};
	if (form == FILTER_TEXT)
		filter_text(stdout, h, rules);
	else
		bpf_dump(&whole, (int)form);
	free(p.code);
	return true;
}

bool filter_print_link(const char *link, const struct filter_rules *rules,
	enum filter_form form, struct err *e)
{
	int dlt = pcap_datalink_name_to_val(link), number, end = 0;
	pcap_t *h;
	bool ok;

	if (dlt < 0 && sscanf(link, "%5d%n", &number, &end) == 1 &&
		number >= 0 && link[end] == '\0')
		dlt = dlt_of(number);
	if (dlt < 0)
		return err_set(e, ERR_USAGE, "no link type '%s'; it is a name "
			"like EN10MB, LINUX_SLL or RAW, or a number", link);
	h = pcap_open_dead(dlt, FILTER_SNAPLEN);
	if (!h)
		return err_set(e, ERR_RUN,
			"cannot build the filter: not enough memory");
	ok = filter_print(h, rules, form, e);
	pcap_close(h);
	return ok;
}
