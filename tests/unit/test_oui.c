/* test_oui.c: the IEEE's registries, honest and not. */
#include "inventory/oui.h"
#include "tests/unit/sample.h"

static const char good[] =
	"Registry,Assignment,Organization Name,Organization Address\r\n"
	"MA-L,002673,\"RICOH COMPANY,LTD.\",\"3-6 \"\"A\"\" Road\r\n"
	"Tokyo\"\r\n"
	"MA-L,00C0FF,IEEE Registration Authority,x\n"
	"MA-M,00C0FF1,Medium Maker,x\n"
	"MA-S,00C0FF123,Small Maker,x\n"
	"MA-M,00C0FF2,Private,\n"
	"MA-L,ABC,Too Short,x\n"
	"MA-L,GGGGGG,No Hex,x\n"
	"MA-L,112233\n"
	"MA-L,022673,Random,x\n"
	"MA-L,012673,Everybody,x\n"
	"MA-L,445566,Evil \x1b[2J Corp,x";

static struct oui *load(const void *p, size_t n)
{
	char path[SAMPLE_PATH];
	struct oui *o = NULL;
	FILE *f;

	sample_path(path);
	f = fopen(path, "wb");
	check(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
	if (!oui_load(&o, path, NULL))
		o = NULL;
	unlink(path);
	return o;
}

static const char *vendor(const struct oui *o, uint64_t mac)
{
	struct mac m;

	for (int i = 0; i < 6; i++)
		m.b[i] = (uint8_t)(mac >> (40 - 8 * i));
	return oui_vendor(o, &m);
}

static void the_longest_prefix_wins(void **state)
{
	struct oui *o = load(good, sizeof good - 1);

	(void)state;
	check(o != NULL);
	assert_string_equal(vendor(o, 0x002673a5a8f3), "RICOH COMPANY,LTD.");
	assert_string_equal(vendor(o, 0x00c0ff123456), "Small Maker");
	assert_string_equal(vendor(o, 0x00c0ff124456), "Medium Maker");
	check(!vendor(o, 0x00c0ff212345)); /* kept secret */
	check(!vendor(o, 0x00c0ff900000)); /* given on in parts */
	check(!vendor(o, 0x000000000000));
	check(!vendor(o, 0x022673a5a8f3)); /* random */
	check(!vendor(o, 0xffffffffffff));
	assert_string_equal(vendor(o, 0x445566000000), "Evil <ESC>[2J Corp");
	check(!vendor(o, 0x112233000000));
	check(!vendor(o, 0x012673a5a8f3)); /* a group */
	check(oui_count(o) == 8);
	oui_free(o);
}

static void every_truncation_is_survived(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof good; n++)
		oui_free(load(good, n));
}

static void a_field_has_an_end(void **state)
{
	static char big[1 << 16];
	struct oui *o;
	size_t n;

	(void)state;
	memset(big, 'x', sizeof big);
	n = (size_t)sprintf(big, "MA-L,002673,");
	big[n] = 'x';
	o = load(big, sizeof big);
	check(o && strlen(vendor(o, 0x002673000000)) < 256);
	oui_free(o);
	memset(big, '"', sizeof big);
	check(!load(big, sizeof big));
	memset(big, ',', sizeof big);
	check(!load(big, sizeof big));
}

static void what_cannot_be_read_is_said(void **state)
{
	struct oui *o = NULL;
	struct err e = {0};

	(void)state;
	check(!oui_load(&o, "/nonexistent/oui.csv", &e));
	check(strstr(e.text, "--oui-file") && e.kind == ERR_USAGE);
	check(!oui_load(&o, "/proc", &e));
	check(strstr(e.text, "holds no oui.csv"));
	check(!oui_load(&o, "/dev/zero", &e));
	check(strstr(e.text, "no registry"));
	/* None installed is no error. */
	check(oui_load(&o, NULL, &e));
	oui_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_wins),
		cmocka_unit_test(every_truncation_is_survived),
		cmocka_unit_test(a_field_has_an_end),
		cmocka_unit_test(what_cannot_be_read_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
