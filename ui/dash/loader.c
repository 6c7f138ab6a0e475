/* loader.c: see loader.h. */
#include "ui/dash/loader.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	FIRST = 500,    /* devices of a first look */
	LOOK = 500,     /* ms between two looks at the inventory */
	APPEAR = 10000, /* ms that a new inventory may take to become one */
};

enum piece {
	DEVICES, ACCOUNTS, SERVERS, EVENTS, TIMELINE, HEALTH, SESSIONS, TALK,
	PIECES,
};

struct pieces {
	void *v[PIECES];
};

struct loader {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	const struct dash_options *o;

	/* Of both threads; guarded. */
	struct wanted want;
	unsigned wants;        /* counts its changes */
	bool paused, stop;
	struct pieces fresh;   /* read, and not taken yet */
	struct pieces shown;   /* taken: the other thread looks at them */
	struct pieces old;     /* taken once; to be freed by the thread */
	unsigned answered;     /* the want that all pieces are there for */
	enum loader_state state;
	struct err trouble;

	/* The thread's own. */
	struct query *query;
	const struct device_list *devices; /* the latest */
	unsigned version;          /* counts changes of the inventory */
	unsigned read[PIECES];     /* the version that a piece is of; 0: none */
	struct wanted of;          /* what EVENTS, SESSIONS, TALK are of */
	int64_t appeared; /* ms: since when it is there and none; 0: is not */
	bool waited;      /* it was not there at first */
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void piece_free(enum piece piece, void *v)
{
	switch (piece) {
	case DEVICES: device_list_free(v); break;
	case ACCOUNTS: account_list_free(v); break;
	case SERVERS: server_groups_free(v); break;
	case EVENTS: event_list_free(v); break;
	case TIMELINE: timeline_free(v); break;
	case HEALTH: health_free(v); break;
	case SESSIONS: session_lines_free(v); break;
	case TALK: free(v); break;
	case PIECES: break;
	}
}

static void pieces_free(struct pieces *p)
{
	for (int i = 0; i < PIECES; i++)
		piece_free((enum piece)i, p->v[i]);
	*p = (struct pieces){{NULL}};
}

/* Reading */

static void complain(struct loader *r, const struct err *e, bool fatal)
{
	pthread_mutex_lock(&r->mutex);
	r->trouble = *e;
	r->state = fatal ? LOADER_FAILED : LOADER_TROUBLED;
	pthread_mutex_unlock(&r->mutex);
}

static void publish(struct loader *r, enum piece piece, void *v)
{
	void *old;

	pthread_mutex_lock(&r->mutex);
	old = r->fresh.v[piece];
	r->fresh.v[piece] = v;
	r->state = LOADER_WELL;
	pthread_mutex_unlock(&r->mutex);
	r->read[piece] = r->version;
	if (piece == DEVICES)
		r->devices = v;
	piece_free(piece, old);
}

static bool read_servers(struct query *q, void **out, struct err *e)
{
	struct server_list *list;

	if (!query_servers(q, &list, e))
		return false;
	*out = server_groups_from(list);
	return *out || err_set(e, ERR_RUN, "out of memory");
}

static bool read_piece(struct loader *r, enum piece piece,
	const struct wanted *w)
{
	struct query *q = r->query;
	union {
		void *any;
		struct device_list *devices;
		struct account_list *accounts;
		struct event_list *events;
		struct timeline *timeline;
		struct health *health;
		struct session_lines *sessions;
		struct talk *talk;
	} v = {NULL};
	struct err e = {0};
	bool ok = false;

	switch (piece) {
	case DEVICES: ok = query_devices(q, &v.devices, &e); break;
	case ACCOUNTS: ok = query_accounts(q, &v.accounts, &e); break;
	case SERVERS: ok = read_servers(q, &v.any, &e); break;
	case EVENTS:
		ok = events_read(&v.events, q, r->devices, w->since, w->until,
			&e);
		break;
	case TIMELINE: ok = query_timeline(q, 0, &v.timeline, &e); break;
	case HEALTH: ok = query_health(q, 0, &v.health, &e); break;
	case SESSIONS:
		ok = session_lines_read(&v.sessions, q, w->device, &e);
		break;
	case TALK: ok = talk_read(&v.talk, q, w->session, &e); break;
	case PIECES: break;
	}
	if (ok)
		publish(r, piece, v.any);
	else
		complain(r, &e, false);
	return ok;
}

/* The pieces that a view is made of, beside the devices. */
static unsigned pieces_of(const struct wanted *w)
{
	unsigned p = w->device[0] != '\0' ? 1u << SESSIONS : 0;

	switch (w->view) {
	case VIEW_ACCOUNTS:
	case VIEW_ACCOUNT: return p | 1u << ACCOUNTS;
	case VIEW_SERVERS:
	case VIEW_SERVER: return p | 1u << SERVERS;
	case VIEW_TIMELINE: return p | 1u << TIMELINE | 1u << HEALTH;
	case VIEW_EVENTS: return p | 1u << EVENTS;
	case VIEW_HEALTH: return p | 1u << HEALTH;
	case VIEW_SESSION: return p | 1u << TALK;
	case VIEW_DEVICES:
	case VIEW_DEVICE:
	case VIEW_HELP: break;
	}
	return p;
}

/* What was read of another device, session or time is of no use. */
static void forget(struct loader *r, const struct wanted *w)
{
	if (w->since != r->of.since || w->until != r->of.until)
		r->read[EVENTS] = 0;
	if (strcmp(w->device, r->of.device) != 0)
		r->read[SESSIONS] = 0;
	if (strcmp(w->session, r->of.session) != 0)
		r->read[TALK] = 0;
	r->of = *w;
}

/* Rows are there at once, however many there are. */
static bool look_first(struct loader *r)
{
	struct device_list *l;
	struct err e = {0};

	if (!query_devices_first(r->query, FIRST, &l, &e)) {
		complain(r, &e, false);
		return false;
	}
	publish(r, DEVICES, l);
	if (l->n < l->all)
		r->read[DEVICES] = 0;
	return true;
}

/* Reads what is not there, or not of this version. Devices come last: they
 * take longest. */
static bool read_wanted(struct loader *r, const struct wanted *w)
{
	unsigned pieces = pieces_of(w);
	bool ok = true;

	forget(r, w);
	if (!r->devices)
		ok = look_first(r);
	/* Events tell of all devices. */
	if (ok && r->read[DEVICES] == 0 && (pieces & 1u << EVENTS))
		ok = read_piece(r, DEVICES, w);
	for (int i = 0; ok && i < PIECES; i++)
		if ((pieces & 1u << i) && r->read[i] != r->version)
			ok = read_piece(r, (enum piece)i, w);
	if (ok && r->read[DEVICES] != r->version)
		ok = read_piece(r, DEVICES, w);
	return ok;
}

/* False if there will never be one; true with query NULL: not yet. */
static bool open_inventory(struct loader *r, struct err *e)
{
	struct stat st;

	if (stat(r->o->db, &st) != 0 || st.st_size == 0) {
		r->waited = true;
		r->appeared = 0;
		return true;
	}
	if (query_open(&r->query, r->o->db, e)) {
		query_oui(r->query, r->o->oui);
		return true;
	}
	/* Whoever makes it now may not be through with it. */
	if (r->appeared == 0)
		r->appeared = now_ms();
	return (r->waited || r->o->owns_capture) &&
		now_ms() - r->appeared < APPEAR;
}

/* Time to see whether the inventory has grown. */
static void look(struct loader *r, bool paused)
{
	struct err e = {0};

	if (!r->query && !open_inventory(r, &e))
		complain(r, &e, true);
	if (r->query && (r->version == 0 ||
			(!paused && query_changed(r->query))))
		r->version++;
}

/* True if there is something to do; false: it is to end. */
static bool wait_for_work(struct loader *r, int64_t until, unsigned seen)
{
	struct timespec ts = {.tv_sec = until / 1000,
		.tv_nsec = until % 1000 * 1000000};

	while (!r->stop && r->wants == seen && now_ms() < until)
		pthread_cond_timedwait(&r->wake, &r->mutex, &ts);
	return !r->stop;
}

static void *run(void *context)
{
	struct loader *r = context;
	int64_t next = 0, begin, end;
	unsigned seen = 0;

	pthread_mutex_lock(&r->mutex);
	while (wait_for_work(r, next, seen)) {
		struct wanted want = r->want;
		struct pieces old = r->old;
		bool paused = r->paused, ok;

		seen = r->wants;
		r->old = (struct pieces){{NULL}};
		pthread_mutex_unlock(&r->mutex);
		pieces_free(&old);
		begin = now_ms();
		if (begin >= next)
			look(r, paused);
		ok = r->query && read_wanted(r, &want);
		end = now_ms();
		/* A slow inventory is looked at less often: two thirds of the
		 * time are for others. */
		if (begin >= next)
			next = end + (2 * (end - begin) > LOOK
				? 2 * (end - begin) : LOOK);
		pthread_mutex_lock(&r->mutex);
		if (ok)
			r->answered = seen;
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

/* The other thread's side */

bool loader_start(struct loader **out, const struct dash_options *o,
	struct query *q, struct err *e)
{
	struct loader *r = calloc(1, sizeof *r);
	pthread_condattr_t attr;
	sigset_t all, before;
	int code;

	if (!r) {
		query_close(q);
		return err_set(e, ERR_RUN, "out of memory");
	}
	r->o = o;
	r->query = q;
	r->waited = q == NULL;
	pthread_mutex_init(&r->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&r->thread, NULL, run, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0) {
		query_close(q);
		free(r);
		return err_set(e, ERR_RUN, "cannot start a thread: %s",
			strerror(code));
	}
	*out = r;
	return true;
}

void loader_stop(struct loader *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->mutex);
	r->stop = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->mutex);
	pthread_join(r->thread, NULL);
	pieces_free(&r->fresh);
	pieces_free(&r->shown);
	pieces_free(&r->old);
	query_close(r->query);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->mutex);
	free(r);
}

static bool same(const struct wanted *a, const struct wanted *b)
{
	return a->view == b->view && a->since == b->since &&
		a->until == b->until && strcmp(a->device, b->device) == 0 &&
		strcmp(a->session, b->session) == 0;
}

bool loader_want(struct loader *r, const struct wanted *w, bool paused)
{
	bool open;

	pthread_mutex_lock(&r->mutex);
	r->paused = paused;
	if (r->wants == 0 || !same(w, &r->want)) {
		r->want = *w;
		r->wants++;
		pthread_cond_signal(&r->wake);
	}
	open = r->answered != r->wants;
	pthread_mutex_unlock(&r->mutex);
	return open;
}

bool loader_take(struct loader *r, struct snapshot *s)
{
	void *const *v = r->shown.v;
	bool any = false;

	pthread_mutex_lock(&r->mutex);
	for (int i = 0; i < PIECES; i++) {
		/* The last one is freed first, or it would be lost. */
		if (!r->fresh.v[i] || r->old.v[i])
			continue;
		r->old.v[i] = r->shown.v[i];
		r->shown.v[i] = r->fresh.v[i];
		r->fresh.v[i] = NULL;
		any = true;
	}
	pthread_mutex_unlock(&r->mutex);
	if (any)
		*s = (struct snapshot){.devices = v[DEVICES],
			.accounts = v[ACCOUNTS], .servers = v[SERVERS],
			.events = v[EVENTS], .timeline = v[TIMELINE],
			.health = v[HEALTH], .sessions = v[SESSIONS],
			.talk = v[TALK]};
	return any;
}

enum loader_state loader_state(struct loader *r, struct err *e)
{
	enum loader_state state;

	pthread_mutex_lock(&r->mutex);
	state = r->state;
	if (state != LOADER_WELL)
		*e = r->trouble;
	pthread_mutex_unlock(&r->mutex);
	return state;
}
