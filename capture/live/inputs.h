/* inputs.h: the names that were given become open files: folders are walked,
 * "-" is standard input. Done while privileged, so nothing but a file's first
 * bytes is looked at here, and those are only compared. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { INPUTS_DEPTH = 32 }; /* folders in folders */

struct input {
	char *name;
	int fd;
	bool regular; /* else a pipe or the like: read once, as it comes */
	bool found;   /* in a folder: left out if it is no capture */
	bool unread;  /* so it was: see source_files.c */
	bool unnamed; /* nobody named it: it was read before, and may be needed
		       * for the sake of one that was named */
	uint64_t device, inode;
	uint8_t id[32]; /* by its first packet: fingerprint.h */
	uint64_t base; /* where reading starts, and the bytes from there */
	uint64_t size;
	int64_t first; /* time of the first packet, -1 not known */
	size_t order;  /* as it was given */
	bool offered;  /* by another process: offer.h */
	/* The source's own: */
	uint8_t fate;
	bool prefix;    /* it begins with all that is known of it */
	size_t checked; /* against so many known files */
};

struct inputs {
	struct input *list;
	size_t n;
};

/* All or nothing. Inside a folder the order is by name, hidden files are left
 * out, and so is what does not begin like a capture or a compressed file.
 * may_be_none: a folder may be empty, still. */
bool inputs_open(struct inputs *out, const char *const *names, size_t n,
	bool may_be_none, struct err *e);
/* One that nobody named, if it is there and not among them. */
bool inputs_add_unnamed(struct inputs *in, const char *path,
	const char *label, struct err *e);
/* One that was opened by another process. Takes fd. */
bool inputs_add_open(struct inputs *in, const struct input *one,
	const char *name, struct err *e);
/* Does what is there begin like a capture or a compressed file? */
bool inputs_sniff(int fd, uint64_t base);
/* Closes the files too. */
void inputs_close(struct inputs *in);
