/* test_listen.c: a mirror port is known by what it hears. */
#include "capture/live/interfaces.h"
#include "capture/live/listen.h"
#include "tests/unit/netns.h"
#include <string.h>

enum { FRAMES = 200, FRAME = 60 };

/* Frames from so many senders, in turn, to one MAC. */
static bool put(int fd, const uint8_t to[6], int senders)
{
	uint8_t frame[FRAME] = {0};

	memcpy(frame, to, 6);
	frame[6] = 2;
	frame[12] = 8;
	for (int i = 0; i < FRAMES; i++) {
		frame[11] = (uint8_t)(i % senders);
		if (write(fd, frame, sizeof frame) != sizeof frame)
			return false;
	}
	return true;
}

static bool mac_of(const char *name, uint8_t out[6])
{
	struct interfaces l = {0};
	bool found = false;

	check(interfaces_list(&l, NULL));
	for (size_t i = 0; i < l.n; i++) {
		if (strcmp(l.list[i].name, name) != 0)
			continue;
		memcpy(out, l.list[i].mac.b, 6);
		found = l.list[i].has_mac;
	}
	interfaces_free(&l);
	return found;
}

/* What "here" hears of frames to that MAC. */
static bool hear(const uint8_t to[6], int senders, struct listen_count *c)
{
	struct listen *l;
	struct err e = {0};
	int wire = wire_to("there");
	bool ok = wire >= 0 && listen_open(&l, "here", &e);

	if (!ok)
		return false;
	ok = put(wire, to, senders);
	usleep(50000);
	listen_take(l, c);
	listen_close(l);
	close(wire);
	return ok;
}

static int others(void)
{
	static const uint8_t to[6] = {2, 9, 9, 9, 9, 9};
	struct listen_count c;

	if (!hear(to, 10, &c))
		return 1;
	if (c.strangers < FRAMES || c.senders < 10 || !listen_is_mirror(&c))
		return 2;
	/* More senders than there is room for are no harm. */
	return !hear(to, 250, &c) || c.senders > LISTEN_SENDERS ? 3 : 0;
}

static int own(void)
{
	uint8_t to[6];
	struct listen_count c;

	if (!mac_of("here", to) || !hear(to, 10, &c))
		return 1;
	return c.frames < FRAMES || c.strangers > 0 || listen_is_mirror(&c);
}

static int broadcast(void)
{
	static const uint8_t to[6] = {255, 255, 255, 255, 255, 255};
	struct listen_count c;

	return !hear(to, 10, &c) || c.strangers > 0 || listen_is_mirror(&c);
}

/* What this host sends is nothing that it hears. */
static int spoken(void)
{
	static const uint8_t to[6] = {2, 9, 9, 9, 9, 9};
	struct listen_count c;
	struct listen *l;
	struct err e = {0};
	int wire = wire_to("here");

	if (wire < 0 || !listen_open(&l, "here", &e) || !put(wire, to, 10))
		return 1;
	usleep(50000);
	listen_take(l, &c);
	listen_close(l);
	close(wire);
	return c.frames >= FRAMES;
}

static int nowhere(void)
{
	struct listen *l;
	struct err e = {0};

	return listen_open(&l, "nowhere", &e) || !strstr(e.text, "nowhere");
}

static void what_is_meant_for_others_tells_a_mirror(void **state)
{
	(void)state;
	in_network(others);
}

static void what_is_meant_for_this_host_does_not(void **state)
{
	(void)state;
	in_network(own);
	in_network(broadcast);
	in_network(spoken);
}

static void an_interface_that_is_not_there_is_named(void **state)
{
	(void)state;
	in_network(nowhere);
}

static void one_talker_or_a_few_frames_make_no_mirror(void **state)
{
	static const struct {
		struct listen_count count;
		bool mirror;
	} rows[] = {
		{{100, 100, 10}, true}, {{100, 100, 1}, false},
		{{40, 40, 10}, false}, {{0, 0, 0}, false},
		{{10000, 1900, 10}, false}, {{10000, 2000, 10}, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(listen_is_mirror(&rows[i].count) == rows[i].mirror);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_meant_for_others_tells_a_mirror),
		cmocka_unit_test(what_is_meant_for_this_host_does_not),
		cmocka_unit_test(an_interface_that_is_not_there_is_named),
		cmocka_unit_test(one_talker_or_a_few_frames_make_no_mirror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
