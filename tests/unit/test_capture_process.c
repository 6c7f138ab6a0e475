/* test_capture_process.c: the child in its sandbox, from start to end. */
#include "capture/base/bytes.h"
#include "capture/live/capture_process.h"
#include "capture/live/sanitized.h"
#include "capture/session/wire.h"
#include "tests/unit/check.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEMORY = 16 << 20, CAP = 64 * 1024, SYN = 2, ACK = 0x10, FIN = 1 };

static char path[64];

static int make_path(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/test_capture.XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

/* A conversation in the making: both sides' next sequence numbers. */
struct talk {
	uint8_t *bytes;
	struct wr w;
	uint32_t second, next[2];
};

static void segment(struct talk *t, int side, uint8_t flags, const char *text)
{
	size_t n = strlen(text);

	wr_be32(&t->w, t->second++);
	wr_be32(&t->w, 0);
	wr_be32(&t->w, (uint32_t)(40 + n));
	wr_be32(&t->w, (uint32_t)(40 + n));
	wr_be32(&t->w, 0x45000000 | (uint32_t)(40 + n));
	wr_be32(&t->w, 0);
	wr_be32(&t->w, 0x40060000);
	wr_be32(&t->w, side == 0 ? 0x0a000005 : 0x0a000019);
	wr_be32(&t->w, side == 0 ? 0x0a000019 : 0x0a000005);
	wr_be16(&t->w, side == 0 ? 40000 : 25);
	wr_be16(&t->w, side == 0 ? 25 : 40000);
	wr_be32(&t->w, t->next[side]);
	wr_be32(&t->w, flags == SYN ? 0 : t->next[!side]);
	wr_be16(&t->w, (uint16_t)(0x5000 | flags));
	wr_be16(&t->w, 8192);
	wr_be32(&t->w, 0);
	wr_bytes(&t->w, text, n);
	check(wr_ok(&t->w));
	t->next[side] += (uint32_t)n + (flags & (SYN | FIN) ? 1 : 0);
}

/* One session without AUTH; raw IP. */
static struct talk make_talk(void)
{
	struct talk t = {.bytes = malloc(CAP), .second = 1000000,
		.next = {100, 200}};

	check(t.bytes != NULL);
	t.w = wr_init(t.bytes, CAP);
	wr_be32(&t.w, 0xa1b2c3d4);
	wr_be32(&t.w, 0x00020004);
	wr_be64(&t.w, 0);
	wr_be32(&t.w, 262144);
	wr_be32(&t.w, 101);
	segment(&t, 0, SYN, "");
	segment(&t, 1, SYN | ACK, "");
	segment(&t, 0, ACK, "");
	segment(&t, 1, ACK, "220 mx.example.com ESMTP\r\n");
	segment(&t, 0, ACK, "EHLO scanner.contoso.example\r\n");
	segment(&t, 1, ACK, "250 mx.example.com\r\n");
	segment(&t, 0, ACK, "QUIT\r\n");
	segment(&t, 1, ACK, "221 bye\r\n");
	segment(&t, 1, FIN | ACK, "");
	segment(&t, 0, FIN | ACK, "");
	return t;
}

static void write_talk(void)
{
	struct talk t = make_talk();
	int fd = open(path, O_WRONLY);

	check(fd >= 0);
	check(write(fd, t.bytes, wr_used(&t.w)) == (ssize_t)wr_used(&t.w));
	close(fd);
	free(t.bytes);
}

static bool started(struct capture **c, const char *name, struct err *e)
{
	const char *const files[] = {name};
	struct capture_options o = {.source = {.files = files, .files_n = 1},
		.memory = MEMORY};

	return capture_start(c, &o, e);
}

static struct capture *start(const char *name)
{
	struct capture *c = NULL;
	struct err e = {0};

	if (!started(&c, name, &e))
		fail_msg("%s", e.text);
	return c;
}

struct told {
	int sessions, sources;
	struct record_session session;
	struct record_source source;
};

static void read_records(struct capture *c, struct told *t)
{
	static uint8_t buffer[1 << 16];
	struct record *r = calloc(1, sizeof *r);
	size_t have = 0, used;
	ssize_t n;

	check(r != NULL);
	memset(t, 0, sizeof *t);
	while ((n = read(capture_fd(c), buffer + have,
			sizeof buffer - have)) > 0) {
		have += (size_t)n;
		while (wire_decode(buffer, have, &used, r) == WIRE_OK) {
			have -= used;
			memmove(buffer, buffer + used, have);
			if (r->kind == RECORD_SESSION) {
				t->sessions++;
				t->session = r->session;
			} else if (r->kind == RECORD_SOURCE) {
				t->sources++;
				t->source = r->source;
			}
		}
	}
	check(have == 0);
	free(r);
}

static void a_file_becomes_records(void **state)
{
	struct capture *c;
	struct told t;
	struct err e = {0};

	(void)state;
	write_talk();
	c = start(path);
	read_records(c, &t);
	if (!capture_close(c, &e))
		fail_msg("%s", e.text);
	check(t.sessions >= 1 && t.session.ending == RECORD_CLOSED);
	assert_string_equal(record_text(&t.session, t.session.helo),
		"scanner.contoso.example");
	check(t.sources >= 2 && t.source.state == RECORD_DONE);
	check(t.source.packets == 10 && t.source.files_done == 1);
	check(t.source.sessions == 1 && t.source.one_sided == 0);
	check(t.source.lossy == 0);
	assert_string_equal(t.source.label, path);
	check(t.source.first_seen == 1000000 * INT64_C(1000000000));
	check(t.source.last_seen == 1000009 * INT64_C(1000000000));
	check(t.source.file_done == t.source.file_size);
}

static void what_cannot_be_opened_is_told_at_once(void **state)
{
	struct capture *c = NULL;
	struct err e = {0};

	(void)state;
	check(!started(&c, "/nowhere/at/all", &e) && !c);
	check(e.kind == ERR_USAGE && strstr(e.text, "'/nowhere/at/all'"));
}

/* Standard input is a pipe that stays silent. */
static struct capture *start_silent(int *writer, int *old)
{
	int fds[2];
	struct capture *c;

	*old = dup(STDIN_FILENO);
	check(pipe2(fds, O_CLOEXEC) == 0 && dup2(fds[0], STDIN_FILENO) == 0);
	close(fds[0]);
	*writer = fds[1];
	c = start("-");
	dup2(*old, STDIN_FILENO);
	close(*old);
	return c;
}

static void a_stop_ends_even_a_silent_pipe(void **state)
{
	struct talk talk = make_talk();
	struct capture *c;
	struct told t;
	struct err e = {0};
	int writer, old;

	(void)state;
	c = start_silent(&writer, &old);
	/* Up to QUIT: the session is still open when it ends. */
	check(write(writer, talk.bytes, 24 + 7 * 56 + 80) > 0);
	usleep(300000);
	capture_stop(c);
	read_records(c, &t);
	if (!capture_close(c, &e))
		fail_msg("%s", e.text);
	close(writer);
	free(talk.bytes);
	check(t.sessions >= 1 && t.source.state == RECORD_CUT);
	assert_string_equal(t.source.reason, "stopped before its end");
	assert_string_equal(t.source.label, "standard input");
}

static void a_signal_ends_it_too(void **state)
{
	struct capture *c;
	struct told t;
	struct err e = {0};
	int writer, old;

	(void)state;
	c = start_silent(&writer, &old);
	check(kill(capture_pid(c), SIGHUP) == 0);
	check(kill(capture_pid(c), SIGTERM) == 0);
	read_records(c, &t);
	if (!capture_close(c, &e))
		fail_msg("%s", e.text);
	close(writer);
}

static void a_parent_that_gives_up_does_not_hang(void **state)
{
	struct capture *c;
	struct err e = {0};
	int writer, old;

	(void)state;
	c = start_silent(&writer, &old);
	capture_close(c, &e);
	close(writer);
}

static void ends_by(int signal, const char *text)
{
	struct capture *c;
	struct told t;
	struct err e = {0};
	int writer, old;

	c = start_silent(&writer, &old);
	check(kill(capture_pid(c), signal) == 0);
	read_records(c, &t);
	check(!capture_close(c, &e) && e.kind == ERR_RUN);
	if (!strstr(e.text, text))
		fail_msg("%s", e.text);
	close(writer);
}

static void a_violent_end_is_told(void **state)
{
	(void)state;
	ends_by(SIGSYS, "killed by signal 31 (sandbox)");
	ends_by(SIGKILL, "signal 9");
	if (!SANITIZED)
		ends_by(SIGSEGV, "signal 11 (Segmentation fault)");
}

/* The value of a line of /proc/PID/status. */
static long status_of(pid_t pid, const char *key)
{
	char name[64], line[256];
	long value = -1;
	FILE *f;

	snprintf(name, sizeof name, "/proc/%d/status", (int)pid);
	f = fopen(name, "r");
	check(f != NULL);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key) + 1, NULL, 10);
	fclose(f);
	return value;
}

/* Records, words, the pipe that is read; and 0 to 2. */
static int open_files_of(pid_t pid)
{
	char name[64];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(name, sizeof name, "/proc/%d/fd", (int)pid);
	dir = opendir(name);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void it_has_no_rights_and_no_files(void **state)
{
	struct capture *c;
	int writer, old, other = open("/dev/zero", O_RDONLY), files;
	struct err e = {0};
	pid_t pid;

	(void)state;
	c = start_silent(&writer, &old);
	pid = capture_pid(c);
	check(status_of(pid, "Seccomp:") == 2);
	check(status_of(pid, "NoNewPrivs:") == 1);
	check(status_of(pid, "CapEff:") == 0);
	if (geteuid() == 0)
		check(status_of(pid, "Uid:") > 0 && status_of(pid, "Gid:") > 0);
	files = open_files_of(pid);
	if (files >= 0) /* else not ours to see */
		assert_int_equal(files, 6);
	capture_close(c, &e);
	close(writer);
	close(other);
}

#define with_path(f) cmocka_unit_test_setup_teardown(f, make_path, remove_path)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_path(a_file_becomes_records),
		cmocka_unit_test(what_cannot_be_opened_is_told_at_once),
		cmocka_unit_test(a_stop_ends_even_a_silent_pipe),
		cmocka_unit_test(a_signal_ends_it_too),
		cmocka_unit_test(a_parent_that_gives_up_does_not_hang),
		cmocka_unit_test(a_violent_end_is_told),
		cmocka_unit_test(it_has_no_rights_and_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
