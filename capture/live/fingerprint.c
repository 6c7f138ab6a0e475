/* fingerprint.c: see fingerprint.h. */
#include "capture/live/fingerprint.h"
#include "capture/base/bytes.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADERS = 64, /* of each packet: Ethernet, IP and TCP */
	ONE = 8 + 4 + 4 + 4 + HEADERS,
	ROOM = 64 * ONE,
};

struct fingerprint {
	EVP_MD_CTX *all, *copy;
	uint64_t packets;
	bool failed;
	size_t n; /* bytes that wait to be hashed, many at once */
	uint8_t room[ROOM];
};

struct fingerprint *fingerprint_new(void)
{
	struct fingerprint *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->all = EVP_MD_CTX_new();
	f->copy = EVP_MD_CTX_new();
	if (!f->all || !f->copy) {
		fingerprint_free(f);
		return NULL;
	}
	fingerprint_begin(f);
	return f;
}

void fingerprint_free(struct fingerprint *f)
{
	if (!f)
		return;
	EVP_MD_CTX_free(f->all);
	EVP_MD_CTX_free(f->copy);
	bytes_wipe(f->room, sizeof f->room);
	free(f);
}

void fingerprint_begin(struct fingerprint *f)
{
	f->packets = 0;
	f->n = 0;
	f->failed = EVP_DigestInit_ex(f->all, EVP_sha256(), NULL) != 1;
}

static void flush(struct fingerprint *f)
{
	f->failed |= EVP_DigestUpdate(f->all, f->room, f->n) != 1;
	bytes_wipe(f->room, f->n);
	f->n = 0;
}

void fingerprint_add(struct fingerprint *f, const struct frame *frame)
{
	struct wr w;

	if (f->n + ONE > ROOM)
		flush(f);
	w = wr_init(f->room + f->n, ROOM - f->n);
	wr_be64(&w, (uint64_t)frame->at);
	wr_be32(&w, (uint32_t)frame->link);
	wr_be32(&w, (uint32_t)frame->n);
	wr_be32(&w, (uint32_t)frame->wire_n);
	wr_bytes(&w, frame->p, frame->n < HEADERS ? frame->n : HEADERS);
	f->n += wr_used(&w);
	f->packets++;
}

uint64_t fingerprint_packets(const struct fingerprint *f)
{
	return f->packets;
}

void fingerprint_take(struct fingerprint *f, uint8_t out[32])
{
	memset(out, 0, 32);
	flush(f);
	if (!f->failed && EVP_MD_CTX_copy_ex(f->copy, f->all) == 1 &&
		EVP_DigestFinal_ex(f->copy, out, NULL) != 1)
		memset(out, 0, 32);
}
