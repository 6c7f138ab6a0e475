/* test_dash_term.c: the whole dashboard on a pseudo-terminal: that it comes,
 * that it goes whatever the terminal does, and what it leaves behind. */
#include "inventory/db.h"
#include "tests/unit/check.h"
#include "ui/dash/dash.h"
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 8000 /* ms, for a busy machine */, SEEN = 1 << 20 };

struct bench {
	char folder[64], db[96];
	int tty, result; /* the terminal's other side; what dash_run() said */
	pid_t pid;
	char seen[SEEN]; /* all that was written, with NUL */
	size_t n;
	struct termios before;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void make_inventory(struct bench *b)
{
	struct err e = {0};
	struct db *db;

	if (!db_open(&db, b->db, &e))
		fail_msg("%s", e.text);
	db_close(db);
}

static int begin(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	if (!b)
		return -1;
	snprintf(b->folder, sizeof b->folder, "/tmp/dash-XXXXXX");
	if (!mkdtemp(b->folder))
		return -1;
	snprintf(b->db, sizeof b->db, "%s/census.db", b->folder);
	b->tty = b->result = -1;
	*state = b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;
	static const char *const more[] = {"", "-wal", "-shm"};

	if (b->pid > 0) {
		kill(b->pid, SIGKILL);
		waitpid(b->pid, NULL, 0);
	}
	if (b->tty >= 0)
		close(b->tty);
	if (b->result >= 0)
		close(b->result);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
		char path[128];

		snprintf(path, sizeof path, "%s%s", b->db, more[i]);
		unlink(path);
	}
	rmdir(b->folder);
	free(b);
	return 0;
}

static void run(const struct bench *b, int result, const char *kind)
{
	struct dash_options o = {.db = b->db, .version = "0.1",
		.source = "eth1"};
	struct err e = {0};
	char end_of;

	setenv("TERM", kind, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	end_of = (char)dash_run(&o, &e);
	if (write(result, &end_of, 1) != 1)
		_exit(1);
	_exit(0);
}

static void start(struct bench *b, int rows, int cols, const char *kind)
{
	struct winsize size = {.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols};
	int fds[2];

	check(pipe(fds) == 0);
	b->pid = forkpty(&b->tty, NULL, NULL, &size);
	check(b->pid >= 0);
	if (b->pid == 0)
		run(b, fds[1], kind);
	close(fds[1]);
	b->result = fds[0];
	check(tcgetattr(b->tty, &b->before) == 0);
}

/* Reads for so long, or until the text was seen. */
static bool sees(struct bench *b, const char *text, int milliseconds)
{
	int64_t until = now_ms() + milliseconds;

	for (;;) {
		struct pollfd p = {.fd = b->tty, .events = POLLIN};
		int64_t left = until - now_ms();
		ssize_t n = 0;

		if (text && strstr(b->seen, text))
			return true;
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		if (b->n < SEEN - 1)
			n = read(b->tty, b->seen + b->n, SEEN - 1 - b->n);
		if (n <= 0)
			return false;
		b->n += (size_t)n;
	}
}

static void forget(struct bench *b)
{
	memset(b->seen, 0, b->n);
	b->n = 0;
}

static void press(struct bench *b, const char *keys)
{
	check(write(b->tty, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

/* What dash_run() returned, if it did within the 2 s that it has; -1. */
static int result(struct bench *b)
{
	struct pollfd p = {.fd = b->result, .events = POLLIN};
	char end_of = -1;

	if (poll(&p, 1, 2000) != 1 || read(b->result, &end_of, 1) != 1)
		return -1;
	return end_of;
}

static void the_first_screen_comes_and_q_leaves(void **state)
{
	struct bench *b = *state;

	make_inventory(b);
	start(b, 24, 80, "xterm-256color");
	check(sees(b, "no mail has been seen yet", PATIENCE));
	check(strstr(b->seen, "[1 Devices]") != NULL);
	press(b, "q");
	check(result(b) == DASH_QUIT);
	/* It was another screen, and that is left. */
	check(sees(b, "\033[?1049l", PATIENCE));
}

static void signals_end_it_and_the_terminal_is_as_before(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT};
	struct bench *b = *state;

	make_inventory(b);
	for (size_t i = 0; i < 2; i++) {
		struct termios after;

		start(b, 24, 80, "xterm");
		check(sees(b, "F10", PATIENCE));
		check(tcgetattr(b->tty, &after) == 0);
		check((after.c_lflag & (ICANON | ECHO)) == 0);
		kill(b->pid, signals[i]);
		check(result(b) == DASH_QUIT);
		check(sees(b, "\033[?1049l", PATIENCE));
		check(tcgetattr(b->tty, &after) == 0);
		check(after.c_lflag == b->before.c_lflag);
		check(after.c_iflag == b->before.c_iflag);
		check(after.c_oflag == b->before.c_oflag);
		waitpid(b->pid, NULL, 0);
		b->pid = 0;
		close(b->tty);
		close(b->result);
		b->tty = b->result = -1;
		forget(b);
	}
}

static void a_hang_up_ends_it(void **state)
{
	struct bench *b = *state;

	make_inventory(b);
	start(b, 24, 80, "xterm");
	check(sees(b, "F10", PATIENCE));
	close(b->tty);
	b->tty = -1;
	check(result(b) == DASH_HANGUP);
}

static void so_does_its_signal_alone(void **state)
{
	struct bench *b = *state;

	make_inventory(b);
	start(b, 24, 80, "xterm");
	check(sees(b, "F10", PATIENCE));
	kill(b->pid, SIGHUP);
	check(result(b) == DASH_HANGUP);
}

static void a_terminal_that_takes_nothing_holds_up_nothing(void **state)
{
	struct bench *b = *state;

	make_inventory(b);
	start(b, 100, 250, "xterm-256color");
	check(sees(b, "F10", PATIENCE));
	/* Whole screens, more than its buffer holds, and nobody reads. */
	for (int i = 0; i < 200; i++) {
		press(b, i % 2 ? "q" : "?");
		usleep(5000);
	}
	kill(b->pid, SIGTERM);
	check(result(b) == DASH_HANGUP);
}

static void another_size_is_drawn_at_once(void **state)
{
	struct winsize size = {.ws_row = 8, .ws_col = 40};
	struct bench *b = *state;

	make_inventory(b);
	start(b, 24, 80, "xterm");
	check(sees(b, "Quit", PATIENCE));
	forget(b);
	check(ioctl(b->tty, TIOCSWINSZ, &size) == 0);
	check(sees(b, "Quit", PATIENCE));
	check(!strstr(b->seen, "[1 Devices]") && !strstr(b->seen, "\033[9;"));
	size.ws_row = 3;
	check(ioctl(b->tty, TIOCSWINSZ, &size) == 0);
	check(sees(b, "needs 40x8", PATIENCE));
	size.ws_row = 24;
	size.ws_col = 80;
	check(ioctl(b->tty, TIOCSWINSZ, &size) == 0);
	check(sees(b, "[1 Devices]", PATIENCE));
}

static void an_inventory_may_come_later(void **state)
{
	struct bench *b = *state;
	FILE *f;

	start(b, 24, 80, "xterm");
	check(sees(b, "no inventory yet", PATIENCE));
	/* Half made, it is none yet; that is no reason to give up. */
	f = fopen(b->db, "w");
	check(f && fputs("half", f) > 0);
	fclose(f);
	sees(b, NULL, 1200);
	check(kill(b->pid, 0) == 0 && waitpid(b->pid, NULL, WNOHANG) == 0);
	unlink(b->db);
	make_inventory(b);
	check(sees(b, "no mail has been seen yet", PATIENCE));
}

static void what_is_no_inventory_is_refused(void **state)
{
	struct bench *b = *state;
	FILE *f = fopen(b->db, "w");

	check(f && fputs("this is no inventory, whatever its name", f) > 0);
	fclose(f);
	start(b, 24, 80, "xterm");
	check(result(b) == DASH_FAILED);
	/* Before anything was drawn. */
	sees(b, NULL, 100);
	check(!strchr(b->seen, '\033'));
}

static void a_terminal_without_a_cursor_is_refused(void **state)
{
	static const char *const kinds[] = {"dumb", "no-such-terminal", ""};
	struct bench *b = *state;

	make_inventory(b);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		start(b, 24, 80, kinds[i]);
		check(result(b) == DASH_FAILED);
		waitpid(b->pid, NULL, 0);
		b->pid = 0;
		close(b->tty);
		close(b->result);
		b->tty = b->result = -1;
	}
}

/* Whether any of CSI ... m sets a colour, 30 to 37. */
static bool coloured(const char *seen)
{
	for (const char *p = seen; (p = strstr(p, "\033[")) != NULL; p += 2) {
		size_t n = strspn(p + 2, "0123456789;");

		for (size_t i = 1; p[2 + n] == 'm' && i <= n; i++)
			if (p[1 + i] == '3' && p[2 + i] >= '0' &&
				p[2 + i] <= '7')
				return true;
	}
	return false;
}

static void no_color_means_no_colour(void **state)
{
	struct bench *b = *state;

	make_inventory(b);
	setenv("NO_COLOR", "1", 1);
	start(b, 24, 80, "xterm-256color");
	unsetenv("NO_COLOR");
	check(sees(b, "F10", PATIENCE));
	check(!coloured(b->seen));
	check(coloured("\033[0;1;31m") && coloured("\033[36m"));
	check(!coloured("\033[3;1H\033[39;49m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_first_screen_comes_and_q_leaves, begin, end),
		cmocka_unit_test_setup_teardown(
			signals_end_it_and_the_terminal_is_as_before, begin,
			end),
		cmocka_unit_test_setup_teardown(
			a_hang_up_ends_it, begin, end),
		cmocka_unit_test_setup_teardown(
			so_does_its_signal_alone, begin, end),
		cmocka_unit_test_setup_teardown(
			a_terminal_that_takes_nothing_holds_up_nothing, begin,
			end),
		cmocka_unit_test_setup_teardown(
			another_size_is_drawn_at_once, begin, end),
		cmocka_unit_test_setup_teardown(
			an_inventory_may_come_later, begin, end),
		cmocka_unit_test_setup_teardown(
			what_is_no_inventory_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(
			a_terminal_without_a_cursor_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(
			no_color_means_no_colour, begin, end),
	};

	unsetenv("NO_COLOR");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
