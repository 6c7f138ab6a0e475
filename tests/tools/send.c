/* send.c: sends the Ethernet frames of a pcap file out of an interface at a
 * rate, with others between them that no filter for mail lets through; only in
 * a network namespace of a test:
 *
 *     send FILE INTERFACE FRAMES_A_SECOND OTHERS_FOR_EACH
 *
 * and tells, as JSON, what it has sent and how long that took. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000) /* ns */
/* One that is later than this does not hurry to catch up: a burst is no rate.
 * The rate that is told then is lower than what was asked for. */
#define LATEST (20 * SECOND / 1000)

enum {
	BATCHES = 2000, /* a second */
	BATCH_MAX = 1024,
	OTHERS = 64, /* different ones */
	OTHER_MIN = 60, OTHER_MAX = 1514,
	FILE_HEADER = 24, FRAME_HEADER = 16,
};

struct sender {
	int fd;
	const uint8_t *file, *next, *end;
	unsigned others, others_left; /* before the next frame of the file */
	uint8_t other[OTHERS][OTHER_MAX];
	struct iovec other_at[OTHERS];
	unsigned other_next;
	struct iovec parts[BATCH_MAX];
	struct mmsghdr messages[BATCH_MAX];
	uint64_t frames, bytes;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "send: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static void sleep_until(int64_t at)
{
	struct timespec t = {at / SECOND, at % SECOND};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
		EINTR)
		;
}

/* Is this one of the namespaces that tests make, as network.py names them? */
static bool is_of_a_test(void)
{
	DIR *names = opendir("/run/netns");
	struct dirent *d;
	struct stat here, there;
	bool found = false;

	if (!names || stat("/proc/self/ns/net", &here) != 0)
		return false;
	while (!found && (d = readdir(names)) != NULL)
		found = strncmp(d->d_name, "mc", 2) == 0 &&
			fstatat(dirfd(names), d->d_name, &there, 0) == 0 &&
			there.st_ino == here.st_ino;
	closedir(names);
	return found;
}

static void open_socket(struct sender *s, const char *interface)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface)};
	int one = 1;

	s->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (to.sll_ifindex == 0 || s->fd < 0 ||
		bind(s->fd, (struct sockaddr *)&to, sizeof to) != 0)
		die(interface);
	setsockopt(s->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
}

static void open_file(struct sender *s, const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) != 0)
		die(path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE |
		MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED || st.st_size < FILE_HEADER)
		die(path);
	s->file = p;
	s->next = s->file + FILE_HEADER;
	s->end = s->file + st.st_size;
}

/* HTTPS, as most is. */
static void make_others(struct sender *s)
{
	static const uint8_t head[54] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
		0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0,
		203, 0, 113, 0, 10, 20, 9, 9,
		1, 187, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 4, 0};

	for (unsigned i = 0; i < OTHERS; i++) {
		uint8_t *p = s->other[i];
		size_t n = i % 2 == 0 ? OTHER_MAX : OTHER_MIN + 8 * i;

		memcpy(p, head, sizeof head);
		p[16] = (uint8_t)((n - 14) >> 8);
		p[17] = (uint8_t)(n - 14);
		p[29] = (uint8_t)i;
		s->other_at[i] = (struct iovec){p, n};
	}
}

static bool next_frame(struct sender *s, struct iovec *out)
{
	uint32_t n;

	if (s->end - s->next < FRAME_HEADER)
		return false;
	if (s->others_left > 0) {
		s->others_left--;
		*out = s->other_at[s->other_next++ % OTHERS];
		return true;
	}
	memcpy(&n, s->next + 8, sizeof n);
	if (n > (size_t)(s->end - s->next) - FRAME_HEADER)
		return false;
	*out = (struct iovec){(void *)(uintptr_t)(s->next + FRAME_HEADER), n};
	s->next += FRAME_HEADER + n;
	s->others_left = s->others;
	return true;
}

static unsigned fill(struct sender *s, unsigned most)
{
	unsigned n = 0;

	while (n < most && next_frame(s, &s->parts[n])) {
		s->bytes += s->parts[n].iov_len;
		s->messages[n].msg_hdr = (struct msghdr){
			.msg_iov = &s->parts[n], .msg_iovlen = 1};
		n++;
	}
	return n;
}

static void send_all(struct sender *s, unsigned n)
{
	unsigned at = 0;

	while (at < n) {
		int done = sendmmsg(s->fd, s->messages + at, n - at, 0);

		if (done < 0 && errno != ENOBUFS && errno != EAGAIN &&
			errno != EINTR)
			die("sendmmsg");
		at += done > 0 ? (unsigned)done : 0;
	}
	s->frames += n;
}

int main(int argc, char **argv)
{
	static struct sender s;
	int64_t begun, due, now;
	unsigned rate, batch, n;

	if (argc != 5) {
		fprintf(stderr, "usage: send FILE INTERFACE FRAMES_A_SECOND "
			"OTHERS_FOR_EACH\n");
		return 2;
	}
	if (!is_of_a_test()) {
		fprintf(stderr, "send: sends only inside a network namespace "
			"of a test\n");
		return 2;
	}
	rate = (unsigned)strtoul(argv[3], NULL, 10);
	s.others = s.others_left = (unsigned)strtoul(argv[4], NULL, 10);
	batch = rate / BATCHES + 1 < BATCH_MAX ? rate / BATCHES + 1 : BATCH_MAX;
	open_file(&s, argv[1]);
	open_socket(&s, argv[2]);
	make_others(&s);
	prctl(PR_SET_TIMERSLACK, 1000);
	begun = due = now_ns();
	while ((n = fill(&s, batch)) > 0) {
		send_all(&s, n);
		due += n * SECOND / rate;
		now = now_ns();
		if (now - due > LATEST)
			due = now - LATEST;
		if (due > now)
			sleep_until(due);
	}
	now = now_ns();
	printf("{\"frames\": %llu, \"bytes\": %llu, \"seconds\": %.6f}\n",
		(unsigned long long)s.frames, (unsigned long long)s.bytes,
		(double)(now - begun) / SECOND);
	return 0;
}
