/* port.c: see port.h. */
#include "capture/live/port.h"
#include "capture/base/bytes.h"
#include "capture/live/interfaces.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SNAPLEN = 262144,       /* as tcpdump: whole frames, offloaded too */
	HEADERS = 64,           /* cooked header and VLAN tag come on top */
	RING_KIB = PORT_RING_KIB,
	RING_KIB_MAX = 1024 * 1024,
	RING_SHARE = 8,         /* of the machine's memory, at most one part */
	RING_EACH = 96,         /* bytes that a frame costs beside its own */
	FRAME_MEAN = 1000,      /* where the interface does not count */
	BLOCK_MS = 100,         /* the kernel fills a block this long */
};

/* What the interface itself counts. */
enum counter {
	RX_MISSED, RX_FIFO, /* frames that never came to the ring */
	RX_BYTES, RX_PACKETS,
	COUNTERS
};

struct port {
	char name[PORT_NAME];
	pcap_t *h;
	int fd, link;
	int unit; /* of the kernel's fractions of a second: ns, or 1000 */
	int counter_fds[COUNTERS]; /* or -1 */
	uint64_t base[COUNTERS];   /* what they were when it was opened */
	uint64_t lost;
	uint64_t passed, dropped; /* of the filter; the ring was full */
	bool has;
	struct frame frame;
	uint8_t *bytes; /* of that frame; cap of them */
	size_t cap;
};

static bool cannot_watch(const char *name, int code, pcap_t *h, struct err *e)
{
	char self[256], list[256];
	ssize_t n;

	switch (code) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		n = readlink("/proc/self/exe", self, sizeof self - 1);
		self[n > 0 ? n : 0] = 0;
		return err_set(e, ERR_RUN, "cannot watch '%s': no right to "
			"capture; run it with sudo, or once: sudo setcap "
			"cap_net_raw,cap_net_admin=eip %s", name, self);
	case PCAP_ERROR_NO_SUCH_DEVICE:
		interfaces_names(list, sizeof list);
		return err_set(e, ERR_USAGE, "no interface '%s'; there are: "
			"%s", name, list);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(e, ERR_RUN, "cannot watch '%s': it is down; "
			"sudo ip link set %s up", name, name);
	default:
		return err_set(e, ERR_RUN, "cannot watch '%s': %s%s%s", name,
			pcap_statustostr(code), pcap_geterr(h)[0] ? ": " : "",
			pcap_geterr(h));
	}
}

/* Is a cable missing, or the switch's port shut? "any" has no link. */
static bool has_no_link(const struct port *p)
{
	struct ifreq r = {0};

	if (strlen(p->name) >= sizeof r.ifr_name)
		return false;
	strcpy(r.ifr_name, p->name);
	return ioctl(pcap_fileno(p->h), SIOCGIFFLAGS, &r) == 0 &&
		!(r.ifr_flags & IFF_RUNNING);
}

/* Inside the sandbox they can be read but not opened, which is why
 * pcap_stats() will not do. */
static void counters_open(struct port *p)
{
	static const char *const names[COUNTERS] = {
		[RX_MISSED] = "rx_missed_errors", [RX_FIFO] = "rx_fifo_errors",
		[RX_BYTES] = "rx_bytes", [RX_PACKETS] = "rx_packets",
	};
	char path[160];

	for (int i = 0; i < COUNTERS; i++) {
		snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s",
			p->name, names[i]);
		p->counter_fds[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
}

static uint64_t counter_read(const struct port *p, enum counter c)
{
	int fd = p->counter_fds[c];
	char text[32];
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = 0;
	return strtoull(text, NULL, 10);
}

/* Since it was opened; one that has begun anew says 0. */
static uint64_t counted(const struct port *p, enum counter c)
{
	uint64_t now = counter_read(p, c);

	return now > p->base[c] ? now - p->base[c] : 0;
}

/* Reading the kernel's counters sets them to 0. */
static void ask_kernel(struct port *p)
{
	struct tpacket_stats k = {0};
	socklen_t n = sizeof k;

	if (getsockopt(pcap_fileno(p->h), SOL_PACKET, PACKET_STATISTICS, &k,
			&n) != 0)
		return;
	p->passed += k.tp_packets;
	p->dropped += k.tp_drops;
}

static bool set_up(struct port *p, const struct port_options *o, struct err *e)
{
	int snaplen = o->snaplen > 0 && o->snaplen < SNAPLEN ? o->snaplen
							     : SNAPLEN;
	int kib = o->ring_kib > 0 ? o->ring_kib : RING_KIB, code;
	char why[PCAP_ERRBUF_SIZE] = "";

	if (kib > RING_KIB_MAX)
		kib = RING_KIB_MAX;
	pcap_set_snaplen(p->h, snaplen);
	pcap_set_promisc(p->h, o->promiscuous);
	pcap_set_buffer_size(p->h, kib * 1024);
	pcap_set_timeout(p->h, BLOCK_MS);
	pcap_set_tstamp_precision(p->h, PCAP_TSTAMP_PRECISION_NANO);
	code = pcap_activate(p->h);
	if (code < 0)
		return cannot_watch(p->name, code, p->h, e);
	/* The "any" device stays with its first cooked header: only there
	 * does libpcap put back VLAN tags that the network card took off. */
	if (!filter_install(p->h, &o->rules, e))
		return false;
	if (pcap_setnonblock(p->h, 1, why) != 0)
		return err_set(e, ERR_RUN, "cannot watch '%s': %s", p->name,
			why);
	p->fd = pcap_get_selectable_fd(p->h);
	p->unit = pcap_get_tstamp_precision(p->h) == PCAP_TSTAMP_PRECISION_NANO
		? 1 : 1000;
	p->link = filter_linktype(pcap_datalink(p->h));
	p->cap = (size_t)pcap_snapshot(p->h) + HEADERS;
	p->bytes = malloc(p->cap);
	if (!p->bytes || p->fd < 0)
		return err_set(e, ERR_RUN, "cannot watch '%s': not enough "
			"memory", p->name);
	counters_open(p);
	for (int i = 0; i < COUNTERS; i++)
		p->base[i] = counter_read(p, (enum counter)i);
	/* What came before there was a filter is not counted. */
	ask_kernel(p);
	p->passed = p->dropped = 0;
	return true;
}

bool port_open(struct port **out, const char *name,
	const struct port_options *o, struct err *e)
{
	struct port *p = calloc(1, sizeof *p);
	char why[PCAP_ERRBUF_SIZE] = "";

	if (!p)
		return err_set(e, ERR_RUN, "cannot capture: not enough memory");
	for (int i = 0; i < COUNTERS; i++)
		p->counter_fds[i] = -1;
	if (strlen(name) >= sizeof p->name) {
		err_set(e, ERR_USAGE, "no interface '%s'", name);
		goto fail;
	}
	strcpy(p->name, name);
	p->h = pcap_create(name, why);
	if (!p->h) {
		err_set(e, ERR_RUN, "cannot watch '%s': %s", name, why);
		goto fail;
	}
	if (!set_up(p, o, e))
		goto fail;
	*out = p;
	return true;
fail:
	port_close(p);
	return false;
}

bool port_print_filter(const char *name, const struct filter_rules *rules,
	enum filter_form form, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *h = pcap_create(name, why);
	int code;
	bool ok;

	if (!h)
		return err_set(e, ERR_RUN, "cannot watch '%s': %s", name, why);
	code = pcap_activate(h);
	ok = code < 0 ? cannot_watch(name, code, h, e)
		: filter_print(h, rules, form, e);
	pcap_close(h);
	return ok;
}

void port_close(struct port *p)
{
	if (!p)
		return;
	if (p->h)
		pcap_close(p->h);
	for (int i = 0; i < COUNTERS; i++)
		if (p->counter_fds[i] >= 0)
			close(p->counter_fds[i]);
	if (p->bytes)
		bytes_wipe(p->bytes, p->cap);
	free(p->bytes);
	free(p);
}

/* libpcap hands a block of the ring back to the kernel as soon as it is
 * through with its last frame, which is before the caller could use that
 * frame: so a frame must be copied. Its place in the ring is wiped at once;
 * the cache still holds it. */
static void take(u_char *user, const struct pcap_pkthdr *h,
	const u_char *bytes)
{
	union {
		u_char *user;
		struct port *port;
	} to = {user};
	union {
		const u_char *read;
		u_char *write; /* libpcap maps the ring for writing */
	} from = {bytes};
	struct port *p = to.port;
	size_t n = h->caplen < p->cap ? h->caplen : p->cap;

	memcpy(p->bytes, bytes, n);
	bytes_wipe(from.write, h->caplen);
	p->frame = (struct frame){
		.at = h->ts.tv_sec * INT64_C(1000000000) +
			h->ts.tv_usec * p->unit,
		.link = p->link,
		.p = p->bytes,
		.n = n,
		.wire_n = h->len > n ? h->len : n,
	};
	if (p->frame.at < 0 || p->frame.at >= FRAME_AT_END)
		p->frame.at = 0;
	p->has = true;
}

enum port_result port_next(struct port *p, struct frame *out)
{
	union {
		struct port *port;
		u_char *user;
	} to = {p};

	p->has = false;
	if (pcap_dispatch(p->h, 1, take, to.user) < 0)
		return PORT_GONE;
	if (!p->has)
		return PORT_NOTHING;
	*out = p->frame;
	return PORT_FRAME;
}

const char *port_name(const struct port *p)
{
	return p->name;
}

const char *port_reason(const struct port *p)
{
	const char *why = pcap_geterr(p->h);

	return why[0] ? why : "gone";
}

int port_fd(const struct port *p)
{
	return p->fd;
}

/* By the time-out libpcap tells that it waits for the interface. */
bool port_is_down(const struct port *p)
{
	return pcap_get_required_select_timeout(p->h) != NULL ||
		has_no_link(p);
}

uint64_t port_dropped(struct port *p)
{
	uint64_t lost = counted(p, RX_MISSED) + counted(p, RX_FIFO);

	ask_kernel(p);
	/* An interface that begins to count anew takes nothing back. */
	if (lost > p->lost)
		p->lost = lost;
	return p->dropped + p->lost;
}

int port_ring_kib(struct port *p, int64_t heard, int64_t hold)
{
	uint64_t frames = counted(p, RX_PACKETS), each = FRAME_MEAN;
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) / RING_SHARE *
		(uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	double kib;

	if (frames > 0)
		each = counted(p, RX_BYTES) / frames;
	ask_kernel(p);
	kib = (double)p->passed * (double)(each + RING_EACH) *
		(double)hold / (double)heard / 1024;
	if (kib > (double)memory)
		kib = (double)memory;
	return kib < RING_KIB ? RING_KIB
		: kib < RING_KIB_MAX ? (int)kib : RING_KIB_MAX;
}

uint64_t port_lost(const struct port *p)
{
	return p->lost;
}
