/* listen.c: see listen.h. */
#include "capture/live/listen.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE = 20000, ENOUGH = 50, SHARE = 5 };

struct listen {
	int fd;
	struct listen_count count;
	uint8_t senders[LISTEN_SENDERS][ETH_ALEN];
};

/* Frames without their bytes: what is not copied cannot be read. */
static bool leave_bytes(int fd)
{
	struct sock_filter none[] = {BPF_STMT(BPF_RET | BPF_K, 1)};
	struct sock_fprog program = {1, none};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		sizeof program) == 0;
}

static bool hear_all(int fd, unsigned at)
{
	struct sockaddr_ll where = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)at};
	struct packet_mreq all = {.mr_ifindex = (int)at,
		.mr_type = PACKET_MR_PROMISC};

	return bind(fd, (struct sockaddr *)&where, sizeof where) == 0 &&
		setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
			sizeof all) == 0;
}

bool listen_open(struct listen **out, const char *name, struct err *e)
{
	struct listen *l = calloc(1, sizeof *l);
	unsigned at = if_nametoindex(name);

	if (!l)
		return err_set(e, ERR_RUN, "out of memory");
	/* Protocol 0: it hears nothing before it is bound. */
	l->fd = at == 0 ? -1 : socket(AF_PACKET,
		SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd >= 0 && leave_bytes(l->fd) && hear_all(l->fd, at)) {
		*out = l;
		return true;
	}
	err_set(e, ERR_RUN, "cannot listen at '%s': %s", name,
		strerror(errno));
	listen_close(l);
	return false;
}

void listen_close(struct listen *l)
{
	if (!l)
		return;
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

static void add_sender(struct listen *l, const struct sockaddr_ll *from)
{
	size_t n = l->count.senders;

	if (from->sll_halen != ETH_ALEN)
		return;
	for (size_t i = 0; i < n; i++)
		if (memcmp(l->senders[i], from->sll_addr, ETH_ALEN) == 0)
			return;
	if (n == LISTEN_SENDERS)
		return;
	memcpy(l->senders[n], from->sll_addr, ETH_ALEN);
	l->count.senders++;
}

void listen_take(struct listen *l, struct listen_count *total)
{
	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_ll from = {0};
		socklen_t n = sizeof from;
		char byte;

		if (recvfrom(l->fd, &byte, sizeof byte, MSG_TRUNC,
			(struct sockaddr *)&from, &n) < 0)
			break;
		/* What this host sends comes by too. */
		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		l->count.frames++;
		l->count.strangers += from.sll_pkttype == PACKET_OTHERHOST;
		add_sender(l, &from);
	}
	*total = l->count;
}

bool listen_is_mirror(const struct listen_count *c)
{
	return c->strangers >= ENOUGH && c->strangers >= c->frames / SHARE &&
		c->senders > 1;
}
