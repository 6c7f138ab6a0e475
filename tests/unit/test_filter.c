/* test_filter.c: the kernel's filter passes mail in every envelope, and what
 * tells who is who; the web it does not. */
#include "capture/base/bytes.h"
#include "capture/live/filter.h"
#include "tests/unit/check.h"

enum {
	ETHERNET = 1, LINUX_SLL = 113, RAW_IP = 101, RAW_IP_BSD = 12, PPP = 9,
	ATM = 100, PFLOG = 117, NO_LINK = 147,
	TCP = 6, UDP = 17, GRE = 47, FRAGMENT = 44,
	MAIL = 587, WEB = 80,
};

/* A frame in the making. */
struct made {
	uint8_t bytes[256];
	struct wr w;
	int link;
};

static struct made begin(int link)
{
	struct made m = {.link = link};

	return m;
}

static void ethernet(struct made *m, uint16_t type)
{
	wr_be64(&m->w, 0x001122334455aabb);
	wr_be32(&m->w, 0xccddeeff);
	wr_be16(&m->w, type);
}

static void vlan(struct made *m, uint16_t vid, uint16_t type)
{
	wr_be16(&m->w, vid);
	wr_be16(&m->w, type);
}

static void ip4(struct made *m, uint8_t protocol, uint16_t fragment)
{
	wr_be32(&m->w, 0x45000028);
	wr_be16(&m->w, 1);
	wr_be16(&m->w, fragment);
	wr_u8(&m->w, 64);
	wr_u8(&m->w, protocol);
	wr_be16(&m->w, 0);
	wr_be32(&m->w, 0x0a000005); /* 10.0.0.5 */
	wr_be32(&m->w, 0xc0000219);
}

static void ip6(struct made *m, uint8_t protocol)
{
	wr_be32(&m->w, 0x60000000);
	wr_be16(&m->w, 20);
	wr_u8(&m->w, protocol);
	wr_u8(&m->w, 64);
	for (int i = 0; i < 4; i++)
		wr_be64(&m->w, i % 2 ? 1 : 0x20010db800000000);
}

static void ports(struct made *m, uint16_t from, uint16_t to)
{
	wr_be16(&m->w, from);
	wr_be16(&m->w, to);
	for (int i = 0; i < 4; i++)
		wr_be32(&m->w, 0x50100000);
}

static bool passes(struct filter *f, struct made *m)
{
	struct frame frame = {.link = m->link, .n = wr_used(&m->w)};
	uint8_t *exact = exact_copy(m->bytes, frame.n);
	bool yes;

	check(wr_ok(&m->w));
	frame.p = exact;
	frame.wire_n = frame.n;
	yes = filter_matches(f, &frame);
	free(exact);
	return yes;
}

/* tags of VLAN, then TCP or UDP over IPv4 or IPv6. */
static bool passes_port(struct filter *f, int link, int tags, int version,
	uint8_t protocol, uint16_t port)
{
	struct made m = begin(link);
	uint16_t type = version == 4 ? 0x0800 : 0x86dd;

	m.w = wr_init(m.bytes, sizeof m.bytes);
	if (link == ETHERNET)
		ethernet(&m, tags > 0 ? (tags > 1 ? 0x88a8 : 0x8100) : type);
	if (link == LINUX_SLL) {
		wr_be64(&m.w, 1);
		wr_be32(&m.w, 0);
		wr_be16(&m.w, 0);
		wr_be16(&m.w, type);
	}
	for (int i = tags; i > 0; i--)
		vlan(&m, (uint16_t)(100 + i), i > 1 ? 0x8100 : type);
	if (version == 4)
		ip4(&m, protocol, 0);
	else
		ip6(&m, protocol);
	ports(&m, 40312, port);
	return passes(f, &m);
}

static struct filter *opened(bool mail_only, const char *expression)
{
	struct filter_rules rules = {mail_only, expression};
	struct filter *f = NULL;
	struct err e = {0};

	if (!filter_open(&f, &rules, &e))
		fail_msg("%s", e.text);
	return f;
}

static void mail_passes_in_any_number_of_tags(void **state)
{
	static const uint16_t mail[] = {25, 26, 465, 587, 2465, 2525, 2587,
		8025};
	static const uint16_t other[] = {80, 443, 22, 143, 993, 24};
	struct filter *f = opened(true, NULL);

	(void)state;
	for (int tags = 0; tags <= 12; tags++) {
		/* Behind still more it does not look. */
		bool all = tags > 8;

		for (int v = 4; v <= 6; v += 2) {
			for (size_t i = 0; i < 8; i++)
				check(passes_port(f, ETHERNET, tags, v, TCP,
					mail[i]));
			for (size_t i = 0; i < 6; i++)
				check(passes_port(f, ETHERNET, tags, v, TCP,
					other[i]) == all);
			check(passes_port(f, ETHERNET, tags, v, UDP, MAIL) ==
				all);
		}
	}
	filter_close(f);
}

static void mail_passes_without_ethernet(void **state)
{
	static const int links[] = {LINUX_SLL, RAW_IP, RAW_IP_BSD};
	struct filter *f = opened(true, NULL);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		check(passes_port(f, links[i], 0, 4, TCP, MAIL));
		check(passes_port(f, links[i], 0, 6, TCP, MAIL));
		check(!passes_port(f, links[i], 0, 4, TCP, WEB));
		check(!passes_port(f, links[i], 0, 6, TCP, WEB));
	}
	filter_close(f);
}

/* An IPv4 packet with these bytes 6-7 and no ports, in tags. */
static bool passes_ip4(struct filter *f, int tags, uint8_t protocol,
	uint16_t fragment)
{
	struct made m = begin(ETHERNET);

	m.w = wr_init(m.bytes, sizeof m.bytes);
	ethernet(&m, tags ? 0x8100 : 0x0800);
	if (tags)
		vlan(&m, 7, 0x0800);
	ip4(&m, protocol, fragment);
	for (int i = 0; i < 8; i++)
		wr_be32(&m.w, 0);
	return passes(f, &m);
}

static void fragments_and_tunnels_pass(void **state)
{
	struct filter *f = opened(true, NULL);
	struct made m = begin(ETHERNET);

	(void)state;
	for (int tags = 0; tags <= 1; tags++) {
		check(passes_ip4(f, tags, TCP, 0x2001));
		check(passes_ip4(f, tags, TCP, 0x0001));
		check(!passes_ip4(f, tags, TCP, 0x4000)); /* do not fragment */
		check(passes_ip4(f, tags, GRE, 0));
		check(passes_ip4(f, tags, 4, 0));
		check(!passes_ip4(f, tags, 1, 0));
		check(passes_port(f, ETHERNET, tags, 4, UDP, 4789));
		check(passes_port(f, ETHERNET, tags, 6, UDP, 4789));
	}
	m.w = wr_init(m.bytes, sizeof m.bytes);
	ethernet(&m, 0x86dd);
	ip6(&m, FRAGMENT);
	ports(&m, 0, 0);
	check(passes(f, &m));
	m.w = wr_init(m.bytes, sizeof m.bytes);
	ethernet(&m, 0x8847);
	wr_be64(&m.w, 0);
	check(passes(f, &m));
	filter_close(f);
}

static void who_is_who_passes(void **state)
{
	struct filter *f = opened(true, NULL);
	struct made m = begin(ETHERNET);

	(void)state;
	for (int tags = 0; tags <= 1; tags++) {
		m.w = wr_init(m.bytes, sizeof m.bytes);
		ethernet(&m, tags ? 0x8100 : 0x0806);
		if (tags)
			vlan(&m, 7, 0x0806);
		for (int i = 0; i < 7; i++)
			wr_be32(&m.w, 1);
		check(passes(f, &m));
		check(passes_port(f, ETHERNET, tags, 4, UDP, 67));
		check(passes_port(f, ETHERNET, tags, 4, UDP, 68));
		check(passes_port(f, ETHERNET, tags, 4, UDP, 53));
		check(passes_port(f, ETHERNET, tags, 6, UDP, 5353));
		check(passes_port(f, ETHERNET, tags, 4, UDP, 5355));
		check(passes_port(f, ETHERNET, tags, 4, UDP, 137));
		check(!passes_port(f, ETHERNET, tags, 4, UDP, 69));
		check(!passes_port(f, ETHERNET, tags, 6, UDP, 443));
	}
	filter_close(f);
}

/* A type, so many bytes, then another type and TCP in IPv4. */
static size_t kept_behind(struct filter *f, uint16_t type,
	const uint8_t *tag, size_t n, uint16_t port)
{
	struct made m = begin(ETHERNET);
	struct frame frame = {.link = ETHERNET};

	m.w = wr_init(m.bytes, sizeof m.bytes);
	ethernet(&m, type);
	wr_bytes(&m.w, tag, n);
	ip4(&m, TCP, 0);
	ports(&m, 40312, port);
	for (int i = 0; i < 12; i++)
		wr_be64(&m.w, 0);
	check(wr_ok(&m.w));
	frame.p = m.bytes;
	frame.n = frame.wire_n = wr_used(&m.w);
	return filter_keeps(f, &frame);
}

static void ports_are_looked_for_behind_every_kind_of_tag(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t n;
		uint8_t tag[24];
	} tags[] = {
		{0x9100, 4, {0, 5, 8, 0}},
		{0x8926, 6, {0x80, 1, 0, 2, 8, 0}},
		{0x893f, 8, {0x20, 1, 0, 2, 0, 0, 8, 0}},
		{0x8909, 8, {1, 1, 0, 1, 0, 2, 8, 0}},
		{0x88e7, 18, {[16] = 8}},
		{0x8864, 8, {0x11, 0, 0, 7, 0, 42, 0, 0x21}},
		{48, 8, {0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
	};
	struct filter *f = opened(true, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
		check(kept_behind(f, tags[i].type, tags[i].tag, tags[i].n,
			MAIL) > 1500);
		check(kept_behind(f, tags[i].type, tags[i].tag, tags[i].n,
			WEB) == 0);
	}
	filter_close(f);
}

/* It is counted, and for that the headers will do. */
static void what_is_encrypted_passes_cut(void **state)
{
	static const uint8_t encrypted[6] = {0x0c}, in_clear[6] = {0};
	struct filter *f = opened(true, NULL);
	struct made m = begin(ETHERNET);
	struct frame frame = {.link = ETHERNET, .p = m.bytes};

	(void)state;
	check(kept_behind(f, 0x88e5, encrypted, 6, MAIL) == 128);
	check(kept_behind(f, 0x88e5, in_clear, 6, MAIL) > 1500);
	m.w = wr_init(m.bytes, sizeof m.bytes);
	ethernet(&m, 0x0800);
	ip4(&m, 50, 0);
	frame.n = frame.wire_n = wr_used(&m.w);
	check(filter_keeps(f, &frame) > 1500); /* or is it? */
	filter_close(f);
}

static void tunnels_without_a_port_of_their_own_pass(void **state)
{
	struct filter *f = opened(true, NULL);

	(void)state;
	for (unsigned flags = 0; flags < 256; flags++) {
		struct made m = begin(ETHERNET);

		m.w = wr_init(m.bytes, sizeof m.bytes);
		ethernet(&m, 0x0800);
		ip4(&m, UDP, 0);
		wr_be64(&m.w, 0xc001c00200140000);
		wr_be32(&m.w, flags << 24 | 0x00ff0010);
		check(passes(f, &m) == ((flags & 0xf4) == 0x30));
	}
	check(passes_port(f, ETHERNET, 0, 4, TCP, 7471));
	filter_close(f);
}

/* What switches and routers say all day does not; what is not known does. */
static void other_frames_pass_unless_they_are_known(void **state)
{
	static const uint8_t spanning_tree[3] = {0x42, 0x42, 3};
	static const uint8_t nothing[4];
	struct filter *f = opened(true, NULL);

	(void)state;
	check(kept_behind(f, 0x88cc, nothing, 0, MAIL) == 0);
	check(kept_behind(f, 0x8863, nothing, 0, MAIL) == 0);
	check(kept_behind(f, 38, spanning_tree, 3, MAIL) == 0);
	check(kept_behind(f, 0x88b5, nothing, 4, WEB) > 1500);
	check(kept_behind(f, 0x894f, nothing, 4, WEB) > 1500);
	check(!passes_ip4(f, 0, 132, 0) && !passes_ip4(f, 0, 89, 0));
	check(passes_ip4(f, 0, 51, 0) && passes_ip4(f, 0, 253, 0));
	filter_close(f);
}

static void of_icmp_only_neighbours_pass(void **state)
{
	struct filter *f = opened(true, NULL);

	(void)state;
	for (int type = 128; type <= 143; type++) {
		struct made m = begin(ETHERNET);

		m.w = wr_init(m.bytes, sizeof m.bytes);
		ethernet(&m, 0x86dd);
		ip6(&m, 58);
		wr_u8(&m.w, (uint8_t)type);
		wr_be64(&m.w, 0);
		check(passes(f, &m) == (type >= 133 && type <= 137));
	}
	filter_close(f);
}

/* Were the two one text, "vlan" would move the offsets of "host". */
static void both_rules_hold_and_do_not_disturb_each_other(void **state)
{
	struct filter *f = opened(true, "host 10.0.0.5");

	(void)state;
	check(passes_port(f, ETHERNET, 0, 4, TCP, MAIL));
	check(!passes_port(f, ETHERNET, 0, 4, TCP, WEB));
	check(!passes_port(f, ETHERNET, 0, 6, TCP, MAIL));
	check(!passes_port(f, ETHERNET, 1, 4, TCP, WEB));
	filter_close(f);
	f = opened(true, "host 10.0.0.6");
	check(!passes_port(f, ETHERNET, 0, 4, TCP, MAIL));
	check(!passes_port(f, ETHERNET, 1, 4, TCP, MAIL));
	filter_close(f);
	f = opened(true, "vlan and host 10.0.0.5");
	check(passes_port(f, ETHERNET, 1, 4, TCP, MAIL));
	check(!passes_port(f, ETHERNET, 1, 4, TCP, WEB));
	check(!passes_port(f, ETHERNET, 0, 4, TCP, MAIL));
	filter_close(f);
	f = opened(true, "host 10.0.0.5 or (vlan and host 10.0.0.5)");
	check(passes_port(f, ETHERNET, 0, 4, TCP, MAIL));
	check(passes_port(f, ETHERNET, 1, 4, TCP, MAIL));
	filter_close(f);
}

/* On a mirror port nearly every frame has a tag. */
static void an_expression_holds_inside_tags(void **state)
{
	struct filter *f = opened(true, "host 10.0.0.5");

	(void)state;
	for (int tags = 0; tags <= 4; tags++)
		check(passes_port(f, ETHERNET, tags, 4, TCP, MAIL));
	filter_close(f);
	f = opened(true, "not host 10.0.0.5");
	for (int tags = 0; tags <= 4; tags++) {
		check(!passes_port(f, ETHERNET, tags, 4, TCP, MAIL));
		check(passes_port(f, ETHERNET, tags, 6, TCP, MAIL));
	}
	filter_close(f);
}

static void an_expression_alone_is_only_that(void **state)
{
	struct filter *f = opened(false, "tcp port 80");

	(void)state;
	check(passes_port(f, ETHERNET, 0, 4, TCP, WEB));
	check(!passes_port(f, ETHERNET, 0, 4, TCP, MAIL));
	check(filter_applies(f, PPP) && filter_applies(f, PFLOG));
	check(filter_applies(f, ATM) && !filter_applies(f, NO_LINK));
	filter_close(f);
	f = opened(false, "vlan 5");
	check(filter_applies(f, ETHERNET) && !filter_applies(f, RAW_IP));
	check(!passes_port(f, RAW_IP, 0, 4, TCP, MAIL));
	filter_close(f);
}

static void a_bad_expression_is_told(void **state)
{
	struct filter_rules rules = {true, "port twentyfive and ("};
	struct filter *f = NULL;
	struct err e = {0};

	(void)state;
	check(!filter_open(&f, &rules, &e) && !f && e.kind == ERR_USAGE);
	check(strstr(e.text, "'port twentyfive and ('") != NULL);
}

static void every_truncation_is_safe(void **state)
{
	struct filter *f = opened(true, "host 10.0.0.5");
	struct made m = begin(ETHERNET);
	struct frame frame = {.link = ETHERNET};
	size_t n;

	(void)state;
	m.w = wr_init(m.bytes, sizeof m.bytes);
	ethernet(&m, 0x0800);
	ip4(&m, TCP, 0);
	ports(&m, 40312, MAIL);
	n = wr_used(&m.w);
	for (size_t i = 0; i < n; i++) {
		uint8_t *exact = exact_copy(m.bytes, i);

		frame.p = exact;
		frame.n = i;
		frame.wire_n = n;
		/* Where ports and addresses are there, it is enough. */
		check(filter_matches(f, &frame) == (i >= 14 + 20 + 4));
		free(exact);
	}
	filter_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_passes_in_any_number_of_tags),
		cmocka_unit_test(mail_passes_without_ethernet),
		cmocka_unit_test(fragments_and_tunnels_pass),
		cmocka_unit_test(who_is_who_passes),
		cmocka_unit_test(ports_are_looked_for_behind_every_kind_of_tag),
		cmocka_unit_test(what_is_encrypted_passes_cut),
		cmocka_unit_test(tunnels_without_a_port_of_their_own_pass),
		cmocka_unit_test(other_frames_pass_unless_they_are_known),
		cmocka_unit_test(of_icmp_only_neighbours_pass),
		cmocka_unit_test(both_rules_hold_and_do_not_disturb_each_other),
		cmocka_unit_test(an_expression_holds_inside_tags),
		cmocka_unit_test(an_expression_alone_is_only_that),
		cmocka_unit_test(a_bad_expression_is_told),
		cmocka_unit_test(every_truncation_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
