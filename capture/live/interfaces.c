/* interfaces.c: see interfaces.h. Asks the kernel, not libpcap: that would
 * list Bluetooth and USB too, where no mail is. */
#include "capture/live/interfaces.h"
#include "capture/base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A file of /sys/class/net/NAME/, without the newline at its end. */
static bool read_sys(const char *name, const char *file, char *out, size_t cap)
{
	char path[256];
	ssize_t n;
	int fd;

	out[0] = 0;
	if (strchr(name, '/') || name[0] == '.')
		return false;
	snprintf(path, sizeof path, "/sys/class/net/%s/%s", name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, out, cap - 1);
	close(fd);
	out[n > 0 ? n : 0] = 0;
	out[strcspn(out, "\n")] = 0;
	return n > 0;
}

static bool read_count(const char *name, const char *file, uint64_t *out)
{
	char text[32];

	if (!read_sys(name, file, text, sizeof text))
		return false;
	*out = strtoull(text, NULL, 10);
	return true;
}

static void add_counters(struct interface *i)
{
	uint64_t missed = 0, dropped = 0, speed = 0;
	char alias[INTERFACE_NOTE];

	i->counted = read_count(i->name, "statistics/rx_packets",
			     &i->received) &&
		read_count(i->name, "statistics/rx_bytes",
			&i->received_bytes) &&
		read_count(i->name, "statistics/tx_packets", &i->sent);
	read_count(i->name, "statistics/rx_dropped", &dropped);
	read_count(i->name, "statistics/rx_missed_errors", &missed);
	i->dropped = dropped + missed;
	/* -1 as text where there is no link. */
	if (read_count(i->name, "speed", &speed) && speed < 10000000)
		i->speed = (int)speed;
	if (read_sys(i->name, "ifalias", alias, sizeof alias))
		text_clean(i->note, sizeof i->note, alias, strlen(alias));
}

static void add_address(struct interface *i, const struct sockaddr *sa)
{
	struct sockaddr_ll ll;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct addr addr;

	switch (sa->sa_family) {
	case AF_PACKET:
		memcpy(&ll, sa, sizeof ll);
		i->has_mac = ll.sll_halen == sizeof i->mac.b;
		if (i->has_mac)
			memcpy(i->mac.b, ll.sll_addr, sizeof i->mac.b);
		return;
	case AF_INET:
		memcpy(&in, sa, sizeof in);
		addr = addr_v4((const uint8_t *)&in.sin_addr);
		break;
	case AF_INET6:
		memcpy(&in6, sa, sizeof in6);
		addr = addr_v6(in6.sin6_addr.s6_addr);
		break;
	default:
		return;
	}
	if (i->addrs_n < INTERFACE_ADDRS)
		i->addrs[i->addrs_n] = addr;
	i->addrs_n++;
}

/* The entry of that name; NULL: no memory. */
static struct interface *entry(struct interfaces *l, const char *name,
	unsigned flags)
{
	struct interface *more;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->list[i].name, name) == 0)
			return &l->list[i];
	more = realloc(l->list, (l->n + 1) * sizeof *more);
	if (!more)
		return NULL;
	l->list = more;
	more += l->n++;
	*more = (struct interface){
		.up = flags & IFF_UP,
		.running = flags & IFF_RUNNING,
		.loopback = flags & IFF_LOOPBACK,
		.promiscuous = flags & IFF_PROMISC,
	};
	snprintf(more->name, sizeof more->name, "%s", name);
	add_counters(more);
	return more;
}

bool interfaces_list(struct interfaces *out, struct err *e)
{
	struct interfaces l = {0};
	struct ifaddrs *all, *a;
	struct interface *i;

	if (getifaddrs(&all) != 0)
		return err_set(e, ERR_RUN, "cannot list the interfaces: %s",
			strerror(errno));
	for (a = all; a; a = a->ifa_next) {
		/* An address may carry a label, eth0:1, of no interface. */
		if (strchr(a->ifa_name, ':'))
			continue;
		i = entry(&l, a->ifa_name, a->ifa_flags);
		if (!i)
			break;
		if (a->ifa_addr)
			add_address(i, a->ifa_addr);
	}
	freeifaddrs(all);
	if (a) {
		interfaces_free(&l);
		return err_set(e, ERR_RUN,
			"cannot list the interfaces: not enough memory");
	}
	*out = l;
	return true;
}

void interfaces_free(struct interfaces *list)
{
	free(list->list);
	*list = (struct interfaces){0};
}

static bool is_link_local(const struct addr *a)
{
	return a->family == 6 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool interface_looks_mirrored(const struct interface *i)
{
	enum { ENOUGH = 1000, RATIO = 20 };

	if (!i->up || i->loopback || !i->counted ||
		i->addrs_n > INTERFACE_ADDRS)
		return false;
	for (size_t k = 0; k < i->addrs_n; k++)
		if (!is_link_local(&i->addrs[k]))
			return false;
	return i->received >= ENOUGH && i->received / RATIO >= i->sent;
}

void interfaces_names(char *out, size_t cap)
{
	struct interfaces l = {0};
	size_t n = 0;

	interfaces_list(&l, NULL);
	for (size_t i = 0; i < l.n && n < cap; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s, ",
			l.list[i].name);
	if (n < cap)
		snprintf(out + n, cap - n, "any");
	interfaces_free(&l);
}
