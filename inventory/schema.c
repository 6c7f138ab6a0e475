/* schema.c: see schema.h. */
#include "inventory/schema.h"
#include "inventory/sql.h"
#include <assert.h>
#include <stdio.h>

/* Facts first, conclusions last. Whatever repeats from session to session
 * (texts, ends, profiles, credentials) has a row of its own and a number, so
 * that a session is about 100 bytes. Numbers mean nothing outside their
 * file: the natural key is what the UNIQUE says. Times are us since 1970, UTC;
 * 0 stands for "not known", of a text also: its numbers begin at 1. A list of
 * texts is one text with a newline between two of them, which no clean text
 * holds. Small integers are the enums of record.h and verdict.h; the views at
 * the end spell the most asked-for. */
static const char *const step_1[] = {
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;",

	"CREATE TABLE sensors (id INTEGER PRIMARY KEY,"
	"  sensor BLOB NOT NULL UNIQUE CHECK (length(sensor) = 16),"
	"  site TEXT NOT NULL, name TEXT NOT NULL,"
	"  updated_at INTEGER NOT NULL,"
	"  pruned_to INTEGER NOT NULL DEFAULT 0);",

	/* state: record_state; counters are totals, and never shrink. */
	"CREATE TABLE sources (id INTEGER PRIMARY KEY,"
	"  source BLOB NOT NULL UNIQUE CHECK (length(source) = 32),"
	"  sensor INTEGER NOT NULL REFERENCES sensors,"
	"  live INTEGER NOT NULL, label TEXT NOT NULL,"
	"  state INTEGER NOT NULL, reason TEXT NOT NULL,"
	"  beat_at INTEGER NOT NULL," /* wall clock */
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  packets INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	"  dropped INTEGER NOT NULL, not_understood INTEGER NOT NULL,"
	"  malformed INTEGER NOT NULL, cut INTEGER NOT NULL,"
	"  gaps INTEGER NOT NULL, gap_bytes INTEGER NOT NULL,"
	"  duplicates INTEGER NOT NULL, out_of_order INTEGER NOT NULL,"
	"  flows INTEGER NOT NULL, evicted INTEGER NOT NULL,"
	"  lost_records INTEGER NOT NULL, file_done INTEGER NOT NULL,"
	"  file_size INTEGER NOT NULL, files_done INTEGER NOT NULL,"
	"  files INTEGER NOT NULL);",

	"CREATE TABLE texts (id INTEGER PRIMARY KEY,"
	"  text TEXT NOT NULL UNIQUE);",

	/* One end of a connection as its frames showed it. A client's port
	 * is in the session, and 0 here. scope: the site that a private
	 * address belongs to, else ''. vlans: "204,10", outermost first. */
	"CREATE TABLE ends (id INTEGER PRIMARY KEY, scope TEXT NOT NULL,"
	"  ip TEXT NOT NULL, port INTEGER NOT NULL, mac TEXT NOT NULL,"
	"  ttl INTEGER NOT NULL, vlans TEXT NOT NULL,"
	"  UNIQUE (scope, ip, port, mac, ttl, vlans));",
	"CREATE INDEX ends_mac ON ends (mac, ip);",

	"CREATE TABLE certificates (id INTEGER PRIMARY KEY,"
	"  cn INTEGER NOT NULL, issuer INTEGER NOT NULL,"
	"  names INTEGER NOT NULL," /* a list */
	"  not_after INTEGER NOT NULL," /* s since 1970 */
	"  UNIQUE (cn, issuer, names, not_after));",

	/* What a program does in the same way each time. */
	"CREATE TABLE profiles (id INTEGER PRIMARY KEY,"
	"  helo INTEGER NOT NULL, agent INTEGER NOT NULL,"
	"  seen_as INTEGER NOT NULL, offered INTEGER NOT NULL," /* a list */
	"  tls INTEGER NOT NULL, tls_version INTEGER NOT NULL,"
	"  tls_cipher INTEGER NOT NULL, sni INTEGER NOT NULL,"
	"  ja3 INTEGER NOT NULL, ja4 INTEGER NOT NULL,"
	"  certificate INTEGER NOT NULL,"
	"  UNIQUE (helo, agent, seen_as, offered, tls, tls_version,"
	"    tls_cipher, sni, ja3, ja4, certificate));",

	/* Who one says one is; never what proves it. */
	"CREATE TABLE credentials (id INTEGER PRIMARY KEY,"
	"  mechanism INTEGER NOT NULL, class INTEGER NOT NULL,"
	"  account INTEGER NOT NULL, authzid INTEGER NOT NULL,"
	"  workstation INTEGER NOT NULL, realm INTEGER NOT NULL,"
	"  UNIQUE (account, mechanism, class, authzid, workstation, realm));",

	/* As people write it: an account of Windows with its domain. The realm
	 * of DIGEST-MD5 is a name of the server's. */
	"CREATE VIEW account_names AS SELECT c.id AS credential,"
	"  CASE WHEN r.text IS NULL OR m.text = 'DIGEST-MD5' THEN a.text"
	"    ELSE r.text || '\\' || a.text END AS name"
	"  FROM credentials c JOIN texts a ON a.id = c.account"
	"  LEFT JOIN texts r ON r.id = c.realm"
	"  LEFT JOIN texts m ON m.id = c.mechanism;",

	/* session: first_seen in ns (8 bytes, big endian) and a hash, so
	 * that inserts append. A banner's changing part (date, queue id) is
	 * kept apart, as it would fill texts. */
	"CREATE TABLE sessions ("
	"  session BLOB PRIMARY KEY CHECK (length(session) = 16),"
	"  conn BLOB NOT NULL CHECK (length(conn) = 16),"
	"  sensor INTEGER NOT NULL REFERENCES sensors,"
	"  source INTEGER NOT NULL REFERENCES sources,"
	"  first_seen INTEGER NOT NULL, lasted INTEGER NOT NULL,"
	"  client INTEGER NOT NULL REFERENCES ends,"
	"  client_port INTEGER NOT NULL,"
	"  server INTEGER NOT NULL REFERENCES ends,"
	"  profile INTEGER NOT NULL REFERENCES profiles,"
	"  banner INTEGER NOT NULL, banner_tail TEXT,"
	"  ending INTEGER NOT NULL, flags INTEGER NOT NULL,"
	"  auth_total INTEGER NOT NULL, mails INTEGER NOT NULL,"
	"  froms INTEGER NOT NULL, domains INTEGER NOT NULL," /* lists */
	"  recipients INTEGER NOT NULL, messages INTEGER NOT NULL,"
	"  accepted INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	"  client_bytes INTEGER NOT NULL, server_bytes INTEGER NOT NULL,"
	"  gap_bytes INTEGER NOT NULL) WITHOUT ROWID;",

	/* after: us since the session's first_seen. enhanced: 5.7.139 is
	 * 5007139. flags: 1 in clear, 2 initial response, 4 cancelled. */
	"CREATE TABLE auth_events ("
	"  session BLOB NOT NULL REFERENCES sessions ON DELETE CASCADE,"
	"  seq INTEGER NOT NULL, after INTEGER NOT NULL,"
	"  credential INTEGER NOT NULL REFERENCES credentials,"
	"  outcome INTEGER NOT NULL, code INTEGER NOT NULL,"
	"  enhanced INTEGER NOT NULL, evidence INTEGER NOT NULL,"
	"  confidence INTEGER NOT NULL CHECK (confidence BETWEEN 1 AND 100),"
	"  flags INTEGER NOT NULL, account_min INTEGER NOT NULL,"
	"  account_max INTEGER NOT NULL, PRIMARY KEY (session, seq))"
	"  WITHOUT ROWID;",

	/* verb: smtp_verb, what was refused. */
	"CREATE TABLE refusals ("
	"  session BLOB NOT NULL REFERENCES sessions ON DELETE CASCADE,"
	"  seq INTEGER NOT NULL, verb INTEGER NOT NULL,"
	"  code INTEGER NOT NULL, enhanced INTEGER NOT NULL,"
	"  PRIMARY KEY (session, seq)) WITHOUT ROWID;",

	"CREATE TABLE servers (scope TEXT NOT NULL, ip TEXT NOT NULL,"
	"  port INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
	"  last_seen INTEGER NOT NULL, PRIMARY KEY (scope, ip, port))"
	"  WITHOUT ROWID;",
	/* kind: host (that greets), greeting (the rest of it), sni,
	 * certificate, offered (a mechanism, in clear), starttls, seen_as */
	"CREATE TABLE server_facts (scope TEXT NOT NULL, ip TEXT NOT NULL,"
	"  port INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  PRIMARY KEY (scope, ip, port, kind, value)) WITHOUT ROWID;",

	"CREATE TABLE bindings (scope TEXT NOT NULL, ip TEXT NOT NULL,"
	"  mac TEXT NOT NULL, how TEXT NOT NULL"
	"  CHECK (how IN ('dhcp', 'arp', 'nd', 'frame')),"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  PRIMARY KEY (scope, ip, mac, how)) WITHOUT ROWID;",
	"CREATE INDEX bindings_mac ON bindings (mac);",

	/* subject: "mac:...", or "ip:..." as devices are; kind: kinds.c */
	"CREATE TABLE identities (scope TEXT NOT NULL,"
	"  subject TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  PRIMARY KEY (scope, subject, kind, value)) WITHOUT ROWID;",

	"CREATE TABLE annotations (device TEXT PRIMARY KEY,"
	"  status TEXT NOT NULL"
	"  CHECK (status IN ('todo', 'planned', 'done', 'exempt')),"
	"  owner TEXT, note TEXT, updated_at INTEGER NOT NULL)"
	"  WITHOUT ROWID;",

	/* Conclusions: sums over the sessions of an end ... */
	"CREATE TABLE end_use (\"end\" INTEGER PRIMARY KEY,"
	"  sessions INTEGER NOT NULL, messages INTEGER NOT NULL,"
	"  accepted INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	"  recipients INTEGER NOT NULL, auth_accepted INTEGER NOT NULL,"
	"  auth_rejected INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
	"  last_seen INTEGER NOT NULL);",
	/* kind: tally.h */
	"CREATE TABLE end_tally (kind INTEGER NOT NULL,"
	"  \"end\" INTEGER NOT NULL, value INTEGER NOT NULL,"
	"  n INTEGER NOT NULL, PRIMARY KEY (kind, \"end\", value))"
	"  WITHOUT ROWID;",
	"CREATE TABLE end_hours (\"end\" INTEGER NOT NULL,"
	"  hour INTEGER NOT NULL, sessions INTEGER NOT NULL,"
	"  n INTEGER NOT NULL, PRIMARY KEY (\"end\", hour)) WITHOUT ROWID;",
	/* The last ended sessions, with AUTH (1) or accepted without (0). */
	"CREATE TABLE end_last (\"end\" INTEGER NOT NULL,"
	"  auth INTEGER NOT NULL, session BLOB NOT NULL,"
	"  refused INTEGER NOT NULL, PRIMARY KEY (\"end\", auth, session))"
	"  WITHOUT ROWID;",
	"CREATE TABLE credential_use (\"end\" INTEGER NOT NULL,"
	"  credential INTEGER NOT NULL, sessions INTEGER NOT NULL,"
	"  messages INTEGER NOT NULL, accepted INTEGER NOT NULL,"
	"  rejected INTEGER NOT NULL, in_clear INTEGER NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  PRIMARY KEY (\"end\", credential)) WITHOUT ROWID;",
	"CREATE TABLE timeline (hour INTEGER NOT NULL, use INTEGER NOT NULL,"
	"  sessions INTEGER NOT NULL, PRIMARY KEY (hour, use))"
	"  WITHOUT ROWID;",
	/* ... and the devices that the ends belong to. */
	"CREATE TABLE devices (device TEXT PRIMARY KEY,"
	"  name TEXT, name_from TEXT, role INTEGER NOT NULL,"
	"  use INTEGER NOT NULL, evidence INTEGER NOT NULL,"
	"  confidence INTEGER NOT NULL, in_clear INTEGER NOT NULL,"
	"  tls_lowest INTEGER NOT NULL, tls_unused INTEGER NOT NULL,"
	"  some_clear INTEGER NOT NULL, last_auths INTEGER NOT NULL,"
	"  last_refused INTEGER NOT NULL, moved_away INTEGER NOT NULL,"
	"  median_gap INTEGER NOT NULL, sessions INTEGER NOT NULL,"
	"  messages INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	"  recipients INTEGER NOT NULL, auth_accepted INTEGER NOT NULL,"
	"  auth_rejected INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
	"  last_seen INTEGER NOT NULL,"
	/* lists, most used first */
	"  addresses TEXT, macs TEXT, vlans TEXT, accounts TEXT,"
	"  mechanisms TEXT, froms TEXT, domains TEXT, helos TEXT,"
	"  agents TEXT, servers TEXT, codes TEXT) WITHOUT ROWID;",
	"CREATE TABLE device_ends (\"end\" INTEGER PRIMARY KEY,"
	"  device TEXT NOT NULL REFERENCES devices);",
	"CREATE INDEX device_ends_device ON device_ends (device);",

	"CREATE VIEW session_list AS SELECT hex(s.session) AS session,"
	"  strftime('%Y-%m-%dT%H:%M:%SZ', s.first_seen / 1000000,"
	"    'unixepoch') AS first_seen, d.device, c.ip AS client_ip,"
	"  s.client_port, c.mac AS client_mac, c.vlans, v.ip AS server_ip,"
	"  v.port AS server_port, (SELECT text FROM texts WHERE id = p.sni)"
	"    AS sni, (SELECT text FROM texts WHERE id = p.helo) AS helo,"
	"  (SELECT text FROM texts WHERE id = s.banner) ||"
	"    ifnull(s.banner_tail, '') AS banner,"
	"  CASE p.tls WHEN 0 THEN 'none' WHEN 1 THEN 'starttls'"
	"    ELSE 'implicit' END AS tls, s.mails, s.recipients,"
	"  s.messages, s.accepted, s.bytes FROM sessions s"
	"  JOIN ends c ON c.id = s.client JOIN ends v ON v.id = s.server"
	"  JOIN profiles p ON p.id = s.profile"
	"  LEFT JOIN device_ends d ON d.\"end\" = s.client;",
	"CREATE VIEW auth_list AS SELECT hex(a.session) AS session, a.seq,"
	"  (SELECT text FROM texts WHERE id = c.mechanism) AS mechanism,"
	"  (SELECT text FROM texts WHERE id = c.account) AS account,"
	"  CASE a.outcome WHEN 1 THEN 'accepted' WHEN 2 THEN 'rejected'"
	"    WHEN 3 THEN 'aborted' ELSE 'unknown' END AS outcome, a.code,"
	"  CASE a.evidence WHEN 0 THEN 'seen' WHEN 1 THEN 'resynced'"
	"    ELSE 'inferred' END AS evidence, a.confidence,"
	"  a.flags & 1 AS in_clear FROM auth_events a"
	"  JOIN credentials c ON c.id = a.credential;",
	NULL,
};

/* What SPAN ports do to sessions, and what TLS hides. Enums are record.h's. */
static const char *const step_2[] = {
	/* A note needs no status, and a device may be given a name. */
	"DROP TABLE annotations;",
	"CREATE TABLE annotations (device TEXT PRIMARY KEY,"
	"  status TEXT NOT NULL CHECK (status IN"
	"    ('', 'todo', 'planned', 'done', 'exempt')),"
	"  owner TEXT, note TEXT, name TEXT, updated_at INTEGER NOT NULL)"
	"  WITHOUT ROWID;",
	/* guess: record_guess; odds: for AUTH, 1/100 nat */
	"ALTER TABLE sessions ADD COLUMN guess INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE sessions ADD COLUMN odds INTEGER NOT NULL DEFAULT 0;",
	/* sessions whose guesses make the verdict; 0: it is none */
	"ALTER TABLE devices ADD COLUMN guesses INTEGER NOT NULL DEFAULT 0;",
	/* what it is, and the rule that decided: rules.h */
	"ALTER TABLE devices ADD COLUMN type INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN score INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN maker TEXT;",
	"ALTER TABLE devices ADD COLUMN model TEXT;",
	"ALTER TABLE devices ADD COLUMN rule TEXT;",
	"ALTER TABLE devices ADD COLUMN rule_of INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN rule_fact TEXT;",
	/* marks: bits of tally_mark; sprayed: accounts that were refused and
	 * never let in; holes: sessions with packets missing; cadence:
	 * findings.h */
	"ALTER TABLE devices ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN sprayed INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN holes INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN last_accepted INTEGER NOT NULL"
	"  DEFAULT 0;",
	"ALTER TABLE devices ADD COLUMN cadence INTEGER NOT NULL DEFAULT 0;",
	/* path: where a file lies, or ''. digest: of a file that was read
	 * whole, else ''. */
	"ALTER TABLE sources ADD COLUMN path TEXT NOT NULL DEFAULT '';",
	"ALTER TABLE sources ADD COLUMN digest BLOB NOT NULL DEFAULT x'';",
	"ALTER TABLE sources ADD COLUMN if_dropped INTEGER NOT NULL "
	"  DEFAULT 0;",
	"ALTER TABLE sources ADD COLUMN sessions INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE sources ADD COLUMN one_sided INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE sources ADD COLUMN lossy INTEGER NOT NULL DEFAULT 0;",
	/* What each hour of packet time added to a source's counters. */
	"CREATE TABLE source_hours (source INTEGER NOT NULL"
	"  REFERENCES sources ON DELETE CASCADE, hour INTEGER NOT NULL,"
	"  packets INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	"  dropped INTEGER NOT NULL, if_dropped INTEGER NOT NULL,"
	"  not_understood INTEGER NOT NULL, malformed INTEGER NOT NULL,"
	"  cut INTEGER NOT NULL, gaps INTEGER NOT NULL,"
	"  gap_bytes INTEGER NOT NULL, duplicates INTEGER NOT NULL,"
	"  out_of_order INTEGER NOT NULL, evicted INTEGER NOT NULL,"
	"  lost_records INTEGER NOT NULL, sessions INTEGER NOT NULL,"
	"  one_sided INTEGER NOT NULL, lossy INTEGER NOT NULL,"
	"  PRIMARY KEY (source, hour)) WITHOUT ROWID;",
	/* Frames that were not understood, by kind: envelope.h. */
	"CREATE TABLE source_strangers (source INTEGER NOT NULL"
	"  REFERENCES sources ON DELETE CASCADE, registry INTEGER NOT NULL,"
	"  number INTEGER NOT NULL, frames INTEGER NOT NULL,"
	"  PRIMARY KEY (source, registry, number)) WITHOUT ROWID;",
	/* Parts of others, perhaps: whose beginning was not seen. And all
	 * that a capture which is read later may complete: those, the open
	 * ones, and those with gaps. */
	"CREATE INDEX sessions_loose ON sessions (client_port, first_seen)"
	"  WHERE flags & 1;",
	"CREATE INDEX sessions_partial ON sessions (first_seen, lasted)"
	"  WHERE flags & 1 OR ending = 0 OR gap_bytes > 0;",
	/* How and what the server, which is a proxy then, was asked for:
	 * record_proxy, a text. */
	"ALTER TABLE sessions ADD COLUMN proxy INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE sessions ADD COLUMN proxied INTEGER NOT NULL DEFAULT 0;",
	"ALTER TABLE sessions ADD COLUMN proxied_port INTEGER NOT NULL "
	"  DEFAULT 0;",
	/* Why AUTH was refused: record_reason. */
	"ALTER TABLE auth_events ADD COLUMN reason INTEGER NOT NULL"
	"  DEFAULT 0;",
	"DROP VIEW auth_list;",
	"CREATE VIEW auth_list AS SELECT hex(a.session) AS session, a.seq,"
	"  (SELECT text FROM texts WHERE id = c.mechanism) AS mechanism,"
	"  (SELECT text FROM texts WHERE id = c.account) AS account,"
	"  CASE a.outcome WHEN 1 THEN 'accepted' WHEN 2 THEN 'rejected'"
	"    WHEN 3 THEN 'aborted' ELSE 'unknown' END AS outcome, a.code,"
	"  CASE a.reason WHEN 1 THEN 'password' WHEN 2 THEN 'tenant-switch'"
	"    WHEN 3 THEN 'mailbox-switch' WHEN 4 THEN 'basic-disabled'"
	"    WHEN 5 THEN 'security-defaults' WHEN 6 THEN 'basic-removed'"
	"    WHEN 7 THEN 'not-offered' END AS reason,"
	"  CASE a.evidence WHEN 0 THEN 'seen' WHEN 1 THEN 'resynced'"
	"    ELSE 'inferred' END AS evidence, a.confidence,"
	"  a.flags & 1 AS in_clear FROM auth_events a"
	"  JOIN credentials c ON c.id = a.credential;",
	/* called: the MAC in the name that a client gave with EHLO, else ''.
	 * Behind one address, or at one after the other, there are several. */
	"DROP VIEW session_list;",
	"CREATE TABLE ends_2 (id INTEGER PRIMARY KEY, scope TEXT NOT NULL,"
	"  ip TEXT NOT NULL, port INTEGER NOT NULL, mac TEXT NOT NULL,"
	"  ttl INTEGER NOT NULL, vlans TEXT NOT NULL, called TEXT NOT NULL,"
	"  UNIQUE (scope, ip, port, mac, ttl, vlans, called));",
	"INSERT INTO ends_2 SELECT id, scope, ip, port, mac, ttl, vlans, ''"
	"  FROM ends;",
	"DROP TABLE ends;",
	"ALTER TABLE ends_2 RENAME TO ends;",
	"CREATE INDEX ends_mac ON ends (mac, ip);",
	"CREATE VIEW session_list AS SELECT hex(s.session) AS session,"
	"  strftime('%Y-%m-%dT%H:%M:%SZ', s.first_seen / 1000000,"
	"    'unixepoch') AS first_seen, d.device, c.ip AS client_ip,"
	"  s.client_port, c.mac AS client_mac, c.vlans, v.ip AS server_ip,"
	"  v.port AS server_port, (SELECT text FROM texts WHERE id = p.sni)"
	"    AS sni, (SELECT text FROM texts WHERE id = p.helo) AS helo,"
	"  (SELECT text FROM texts WHERE id = s.banner) ||"
	"    ifnull(s.banner_tail, '') AS banner,"
	"  CASE p.tls WHEN 0 THEN 'none' WHEN 1 THEN 'starttls'"
	"    ELSE 'implicit' END AS tls, s.mails, s.recipients,"
	"  s.messages, s.accepted, s.bytes FROM sessions s"
	"  JOIN ends c ON c.id = s.client JOIN ends v ON v.id = s.server"
	"  JOIN profiles p ON p.id = s.profile"
	"  LEFT JOIN device_ends d ON d.\"end\" = s.client;",
	NULL,
};

static const char *const step_3[] = {
	/* Tags, with commas between them. */
	"ALTER TABLE annotations ADD COLUMN tag TEXT;",
	/* All of an end side by side: they are read and written together. */
	"CREATE TABLE end_tally_3 (kind INTEGER NOT NULL,"
	"  \"end\" INTEGER NOT NULL, value INTEGER NOT NULL,"
	"  n INTEGER NOT NULL, PRIMARY KEY (\"end\", kind, value))"
	"  WITHOUT ROWID;",
	"INSERT INTO end_tally_3 SELECT * FROM end_tally"
	"  ORDER BY \"end\", kind, value;",
	"DROP TABLE end_tally;",
	"ALTER TABLE end_tally_3 RENAME TO end_tally;",

	/* What the tenant's own exports say: facts of their own kind, since
	 * no wire gave them. kind, reason: exports.h. */
	"CREATE TABLE imports (id INTEGER PRIMARY KEY,"
	"  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),"
	"  kind INTEGER NOT NULL, label TEXT NOT NULL,"
	"  imported_at INTEGER NOT NULL," /* wall clock */
	"  taken INTEGER NOT NULL);",
	"CREATE TABLE import_refusals (import INTEGER NOT NULL"
	"  REFERENCES imports ON DELETE CASCADE, reason INTEGER NOT NULL,"
	"  n INTEGER NOT NULL, PRIMARY KEY (import, reason)) WITHOUT ROWID;",
	"CREATE TABLE tenant_accounts (id INTEGER PRIMARY KEY,"
	"  account TEXT NOT NULL UNIQUE);",
	/* Each name of a mailbox, its first one too. */
	"CREATE TABLE tenant_names (name TEXT PRIMARY KEY,"
	"  account INTEGER NOT NULL REFERENCES tenant_accounts)"
	"  WITHOUT ROWID;",
	/* off: of SMTP AUTH, 1 or 0; -1: as the organisation has it */
	"CREATE TABLE tenant_mailboxes (account INTEGER PRIMARY KEY"
	"  REFERENCES tenant_accounts, off INTEGER NOT NULL);",
	/* use: auth_use, as the report says it */
	"CREATE TABLE tenant_report (account INTEGER NOT NULL"
	"  REFERENCES tenant_accounts, use INTEGER NOT NULL,"
	"  messages INTEGER NOT NULL, tls_old INTEGER NOT NULL,"
	"  PRIMARY KEY (account, use)) WITHOUT ROWID;",
	/* kind: 0 a sign-in by SMTP, 1 a message; outcome: record_outcome */
	"CREATE TABLE tenant_events (account INTEGER NOT NULL"
	"  REFERENCES tenant_accounts, at INTEGER NOT NULL,"
	"  kind INTEGER NOT NULL, ip TEXT NOT NULL,"
	"  outcome INTEGER NOT NULL,"
	"  PRIMARY KEY (account, at, kind, ip, outcome)) WITHOUT ROWID;",
	/* Conclusions: whose accounts these are, by join.h; use: auth_use, as
	 * the report says of the account. */
	"CREATE TABLE device_accounts (device TEXT NOT NULL,"
	"  account TEXT NOT NULL, score INTEGER NOT NULL"
	"  CHECK (score BETWEEN 1 AND 99), hits INTEGER NOT NULL,"
	"  hidden INTEGER NOT NULL, why INTEGER NOT NULL,"
	"  use INTEGER NOT NULL, PRIMARY KEY (device, account))"
	"  WITHOUT ROWID;",
	"CREATE TABLE tenant_clocks (sensor INTEGER PRIMARY KEY"
	"  REFERENCES sensors, ahead INTEGER NOT NULL," /* us */
	"  pairs INTEGER NOT NULL);",
	/* Rules that were added to those of the program: whoever reads
	 * concludes by them, too. */
	"CREATE TABLE rule_texts (seq INTEGER PRIMARY KEY,"
	"  name TEXT NOT NULL, text TEXT NOT NULL);",
	/* Sessions in which the account was tried by another credential
	 * before; and lists of whom mail was from. Those of old are counted
	 * when conclusions are drawn anew. */
	"ALTER TABLE credential_use ADD COLUMN again INTEGER NOT NULL"
	"  DEFAULT 0;",
	"CREATE TABLE credential_froms (credential INTEGER NOT NULL,"
	"  froms INTEGER NOT NULL, sessions INTEGER NOT NULL,"
	"  PRIMARY KEY (credential, froms)) WITHOUT ROWID;",
	"UPDATE meta SET value = 0 WHERE key = 'rules';",
	NULL,
};

/* Released steps never change; a new version is a new step. */
static const char *const *const steps[] = {step_1, step_2, step_3};
static_assert(sizeof steps / sizeof steps[0] == SCHEMA_VERSION,
	"a version is a step");

static bool step(sqlite3 *h, int64_t version, struct err *e)
{
	char stamp[96];

	snprintf(stamp, sizeof stamp,
		"PRAGMA application_id = %d; PRAGMA user_version = %d;",
		SCHEMA_APPLICATION, (int)version + 1);
	if (!sql_exec(h, "BEGIN IMMEDIATE", e))
		return false;
	for (const char *const *sql = steps[version]; *sql; sql++)
		if (!sql_exec(h, *sql, e))
			goto fail;
	if (sql_exec(h, stamp, e) && sql_exec(h, "COMMIT", e))
		return true;
fail:
	sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool schema_migrate(sqlite3 *h, struct err *e)
{
	int64_t version;

	if (!sql_number(h, "PRAGMA user_version", 0, &version, e))
		return false;
	/* The head of the file may be older than what its -wal says. */
	if (version < 0 || version > SCHEMA_VERSION)
		return err_set(e, ERR_USAGE, "'%s' was made by a newer "
			"mailcensus (schema %lld, this one knows %d); update, "
			"or use -d for another file",
			sqlite3_db_filename(h, "main"), (long long)version,
			SCHEMA_VERSION);
	for (; version < SCHEMA_VERSION; version++)
		if (!step(h, version, e))
			return false;
	return true;
}
