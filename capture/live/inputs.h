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
	uint64_t base; /* where reading starts, and the bytes from there */
	uint64_t size;
	int64_t first; /* time of the first packet, -1 not known */
	size_t order;  /* as it was given */
};

struct inputs {
	struct input *list;
	size_t n;
};

/* All or nothing. Inside a folder the order is by name, hidden files are left
 * out, and so is what does not begin like a capture or a compressed file. */
bool inputs_open(struct inputs *out, const char *const *names, size_t n,
	struct err *e);
/* Closes the files too. */
void inputs_close(struct inputs *in);
