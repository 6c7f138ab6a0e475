/* test_live.c: frames off interfaces, inside the sandbox; interfaces that go
 * down and vanish. As root, in a network of its own. */
#include "capture/base/bytes.h"
#include "capture/live/interfaces.h"
#include "capture/live/privileges.h"
#include "capture/live/sandbox.h"
#include "capture/live/sanitized.h"
#include "capture/live/source.h"
#include "tests/unit/netns.h"
#include <net/if.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAIL = 25, WEB = 80, FRAME = 200, VLAN_AT = 12 };

/* An Ethernet frame with TCP to a port, tagged or not. */
static size_t make_frame(uint8_t out[FRAME], bool tagged, uint16_t port)
{
	struct wr w = wr_init(out, FRAME);

	memset(out, 'x', FRAME);
	wr_be64(&w, 0x0203040506070202);
	wr_be32(&w, 0x02020202);
	if (tagged)
		wr_be32(&w, 0x81000007);
	wr_be16(&w, 0x0800);
	wr_be32(&w, 0x45000064);
	wr_be32(&w, 0);
	wr_be32(&w, 0x40060000);
	wr_be32(&w, 0x0a000005);
	wr_be32(&w, 0xc0000219);
	wr_be16(&w, 40000);
	wr_be16(&w, port);
	return FRAME;
}

static bool put(int fd, bool tagged, uint16_t port)
{
	uint8_t frame[FRAME];
	size_t n = make_frame(frame, tagged, port);

	return write(fd, frame, n) == (ssize_t)n;
}

static struct source *watch(const char *const *names, size_t n,
	const char *filter, struct err *e)
{
	struct source_options o = {.interfaces = names, .interfaces_n = n,
		.filter = filter, .promiscuous = true, .ring_kib = 2048};
	struct source *s = NULL;

	return source_open(&s, &o, e) ? s : NULL;
}

/* In the sandbox: says into a pipe what the source says: B begin, . frame,
 * v one with a VLAN tag, i idle, D done, C cut, X failed. */
static _Noreturn void speak(struct source *s, int fd)
{
	enum source_result result = SOURCE_BEGIN;
	struct record_source state;
	struct frame f;
	struct err e;
	char c;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!sandbox_enter(SANDBOX_LIVE, fd, fd, &e))
		_exit(1);
	while (result != SOURCE_END) {
		result = source_next(s, &f);
		c = "?iBFKE"[result];
		if (result == SOURCE_FRAME) {
			c = f.p[VLAN_AT] == 0x81 ? 'v' : '.';
			if (f.wire_n != f.n || f.link != 1)
				c = '?';
			source_wipe(s, &f);
			if (f.n != FRAME)
				continue; /* the kernel's own, of IPv6 */
		}
		if (result == SOURCE_FINISH || result == SOURCE_IDLE)
			source_state(s, 0, &state);
		if (result == SOURCE_FINISH)
			c = "BDCX"[state.state];
		if (write(fd, &c, 1) != 1)
			_exit(2);
	}
	_exit(0);
}

struct speaker {
	int fd;
	pid_t pid;
	struct source *source;
};

static bool start(struct speaker *k, const char *const *names, size_t n,
	const char *filter)
{
	struct err e = {0};
	int fds[2];

	k->source = watch(names, n, filter, &e);
	if (!k->source || pipe(fds) != 0) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
	k->pid = fork();
	if (k->pid == 0) {
		close(fds[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		speak(k->source, fds[1]);
	}
	close(fds[1]);
	k->fd = fds[0];
	return true;
}

/* Do the next words but "i" come as told, within 3 s each? */
static bool says(struct speaker *k, const char *words)
{
	struct pollfd p = {.fd = k->fd, .events = POLLIN};
	int patience = 40;
	char c;

	while (*words) {
		if (poll(&p, 1, 3000) != 1 || read(k->fd, &c, 1) != 1) {
			fprintf(stderr, "silence, not '%s'\n", words);
			return false;
		}
		if (c == 'i' && *words != 'i' && patience-- > 0)
			continue;
		if (c != *words) {
			fprintf(stderr, "'%c', not '%s'\n", c, words);
			return false;
		}
		words++;
	}
	return true;
}

static bool ended_well(struct speaker *k)
{
	int status;

	source_close(k->source);
	return waitpid(k->pid, &status, 0) == k->pid && WIFEXITED(status) &&
		WEXITSTATUS(status) == 0;
}

static int watch_mail(void)
{
	static const char *const names[] = {"there"};
	struct speaker k;
	int wire = wire_to("here");

	if (wire < 0 || !start(&k, names, 1, NULL) || !says(&k, "B"))
		return 1;
	if (!put(wire, false, WEB) || !put(wire, false, MAIL) ||
		!put(wire, true, WEB) || !put(wire, true, MAIL) ||
		!put(wire, false, MAIL))
		return 2;
	if (!says(&k, ".v."))
		return 3;
	/* It comes back after it was down. */
	if (run("ip link set there down") || !says(&k, "ii") ||
		run("ip link set there up") || !says(&k, "ii"))
		return 4;
	usleep(300000);
	if (!put(wire, false, MAIL) || !says(&k, "."))
		return 5;
	if (run("ip link del there") || !says(&k, "XE"))
		return 6;
	return ended_well(&k) ? 0 : 7;
}

/* The cable, not the interface: what a mirror port loses. */
static int watch_link(void)
{
	static const char *const names[] = {"there"};
	struct source_options o = {.interfaces = names, .interfaces_n = 1};
	static struct record_source state;
	struct source *s;
	struct err e = {0};

	if (!source_open(&s, &o, &e))
		return 1;
	source_state(s, 0, &state);
	if (state.reason[0] != '\0' || run("ip link set here down"))
		return 2;
	source_state(s, 0, &state);
	if (strcmp(state.reason, "there is down") != 0 ||
		run("ip link set here up"))
		return 3;
	usleep(200000);
	source_state(s, 0, &state);
	source_close(s);
	return state.reason[0] == '\0' ? 0 : 4;
}

static void a_link_that_is_down_is_told(void **state)
{
	(void)state;
	in_network(watch_link);
}

static void mail_is_seen_until_the_interface_vanishes(void **state)
{
	(void)state;
	in_network(watch_mail);
}

static int watch_two(void)
{
	static const char *const names[] = {"there", "lo"};
	struct speaker k;
	int wire = wire_to("here"), lo = wire_to("lo");

	if (wire < 0 || lo < 0 || !start(&k, names, 2, "dst port 25") ||
		!says(&k, "B"))
		return 1;
	if (!put(wire, false, MAIL) || !says(&k, "."))
		return 2;
	if (!put(lo, false, MAIL) || !says(&k, "."))
		return 3;
	if (run("ip link del there") || !says(&k, "ii"))
		return 4;
	if (!put(lo, false, MAIL) || !says(&k, "."))
		return 5;
	/* Nobody listens any more: SIGPIPE. */
	close(k.fd);
	source_close(k.source);
	return waitpid(k.pid, NULL, 0) == k.pid ? 0 : 6;
}

static void one_interface_may_go_and_others_stay(void **state)
{
	(void)state;
	in_network(watch_two);
}

static int stop_late(void)
{
	static const char *const names[] = {"there"};
	struct source *s = watch(names, 1, NULL, NULL);
	int wire = wire_to("here"), frames = 0;
	enum source_result result;
	struct frame f;

	if (!s || source_next(s, &f) != SOURCE_BEGIN)
		return 1;
	for (int i = 0; i < 5; i++)
		if (!put(wire, false, MAIL))
			return 2;
	source_stop(s);
	while ((result = source_next(s, &f)) == SOURCE_FRAME)
		frames += f.n == FRAME;
	if (result != SOURCE_FINISH || source_next(s, &f) != SOURCE_END)
		return 3;
	source_close(s);
	return frames == 5 ? 0 : 4;
}

static void what_came_before_a_stop_is_read(void **state)
{
	(void)state;
	in_network(stop_late);
}

static int watch_any(void)
{
	static const char *const names[] = {"any"};
	struct source *s = watch(names, 1, NULL, NULL);
	int wire = wire_to("here");
	struct frame f = {0};
	bool tagged = false;

	if (!s || source_next(s, &f) != SOURCE_BEGIN || !put(wire, true, MAIL))
		return 1;
	for (int i = 0; i < 20 && !tagged; i++)
		tagged = source_next(s, &f) == SOURCE_FRAME && f.link == 113 &&
			f.n > 20 && f.p[14] == 0x81;
	source_close(s);
	return tagged ? 0 : 2;
}

static void any_interface_keeps_vlan_tags(void **state)
{
	(void)state;
	in_network(watch_any);
}

/* The only place where the needle is whole is the needle. */
static const char *needle(char out[32])
{
	static const char half[] = "P4ssw0rd-of-the-test";

	for (size_t i = 0; i < sizeof half; i++)
		out[i] = half[i] ? (char)(half[i] ^ 1) : 0;
	return out;
}

/* Copies of the needle in all memory that is not ours alone to hold. */
static int copies_in_memory(const char *what)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], rights[8];
	unsigned long from, to;
	int found = 0;

	while (maps && fgets(line, sizeof line, maps)) {
		const char *p, *end;

		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 ||
			rights[0] != 'r' || strstr(line, "[v"))
			continue;
		end = (const char *)to;
		for (p = (const char *)from; (p = memmem(p, (size_t)(end - p),
				what, strlen(what))) != NULL; p++)
			found += p != what;
	}
	if (maps)
		fclose(maps);
	return found;
}

static int search_memory(void)
{
	static const char *const names[] = {"there"};
	struct source *s = watch(names, 1, NULL, NULL);
	uint8_t frame[FRAME];
	int wire = wire_to("here"), before = 0, frames = 0;
	struct frame f;
	char what[32];

	if (!s || source_next(s, &f) != SOURCE_BEGIN)
		return 1;
	make_frame(frame, false, MAIL);
	for (int i = 0; i < 3; i++) {
		memcpy(frame + 100, needle(what), strlen(needle(what)));
		if (write(wire, frame, FRAME) != FRAME)
			return 2;
	}
	bytes_wipe(frame, sizeof frame);
	for (int i = 0; i < 20 && frames < 3; i++) {
		if (source_next(s, &f) != SOURCE_FRAME || f.n != FRAME)
			continue;
		before += copies_in_memory(needle(what)) > 0;
		source_wipe(s, &f);
		frames++;
	}
	if (frames != 3 || before != 3)
		return 3;
	return copies_in_memory(needle(what)) == 0 ? 0 : 4;
}

static void a_wiped_frame_is_nowhere_in_memory(void **state)
{
	(void)state;
	if (SANITIZED)
		skip(); /* its memory is larger than can be searched */
	in_network(search_memory);
}

static int ask_wrongly(void)
{
	static const char *const names[] = {"nowhere0"}, *const lo[] = {"lo"},
		*const down[] = {"there"};
	struct privileges nobody;
	struct err e = {0};

	if (watch(names, 1, NULL, &e) || e.kind != ERR_USAGE ||
		!strstr(e.text, "'nowhere0'") || !strstr(e.text, "there, "))
		return 1;
	if (watch(lo, 1, "no such (", &e) || e.kind != ERR_USAGE)
		return 2;
	if (run("ip link set there down") != 0 ||
		watch(down, 1, NULL, &e) || e.kind != ERR_RUN ||
		!strstr(e.text, "ip link set there up"))
		return 3;
	privileges_nobody(&nobody);
	if (!privileges_drop(&nobody, &e))
		return 4;
	if (watch(lo, 1, NULL, &e) || e.kind != ERR_RUN ||
		!strstr(e.text, "setcap cap_net_raw,cap_net_admin=eip"))
		return 5;
	return 0;
}

static void what_cannot_be_watched_is_told_with_a_remedy(void **state)
{
	(void)state;
	in_network(ask_wrongly);
}

static void the_loopback_is_listed(void **state)
{
	struct interfaces l = {0};
	struct err e = {0};
	bool found = false;

	(void)state;
	check(interfaces_list(&l, &e));
	for (size_t i = 0; i < l.n; i++) {
		if (!l.list[i].loopback)
			continue;
		found = true;
		check(!interface_looks_mirrored(&l.list[i]));
	}
	check(found);
	interfaces_free(&l);
}

static void a_mirror_port_is_guessed(void **state)
{
	struct interface i = {.up = true, .counted = true, .received = 90000,
		.sent = 12};

	(void)state;
	check(interface_looks_mirrored(&i));
	i.sent = 40000;
	check(!interface_looks_mirrored(&i));
	i.sent = 12;
	i.addrs_n = 1;
	check(addr_parse("fe80::1", &i.addrs[0]));
	check(interface_looks_mirrored(&i));
	check(addr_parse("10.0.0.1", &i.addrs[0]));
	check(!interface_looks_mirrored(&i));
	i.addrs_n = 0;
	i.received = 100;
	check(!interface_looks_mirrored(&i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_that_is_down_is_told),
		cmocka_unit_test(mail_is_seen_until_the_interface_vanishes),
		cmocka_unit_test(one_interface_may_go_and_others_stay),
		cmocka_unit_test(what_came_before_a_stop_is_read),
		cmocka_unit_test(any_interface_keeps_vlan_tags),
		cmocka_unit_test(a_wiped_frame_is_nowhere_in_memory),
		cmocka_unit_test(what_cannot_be_watched_is_told_with_a_remedy),
		cmocka_unit_test(the_loopback_is_listed),
		cmocka_unit_test(a_mirror_port_is_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
