/* smtp.c: see smtp.h. The object itself: chunks in, events out. */
#include "capture/proto/smtp_state.h"
#include <assert.h>

_Static_assert(sizeof(struct smtp) <= 6144, "one exists per mail connection");

size_t smtp_size(void)
{
	return sizeof(struct smtp);
}

void smtp_init(struct smtp *s, bool midstream)
{
	memset(s, 0, sizeof *s);
	s->blind = true;
	s->midstream = s->resynced = midstream;
	s->client.gapped = s->client.lost = s->client.fresh = midstream;
	if (!midstream)
		smtp_wait(s, (struct smtp_waiting){.verb = SMTP_V_CONNECT});
}

void smtp_presume(struct smtp *s)
{
	s->presumed = true;
}

void smtp_feed(struct smtp *s, const struct chunk *c)
{
	s->in = *c;
	s->used = 0;
	s->fed = true;
	s->stopped = s->not_mail;
}

static void gap(struct smtp *s)
{
	s->resynced = true;
	if (s->in.side == SIDE_CLIENT)
		smtp_client_gap(s, s->in.n);
	else
		smtp_server_gap(s);
}

static void end(struct smtp *s)
{
	if (s->in.side == SIDE_CLIENT)
		smtp_client_end(s);
	else
		smtp_server_end(s);
}

static void step(struct smtp *s)
{
	size_t n = s->in.n - s->used;

	if (s->in.kind == CHUNK_DATA && n > 0) {
		const uint8_t *p = s->in.p + s->used;

		s->used += s->in.side == SIDE_CLIENT ? smtp_client(s, p, n)
						     : smtp_server(s, p, n);
		return;
	}
	s->fed = false;
	if (s->in.kind == CHUNK_GAP)
		gap(s);
	else if (s->in.kind == CHUNK_END)
		end(s);
}

bool smtp_next(struct smtp *s, struct smtp_event *out)
{
	while (s->out_i == s->out_n) {
		s->out_i = s->out_n = 0;
		if (s->stopped || !s->fed)
			return false;
		step(s);
	}
	*out = s->out[s->out_i++];
	return true;
}

struct smtp_event *smtp_say(struct smtp *s, enum smtp_kind kind, int64_t at)
{
	assert(s->out_n < SMTP_EVENTS);
	s->out[s->out_n] = (struct smtp_event){
		.kind = kind, .at = at, .resynced = s->resynced};
	return &s->out[s->out_n++];
}

void smtp_give_up(struct smtp *s)
{
	if (s->stopped)
		return;
	(void)smtp_say(s, SMTP_NOT_MAIL, s->in.at);
	s->stopped = s->not_mail = true;
}

struct chunk smtp_rest(struct smtp *s)
{
	struct chunk rest = s->in;

	rest.n = 0;
	if (s->fed && s->in.kind == CHUNK_DATA && s->in.n > s->used) {
		rest.p += s->used;
		rest.n = s->in.n - s->used;
	}
	s->fed = false;
	return rest;
}

bool smtp_is_mail(const struct smtp *s)
{
	return s->is_mail;
}

void smtp_wipe(struct smtp *s)
{
	bytes_wipe(s, sizeof *s);
}
