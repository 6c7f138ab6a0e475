/* test_privileges.c: root goes and cannot come back. */
#include "capture/live/privileges.h"
#include "tests/unit/check.h"
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in a child, which a test's loss of rights does not outlive. */
static int in_child(int (*act)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(act());
	check(child > 0 && waitpid(child, &status, 0) == child);
	check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* 0, or the number of what is not as it should be. */
static int is_powerless(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct caps[2] = {{0}};
	static const struct __user_cap_data_struct none[2];
	struct rlimit core;

	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 1;
	if (syscall(SYS_capget, &head, caps) != 0 ||
		memcmp(caps, none, sizeof caps) != 0)
		return 2;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 3;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 4;
	return 0;
}

static void needs_root(void)
{
	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
}

static int become_nobody(void)
{
	struct privileges p;
	struct err e = {0};
	gid_t groups[] = {0, 4};

	if (setgroups(2, groups) != 0)
		return 10;
	privileges_nobody(&p);
	if (!p.change || p.uid == 0)
		return 11;
	if (!privileges_drop(&p, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 12;
	}
	if (getuid() != p.uid || getgid() != p.gid || getgroups(0, NULL) != 0)
		return 13;
	return is_powerless();
}

static void root_becomes_nobody(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(in_child(become_nobody), 0);
}

static int become_caller(void)
{
	struct privileges p;

	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "54321", 1);
	if (!privileges_choose(&p, NULL, NULL) || !p.change)
		return 10;
	if (!privileges_drop(&p, NULL))
		return 11;
	if (getuid() != 12345 || getgid() != 54321)
		return 12;
	return is_powerless();
}

static void who_called_sudo_is_who_remains(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(in_child(become_caller), 0);
}

static int distrust_sudo(void)
{
	static const char *const bad[] = {"0", "", "-1", "4294967295", "1x",
		" 1", "99999999999999999999"};
	struct privileges p, nobody;

	privileges_nobody(&nobody);
	setenv("SUDO_GID", "1000", 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		setenv("SUDO_UID", bad[i], 1);
		if (!privileges_choose(&p, NULL, NULL) || p.uid != nobody.uid)
			return (int)i + 1;
	}
	return 0;
}

static void a_strange_sudo_id_means_nobody(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(in_child(distrust_sudo), 0);
}

static int stay_root(void)
{
	struct privileges p = {.change = true};
	struct err e = {0};

	if (privileges_drop(&p, &e) || e.kind != ERR_RUN)
		return 1;
	p.change = false;
	return privileges_drop(&p, &e);
}

static void root_never_stays(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(in_child(stay_root), 0);
}

/* As a binary with CAP_NET_RAW starts: a user's ids, and a capability. */
static int drop_capability(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct raw[2] = {
		{.effective = 1 << CAP_NET_RAW, .permitted = 1 << CAP_NET_RAW,
			.inheritable = 1 << CAP_NET_RAW}};
	struct privileges p;

	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setresgid(12345, 12345, 12345) != 0 ||
		setresuid(12345, 12345, 12345) != 0 ||
		syscall(SYS_capset, &head, raw) != 0 ||
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0))
		return 10;
	if (!privileges_choose(&p, NULL, NULL) || p.change || p.uid != 12345)
		return 11;
	if (!privileges_drop(&p, NULL) || getuid() != 12345)
		return 12;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0))
		return 13;
	return is_powerless();
}

static void a_capable_binary_becomes_harmless(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(in_child(drop_capability), 0);
}

static void a_user_is_chosen_by_name(void **state)
{
	struct privileges p;
	struct err e = {0};

	(void)state;
	check(!privileges_choose(&p, "no-such-user-here", &e));
	check(e.kind == ERR_USAGE && strstr(e.text, "no-such-user-here"));
	check(!privileges_choose(&p, "root", &e) && strstr(e.text, "root"));
	needs_root();
	check(privileges_choose(&p, "nobody", &e) && p.change && p.uid != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_becomes_nobody),
		cmocka_unit_test(who_called_sudo_is_who_remains),
		cmocka_unit_test(a_strange_sudo_id_means_nobody),
		cmocka_unit_test(root_never_stays),
		cmocka_unit_test(a_capable_binary_becomes_harmless),
		cmocka_unit_test(a_user_is_chosen_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
