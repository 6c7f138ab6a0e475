/* test_envelope.c: the names of what frames are wrapped in. */
#include "capture/base/envelope.h"
#include "tests/unit/check.h"
#include <stdio.h>

static bool is_named(enum envelope_registry registry, uint32_t number,
	const char *name)
{
	char out[80];

	envelope_name(registry, number, out, sizeof out);
	return strcmp(out, name) == 0;
}

static void a_number_is_told_as_its_registry_writes_it(void **state)
{
	(void)state;
	check(is_named(ENVELOPE_LINKTYPE, 147, "link type 147"));
	check(is_named(ENVELOPE_LINKTYPE, 253, "link type 253 (netlink)"));
	check(is_named(ENVELOPE_ETHERTYPE, 0x88e5,
		"ethertype 0x88e5 (MACsec, encrypted)"));
	check(is_named(ENVELOPE_ETHERTYPE, 1, "ethertype 0x0001"));
	check(is_named(ENVELOPE_LLC, 0x42, "LLC SAP 0x42 (spanning tree)"));
	check(is_named(ENVELOPE_PPP, 0xc021, "PPP protocol 0xc021 (control)"));
	check(is_named(ENVELOPE_PPP, 0x53, "PPP protocol 0x0053 (encrypted)"));
	check(is_named(ENVELOPE_IP, 50, "IP protocol 50 (ESP, encrypted)"));
	check(is_named(ENVELOPE_OTHER, ENVELOPE_WLAN_SECRET,
		"other (802.11, encrypted)"));
	check(is_named(ENVELOPE_NLPID, 0x82, "NLPID 0x82 (ES-IS)"));
	check(is_named(ENVELOPE_SNAP, 0xc, "SNAP organisation 0x00000c (Cisco)"));
	check(is_named(ENVELOPE_NSH, 9, "NSH protocol 9"));
}

static void a_name_is_cut_to_fit(void **state)
{
	char *out = malloc(8);

	(void)state;
	envelope_name(ENVELOPE_IP, UINT32_MAX, out, 8);
	check(strcmp(out, "IP prot") == 0);
	free(out);
}

/* Each is found in the table: it is searched by halves. */
static void every_name_is_found(void **state)
{
	static const unsigned names[ENVELOPE_REGISTRIES] = {
		[ENVELOPE_LINKTYPE] = 18, [ENVELOPE_ETHERTYPE] = 47,
		[ENVELOPE_LLC] = 5, [ENVELOPE_PPP] = 6 + 0x8000,
		[ENVELOPE_IP] = 15, [ENVELOPE_OTHER] = ENVELOPE_OTHERS,
		[ENVELOPE_NLPID] = 6, [ENVELOPE_SNAP] = 4, [ENVELOPE_NSH] = 1,
	};

	(void)state;
	for (int r = 0; r < ENVELOPE_REGISTRIES; r++) {
		unsigned n = 0;

		for (uint32_t number = 0; number < 1 << 20; number++) {
			char out[80];

			if (number > 0xffff && r != ENVELOPE_SNAP)
				break;
			envelope_name(r, number, out, sizeof out);
			n += strchr(out, '(') != NULL;
		}
		if (n != names[r])
			fail_msg("registry %d: %u names", r, n);
	}
}

static void what_hides_its_content_may_hold_mail(void **state)
{
	(void)state;
	check(!envelope_holds_none(ENVELOPE_IP, 50));
	check(!envelope_holds_none(ENVELOPE_ETHERTYPE, 0x88e5));
	check(!envelope_holds_none(ENVELOPE_PPP, 0x53));
	check(!envelope_holds_none(ENVELOPE_LINKTYPE, 253));
	check(!envelope_holds_none(ENVELOPE_IP, 253)); /* unknown */
	check(envelope_holds_none(ENVELOPE_IP, 1));
	check(envelope_holds_none(ENVELOPE_ETHERTYPE, 0x88cc));
	check(envelope_holds_none(ENVELOPE_LLC, 0x42));
	check(envelope_holds_none(ENVELOPE_PPP, 0xc021));
	check(!envelope_holds_none(ENVELOPE_PPP, 0x7fff));
	for (uint32_t i = 0; i < ENVELOPE_OTHERS; i++)
		check(!envelope_holds_none(ENVELOPE_OTHER, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_told_as_its_registry_writes_it),
		cmocka_unit_test(a_name_is_cut_to_fit),
		cmocka_unit_test(every_name_is_found),
		cmocka_unit_test(what_hides_its_content_may_hold_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
