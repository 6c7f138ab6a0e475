/* infer_suite.c: what each cipher suite adds to the bytes that a record holds
 * (RFC 5246, 6.2.3; 5288; 6655; 7366; 7905; 8446, 5.2). */
#include "capture/base/tls_names.h"
#include "capture/proto/infer_state.h"
#include <string.h>

enum {
	TLS_1_0 = 0x0301,
	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
	TAG = 16,
	SHORT_TAG = 8,     /* CCM_8 */
	EXPLICIT_NONCE = 8,
	CONTENT_TYPE = 1,  /* TLS 1.3 hides it behind the data */
	HANDSHAKE_HEADER = 4,
};

static bool has(const char *name, const char *word)
{
	return strstr(name, word) != NULL;
}

static bool ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

static unsigned mac_size(const char *name)
{
	if (ends(name, "_SHA384"))
		return 48;
	if (ends(name, "_SHA256"))
		return 32;
	return ends(name, "_MD5") ? 16 : 20;
}

/* The explicit vector that TLS 1.1 brought, data, MAC and padding. Whether the
 * MAC is within the padded part or behind it (RFC 7366): of one length of a
 * record, data may have the same lengths. */
static void cbc(const char *name, uint16_t version, struct infer_cover *out)
{
	unsigned block = has(name, "_AES_") || has(name, "_CAMELLIA_") ||
			has(name, "_SEED_") ? 16 : 8;
	unsigned vector = version > TLS_1_0 ? block : 0;

	out->fixed = (uint16_t)(vector + mac_size(name));
	out->least = 1;
	out->most = (uint16_t)block;
}

bool infer_cover(uint16_t version, uint16_t cipher, struct infer_cover *out)
{
	const char *name = tls_cipher_name(cipher);
	unsigned tag;

	if (!name || version == 0)
		return false;
	*out = (struct infer_cover){0};
	tag = has(name, "_CCM_8") ? SHORT_TAG : TAG;
	if (version == TLS_1_3)
		out->fixed = (uint16_t)(tag + CONTENT_TYPE);
	else if (has(name, "_GCM_") || has(name, "_CCM"))
		out->fixed = (uint16_t)(EXPLICIT_NONCE + tag);
	else if (has(name, "_CHACHA20_"))
		out->fixed = TAG;
	else if (has(name, "_CBC_"))
		cbc(name, version, out);
	else
		out->fixed = (uint16_t)mac_size(name); /* RC4 */
	return version <= TLS_1_3;
}

uint16_t infer_finished(uint16_t version, uint16_t cipher)
{
	const char *name = tls_cipher_name(cipher);
	struct infer_cover c;

	if (version != TLS_1_3 || !infer_cover(version, cipher, &c))
		return 0;
	return (uint16_t)(HANDSHAKE_HEADER + (ends(name, "_SHA384") ? 48 : 32) +
		c.fixed);
}
