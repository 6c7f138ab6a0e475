/* source_live.c: see source_live.h. Several interfaces are one source: a tap
 * gives each direction of a line on a port of its own, so one conversation is
 * seen on two of them. */
#include "capture/live/source_live.h"
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "capture/live/filter.h"
#include "capture/live/interfaces.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SNAPLEN = 262144,       /* as tcpdump: whole frames, offloaded too */
	HEADERS = 64,           /* cooked header and VLAN tag come on top */
	RING_KIB = 32 * 1024,
	RING_KIB_MAX = 1024 * 1024,
	WAIT_MS = 100,          /* the kernel fills a block this long */
	PORTS = 64,
	REASON = 160,
};

struct port {
	char name[64];
	pcap_t *h;
	bool alive; /* else it is gone, and stays open: see gone() */
	int fd, link;
	int unit; /* of the kernel's fractions of a second: ns, or 1000 */
	int lost_fds[2]; /* the interface's own drop counters, or -1 */
	uint64_t lost_base, lost;
	uint64_t dropped; /* by the kernel: the ring was full */
	uint8_t *bytes; /* one frame, cap of them */
	size_t cap;
	bool has, given; /* bytes hold a frame; it was given out */
	struct frame frame;
};

struct source_live {
	uint8_t id[32];
	uint8_t state; /* enum record_state */
	char reason[REASON];
	bool begun, finished;
	volatile sig_atomic_t stop;
	uint64_t left; /* frames to be given out; UINT64_MAX: no end */
	size_t n, alive;
	struct port ports[PORTS];
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

/* Counters of the interface: frames that never came to the ring. Inside the
 * sandbox they can be read but not opened, which is why pcap_stats() will not
 * do. */
static void lost_open(struct port *p)
{
	static const char *const names[2] = {"rx_missed_errors",
		"rx_fifo_errors"};
	char path[160];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s",
			p->name, names[i]);
		p->lost_fds[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
}

static uint64_t lost_read(const struct port *p)
{
	uint64_t sum = 0;
	char text[32];

	for (int i = 0; i < 2; i++) {
		ssize_t n = p->lost_fds[i] < 0 ? 0 :
			pread(p->lost_fds[i], text, sizeof text - 1, 0);

		text[n > 0 ? n : 0] = 0;
		sum += strtoull(text, NULL, 10);
	}
	return sum;
}

static bool set_up(struct port *p, const struct source_options *o,
	struct err *e)
{
	struct filter_rules rules = {!o->any_port, o->filter};
	int snaplen = o->snaplen > 0 && o->snaplen < SNAPLEN ? o->snaplen
							     : SNAPLEN;
	int kib = o->ring_kib > 0 ? o->ring_kib : RING_KIB, code;
	char why[PCAP_ERRBUF_SIZE] = "";

	if (kib > RING_KIB_MAX)
		kib = RING_KIB_MAX;
	pcap_set_snaplen(p->h, snaplen);
	pcap_set_promisc(p->h, o->promiscuous);
	pcap_set_buffer_size(p->h, kib * 1024);
	pcap_set_timeout(p->h, WAIT_MS);
	pcap_set_tstamp_precision(p->h, PCAP_TSTAMP_PRECISION_NANO);
	code = pcap_activate(p->h);
	if (code < 0)
		return cannot_watch(p->name, code, p->h, e);
	/* The "any" device stays with its first cooked header: only there
	 * does libpcap put back VLAN tags that the network card took off. */
	if (!filter_install(p->h, &rules, e))
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
	lost_open(p);
	p->lost_base = lost_read(p);
	p->alive = true;
	return true;
}

static bool port_open(struct port *p, const char *name,
	const struct source_options *o, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";

	p->lost_fds[0] = p->lost_fds[1] = -1;
	if (strlen(name) >= sizeof p->name)
		return err_set(e, ERR_USAGE, "no interface '%s'", name);
	strcpy(p->name, name);
	p->h = pcap_create(name, why);
	if (!p->h)
		return err_set(e, ERR_RUN, "cannot watch '%s': %s", name, why);
	return set_up(p, o, e);
}

static void port_close(struct port *p)
{
	if (p->h)
		pcap_close(p->h);
	p->h = NULL;
	for (int i = 0; i < 2; i++) {
		if (p->lost_fds[i] >= 0)
			close(p->lost_fds[i]);
		p->lost_fds[i] = -1;
	}
	if (p->bytes)
		bytes_wipe(p->bytes, p->cap);
	free(p->bytes);
	p->bytes = NULL;
	p->has = false;
}

bool source_live_open(struct source_live **out,
	const struct source_options *o, struct err *e)
{
	struct source_live *s;
	bool ok;

	if (o->interfaces_n > PORTS)
		return err_set(e, ERR_USAGE, "more than %d interfaces", PORTS);
	s = calloc(1, sizeof *s);
	if (!s)
		return err_set(e, ERR_RUN, "cannot capture: not enough memory");
	s->left = o->max_packets > 0 ? o->max_packets : UINT64_MAX;
	ok = getrandom(s->id, sizeof s->id, 0) == sizeof s->id ||
		err_set(e, ERR_RUN, "no random numbers: %s", strerror(errno));
	for (size_t i = 0; ok && i < o->interfaces_n; i++) {
		s->n = s->alive = i + 1;
		ok = port_open(&s->ports[i], o->interfaces[i], o, e);
	}
	if (ok)
		*out = s;
	else
		source_live_close(s);
	return ok;
}

void source_live_close(struct source_live *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		port_close(&s->ports[i]);
	free(s);
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

/* Reads what the ring lost; each reading sets the kernel's counter to 0. */
static void count_drops(struct port *p)
{
	struct tpacket_stats k = {0};
	socklen_t n = sizeof k;
	uint64_t lost;

	if (getsockopt(pcap_fileno(p->h), SOL_PACKET, PACKET_STATISTICS, &k,
			&n) == 0)
		p->dropped += k.tp_drops;
	lost = lost_read(p);
	if (lost >= p->lost_base)
		p->lost = lost - p->lost_base;
}

static void gone(struct source_live *s, struct port *p)
{
	const char *why = pcap_geterr(p->h);

	snprintf(s->reason, sizeof s->reason, "%s: %s", p->name,
		why[0] ? why : "gone");
	/* pcap_close() would free the ring by a call that the sandbox does
	 * not allow; the ring is not much, and an interface seldom goes. */
	p->alive = false;
	s->alive--;
}

static void fetch(struct source_live *s, struct port *p)
{
	union {
		struct port *port;
		u_char *user;
	} to = {p};

	/* Also where poll() told nothing: that is how libpcap finds out that
	 * an interface which went down is up again, or has gone. */
	if (pcap_dispatch(p->h, 1, take, to.user) < 0)
		gone(s, p);
}

/* The earliest frame of those that wait; NULL: none. */
static struct port *earliest(struct source_live *s)
{
	struct port *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct port *p = &s->ports[i];

		if (p->given)
			p->has = p->given = false;
		if (p->alive && !p->has)
			fetch(s, p);
		if (p->has && (!best || p->frame.at < best->frame.at))
			best = p;
	}
	return best;
}

static void wait_for_frames(const struct source_live *s)
{
	struct pollfd fds[PORTS];
	nfds_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->ports[i].alive)
			fds[n++] = (struct pollfd){
				.fd = s->ports[i].fd, .events = POLLIN};
	poll(fds, n, WAIT_MS);
}

static enum source_result finish(struct source_live *s)
{
	s->finished = true;
	if (s->alive == 0)
		s->state = RECORD_FAILED;
	else
		s->state = s->alive < s->n ? RECORD_CUT : RECORD_DONE;
	return SOURCE_FINISH;
}

enum source_result source_live_next(struct source_live *s, struct frame *out)
{
	struct port *p;

	if (s->finished)
		return SOURCE_END;
	if (!s->begun) {
		s->begun = true;
		return SOURCE_BEGIN;
	}
	if (s->stop || s->left == 0)
		return finish(s);
	p = earliest(s);
	if (!p && s->alive > 0) {
		wait_for_frames(s);
		p = earliest(s);
	}
	if (!p)
		return s->alive > 0 ? SOURCE_IDLE : finish(s);
	p->given = true;
	*out = p->frame;
	if (s->left != UINT64_MAX)
		s->left--;
	return SOURCE_FRAME;
}

void source_live_state(struct source_live *s, struct record_source *out)
{
	char names[RECORD_LABEL] = "", down[REASON] = "";
	const char *reason = s->reason[0] ? s->reason : down;
	size_t n = 0;

	out->live = true;
	out->state = s->state;
	memcpy(out->id, s->id, sizeof out->id);
	out->dropped = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct port *p = &s->ports[i];

		count_drops(p);
		out->dropped += p->dropped + p->lost;
		/* So libpcap tells that it waits for it to come up again. */
		if (p->alive && pcap_get_required_select_timeout(p->h))
			snprintf(down, sizeof down, "%s is down", p->name);
		if (n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n,
				"%s%s", n > 0 ? ", " : "", p->name);
	}
	text_clean(out->label, sizeof out->label, names, strlen(names));
	text_clean(out->reason, sizeof out->reason, reason, strlen(reason));
	out->file_done = out->file_size = 0;
	out->files_done = out->files = 0;
}

void source_live_stop(struct source_live *s)
{
	s->stop = 1;
}
