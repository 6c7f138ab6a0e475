/* dump.h: all that an inventory holds as text, without the numbers that mean
 * nothing outside their file: two that know the same give the same text. */
#pragma once
#include "inventory/sql.h"
#include "tests/unit/check.h"
#include <stdio.h>

#define DUMP_END(id) "(SELECT scope || '/' || ip || '/' || port || '/' || " \
	"mac || '/' || ttl || '/' || vlans || " \
	"iif(called = '', '', '/' || called) FROM ends WHERE id = " id ")"
#define DUMP_TEXT(id) "(SELECT quote(text) FROM texts WHERE id = " id ")"
#define DUMP_PROFILE(id) "(SELECT concat_all FROM dump_profiles d " \
	"WHERE d.id = " id ")"

static const char *const dump_facts[] = {
	"CREATE TEMP VIEW IF NOT EXISTS dump_profiles AS SELECT p.id, ifnull("
	DUMP_TEXT("p.helo") ", '') || '/' || ifnull(" DUMP_TEXT("p.agent")
	", '') || '/' || ifnull(" DUMP_TEXT("p.seen_as") ", '') || '/' || "
	"ifnull(" DUMP_TEXT("p.offered") ", '') || '/' || p.tls || '/' || "
	"p.tls_version || '/' || p.tls_cipher || '/' || ifnull("
	DUMP_TEXT("p.sni") ", '') || '/' || ifnull(" DUMP_TEXT("p.ja3")
	", '') || '/' || ifnull(" DUMP_TEXT("p.ja4") ", '') || '/' || "
	"ifnull((SELECT ifnull(" DUMP_TEXT("c.cn") ", '') || ifnull("
	DUMP_TEXT("c.issuer") ", '') || ifnull(" DUMP_TEXT("c.names")
	", '') || c.not_after FROM certificates c WHERE c.id = "
	"p.certificate), '') AS concat_all FROM profiles p",
	"SELECT 'session', hex(session), hex(conn), first_seen, lasted, "
	DUMP_END("client") ", client_port, " DUMP_END("server") ", "
	DUMP_PROFILE("profile") ", " DUMP_TEXT("banner") ", banner_tail, "
	"ending, flags, auth_total, mails, " DUMP_TEXT("froms") ", "
	DUMP_TEXT("domains") ", recipients, messages, accepted, bytes, "
	"client_bytes, server_bytes, gap_bytes FROM sessions ORDER BY session",
	"SELECT 'auth', hex(a.session), a.seq, a.after, "
	DUMP_TEXT("c.mechanism") ", c.class, " DUMP_TEXT("c.account") ", "
	DUMP_TEXT("c.authzid") ", " DUMP_TEXT("c.workstation") ", a.outcome, "
	"a.code, a.enhanced, a.evidence, a.confidence, a.flags, "
	"a.account_min, a.account_max, a.reason FROM auth_events a JOIN credentials c "
	"ON c.id = a.credential ORDER BY a.session, a.seq",
	"SELECT 'refusal', hex(session), seq, verb, code, enhanced "
	"FROM refusals ORDER BY session, seq",
	"SELECT 'source', hex(source), live, label, state, reason, "
	"first_seen, last_seen, packets, bytes, dropped, file_size "
	"FROM sources ORDER BY source",
	"SELECT 'heard', hex(s.source), h.hour, h.packets, h.dropped, h.gaps, "
	"h.lossy FROM source_hours h JOIN sources s ON s.id = h.source "
	"ORDER BY 2, 3",
	"SELECT 'stranger', hex(s.source), x.registry, x.number, x.frames "
	"FROM source_strangers x JOIN sources s ON s.id = x.source "
	"ORDER BY 2, 3, 4",
	"SELECT 'server', * FROM servers ORDER BY 2, 3, 4",
	"SELECT 'fact', * FROM server_facts ORDER BY 2, 3, 4, 5, 6",
	"SELECT 'binding', * FROM bindings ORDER BY 2, 3, 4, 5",
	"SELECT 'identity', * FROM identities ORDER BY 2, 3, 4, 5",
};

static const char *const dump_conclusions[] = {
	"SELECT 'use', " DUMP_END("u.\"end\"") ", sessions, messages, "
	"accepted, bytes, recipients, auth_accepted, auth_rejected, "
	"first_seen, last_seen FROM end_use u ORDER BY 2",
	"SELECT 'tally', kind, " DUMP_END("t.\"end\"") ", CASE kind WHEN 1 "
	"THEN " DUMP_PROFILE("value") " WHEN 2 THEN " DUMP_END("value")
	" WHEN 3 THEN " DUMP_TEXT("value") " WHEN 4 THEN " DUMP_TEXT("value")
	" WHEN 5 THEN (value >> 40) || ' ' || "
	DUMP_END("value & 1099511627775") " ELSE value END, n "
	"FROM end_tally t ORDER BY 2, 3, 4",
	"SELECT 'hour', " DUMP_END("h.\"end\"") ", hour, sessions, n "
	"FROM end_hours h ORDER BY 2, 3",
	"SELECT 'last', " DUMP_END("l.\"end\"") ", auth, hex(session), "
	"refused FROM end_last l ORDER BY 2, 3, 4",
	"SELECT 'credential', " DUMP_END("u.\"end\"") ", "
	DUMP_TEXT("c.mechanism") ", " DUMP_TEXT("c.account") ", sessions, "
	"messages, accepted, rejected, in_clear, again, first_seen, last_seen "
	"FROM credential_use u JOIN credentials c ON c.id = u.credential "
	"ORDER BY 2, 3, 4",
	"SELECT 'senders', " DUMP_TEXT("c.mechanism") ", "
	DUMP_TEXT("c.account") ", " DUMP_TEXT("f.froms") ", f.sessions "
	"FROM credential_froms f JOIN credentials c ON c.id = f.credential "
	"ORDER BY 2, 3, 4, 5",
	"SELECT 'timeline', * FROM timeline ORDER BY 2, 3",
	"SELECT 'end', " DUMP_END("d.\"end\"") ", device FROM device_ends d "
	"ORDER BY 2",
	"SELECT 'device', * FROM devices ORDER BY 2",
};

static inline void dump_statement(FILE *out, sqlite3 *h, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(h, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sqlite3_errmsg(h), sql);
	while (sqlite3_step(s) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const unsigned char *t = sqlite3_column_text(s, i);

			fprintf(out, "%s|", t ? (const char *)t : "NULL");
		}
		putc('\n', out);
	}
	sqlite3_finalize(s);
}

/* free() it. */
static inline char *dump_handle(sqlite3 *h, bool facts, bool conclusions)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	check(out != NULL);
	for (size_t i = 0; i < sizeof dump_facts / sizeof dump_facts[0]; i++)
		if (facts || i == 0)
			dump_statement(out, h, dump_facts[i]);
	for (size_t i = 0; conclusions &&
		i < sizeof dump_conclusions / sizeof dump_conclusions[0]; i++)
		dump_statement(out, h, dump_conclusions[i]);
	fclose(out);
	return text;
}

static inline char *dump(const char *path, bool facts, bool conclusions)
{
	sqlite3 *h = NULL;
	char *text;

	check(sqlite3_open(path, &h) == SQLITE_OK);
	text = dump_handle(h, facts, conclusions);
	sqlite3_close(h);
	return text;
}

/* The first line that differs is what one wants to see. */
static inline void dump_equal(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

		if (n != m || memcmp(a, b, n) != 0)
			fail_msg("\n%.*s\n%.*s", (int)n, a, (int)m, b);
		a += n + 1;
		b += m + 1;
	}
	assert_string_equal(a, b);
}
