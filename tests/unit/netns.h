/* netns.h: a test in a network of its own, which takes root. */
#pragma once
#include "tests/unit/check.h"
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77 };

static inline int run(const char *command)
{
	return system(command) == 0 ? 0 : -1;
}

/* Two ends of a cable, "here" and "there", in a network of our own. */
static inline bool make_network(void)
{
	return geteuid() == 0 && unshare(CLONE_NEWNET) == 0 &&
		run("ip link add here type veth peer name there 2>/dev/null "
		    "&& ip link set here up && ip link set there up "
		    "&& ip link set lo up") == 0;
}

/* A test in a child; that its network ends with it is the tear-down. */
static inline void in_network(int (*act)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(make_network() ? act() : SKIPPED);
	check(child > 0 && waitpid(child, &status, 0) == child);
	check(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED) {
		print_message("skipped: needs root, veth and ip(8)\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static inline int wire_to(const char *name)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	return bind(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}
