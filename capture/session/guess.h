/* guess.h: what record lengths say of a session inside TLS, as a part of its
 * record. A guess is told again at each checkpoint: the last one holds. */
#pragma once
#include "capture/proto/infer.h"
#include "capture/session/record.h"

/* What the last guess has added to the record's counts. */
struct guess_told {
	uint32_t auths, mails, recipients, messages, accepted;
};

/* Takes the last guess back. */
void guess_clear(struct record_session *r, struct guess_told *told);
/* Puts this one in its place. */
void guess_tell(struct record_session *r, struct guess_told *told,
	const struct infer_verdict *v);
