/* lane.h: one capture file as a stream of frames, with the next one always in
 * sight: several of them can be read as one. */
#pragma once
#include "capture/decode/frame.h"
#include "capture/live/inputs.h"
#include "capture/session/record.h"

struct lane;

enum lane_result {
	LANE_FRAME,
	LANE_IDLE, /* a pipe that has nothing yet, a file at its present end */
	LANE_END,
	LANE_BAD,  /* cut or damaged */
};

/* One serves many files, one after the other. NULL: no memory. */
struct lane *lane_new(void);
void lane_free(struct lane *l);

/* Borrows the file. grows: its end may not be the end. */
void lane_begin(struct lane *l, const struct input *in, bool grows);
/* The same for a look at a file whose fingerprints are wanted. */
void lane_begin_check(struct lane *l, const struct input *in);
/* The file will not grow any more: what it has now is read to its end. */
void lane_settle(struct lane *l);
bool lane_grows(const struct lane *l);

/* The next frame, which stays the next one, and borrowed, until it is taken;
 * *out is only then set. */
enum lane_result lane_look(struct lane *l, const struct frame **out);
void lane_take(struct lane *l);

/* Overwrites all that was read; the file is done with. */
void lane_end(struct lane *l);
/* Safe in a signal handler: lane_look() returns soon. */
void lane_stop(struct lane *l);

bool lane_is_capture(const struct lane *l);
const char *lane_reason(const struct lane *l);
uint64_t lane_done(const struct lane *l); /* bytes of the file */
/* By the frames seen, the next one too: fingerprint.h. */
uint64_t lane_packets(const struct lane *l);
void lane_print_first(struct lane *l, uint8_t out[32]);
void lane_print(struct lane *l, uint8_t out[32]);
void lane_print_old(struct lane *l, uint8_t out[32]); /* of a check */
