/* test_outbox.c: the queue before the socket: bounded, in order, and what is
 * about AUTH goes last. */
#include "capture/live/outbox.h"
#include "capture/session/wire.h"
#include "tests/unit/check.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_pair(int fds[2])
{
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	check(fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
}

/* The n-th session: its number is its first byte count. */
static struct record *make_session(uint64_t n, bool auth)
{
	struct record *r = calloc(1, sizeof *r);

	check(r != NULL);
	r->kind = RECORD_SESSION;
	r->session.first_seen = r->session.last_seen = 1;
	r->session.client.addr.family = r->session.server.addr.family = 4;
	r->session.client_bytes = n;
	r->session.arena_n = 1;
	if (auth) {
		r->session.auth_total = r->session.auth_n = 1;
		r->session.auth[0].confidence = 100;
	}
	return r;
}

static void put_session(struct outbox *o, uint64_t n, bool auth)
{
	struct record *r = make_session(n, auth);

	outbox_put(o, r);
	free(r);
}

static void put_source(struct outbox *o)
{
	struct record *r = calloc(1, sizeof *r);

	check(r != NULL);
	r->kind = RECORD_SOURCE;
	outbox_put(o, r);
	free(r);
}

/* What arrives until the writer closes. */
struct arrived {
	uint64_t sessions, auths, sources;
	bool in_order, broken;
};

static struct arrived read_all(int fd)
{
	static uint8_t buffer[1 << 16];
	struct arrived a = {.in_order = true};
	struct record *r = calloc(1, sizeof *r);
	size_t have = 0, at, used;
	uint64_t last = 0;
	ssize_t n;

	check(r != NULL);
	while ((n = read(fd, buffer + have, sizeof buffer - have)) > 0) {
		enum wire_result result;

		have += (size_t)n;
		for (at = 0; (result = wire_decode(buffer + at, have - at,
				&used, r)) == WIRE_OK; at += used) {
			if (r->kind == RECORD_SOURCE) {
				a.sources++;
				continue;
			}
			a.sessions++;
			a.auths += r->session.auth_n;
			a.in_order &= r->session.client_bytes > last;
			last = r->session.client_bytes;
		}
		if (result == WIRE_BAD)
			a.broken = true;
		have -= at;
		memmove(buffer, buffer + at, have);
	}
	a.broken |= have > 0;
	free(r);
	return a;
}

static void one_that_waits_loses_nothing(void **state)
{
	enum { MANY = 40000 };
	struct arrived a;
	int fds[2];
	pid_t child;
	int status;

	(void)state;
	make_pair(fds);
	child = fork();
	if (child == 0) {
		struct outbox *o = outbox_new(fds[1], true);

		close(fds[0]);
		for (uint64_t i = 1; i <= MANY; i++)
			put_session(o, i, i % 2);
		outbox_flush(o);
		_exit(outbox_lost(o) == 0 && !outbox_broken(o) ? 0 : 1);
	}
	close(fds[1]);
	usleep(50000);
	a = read_all(fds[0]);
	close(fds[0]);
	check(a.sessions == MANY && a.auths == MANY / 2);
	check(a.in_order && !a.broken);
	check(waitpid(child, &status, 0) == child && status == 0);
}

static void what_tells_of_auth_goes_last(void **state)
{
	uint64_t n = 0, plain = 0, auths = 0, sources = 0, lost;
	struct arrived a;
	struct outbox *o;
	int fds[2];
	pid_t child;

	(void)state;
	make_pair(fds);
	o = outbox_new(fds[1], false);
	check(o != NULL);
	for (; outbox_lost(o) == 0; plain++)
		put_session(o, ++n, false);
	plain--;
	for (lost = outbox_lost(o); outbox_lost(o) == lost; auths++)
		put_session(o, ++n, true);
	auths--;
	check(auths > plain / 8);
	/* Totals find no room either, and are no loss. */
	lost = outbox_lost(o);
	for (int i = 0; i < 1000; i++)
		put_source(o);
	check(outbox_lost(o) == lost);
	child = fork();
	if (child == 0) {
		close(fds[0]);
		outbox_set_waits(o, true);
		outbox_flush(o);
		_exit(0);
	}
	close(fds[1]);
	a = read_all(fds[0]);
	sources = a.sources;
	close(fds[0]);
	waitpid(child, NULL, 0);
	outbox_free(o);
	check(sources < 1000);
	check(a.sessions == plain + auths && a.auths == auths);
	check(a.in_order && !a.broken);
}

static void a_reader_that_left_is_noticed(void **state)
{
	struct outbox *o;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (int waits = 0; waits <= 1; waits++) {
		make_pair(fds);
		o = outbox_new(fds[1], waits);
		put_session(o, 1, true);
		close(fds[0]);
		check(!outbox_broken(o));
		outbox_flush(o);
		check(outbox_broken(o));
		put_session(o, 2, true);
		outbox_flush(o);
		outbox_free(o);
		close(fds[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_waits_loses_nothing),
		cmocka_unit_test(what_tells_of_auth_goes_last),
		cmocka_unit_test(a_reader_that_left_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
