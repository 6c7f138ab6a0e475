/* lane.c: see lane.h. */
#include "capture/live/lane.h"
#include "capture/live/fingerprint.h"
#include "capture/live/reader.h"
#include <stdlib.h>

struct lane {
	struct reader *reader;
	struct fingerprint *print;
	bool has, grows;
	struct frame next;
};

struct lane *lane_new(void)
{
	struct lane *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->reader = reader_new();
	l->print = fingerprint_new();
	if (!l->reader || !l->print) {
		lane_free(l);
		return NULL;
	}
	return l;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	reader_free(l->reader);
	fingerprint_free(l->print);
	free(l);
}

static void begin(struct lane *l, const struct input *in, bool grows,
	bool check)
{
	l->has = false;
	l->grows = grows;
	reader_begin(l->reader, in->fd, in->regular, in->base);
	reader_set_growing(l->reader, grows);
	fingerprint_begin(l->print, check);
}

void lane_begin(struct lane *l, const struct input *in, bool grows)
{
	begin(l, in, grows, false);
}

void lane_begin_check(struct lane *l, const struct input *in)
{
	begin(l, in, false, true);
}

void lane_settle(struct lane *l)
{
	l->grows = false;
	reader_set_growing(l->reader, false);
}

bool lane_grows(const struct lane *l)
{
	return l->grows;
}

enum lane_result lane_look(struct lane *l, const struct frame **out)
{
	if (!l->has) {
		switch (reader_next(l->reader, &l->next)) {
		case READER_FRAME: break;
		case READER_IDLE: return LANE_IDLE;
		case READER_END: return LANE_END;
		case READER_BAD: return LANE_BAD;
		}
		fingerprint_add(l->print, &l->next);
		l->has = true;
	}
	*out = &l->next;
	return LANE_FRAME;
}

void lane_take(struct lane *l)
{
	l->has = false;
}

void lane_end(struct lane *l)
{
	l->has = false;
	reader_wipe(l->reader);
}

void lane_stop(struct lane *l)
{
	reader_stop(l->reader);
}

bool lane_is_capture(const struct lane *l)
{
	return reader_is_capture(l->reader);
}

const char *lane_reason(const struct lane *l)
{
	return reader_reason(l->reader);
}

uint64_t lane_done(const struct lane *l)
{
	return reader_done(l->reader);
}

uint64_t lane_packets(const struct lane *l)
{
	return fingerprint_packets(l->print);
}

void lane_print_first(struct lane *l, uint8_t out[32])
{
	fingerprint_first(l->print, out);
}

void lane_print(struct lane *l, uint8_t out[32])
{
	fingerprint_take(l->print, out);
}

void lane_print_old(struct lane *l, uint8_t out[32])
{
	fingerprint_take_old(l->print, out);
}
