/* dns_name.c: see dns_name.h. */
#include "capture/proto/dns_name.h"

enum {
	LABEL_MAX = 63,
	POINTER = 0xc0, /* two bits: the label is somewhere else */
	JUMPS = DNS_NAME_MAX / 2, /* more than a name has labels */
	ESCAPED = 2 * DNS_NAME_MAX,
};

/* A pointer leads before the place where the labels so far began, so that no
 * chain of them is endless. */
bool dns_name_read(const struct rd *message, struct rd *at,
	struct dns_name *out)
{
	struct rd r = *at;
	const uint8_t *begin = r.p;
	int jumps = 0;

	out->n = 0;
	for (;;) {
		uint8_t n = rd_u8(&r);
		const uint8_t *label;

		if ((n & POINTER) == POINTER) {
			size_t to = (size_t)(n & ~POINTER) << 8 | rd_u8(&r);

			if (!rd_ok(&r) || jumps == JUMPS ||
				to >= (size_t)(begin - message->p))
				break;
			if (jumps++ == 0)
				*at = r;
			begin = message->p + to;
			r = (struct rd){begin, message->end, false};
			continue;
		}
		label = rd_take(&r, n);
		if (n > LABEL_MAX || !label || !rd_ok(&r))
			break;
		if (n == 0) {
			if (jumps == 0)
				*at = r;
			return true;
		}
		/* One byte more is for the root's. */
		if (out->n + 1u + n + 1u > DNS_NAME_MAX)
			break;
		out->b[out->n++] = n;
		memcpy(out->b + out->n, label, n);
		out->n = (uint8_t)(out->n + n);
	}
	*at = (struct rd){at->end, at->end, true};
	return false;
}

const uint8_t *dns_name_label(struct rd *labels, size_t *n)
{
	if (rd_left(labels) == 0)
		return NULL;
	*n = rd_u8(labels);
	return rd_take(labels, *n);
}

void dns_name_text(const struct dns_name *name, char out[TEXT_MAX])
{
	struct rd r = rd_init(name->b, name->n);
	uint8_t text[ESCAPED];
	struct wr w = wr_init(text, sizeof text);
	const uint8_t *label;
	size_t n;

	while ((label = dns_name_label(&r, &n)) != NULL) {
		if (wr_used(&w) > 0)
			wr_u8(&w, '.');
		for (size_t i = 0; i < n; i++) {
			if (label[i] == '.' || label[i] == '\\')
				wr_u8(&w, '\\');
			wr_u8(&w, label[i]);
		}
	}
	text_clean(out, TEXT_MAX, text, wr_used(&w));
}
