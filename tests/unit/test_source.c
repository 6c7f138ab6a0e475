/* test_source.c: files, folders, pipes and compressed captures as sources. */
#include "capture/base/bytes.h"
#include "capture/live/fingerprint.h"
#include "capture/live/offer.h"
#include "capture/live/source.h"
#include "tests/unit/check.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { MANY = 200 }; /* packets of more than one page of the fingerprint */
enum { BIG = 4 * 1024 * 1024, PACKET = 60, RAW_IP = 101, ETHERNET = 1 };

/* A capture in the making. */
struct capture {
	uint8_t *bytes;
	struct wr w;
};

static struct capture capture_begin(uint32_t link)
{
	struct capture c = {.bytes = malloc(BIG)};

	check(c.bytes != NULL);
	c.w = wr_init(c.bytes, BIG);
	wr_be32(&c.w, 0xa1b2c3d4);
	wr_be16(&c.w, 2);
	wr_be16(&c.w, 4);
	wr_be64(&c.w, 0);
	wr_be32(&c.w, 262144);
	wr_be32(&c.w, link);
	return c;
}

/* n bytes of c at a second of 1970. */
static void capture_packet(struct capture *c, uint32_t second, size_t n, char b)
{
	wr_be32(&c->w, second);
	wr_be32(&c->w, 0);
	wr_be32(&c->w, (uint32_t)n);
	wr_be32(&c->w, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		wr_u8(&c->w, (uint8_t)b);
	check(wr_ok(&c->w));
}

static size_t capture_size(const struct capture *c)
{
	return wr_used(&c->w);
}

static struct capture capture_of(uint32_t second, int packets)
{
	struct capture c = capture_begin(ETHERNET);

	for (int i = 0; i < packets; i++)
		capture_packet(&c, second + (uint32_t)i, PACKET, 'x');
	return c;
}

/* A folder of its own for each test. */
static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_source.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const void *p, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL, 0600);

	check(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	close(fd);
}

static void put_capture(const char *name, uint32_t second, int packets)
{
	struct capture c = capture_of(second, packets);

	put(name, c.bytes, capture_size(&c));
	free(c.bytes);
}

static size_t gzip(const void *p, size_t n, uint8_t *out, size_t cap)
{
	z_stream z = {0};

	check(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0) == Z_OK);
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)cap;
	check(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return cap - z.avail_out;
}

/* What a source said: B begin, . frame, D done, C cut, X failed, K known. */
struct story {
	char text[256];
	size_t frames;
	int64_t at[MANY]; /* seconds, of the first frames */
	uint64_t sum;   /* over all bytes, to compare contents */
	struct record_source last;
};

static void tell(struct story *s, char c)
{
	size_t n = strlen(s->text);

	if (n + 1 < sizeof s->text)
		s->text[n] = c;
}

static enum source_result next_word(struct source *s, struct frame *f)
{
	enum source_result result;

	do
		result = source_next(s, f);
	while (result == SOURCE_IDLE);
	return result;
}

static void hear(struct source *source, struct story *s)
{
	enum source_result result;
	struct frame f;

	memset(s, 0, sizeof *s);
	while ((result = source_next(source, &f)) != SOURCE_END) {
		if (result == SOURCE_FRAME) {
			tell(s, '.');
			if (s->frames < MANY)
				s->at[s->frames] = f.at / 1000000000;
			s->frames++;
			for (size_t i = 0; i < f.n; i++)
				s->sum = s->sum * 31 + f.p[i];
		}
		if (result == SOURCE_BEGIN || result == SOURCE_FINISH ||
			result == SOURCE_KNOWN) {
			source_state(source, source_track(source), &s->last);
			tell(s, "BDCX"[s->last.state]);
			if (s->last.known)
				s->text[strlen(s->text) - 1] = 'K';
		}
	}
}

static struct source *opened(const char *const *files, size_t n,
	const char *filter, uint64_t max)
{
	struct source_options o = {.files = files, .files_n = n,
		.filter = filter, .max_packets = max};
	struct source *s = NULL;
	struct err e = {0};

	if (!source_open(&s, &o, &e))
		fail_msg("%s", e.text);
	return s;
}

static void read_name(const char *path, struct story *s)
{
	const char *files[] = {path};
	struct source *source = opened(files, 1, NULL, 0);

	hear(source, s);
	source_close(source);
}

static void read_files(const char *name, struct story *s)
{
	read_name(path_of(name), s);
}

static void refuses(const char *path, const char *why)
{
	const char *files[] = {path};
	struct source_options o = {.files = files, .files_n = 1};
	struct source *s = NULL;
	struct err e = {0};

	check(!source_open(&s, &o, &e) && !s);
	check(e.kind == ERR_USAGE);
	if (!strstr(e.text, why) || !strstr(e.text, path))
		fail_msg("%s", e.text);
}

static void a_folder_is_read_in_order_of_time(void **state)
{
	struct story s;

	(void)state;
	put_capture("a.pcap", 300, 2);
	put_capture("b.pcap", 100, 2);
	check(mkdir(path_of("deep"), 0700) == 0);
	put_capture("deep/c.pcap", 200, 1);
	put("notes.txt", "mail is not read here\n", 22);
	put(".hidden", "x", 1);
	put("empty", "", 0);
	check(symlink("..", path_of("deep/up")) == 0);
	check(symlink("nowhere", path_of("deep/gone")) == 0);
	check(mkfifo(path_of("fifo"), 0600) == 0);
	read_name(dir, &s);
	assert_string_equal(s.text, "B..DB.DB..D");
	check(s.at[0] == 100 && s.at[2] == 200 && s.at[3] == 300);
	check(s.last.files == 3 && s.last.files_done == 3 && !s.last.live);
	check(strstr(s.last.label, "/a.pcap") != NULL);
	check(s.last.file_size == 24 + 2 * (16 + PACKET));
	check(s.last.file_done == s.last.file_size);
}

static void equal_times_keep_the_given_order(void **state)
{
	char one[128], two[128];
	const char *files[] = {two, one};
	struct source *source;
	struct story s;

	(void)state;
	put_capture("1", 100, 1);
	put_capture("2", 100, 2);
	strcpy(one, path_of("1"));
	strcpy(two, path_of("2"));
	source = opened(files, 2, NULL, 0);
	hear(source, &s);
	source_close(source);
	assert_string_equal(s.text, "B..DB.D");
}

/* The same packets, however they are packed. */
static void packed_is_as_good_as_plain(void **state)
{
	struct capture c = capture_begin(ETHERNET);
	struct story plain, s;
	uint8_t *out = malloc(BIG);
	size_t n, half;

	(void)state;
	for (int i = 0; i < 2000; i++)
		capture_packet(&c, 100, (size_t)(i % 1500), (char)i);
	n = capture_size(&c);
	half = n / 2 + 7;
	put("plain", c.bytes, n);
	read_files("plain", &plain);
	check(plain.frames == 2000);

	put("gzip", out, gzip(c.bytes, n, out, BIG));
	read_files("gzip", &s);
	check(s.frames == 2000 && s.sum == plain.sum);
	check(s.last.state == RECORD_DONE);
	check(s.last.file_done == s.last.file_size);

	n = gzip(c.bytes, half, out, BIG);
	n += gzip("", 0, out + n, BIG - n);
	n += gzip(c.bytes + half, capture_size(&c) - half, out + n, BIG - n);
	memset(out + n, 0, 512);
	put("members", out, n + 512);
	read_files("members", &s);
	check(s.frames == 2000 && s.sum == plain.sum);
	check(s.last.state == RECORD_DONE);

	memcpy(out + n, "trailing", 8);
	put("trailing", out, n + 8);
	read_files("trailing", &s);
	check(s.frames == 2000 && s.last.state == RECORD_CUT);

	n = ZSTD_compress(out, BIG, c.bytes, half, 3);
	n += ZSTD_compress(out + n, BIG - n, c.bytes + half,
		capture_size(&c) - half, 3);
	put("zstd", out, n);
	read_files("zstd", &s);
	check(s.frames == 2000 && s.sum == plain.sum);
	check(s.last.state == RECORD_DONE);
	free(out);
	free(c.bytes);
}

static void a_cut_file_gives_what_it_has(void **state)
{
	struct capture c = capture_of(100, 2);
	struct story s;
	char name[32];

	(void)state;
	for (size_t n = 24; n < capture_size(&c); n++) {
		bool whole = n == 24 || n == 24 + 16 + PACKET;

		snprintf(name, sizeof name, "%zu", n);
		put(name, c.bytes, n);
		read_files(name, &s);
		check(s.frames == (n >= 24 + 16 + PACKET ? 1 : 0));
		check(s.last.state == (whole ? RECORD_DONE : RECORD_CUT));
		check((s.last.reason[0] == 0) == whole);
	}
	free(c.bytes);
}

static void a_cut_in_packed_data_is_told(void **state)
{
	struct capture c = capture_of(100, 50);
	uint8_t out[8192];
	struct story s;
	size_t n = gzip(c.bytes, capture_size(&c), out, sizeof out);

	(void)state;
	put("a.gz", out, n - 9);
	put_capture("b", 900, 1);
	read_name(dir, &s);
	check(s.last.files == 2);
	assert_string_equal(s.text + strlen(s.text) - 4, "CB.D");
	n = ZSTD_compress(out, sizeof out, c.bytes, capture_size(&c), 3);
	put("c.zst", out, n - 1);
	read_files("c.zst", &s);
	/* Not a byte came out of its only block. */
	check(s.last.state == RECORD_FAILED);
	check(strstr(s.last.reason, "cut") != NULL);
	free(c.bytes);
}

static void damage_in_packed_data_is_told(void **state)
{
	struct capture c = capture_of(100, 50);
	uint8_t out[8192];
	struct story s;
	size_t n = gzip(c.bytes, capture_size(&c), out, sizeof out);

	(void)state;
	out[n - 6] ^= 1; /* the checksum */
	put("sum", out, n);
	read_files("sum", &s);
	check(s.frames == 50 && s.last.state == RECORD_CUT);
	check(strstr(s.last.reason, "gzip") != NULL);
	/* A frame that wants 256 MiB of history. */
	put("wide", "\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", 9);
	read_files("wide", &s);
	check(s.frames == 0 && s.last.state == RECORD_FAILED);
	check(strstr(s.last.reason, "zstd -d --long=31") != NULL);
	free(c.bytes);
}

static void what_is_no_capture_is_refused(void **state)
{
	uint8_t out[256];
	size_t n = gzip("not packets", 11, out, sizeof out);
	struct story s;

	(void)state;
	put("text", "GET / HTTP/1.0\r\n\r\n", 18);
	put("empty", "", 0);
	refuses(path_of("text"), "not a capture file");
	refuses(path_of("empty"), "not a capture file");
	refuses(path_of("none"), "No such file");
	refuses(dir, "no capture in");
	/* Packed, it is found out only in the sandbox. */
	put("text.gz", out, n);
	read_files("text.gz", &s);
	assert_string_equal(s.text, "BX");
	assert_string_equal(s.last.reason, "not a capture file (byte 0)");
	/* In a folder it is one of the files that are something else. */
	put_capture("real", 100, 1);
	read_name(dir, &s);
	assert_string_equal(s.text, "B.D");
	check(s.last.files == 1);
}

/* Reads from "-" what a child writes: p in pieces of so many bytes. */
static void read_pipe(const uint8_t *p, size_t n, size_t piece, struct story *s)
{
	int fds[2], old = dup(STDIN_FILENO);
	const char *files[] = {"-"};
	struct source *source;
	pid_t child;

	check(pipe(fds) == 0 && old >= 0);
	child = fork();
	if (child == 0) {
		close(fds[0]);
		for (size_t i = 0; i < n; i += piece)
			if (write(fds[1], p + i,
				    n - i < piece ? n - i : piece) < 0)
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	check(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
	close(fds[0]);
	source = opened(files, 1, NULL, 0);
	hear(source, s);
	source_close(source);
	check(dup2(old, STDIN_FILENO) == STDIN_FILENO);
	close(old);
}

static void a_pipe_is_a_file(void **state)
{
	struct capture c = capture_of(100, 3);
	struct story s, again;
	uint8_t out[1024];
	size_t n = gzip(c.bytes, capture_size(&c), out, sizeof out);

	(void)state;
	read_pipe(c.bytes, capture_size(&c), 1 << 16, &s);
	assert_string_equal(s.text, "B...D");
	assert_string_equal(s.last.label, "standard input");
	read_pipe(c.bytes, capture_size(&c), 1, &again);
	assert_string_equal(again.text, "B...D");
	check(memcmp(s.last.id, again.last.id, 32) == 0);
	read_pipe(out, n, 3, &again);
	assert_string_equal(again.text, "B...D");
	check(memcmp(s.last.id, again.last.id, 32) == 0);
	read_pipe(c.bytes, 24, 24, &again);
	assert_string_equal(again.text, "BD");
	check(memcmp(s.last.id, again.last.id, 32) != 0);
	read_pipe(out, 0, 1, &again);
	assert_string_equal(again.text, "BX");
	read_pipe(c.bytes, 101, 7, &again);
	assert_string_equal(again.text, "B.C");
	read_pipe(c.bytes, 99, 7, &again);
	assert_string_equal(again.text, "BC");
	free(c.bytes);
}

static void a_silent_pipe_does_not_block(void **state)
{
	struct capture c = capture_of(100, 1);
	int fds[2], old = dup(STDIN_FILENO);
	const char *files[] = {"-"};
	struct source *s;
	struct frame f;

	(void)state;
	check(pipe(fds) == 0 && dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
	s = opened(files, 1, NULL, 0);
	for (int i = 0; i < 5; i++)
		check(source_next(s, &f) == SOURCE_IDLE);
	check(write(fds[1], c.bytes, capture_size(&c)) > 0);
	check(source_next(s, &f) == SOURCE_BEGIN);
	check(source_next(s, &f) == SOURCE_FRAME && f.n == PACKET);
	check(source_next(s, &f) == SOURCE_IDLE);
	source_stop(s);
	check(source_next(s, &f) == SOURCE_FINISH);
	check(source_next(s, &f) == SOURCE_END);
	check(source_next(s, &f) == SOURCE_END);
	source_close(s);
	dup2(old, STDIN_FILENO);
	close(old);
	close(fds[0]);
	close(fds[1]);
	free(c.bytes);
}

static void files_are_told_apart_by_content(void **state)
{
	struct story a, b, c;

	(void)state;
	put_capture("a", 100, 2);
	put_capture("b", 101, 2);
	put_capture("c", 100, 2);
	read_files("a", &a);
	read_files("b", &b);
	read_files("c", &c);
	check(memcmp(a.last.id, b.last.id, 32) != 0);
	check(memcmp(a.last.id, c.last.id, 32) == 0);
}

static void a_count_ends_it(void **state)
{
	const char *files[] = {dir};
	struct source *source;
	struct story s;

	(void)state;
	put_capture("a", 100, 2);
	put_capture("b", 200, 2);
	source = opened(files, 1, NULL, 3);
	hear(source, &s);
	source_close(source);
	assert_string_equal(s.text, "B..DB.D");
	check(s.last.state == RECORD_DONE);
}

static void a_stop_is_told_as_a_cut(void **state)
{
	const char *files[] = {dir};
	struct source *source;
	struct frame f;
	struct story s;

	(void)state;
	put_capture("a", 100, 2);
	put_capture("b", 200, 2);
	source = opened(files, 1, NULL, 0);
	check(next_word(source, &f) == SOURCE_BEGIN);
	check(source_next(source, &f) == SOURCE_FRAME);
	source_stop(source);
	hear(source, &s);
	source_close(source);
	assert_string_equal(s.text, "C");
	check(s.last.files == 2 && s.last.files_done == 1);
}

static void expressions_work_on_files(void **state)
{
	struct capture c = capture_begin(ETHERNET);
	const char *files[] = {path_of("a")};
	struct source_options o = {.files = files, .files_n = 1};
	struct source *source;
	struct err e = {0};
	struct story s;

	(void)state;
	capture_packet(&c, 100, PACKET, 'x');
	capture_packet(&c, 101, PACKET + 1, 'x');
	put("a", c.bytes, capture_size(&c));
	source = opened(files, 1, "greater 61", 0);
	hear(source, &s);
	source_close(source);
	assert_string_equal(s.text, "B.D");
	check(s.at[0] == 101 && s.last.reason[0] == 0);
	o.filter = "no such thing (";
	source = NULL;
	check(!source_open(&source, &o, &e) && e.kind == ERR_USAGE);
	check(strstr(e.text, "no such thing (") != NULL);
	free(c.bytes);
}

static void a_filter_that_means_nothing_is_told(void **state)
{
	struct capture c = capture_begin(RAW_IP);
	const char *files[] = {path_of("a")};
	struct source *source;
	struct story s;

	(void)state;
	capture_packet(&c, 100, PACKET, 'x');
	put("a", c.bytes, capture_size(&c));
	source = opened(files, 1, "vlan 5", 0);
	hear(source, &s);
	source_close(source);
	assert_string_equal(s.text, "BD");
	check(strstr(s.last.reason, "link type 101: 1 frames") != NULL);
	free(c.bytes);
}

static void a_wiped_frame_is_gone(void **state)
{
	const char *files[] = {path_of("a")};
	struct source *s;
	struct frame f;

	(void)state;
	put_capture("a", 100, 1);
	s = opened(files, 1, NULL, 0);
	check(next_word(s, &f) == SOURCE_BEGIN);
	check(source_next(s, &f) == SOURCE_FRAME && f.p[7] == 'x');
	source_wipe(s, &f);
	for (size_t i = 0; i < f.n; i++)
		check(f.p[i] == 0);
	source_close(s);
}

static void files_side_by_side_are_one_stream(void **state)
{
	struct capture c = capture_begin(ETHERNET);
	struct story s;

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		capture_packet(&c, 100 + 2 * i, PACKET, 'x');
	put("a", c.bytes, capture_size(&c));
	free(c.bytes);
	put_capture("b", 101, 5);
	put_capture("late", 200, 1);
	read_name(dir, &s);
	assert_string_equal(s.text, "B.B.....D..DB.D");
	for (size_t i = 1; i < s.frames; i++)
		check(s.at[i] >= s.at[i - 1]);
}

static void more_files_than_tracks_are_all_read(void **state)
{
	struct story s;

	(void)state;
	for (uint32_t i = 0; i < SOURCE_TRACKS + 3; i++) {
		char name[16];

		snprintf(name, sizeof name, "%u", i);
		put_capture(name, 100 + i, 40);
	}
	read_name(dir, &s);
	check(s.frames == (SOURCE_TRACKS + 3) * 40);
	check(s.last.files_done == SOURCE_TRACKS + 3);
}

static void a_copy_is_left_out(void **state)
{
	struct capture c = capture_of(100, 3);
	uint8_t out[1024];
	struct story s;

	(void)state;
	put_capture("a", 100, 3);
	put_capture("b", 100, 3);
	put("c.gz", out, gzip(c.bytes, capture_size(&c), out, sizeof out));
	free(c.bytes);
	read_name(dir, &s);
	assert_string_equal(s.text, "B...DKK");
}

/* What a run that has read path leaves behind. */
static struct source_known known_after(const struct story *s, const char *path)
{
	struct source_known k = {.packets = s->frames,
		.size = s->last.file_size, .label = path,
		.first = s->at[0] * 1000000000,
		.last = s->at[s->frames - 1] * 1000000000};

	memcpy(k.id, s->last.id, sizeof k.id);
	memcpy(k.digest, s->last.digest, sizeof k.digest);
	return k;
}

static void read_knowing(const struct source_options *o, struct story *s)
{
	struct source *source = NULL;
	struct err e = {0};

	if (!source_open(&source, o, &e))
		fail_msg("%s", e.text);
	hear(source, s);
	source_close(source);
}

static void what_was_read_is_known_until_it_changes(void **state)
{
	char path[128];
	const char *files[] = {path};
	struct source_known k;
	struct source_options o = {
		.files = files, .files_n = 1, .known = &k, .known_n = 1};
	struct story s;

	(void)state;
	strcpy(path, path_of("a"));
	put_capture("a", 100, 3);
	read_name(path, &s);
	k = known_after(&s, path);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "K");
	k.label = "elsewhere"; /* then all of it is looked at */
	read_knowing(&o, &s);
	assert_string_equal(s.text, "K");
	o.again = true;
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B...D");
	check(memcmp(s.last.id, k.id, 32) == 0);
	o.again = false;
	/* Grown: the same source. */
	check(unlink(path) == 0);
	put_capture("a", 100, 5);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B.....D");
	check(memcmp(s.last.id, k.id, 32) == 0);
	/* It only begins alike: another one. */
	check(unlink(path) == 0);
	put_capture("a", 100, 2);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B..D");
	check(memcmp(s.last.id, k.id, 32) != 0);
	/* A filter may have left out what matters now. */
	memset(k.digest, 0, sizeof k.digest);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B..D");
	check(memcmp(s.last.id, k.id, 32) == 0);
}

/* Inventories before version 3 have another digest of the same packets. */
static void what_an_old_inventory_has_read_is_known(void **state)
{
	uint8_t packet[PACKET];
	struct frame f = {.link = ETHERNET, .p = packet, .n = PACKET,
		.wire_n = PACKET};
	struct fingerprint *print = fingerprint_new();
	char path[128];
	const char *files[] = {path};
	struct source_known k;
	struct source_options o = {
		.files = files, .files_n = 1, .known = &k, .known_n = 1};
	struct story s;

	(void)state;
	strcpy(path, path_of("a"));
	put_capture("a", 100, MANY);
	read_name(path, &s);
	k = known_after(&s, path);
	k.label = "elsewhere";
	check(print != NULL);
	memset(packet, 'x', sizeof packet);
	for (int i = 0; i < MANY; i++) {
		f.at = (100 + i) * INT64_C(1000000000);
		fingerprint_add(print, &f);
	}
	fingerprint_take_old(print, k.digest);
	check(memcmp(k.digest, s.last.digest, 32) != 0);
	fingerprint_free(print);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "K");
	/* Grown: the same source. */
	check(unlink(path) == 0);
	put_capture("a", 100, MANY + 1);
	read_knowing(&o, &s);
	check(s.frames == MANY + 1 && memcmp(s.last.id, k.id, 32) == 0);
}

static void neighbours_are_read_for_the_sake_of_a_session(void **state)
{
	char one[128], two[128];
	const char *files[] = {two};
	struct source_known k;
	struct source_span open = {.first = 100500000000,
		.last = 102000000000, .open = true};
	struct source_options o = {.files = files, .files_n = 1, .known = &k,
		.known_n = 1, .spans = &open, .spans_n = 1};
	struct story s;

	(void)state;
	strcpy(one, path_of("1"));
	strcpy(two, path_of("2"));
	put_capture("1", 100, 3);
	put_capture("2", 103, 1);
	read_name(one, &s);
	k = known_after(&s, one);
	k.path = one;
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B...DB.D");
	check(s.last.files == 2);
	/* Nothing was open: it stays where it is, without a word. */
	o.spans_n = 0;
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B.D");
	check(s.last.files == 1);
	/* Ten minutes later it has ended. */
	o.spans_n = 1;
	check(unlink(two) == 0);
	put_capture("2", 703, 1);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B.D");
	/* The other way round: it may begin in what is read now. */
	check(unlink(two) == 0);
	put_capture("2", 97, 2);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B..DB...D");
	/* Gone, or something else by now. */
	check(unlink(one) == 0);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B..D");
	put_capture("1", 101, 3);
	read_knowing(&o, &s);
	assert_string_equal(s.text, "B..D");
}

static void offer(int to, const char *path)
{
	struct input in = {.fd = open(path, O_RDONLY)};
	struct stat st;

	check(in.fd >= 0 && fstat(in.fd, &st) == 0);
	in.device = st.st_dev;
	in.inode = st.st_ino;
	in.size = (uint64_t)st.st_size;
	check(offer_send(to, &in, path));
	close(in.fd);
}

static void expect(struct source *s, enum source_result what)
{
	struct frame f;

	for (int i = 0; i < 8; i++) {
		enum source_result is = source_next(s, &f);

		if (is == what)
			return;
		check(is == SOURCE_IDLE);
	}
	fail();
}

static void append(const char *name, const void *p, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_APPEND);

	check(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	close(fd);
}

static void a_growing_file_is_followed_to_the_next(void **state)
{
	struct capture c = capture_of(100, 3);
	size_t one = 24 + 16 + PACKET;
	const char *files[] = {dir};
	int ends[2];
	struct source_options o = {
		.files = files, .files_n = 1, .follow = true};
	struct source *s = NULL;
	struct err e = {0};
	struct record_source r;
	struct frame f;

	(void)state;
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	o.offers = ends[1];
	if (!source_open(&s, &o, &e)) /* the folder is empty still */
		fail_msg("%s", e.text);
	for (int i = 0; i < 4; i++)
		check(source_next(s, &f) == SOURCE_IDLE);
	put("a", c.bytes, one);
	offer(ends[0], path_of("a"));
	expect(s, SOURCE_BEGIN);
	expect(s, SOURCE_FRAME);
	append("a", c.bytes + one, 30); /* half a packet */
	offer(ends[0], path_of("a"));   /* it has changed, but is known */
	for (int i = 0; i < 4; i++)
		check(source_next(s, &f) == SOURCE_IDLE);
	append("a", c.bytes + one + 30, capture_size(&c) - one - 30);
	put_capture("b", 200, 1);
	offer(ends[0], path_of("b"));
	expect(s, SOURCE_FRAME);
	expect(s, SOURCE_FRAME);
	expect(s, SOURCE_FINISH);
	source_state(s, source_track(s), &r);
	check(r.state == RECORD_DONE && r.file_size == capture_size(&c));
	expect(s, SOURCE_BEGIN);
	expect(s, SOURCE_FRAME);
	/* A ring: its oldest file is begun anew. */
	check(truncate(path_of("a"), 0) == 0);
	check(unlink(path_of("a")) == 0);
	put_capture("a", 300, 1);
	offer(ends[0], path_of("a"));
	expect(s, SOURCE_FINISH);
	expect(s, SOURCE_BEGIN);
	expect(s, SOURCE_FRAME);
	source_stop(s);
	expect(s, SOURCE_FINISH);
	source_state(s, source_track(s), &r);
	check(r.state == RECORD_DONE); /* nothing of it was cut */
	expect(s, SOURCE_END);
	source_close(s);
	close(ends[0]);
	close(ends[1]);
	free(c.bytes);
}

#define with_dir(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_dir(a_folder_is_read_in_order_of_time),
		with_dir(equal_times_keep_the_given_order),
		with_dir(packed_is_as_good_as_plain),
		with_dir(a_cut_file_gives_what_it_has),
		with_dir(a_cut_in_packed_data_is_told),
		with_dir(damage_in_packed_data_is_told),
		with_dir(what_is_no_capture_is_refused),
		with_dir(a_pipe_is_a_file),
		with_dir(a_silent_pipe_does_not_block),
		with_dir(files_are_told_apart_by_content),
		with_dir(a_count_ends_it),
		with_dir(a_stop_is_told_as_a_cut),
		with_dir(expressions_work_on_files),
		with_dir(a_filter_that_means_nothing_is_told),
		with_dir(a_wiped_frame_is_gone),
		with_dir(files_side_by_side_are_one_stream),
		with_dir(more_files_than_tracks_are_all_read),
		with_dir(a_copy_is_left_out),
		with_dir(what_was_read_is_known_until_it_changes),
		with_dir(what_an_old_inventory_has_read_is_known),
		with_dir(neighbours_are_read_for_the_sake_of_a_session),
		with_dir(a_growing_file_is_followed_to_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
