/* session.h: one connection that carries mail, or still may: events of its
 * protocols become one record. */
#pragma once
#include "capture/proto/tls.h"
#include "capture/session/record.h"
#include "capture/stream/flow.h"

struct session;

/* What is known of the connection when its first bytes come. */
struct session_start {
	int64_t first_seen;
	struct addr addr[2]; /* by enum side */
	uint16_t port[2];
	bool has_isn;
	uint32_t isn;        /* the client's */
	bool midstream;
	uint32_t lost;       /* bytes that are missing so far */
};

size_t session_size(void);

/* sensor: keys the session's id. scratch: shared by all sessions. */
void session_init(struct session *s, const struct session_start *start,
	const uint8_t sensor[16], struct tls_scratch *scratch);

/* Takes over what the flow knows of MACs, VLANs, TTL and time. */
void session_link(struct session *s, const struct flow *f);
void session_feed(struct session *s, const struct chunk *c);
/* The connection is over; nothing more will be fed. */
void session_end(struct session *s, enum record_ending how);

enum session_verdict {
	SESSION_MAYBE,    /* could still be mail */
	SESSION_MAIL,
	SESSION_NOT_MAIL, /* of no interest: forget it */
};
enum session_verdict session_verdict(const struct session *s);

/* AUTH was seen in it. */
bool session_has_auth(const struct session *s);

/* True while what its payload holds may be a secret or a message: not once
 * both sides speak TLS. */
bool session_in_clear(const struct session *s);

/* Facts have changed since the last call, and the record says so; borrowed
 * while the session lives. */
bool session_changed(const struct session *s);
const struct record *session_record(struct session *s);

/* Could a side's first bytes begin mail? So that other flows cost nothing. */
bool session_plausible(enum side side, uint16_t server_port, const uint8_t *p,
	size_t n, bool midstream);
