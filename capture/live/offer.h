/* offer.h: files that appear while others are followed, on their way from the
 * process that may open them to the one that reads them, by SCM_RIGHTS. */
#pragma once
#include "capture/live/inputs.h"
#include "capture/session/record.h"

enum offer_result {
	OFFER_FILE,
	OFFER_NONE, /* nothing yet */
	OFFER_END,  /* there will be no more */
};

/* in: fd, device, inode and size; borrowed. Never waits: false if there is no
 * room now. */
bool offer_send(int socket, const struct input *in, const char *name);
/* The file is then the caller's. Never waits either; one system call. */
enum offer_result offer_take(int socket, struct input *out,
	char name[RECORD_LABEL]);
