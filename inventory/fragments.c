/* fragments.c: see fragments.h. Between the same ports nothing else can be
 * while a session lasts: what began within it, and ended within it, is of it.
 * One that goes on for longer, or says more, is kept beside it. */
#include "inventory/fragments.h"
#include "capture/base/bytes.h"
#include <stdlib.h>

enum { WHOLE, PART, BEFORE, AFTER, EDGES, NEAR, LOOSE, STATEMENTS };

/* From the first segment to its answer: a capture that begins between them
 * has the whole dialogue, and knows the connection, but not when it began. */
static const int64_t HANDSHAKE = 10 * 1000000LL; /* us */

/* us: a part that was joined late ends with an acknowledgement behind the FIN
 * at which the whole was closed. */
#define TAIL "1000000"

/* Of two ends: the addresses and ports, however the frames came. */
#define BETWEEN_THE_SAME \
	"x.client_port = ?1 AND xc.ip = c.ip AND xc.scope = c.scope AND " \
	"xv.ip = v.ip AND xv.scope = v.scope AND xv.port = v.port"
#define ENDS "JOIN ends xc ON xc.id = x.client " \
	"JOIN ends xv ON xv.id = x.server JOIN ends c ON c.id = ?2 " \
	"JOIN ends v ON v.id = ?3 "

/* Sessions have no index but time, and seldom is this asked: it may cost so
 * many of them. */
static const char *const statements[STATEMENTS] = {
	[WHOLE] = "SELECT 1 FROM (SELECT * FROM sessions WHERE session < ?4 "
		"ORDER BY session DESC LIMIT 4096) x " ENDS
		"WHERE " BETWEEN_THE_SAME " AND "
		"x.first_seen + x.lasted + " TAIL " >= ?5 "
		"AND x.client_bytes + x.server_bytes >= ?6 LIMIT 1",
	[PART] = "SELECT x.session FROM sessions x " ENDS
		"WHERE x.flags & 1 AND x.first_seen > ?4 AND "
		"x.first_seen + x.lasted <= ?5 + " TAIL " AND "
		"x.client_bytes + x.server_bytes <= ?6 AND "
		BETWEEN_THE_SAME " LIMIT 1",
	[BEFORE] = "SELECT 1 FROM (SELECT conn, client_bytes + server_bytes AS n "
		"FROM sessions WHERE session < ?1 AND session > ?2 "
		"ORDER BY session DESC LIMIT 4096) WHERE conn = ?3 "
		"AND n >= ?6 LIMIT 1",
	[AFTER] = "SELECT session FROM (SELECT session, conn, client_bytes + "
		"server_bytes AS n FROM sessions WHERE session > ?1 AND "
		"session < ?2 ORDER BY session LIMIT 4096) WHERE conn = ?3 "
		"AND n <= ?6 LIMIT 1",
	[NEAR] = "SELECT session, conn FROM sessions WHERE session >= ?1 "
		"AND session <= ?2 ORDER BY session DESC LIMIT ?3",
	[LOOSE] = "SELECT DISTINCT client_port FROM sessions WHERE flags & 1",
	[EDGES] = ("SELECT DISTINCT first_seen FROM sources "
		"WHERE first_seen > 0 ORDER BY 1"),
};

/* Connections that were written last, and those near edges: where one has no
 * other session, as nearly all have not, nothing need be looked for. */
enum { KNOWN = 1 << 16 };

struct known {
	uint64_t conn;
	uint64_t session; /* MANY: more than one */
};

static const uint64_t MANY = UINT64_MAX;

enum { PORTS = 1 << 16 };

struct fragments {
	sqlite3_stmt *s[STATEMENTS];
	uint8_t loose[PORTS / 8]; /* clients' ports that may have had parts */
	struct known *known; /* a cache: the later one takes the place */
	int64_t *edges; /* sorted */
	size_t edges_n;
};

/* The first edge that is not before a time. */
static size_t edge_from(const struct fragments *w, int64_t at)
{
	size_t low = 0, high = w->edges_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->edges[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool has_edge(const struct fragments *w, int64_t from, int64_t to)
{
	size_t at = edge_from(w, from);

	return at < w->edges_n && w->edges[at] <= to;
}

void fragments_edge(struct fragments *w, int64_t at)
{
	size_t i = edge_from(w, at);

	if (i < w->edges_n && w->edges[i] == at)
		return;
	w->edges = xgrow(w->edges, w->edges_n, sizeof *w->edges);
	memmove(w->edges + i + 1, w->edges + i,
		(w->edges_n - i) * sizeof *w->edges);
	w->edges[i] = at;
	w->edges_n++;
}

/* Keys of sessions begin with their time in ns. */
static void key_at(uint8_t key[16], int64_t us)
{
	struct wr w = wr_init(key, 16);

	memset(key, 0, 16);
	wr_be64(&w, us > 0 ? (uint64_t)us * 1000 : 0);
}

static uint64_t head(const uint8_t *p)
{
	struct rd r = rd_init(p, 16);

	return rd_be64(&r);
}

/* A session begins with its time, which tells it from others of its
 * connection; conn is a hash. */
static void note(struct fragments *w, const uint8_t conn[16],
	const uint8_t session[16])
{
	uint64_t c = head(conn), s = head(session);
	struct known *k = &w->known[c % KNOWN];

	if (k->conn == c && k->session != s)
		s = MANY;
	*k = (struct known){c, s};
}

static void note_loose(struct fragments *w, uint16_t port)
{
	w->loose[port / 8] |= (uint8_t)(1u << port % 8);
}

static bool may_have_parts(const struct fragments *w, uint16_t port)
{
	return w->loose[port / 8] >> port % 8 & 1;
}

void fragments_note(struct fragments *w, const struct fragments_of *x)
{
	note(w, x->conn, x->f->session);
	if (x->f->flags & RECORD_MIDSTREAM)
		note_loose(w, x->client_port);
}

/* May the connection have another session than this one? */
static bool is_known(const struct fragments *w, const struct fragments_of *x)
{
	uint64_t c = head(x->conn);
	const struct known *k = &w->known[c % KNOWN];

	return k->conn == c && k->session != head(x->f->session);
}

/* What earlier runs wrote near this edge. */
static bool load_near(struct fragments *w, int64_t edge, struct err *e)
{
	sqlite3_stmt *s = w->s[NEAR];
	uint8_t from[16], to[16];
	bool row = true;

	key_at(from, edge - HANDSHAKE);
	key_at(to, edge + HANDSHAKE);
	sql_bind_blob(s, 1, from, sizeof from);
	sql_bind_blob(s, 2, to, sizeof to);
	sql_bind(s, 3, KNOWN / 2);
	while (row) {
		if (!sql_row(s, &row, e))
			return false;
		if (row && sqlite3_column_bytes(s, 0) == 16 &&
			sqlite3_column_bytes(s, 1) == 16)
			note(w, sqlite3_column_blob(s, 1),
				sqlite3_column_blob(s, 0));
	}
	sql_reset(s);
	return true;
}

static bool load_edges(struct fragments *w, struct err *e)
{
	bool row;

	while (sql_row(w->s[EDGES], &row, e)) {
		if (!row) {
			sql_reset(w->s[EDGES]);
			return true;
		}
		fragments_edge(w, sqlite3_column_int64(w->s[EDGES], 0));
	}
	return false;
}

static bool load_loose(struct fragments *w, struct err *e)
{
	bool row;

	while (sql_row(w->s[LOOSE], &row, e)) {
		if (!row) {
			sql_reset(w->s[LOOSE]);
			return true;
		}
		note_loose(w, (uint16_t)sqlite3_column_int(w->s[LOOSE], 0));
	}
	return false;
}

bool fragments_open(struct fragments **out, struct db *db, struct err *e)
{
	struct fragments *w = xcalloc(1, sizeof *w);
	bool ok;

	w->known = xcalloc(KNOWN, sizeof *w->known);
	ok = db_prepare(db, statements, w->s, STATEMENTS, e) &&
		load_edges(w, e) && load_loose(w, e);
	for (size_t i = 0; ok && i < w->edges_n; i++)
		ok = load_near(w, w->edges[i], e);
	if (!ok) {
		fragments_close(w);
		return false;
	}
	*out = w;
	return true;
}

void fragments_close(struct fragments *w)
{
	if (!w)
		return;
	db_finalize(w->s, STATEMENTS);
	free(w->edges);
	free(w->known);
	free(w);
}

static void bind(sqlite3_stmt *s, const struct fragments_of *x)
{
	sql_bind(s, 1, x->client_port);
	sql_bind(s, 2, x->f->client);
	sql_bind(s, 3, x->f->server);
	sql_bind(s, 5, x->f->last_seen);
	sql_bind_count(s, 6, x->f->client_bytes + x->f->server_bytes);
}

/* The same connection, begun a little before or after. */
static bool find_near(sqlite3_stmt *s, const struct fragments_of *x,
	int64_t until, bool *found, struct err *e)
{
	uint8_t key[16];

	key_at(key, until);
	sql_bind_blob(s, 1, x->f->session, 16);
	sql_bind_blob(s, 2, key, sizeof key);
	sql_bind_blob(s, 3, x->conn, 16);
	sql_bind_count(s, 6, x->f->client_bytes + x->f->server_bytes);
	return sql_row(s, found, e);
}

bool fragments_is_part(struct fragments *w, const struct fragments_of *x,
	bool *is, struct err *e)
{
	sqlite3_stmt *s = w->s[WHOLE];
	int64_t first = x->f->first_seen;
	bool ok = true;

	*is = false;
	if (x->f->flags & RECORD_MIDSTREAM) {
		bind(s, x);
		sql_bind_blob(s, 4, x->f->session, sizeof x->f->session);
		ok = sql_row(s, is, e);
	} else if (is_known(w, x) && has_edge(w, first - HANDSHAKE, first)) {
		s = w->s[BEFORE];
		ok = find_near(s, x, first - HANDSHAKE, is, e);
	}
	sql_reset(s);
	return ok;
}

static bool copy_key(sqlite3_stmt *s, uint8_t out[16])
{
	const void *session = sqlite3_column_blob(s, 0);

	if (!session || sqlite3_column_bytes(s, 0) != 16)
		return false;
	memcpy(out, session, 16);
	return true;
}

bool fragments_next(struct fragments *w, const struct fragments_of *x,
	uint8_t part[16], bool *found, struct err *e)
{
	sqlite3_stmt *s = w->s[PART];
	int64_t first = x->f->first_seen;

	*found = false;
	if (may_have_parts(w, x->client_port)) {
		bind(s, x);
		sql_bind(s, 4, first);
		if (!sql_row(s, found, e))
			return false;
		*found = *found && copy_key(s, part);
		sql_reset(s);
	}
	if (*found || !is_known(w, x) ||
		!has_edge(w, first + 1, first + HANDSHAKE))
		return true;
	s = w->s[AFTER];
	if (!find_near(s, x, first + HANDSHAKE, found, e))
		return false;
	*found = *found && copy_key(s, part);
	sql_reset(s);
	return true;
}
