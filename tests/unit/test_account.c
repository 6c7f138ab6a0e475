/* test_account.c: what kind of name an account has. */
#include "inventory/account.h"
#include "tests/unit/check.h"

static void are(enum account_kind kind, const char *const *names)
{
	for (; *names; names++)
		if (account_kind_of(*names) != kind)
			fail_msg("%s is %s", *names,
				account_kind_word(account_kind_of(*names)));
}

static void a_mailbox_has_a_domain(void **state)
{
	static const char *const mailboxes[] = {"scan@contoso.example",
		"SCAN@Contoso.Example", "a.b+c@x", "b\xc3\xbcro@b\xc3\xbcro.example",
		"o'neil@contoso.example", "x_y#EXT#@contoso.example", NULL};

	(void)state;
	are(ACCOUNT_MAILBOX, mailboxes);
}

static void a_windows_account_has_a_backslash(void **state)
{
	static const char *const windows[] = {"CONTOSO\\svc-billing",
		"contoso.example\\scan", ".\\scan", "C\\scan@contoso.example",
		NULL};

	(void)state;
	are(ACCOUNT_WINDOWS, windows);
}

static void all_else_is_a_word(void **state)
{
	static const char *const words[] = {"", "scan", "apikey", "@",
		"@contoso.example", "scan@", "a@b@contoso.example", "a b@x",
		"a@x..example", "a@.example", "a@example.", "a@x y", "a@x/y",
		"\\scan", "CONTOSO\\", "A\\B\\c", "\\", NULL};

	(void)state;
	are(ACCOUNT_OTHER, words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mailbox_has_a_domain),
		cmocka_unit_test(a_windows_account_has_a_backslash),
		cmocka_unit_test(all_else_is_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
