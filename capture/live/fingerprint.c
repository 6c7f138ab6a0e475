/* fingerprint.c: see fingerprint.h. So many packets together are a page: of
 * each GMAC under a key that everybody knows is taken, which is an order of
 * magnitude faster than SHA-256, and SHA-256 of those. */
#include "capture/live/fingerprint.h"
#include "capture/base/bytes.h"
#include <endian.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum {
	HEADERS = 64, /* of each packet: Ethernet, IP and TCP */
	ONE = 8 + 4 + 4 + 4 + HEADERS,
	PAGE = 64, /* packets */
	TAG = 16,
};

struct fingerprint {
	EVP_CIPHER_CTX *page;
	EVP_MD_CTX *pages, *all, *copy;
	uint64_t packets;
	bool both;   /* all is kept too */
	bool failed;
	uint8_t first[32];
	size_t n; /* bytes of room */
	uint8_t room[PAGE * ONE];
};

struct fingerprint *fingerprint_new(void)
{
	static const uint8_t key[16];
	struct fingerprint *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->page = EVP_CIPHER_CTX_new();
	f->pages = EVP_MD_CTX_new();
	f->all = EVP_MD_CTX_new();
	f->copy = EVP_MD_CTX_new();
	if (!f->page || !f->pages || !f->all || !f->copy ||
		EVP_EncryptInit_ex(f->page, EVP_aes_128_gcm(), NULL, key,
			NULL) != 1) {
		fingerprint_free(f);
		return NULL;
	}
	fingerprint_begin(f, true);
	return f;
}

void fingerprint_free(struct fingerprint *f)
{
	if (!f)
		return;
	EVP_CIPHER_CTX_free(f->page);
	EVP_MD_CTX_free(f->pages);
	EVP_MD_CTX_free(f->all);
	EVP_MD_CTX_free(f->copy);
	bytes_wipe(f->room, sizeof f->room);
	free(f);
}

static void sha256(struct fingerprint *f, const void *p, size_t n,
	uint8_t out[32])
{
	memset(out, 0, 32);
	f->failed |= EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) != 1;
}

void fingerprint_begin(struct fingerprint *f, bool both)
{
	f->packets = 0;
	f->n = 0;
	f->both = both;
	f->failed = EVP_DigestInit_ex(f->pages, EVP_sha256(), NULL) != 1 ||
		EVP_DigestInit_ex(f->all, EVP_sha256(), NULL) != 1;
	sha256(f, NULL, 0, f->first);
}

/* Of what is on the page so far, though it be empty. */
static void tag_page(struct fingerprint *f, uint8_t tag[TAG])
{
	static const uint8_t iv[12];
	int n = 0;

	f->failed |= EVP_EncryptInit_ex(f->page, NULL, NULL, NULL, iv) != 1 ||
		EVP_EncryptUpdate(f->page, NULL, &n, f->room, (int)f->n) != 1 ||
		EVP_EncryptFinal_ex(f->page, tag, &n) != 1 ||
		EVP_CIPHER_CTX_ctrl(f->page, EVP_CTRL_AEAD_GET_TAG, TAG,
			tag) != 1;
}

static void turn_page(struct fingerprint *f)
{
	uint8_t tag[TAG] = {0};

	tag_page(f, tag);
	f->failed |= EVP_DigestUpdate(f->pages, tag, TAG) != 1 ||
		(f->both && EVP_DigestUpdate(f->all, f->room, f->n) != 1);
	bytes_wipe(f->room, f->n);
	f->n = 0;
}

void fingerprint_add(struct fingerprint *f, const struct frame *frame)
{
	uint8_t *p = f->room + f->n;
	uint64_t at = htobe64((uint64_t)frame->at);
	uint32_t numbers[3] = {htobe32((uint32_t)frame->link),
		htobe32((uint32_t)frame->n), htobe32((uint32_t)frame->wire_n)};
	size_t n = frame->n < HEADERS ? frame->n : HEADERS;

	memcpy(p, &at, sizeof at);
	memcpy(p + sizeof at, numbers, sizeof numbers);
	if (n > 0)
		memcpy(p + sizeof at + sizeof numbers, frame->p, n);
	f->n += sizeof at + sizeof numbers + n;
	if (f->packets++ == 0)
		sha256(f, f->room, f->n, f->first);
	if (f->packets % PAGE == 0)
		turn_page(f);
}

uint64_t fingerprint_packets(const struct fingerprint *f)
{
	return f->packets;
}

void fingerprint_first(struct fingerprint *f, uint8_t out[32])
{
	memcpy(out, f->first, sizeof f->first);
}

/* The digest as it would be with n more bytes. */
static void take(struct fingerprint *f, const EVP_MD_CTX *so_far,
	const uint8_t *p, size_t n, uint8_t out[32])
{
	memset(out, 0, 32);
	if (!f->failed && EVP_MD_CTX_copy_ex(f->copy, so_far) == 1 &&
		(EVP_DigestUpdate(f->copy, p, n) != 1 ||
			EVP_DigestFinal_ex(f->copy, out, NULL) != 1))
		memset(out, 0, 32);
}

void fingerprint_take(struct fingerprint *f, uint8_t out[32])
{
	uint8_t tag[TAG] = {0};

	tag_page(f, tag);
	take(f, f->pages, tag, TAG, out);
}

void fingerprint_take_old(struct fingerprint *f, uint8_t out[32])
{
	take(f, f->all, f->room, f->n, out);
}
