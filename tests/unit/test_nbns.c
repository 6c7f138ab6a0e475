/* test_nbns.c: names of NetBIOS, from honest and from hostile messages. */
#include "capture/base/bytes.h"
#include "capture/proto/nbns.h"
#include "tests/unit/check.h"
#include <stdio.h>

enum { CAP = 1024, REGISTRATION = 0x2910, ANSWER = 0x8500, QUERY = 0x0110 };

/* RFC 1001, 14.1: a letter for each half byte. */
static void put_name(struct wr *w, const char *name, uint8_t suffix)
{
	wr_u8(w, 32);
	for (size_t i = 0; i < 16; i++) {
		uint8_t c = i == 15 ? suffix
			: i < strlen(name) ? (uint8_t)name[i] : ' ';

		wr_u8(w, (uint8_t)('A' + (c >> 4)));
		wr_u8(w, (uint8_t)('A' + (c & 15)));
	}
	wr_u8(w, 0);
}

static struct wr begin(uint8_t b[CAP], uint16_t flags, bool question,
	uint16_t answers, uint16_t additional)
{
	struct wr w = wr_init(b, CAP);

	wr_be16(&w, 1);
	wr_be16(&w, flags);
	wr_be16(&w, question);
	wr_be16(&w, answers);
	wr_be16(&w, 0);
	wr_be16(&w, additional);
	return w;
}

static void put_address(struct wr *w, uint16_t flags, uint8_t host)
{
	wr_be16(w, 0x20);
	wr_be16(w, 1);
	wr_be32(w, 300000);
	wr_be16(w, 6);
	wr_be16(w, flags);
	wr_bytes(w, (const uint8_t[]){10, 20, 4, host}, 4);
}

/* What a machine broadcasts when it starts: the question's name once more, as
 * a pointer. */
static struct wr registration(uint8_t b[CAP], const char *name, uint8_t suffix,
	uint16_t flags)
{
	struct wr w = begin(b, REGISTRATION, true, 0, 1);

	put_name(&w, name, suffix);
	wr_be16(&w, 0x20);
	wr_be16(&w, 1);
	wr_be16(&w, 0xc00c);
	put_address(&w, flags, 31);
	return w;
}

static bool parse(const struct wr *w, struct nbns *out)
{
	uint8_t *exact = exact_copy(w->begin, wr_used(w));
	bool ok;

	check(wr_ok(w));
	ok = nbns_parse(exact, wr_used(w), out);
	free(exact);
	return ok;
}

static void a_registration_names_its_sender(void **state)
{
	uint8_t b[CAP];
	struct wr w = registration(b, "ERP-APP02", 0x00, 0);
	struct nbns n;
	char addr[ADDR_TEXT];

	(void)state;
	check(parse(&w, &n) && n.n == 1);
	assert_string_equal(n.names[0].text, "ERP-APP02");
	assert_string_equal(addr_format(&n.names[0].addr, addr), "10.20.4.31");
	w = registration(b, "FIFTEEN-LETTERS", 0x20, 0x6000);
	check(parse(&w, &n));
	assert_string_equal(n.names[0].text, "FIFTEEN-LETTERS");
}

static void groups_services_and_questions_are_no_names(void **state)
{
	uint8_t b[CAP];
	struct nbns n;
	struct wr w;

	(void)state;
	w = registration(b, "WORKGROUP", 0x00, 0x8000);
	check(!parse(&w, &n));
	w = registration(b, "CONTOSO", 0x1c, 0);
	check(!parse(&w, &n));
	w = registration(b, "\1\2__MSBROWSE__\2", 0x00, 0);
	check(!parse(&w, &n));
	w = registration(b, "", 0x00, 0);
	check(!parse(&w, &n));
	w = registration(b, "ERP-APP02", 0x00, 0);
	b[2] = QUERY >> 8;
	check(!parse(&w, &n));
	/* A refusal: rcode 6. */
	w = begin(b, ANSWER | 6, false, 1, 0);
	put_name(&w, "ERP-APP02", 0);
	put_address(&w, 0, 31);
	check(!parse(&w, &n));
}

static void an_answer_has_all_addresses(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, ANSWER, false, 1, 0);
	struct nbns n;

	(void)state;
	put_name(&w, "NAS", 0x20);
	wr_be16(&w, 0x20);
	wr_be16(&w, 1);
	wr_be32(&w, 0);
	wr_be16(&w, 6 * 6);
	for (uint8_t host = 1; host <= 6; host++) {
		wr_be16(&w, 0);
		wr_bytes(&w, (const uint8_t[]){10, 0, 0, host}, 4);
	}
	check(parse(&w, &n) && n.n == NBNS_NAMES);
	check(n.names[3].addr.b[3] == 4);
}

static void put_status(struct wr *w, const char *name, uint8_t suffix,
	uint16_t flags)
{
	char padded[16];

	snprintf(padded, sizeof padded, "%-15s", name);
	wr_bytes(w, padded, 15);
	wr_u8(w, suffix);
	wr_be16(w, flags);
}

static void a_node_status_names_the_machine_once(void **state)
{
	static const uint8_t statistics[46];
	uint8_t b[CAP];
	struct wr w = begin(b, ANSWER, false, 1, 0);
	struct nbns n;

	(void)state;
	put_name(&w, "*", 0);
	wr_be16(&w, 0x21);
	wr_be16(&w, 1);
	wr_be32(&w, 0);
	wr_be16(&w, 1 + 3 * 18 + sizeof statistics);
	wr_u8(&w, 3);
	put_status(&w, "KM3D5107", 0x00, 0x0400);
	put_status(&w, "WORKGROUP", 0x00, 0x8400);
	put_status(&w, "KM3D5107", 0x20, 0x0400);
	wr_bytes(&w, statistics, sizeof statistics);
	check(parse(&w, &n) && n.n == 1 && n.names[0].addr.family == 0);
	assert_string_equal(n.names[0].text, "KM3D5107");
}

static void refuses_every_truncation(void **state)
{
	uint8_t b[CAP];
	struct wr w = registration(b, "ERP-APP02", 0x00, 0);
	struct nbns n;

	(void)state;
	for (size_t used = 0; used < wr_used(&w); used++) {
		uint8_t *exact = exact_copy(b, used);

		check(!nbns_parse(exact, used, &n));
		free(exact);
	}
}

static void every_length_may_lie(void **state)
{
	static const uint8_t lies[] = {0, 0xff, 0xc0, 0x7f};
	uint8_t b[CAP];
	struct wr w = registration(b, "ERP-APP02", 0x00, 0);
	size_t used = wr_used(&w);
	struct nbns n;

	(void)state;
	for (size_t i = 0; i < used; i++)
		for (size_t k = 0; k < sizeof lies; k++) {
			uint8_t *exact = exact_copy(b, used);

			exact[i] = lies[k];
			if (nbns_parse(exact, used, &n))
				check(n.n == 1 && n.names[0].text[0] != '\0');
			free(exact);
		}
}

/* Bytes beyond ASCII are some code page's; none reaches a screen raw. */
static void hostile_names_become_text(void **state)
{
	uint8_t b[CAP];
	struct wr w = registration(b, "A\033[2J\xe9", 0x00, 0);
	struct nbns n;

	(void)state;
	check(parse(&w, &n));
	assert_string_equal(n.names[0].text, "A<ESC>[2J<E9>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_names_its_sender),
		cmocka_unit_test(groups_services_and_questions_are_no_names),
		cmocka_unit_test(an_answer_has_all_addresses),
		cmocka_unit_test(a_node_status_names_the_machine_once),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(every_length_may_lie),
		cmocka_unit_test(hostile_names_become_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
