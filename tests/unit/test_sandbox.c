/* test_sandbox.c: what the sandbox lets pass, and that all else is death. */
#include "capture/live/sandbox.h"
#include "capture/live/sanitized.h"
#include "tests/unit/check.h"
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NO_SANDBOX = 77 };

static void needs_seccomp(void)
{
	uint32_t kill = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) != 0) {
		print_message("skipped: the kernel has no seccomp filters\n");
		skip();
	}
}

/* Enters the sandbox in a child and does there what is given. Its end: an
 * exit code, or minus a signal. */
static int end_of(enum sandbox kind, int (*act)(int fd), int fd)
{
	pid_t child;
	int status = -1;

	needs_seccomp();
	child = fork();
	if (child == 0) {
		struct err e = {0};

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (!sandbox_enter(kind, fd, fd, &e)) {
			fprintf(stderr, "%s\n", e.text);
			_exit(NO_SANDBOX);
		}
		_exit(act(fd));
	}
	check(child > 0 && waitpid(child, &status, 0) == child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int read_write(int fd)
{
	char buffer[4096];
	struct timespec t;
	void *p;

	for (int i = 0; i < 100; i++)
		if (pread(fd, buffer, sizeof buffer, i) < 0)
			return 1;
	clock_gettime(CLOCK_MONOTONIC, &t);
	p = malloc(1 << 26);
	if (!p)
		return 2;
	memset(p, 1, 1 << 26);
	free(p);
	return write(fd, "x", 1) == 1 && close(fd) == 0 ? 0 : 3;
}

static void what_is_open_can_be_used(void **state)
{
	FILE *f = tmpfile();

	(void)state;
	check(f != NULL);
	assert_int_equal(end_of(SANDBOX_FILES, read_write, fileno(f)), 0);
	assert_int_equal(end_of(SANDBOX_LIVE, read_write, fileno(f)), 0);
	fclose(f);
}

static int open_file(int fd)
{
	(void)fd;
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static int open_socket(int fd)
{
	(void)fd;
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int run_shell(int fd)
{
	(void)fd;
	return execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
}

static int fork_child(int fd)
{
	(void)fd;
	return fork() >= 0;
}

static int kill_parent(int fd)
{
	(void)fd;
	return kill(getppid(), 0);
}

static int trace_parent(int fd)
{
	return (int)syscall(SYS_ptrace, 16, getpid(), 0, fd);
}

static int run_memory(int fd)
{
	(void)fd;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static int send_away(int fd)
{
	return (int)sendto(fd, "x", 1, 0, NULL, 0);
}

static int type_into_terminal(int fd)
{
	return ioctl(fd, TIOCSTI, "x");
}

static int set_option(int fd)
{
	int one = 1;

	return setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
}

static void all_else_is_death(void **state)
{
	static int (*const acts[])(int) = {open_socket, run_shell, fork_child,
		kill_parent, trace_parent, run_memory, send_away, set_option};

	(void)state;
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		assert_int_equal(end_of(SANDBOX_FILES, acts[i], 1), -SIGSYS);
		assert_int_equal(end_of(SANDBOX_LIVE, acts[i], 1), -SIGSYS);
	}
}

/* AddressSanitizer opens files and asks for terminals when it reports: there
 * Landlock is the fence, if the kernel has it. */
static void no_file_opens_and_no_terminal_is_typed_into(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	assert_int_equal(end_of(SANDBOX_FILES, open_file, 1), -SIGSYS);
	assert_int_equal(end_of(SANDBOX_LIVE, open_file, 1), -SIGSYS);
	assert_int_equal(end_of(SANDBOX_FILES, type_into_terminal, 1), -SIGSYS);
	assert_int_equal(end_of(SANDBOX_LIVE, type_into_terminal, 1), -SIGSYS);
}

static int write_to_another(int fd)
{
	return write(fd + 1, "x", 1) == 1;
}

/* It may be an interface's socket: a frame would go out. */
static void nothing_else_is_written_to(void **state)
{
	int fd = dup(1);

	(void)state;
	check(fd >= 0 && dup2(1, fd + 1) == fd + 1);
	assert_int_equal(end_of(SANDBOX_FILES, write_to_another, fd), -SIGSYS);
	assert_int_equal(end_of(SANDBOX_LIVE, write_to_another, fd), -SIGSYS);
	close(fd + 1);
	close(fd);
}

static int landlocked_open(int fd)
{
	(void)fd;
	return open("/etc/passwd", O_RDONLY) >= 0 ? 1 : 0;
}

static void landlock_closes_files_where_it_is(void **state)
{
	(void)state;
	if (!SANITIZED ||
		syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 1)
		skip(); /* seccomp is first, or no Landlock */
	assert_int_equal(end_of(SANDBOX_FILES, landlocked_open, 1), 0);
}

static int ask_interface(int fd)
{
	struct tpacket_stats k;
	socklen_t n = sizeof k;
	struct ifreq r = {.ifr_name = "lo"};
	int error;

	(void)getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &k, &n);
	n = sizeof error;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		return 1;
	return ioctl(fd, SIOCGIFFLAGS, &r) != 0;
}

static void an_interface_can_be_asked_how_it_is(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	check(fd >= 0);
	assert_int_equal(end_of(SANDBOX_LIVE, ask_interface, fd), 0);
	assert_int_equal(end_of(SANDBOX_FILES, ask_interface, fd), -SIGSYS);
	close(fd);
}

static int fail_assertion(int fd)
{
	(void)fd;
	abort();
}

static void a_bug_is_told_from_a_break_in(void **state)
{
	(void)state;
	assert_int_equal(end_of(SANDBOX_FILES, fail_assertion, 1), -SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_open_can_be_used),
		cmocka_unit_test(all_else_is_death),
		cmocka_unit_test(no_file_opens_and_no_terminal_is_typed_into),
		cmocka_unit_test(nothing_else_is_written_to),
		cmocka_unit_test(landlock_closes_files_where_it_is),
		cmocka_unit_test(an_interface_can_be_asked_how_it_is),
		cmocka_unit_test(a_bug_is_told_from_a_break_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
