/* offer.c: see offer.h. */
#include "capture/live/offer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct letter {
	uint64_t device, inode, size;
	char name[RECORD_LABEL];
};

/* Room for one descriptor, aligned as the header is. */
union room {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

bool offer_send(int socket, const struct input *in, const char *name)
{
	struct letter letter = {in->device, in->inode, in->size, {0}};
	struct iovec part = {&letter, sizeof letter};
	union room room = {.bytes = {0}};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	snprintf(letter.name, sizeof letter.name, "%s", name);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &in->fd, sizeof in->fd);
	return sendmsg(socket, &m, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		sizeof letter;
}

/* The one descriptor that came along; -1: none. */
static int descriptor(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fd;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		c->cmsg_len != CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

enum offer_result offer_take(int socket, struct input *out,
	char name[RECORD_LABEL])
{
	struct letter letter;
	struct iovec part = {&letter, sizeof letter};
	union room room = {.bytes = {0}};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
	ssize_t n = recvmsg(socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fd;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? OFFER_NONE
							 : OFFER_END;
	fd = descriptor(&m);
	if (n != sizeof letter || fd < 0) {
		if (fd >= 0)
			close(fd);
		return OFFER_END;
	}
	letter.name[sizeof letter.name - 1] = '\0';
	snprintf(name, RECORD_LABEL, "%s", letter.name);
	*out = (struct input){.fd = fd, .regular = true, .found = true,
		.offered = true, .device = letter.device,
		.inode = letter.inode, .size = letter.size, .first = -1};
	return OFFER_FILE;
}
