/* query.h: the inventory as people ask for it. A read-only connection; every
 * result is a copy of its own, in one snapshot of the database. */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/err.h"
#include "inventory/account.h"
#include "inventory/advice.h"
#include "inventory/annotate.h"
#include "inventory/findings.h"
#include "inventory/providers.h"
#include "inventory/rules.h"
#include "inventory/verdict.h"
#include <stdint.h>

struct query; /* an open connection */

/* A list of texts, most used first. */
struct names {
	char **v;
	size_t n;
};

enum { QUERY_DAY = 24, QUERY_HOURS = QUERY_DAY * 7 };

/* An account that a device may have, TLS hiding it: by the tenant's own
 * exports, and never more than likely. */
struct candidate {
	char *account;
	unsigned score;       /* 1-99: percent */
	uint64_t hits, tries; /* so many of its tries at sign-ins' times */
	bool by_times, by_length, by_sender; /* what tells for it */
	enum auth_use use;    /* as the report says; USE_UNKNOWN: it does not */
};

enum { CANDIDATE_SURE = 50 }; /* from here on it is shown as the device's */

struct device {
	char *id;         /* "mac:00:26:73:a5:a8:f3" or "ip:10.20.4.31" */
	char *name;       /* NULL: none known */
	char *name_from;  /* "ehlo", "dhcp", "set", ... or NULL */
	char *owner, *note; /* the engineer's own, or NULL */
	char *tag;          /* the same; of several with commas between */
	enum status status;
	char *vendor;     /* by OUI, else the maker; or NULL */
	enum device_type type;
	unsigned type_score;  /* 1-99; 0: the type is unknown */
	char *maker, *model;  /* by rules, or NULL */
	char *rule;           /* the one that decided the type, or NULL */
	enum rule_of rule_of; /* and what it looked at: */
	char *rule_fact;
	struct names addresses, macs, vlans;
	enum auth_use use;
	enum evidence evidence;
	unsigned confidence; /* 1-100 */
	uint64_t guesses;    /* inferred: from so many sessions */
	enum standing standing;
	enum role role;
	bool in_clear;       /* a password mechanism was used without TLS */
	struct names accounts, mechanisms; /* as seen */
	struct candidate *candidates; /* beside those, the likeliest first */
	size_t candidates_n;
	struct names from;    /* MAIL FROM */
	struct names domains; /* of recipients */
	struct names helos, agents;
	struct names servers; /* "name or address:port" */
	struct names services; /* "exchange-online-submission", "own" ... */
	uint64_t domains_inside, domains_outside; /* of recipients */
	enum recipients recipients_are;
	/* What to do, by timeline.rules; NULL: nothing is known to do. breaks:
	 * the day it stops working, or "now"; source: who says so, since when.
	 * Borrowed from the list. */
	const char *advice, *advice_why, *advice_rule, *breaks, *breaks_source;
	struct names codes;   /* AUTH replies that refused: "535 5.7.139" */
	uint16_t tls_lowest;  /* 0x0303...; 0: none seen in TLS */
	bool tls_unused;      /* STARTTLS offered and not used */
	bool some_clear;      /* at least one session without TLS */
	uint32_t findings;    /* FINDING_BITs */
	enum cadence cadence;
	uint64_t holes;        /* sessions with packets missing */
	int64_t last_accepted; /* us: AUTH; 0: never seen */
	char proof[33];        /* query_proofs(); else "" */
	uint64_t sessions, messages, bytes, recipients;
	uint64_t auth_accepted, auth_rejected;
	int64_t first_seen, last_seen; /* us since 1970 */
	/* Messages (sessions where TLS hides them) an hour, oldest first; the
	 * last one is the hour of device_list.now. */
	uint32_t hours[QUERY_HOURS];
};

struct source_state {
	char *label;
	bool live, running;
	char *state;  /* "running", "done", "cut", "failed" */
	char *reason; /* or NULL */
	int64_t beat_at; /* us, wall clock of the last sign of life */
	int64_t first_seen, last_seen;
	uint64_t packets, bytes, dropped, gaps, gap_bytes, malformed;
	uint64_t not_understood, cut, duplicates, out_of_order, evicted;
	uint64_t lost_records, file_done, file_size;
	uint32_t files_done, files;
};

struct device_list {
	struct device *v; /* by id */
	size_t n;
	size_t all; /* that there are: more than n after a first look */
	size_t by_use[USE_BASIC + 1]; /* devices, mta not counted */
	struct names own_domains; /* as said, else as guessed */
	char **advice; /* the few texts that devices borrow */
	size_t advice_n;
	size_t mtas, new_day;  /* first seen within 24 h of now */
	uint64_t sessions;
	int64_t now;           /* us: last packet time known */
	int64_t first_seen;    /* us: first packet time known; 0: none */
	struct source_state *sources;
	size_t sources_n;
	uint64_t db_bytes;
};

struct auth_row {
	int64_t at;
	char *mechanism, *account, *authzid, *workstation; /* NULL: unknown */
	char *realm; /* NTLM's domain, DIGEST-MD5's realm */
	const char *outcome;  /* accepted, rejected, aborted, unknown */
	unsigned code;
	char *enhanced;       /* "5.7.139" or NULL */
	enum record_reason reason; /* of a refusal */
	enum evidence evidence;
	unsigned confidence, account_min, account_max;
	bool in_clear;
};

/* A refusal of anything but AUTH. */
struct refusal_row {
	unsigned verb; /* enum smtp_verb */
	unsigned code;
	char *enhanced; /* or NULL */
};

/* Whose a service is, and how that is known. */
struct service_why {
	const char *from; /* sni, proxy, dns, certificate, banner, address; or
			   * NULL where the service is not known */
	char *fact;       /* the name or address that told */
	char *rule;       /* of providers.rules */
	char *provider;   /* "Microsoft"; or NULL */
	enum service_way way;
	bool demands;     /* it takes no mail without AUTH */
};

/* One session: everything that the JSON lines say. */
struct session_row {
	char session[33], conn[33];
	char *sensor, *device, *source;
	int64_t first_seen, last_seen; /* us */
	char *client_ip, *client_mac, *server_ip, *server_mac;
	unsigned client_port, server_port;
	int hops; /* -1: unknown */
	struct names vlans, offered, from, domains;
	char *server_name, *server_name_from, *banner, *helo;
	/* How the server, which is a proxy then, was asked for what: socks4,
	 * socks5, http-connect; NULL: it is none. */
	const char *proxy;
	char *proxied; /* host; NULL: not seen */
	unsigned proxied_port;
	const char *tls_mode; /* none, starttls, implicit */
	bool tls_offered;
	uint16_t tls_version;  /* 0: unknown */
	char *tls_cipher, *sni, *ja3, *ja4;
	char *cert_cn, *cert_issuer;
	struct names cert_names;
	int64_t cert_not_after; /* s; 0: none */
	struct auth_row *auth;
	size_t auth_n;
	uint64_t recipients, messages, accepted, bytes;
	char *agent;
	const char *end;   /* closed reset idle open */
	const char *sides; /* both client server */
	bool midstream, truncated;
	uint64_t gap_bytes;
	uint32_t flags; /* enum record_flag */
	enum auth_use use; /* the verdict of this session by itself */
	enum evidence evidence;
	unsigned confidence;
	const char *guess; /* what record lengths say, by themselves: auth,
			    * none, undecided; NULL: nothing was to be read */
	char *server_service; /* "exchange-online-mx" ..., or NULL */
	struct service_why server_why;
	char *seen_as; /* the client's address as the server says it */
	uint64_t auth_total, mails, client_bytes, server_bytes;
	struct refusal_row *refusals;
	size_t refusals_n;
};

/* An account name that was seen, or read out of lengths. */
struct account_mechanism {
	char *mechanism;
	uint64_t sessions, accepted, rejected;
	bool in_clear; /* its password went without TLS */
};
struct account {
	char *account;
	enum account_kind kind;
	enum auth_use use; /* basic outranks oauth */
	struct names mechanisms, devices; /* ids of devices */
	uint64_t sessions, messages, accepted, rejected;
	bool in_clear; /* its password went without TLS */
	struct account_mechanism *by_mechanism; /* most used first */
	size_t by_mechanism_n;
	struct names from; /* MAIL FROM of its sessions; those used most */
	int64_t first_seen, last_seen; /* us */
	/* Its AUTHs an hour in the last day, oldest first; the last one is the
	 * hour of the last AUTH of any account. */
	uint32_t hours[QUERY_DAY];
};
struct account_list {
	struct account *v;
	size_t n;
};

struct server {
	char *ip;
	unsigned port;
	char *name, *name_from; /* sni, proxy, dns, certificate, banner; NULL */
	char *service;          /* "own" too; or NULL */
	struct service_why why;
	enum role role;         /* ROLE_MTA: one's own, that takes mail */
	struct names names;     /* all that it was ever called */
	struct names banners;   /* without their changing part */
	struct names offered;   /* mechanisms offered in clear */
	bool starttls;          /* offered */
	struct names seen_as;   /* addresses that it sees its clients at */
	uint64_t sessions, messages, devices;
	struct names device_ids; /* of those, by id */
	uint64_t by_use[USE_BASIC + 1]; /* sessions by their own verdict */
	int64_t first_seen, last_seen;  /* us */
};
struct server_list {
	struct server *v;
	size_t n;
};

/* Sessions an hour by verdict, oldest hour first. */
struct timeline_hour {
	int64_t at; /* us: the hour's begin */
	uint32_t by_use[USE_BASIC + 1];
};
struct timeline {
	struct timeline_hour *v; /* hours without a session are left out */
	size_t n;
};

/* A capture file that was read: what record_source says of it, in us. */
struct file_known {
	uint8_t id[32], digest[32]; /* digest: zeroes if not read whole */
	uint64_t packets, size;
	int64_t first_seen, last_seen;
	char *label, *path; /* path: NULL where none is known */
};
/* A session that another capture may complete. */
struct file_partial {
	int64_t first_seen, last_seen; /* us */
	bool midstream, open;
};
struct file_list {
	struct file_known *v;
	size_t n;
	struct file_partial *partial;
	size_t partial_n;
};

/* How well the capture heard in an hour of packet time, or in all. */
struct health_hour {
	int64_t at; /* us: the hour's begin; of the total 0 */
	uint64_t packets, bytes;
	uint64_t dropped;    /* by kernel and interface */
	uint64_t if_dropped; /* by the interface, of these */
	uint64_t not_understood, malformed, cut; /* frames */
	uint64_t gaps, gap_bytes, duplicates, out_of_order;
	uint64_t evicted, lost_records;
	uint64_t sessions, one_sided, lossy; /* of mail, as they ended */
};

/* Frames that were not understood, by kind: "ethertype 0x88f7 (PTP)". */
struct health_stranger {
	char *name;
	uint64_t frames;
};

enum { HEALTH_NAME = 64 };

struct health {
	struct health_hour total;
	struct health_hour *v; /* hours without a packet are left out */
	size_t n;
	struct health_stranger *strangers; /* the most frequent first */
	size_t strangers_n;
};

/* Opens read-only; works beside a writer, on a file that no writer holds, and
 * on a read-only disk. Refuses what is no inventory, or a newer one. */
bool query_open(struct query **out, const char *path, struct err *e);
void query_close(struct query *q);

/* True if anything has been written since the last call (cheap: the data
 * version and the file's change counter, no table is read). */
bool query_changed(struct query *q);

bool query_devices(struct query *q, struct device_list **out, struct err *e);
/* For a first look at a large inventory: the `most` that are of the greatest
 * concern, out of l->all; counted are all. What other devices have to do with
 * one (shared accounts) is not known then. */
bool query_devices_first(struct query *q, size_t most,
	struct device_list **out, struct err *e);
void device_list_free(struct device_list *l);
/* Finds for each device the newest session that shows what its verdict says,
 * else the newest: its key, as the JSON lines have it. Reads sessions, so it
 * is for reports and not for screens. */
bool query_proofs(struct query *q, struct device_list *l, struct err *e);

/* Where vendors are looked up: a CSV file of the IEEE, a folder of them, or
 * NULL for where the ieee-data package puts them (the default). Before the
 * first query_devices(); a file that cannot be read is an error then. */
void query_oui(struct query *q, const char *path);

/* One of the domains that are one's own: recipients there are inside. Without
 * any they are guessed from the senders. Before the first query_devices(). */
void query_own_domain(struct query *q, const char *domain);

bool query_accounts(struct query *q, struct account_list **out,
	struct err *e);
void account_list_free(struct account_list *l);
bool query_servers(struct query *q, struct server_list **out, struct err *e);
void server_list_free(struct server_list *l);
/* A name that was heard of a device or of an address. */
struct name_heard {
	int64_t at;    /* us: first */
	char *subject; /* "mac:...", or "ip:..." as devices are */
	char *kind;    /* "dns", "dhcp_host" ... */
	char *name;
};
struct name_list {
	struct name_heard *v;
	size_t n;
};
/* Those that hosts are called by, first heard in [since, until] (us); the
 * latest first, at most so many. */
bool query_names_heard(struct query *q, int64_t since, int64_t until,
	size_t most, struct name_list **out, struct err *e);
void name_list_free(struct name_list *l);

/* Since that hour (us); 0 for all. */
bool query_timeline(struct query *q, int64_t since, struct timeline **out,
	struct err *e);
void timeline_free(struct timeline *t);

/* Over all sources; hours since then (us), 0 for all. */
bool query_health(struct query *q, int64_t since, struct health **out,
	struct err *e);
void health_free(struct health *h);
/* The share of packets that were dropped, or whose records were lost: 0-1. */
double health_loss(const struct health_hour *h);
/* The hour with the greatest share; NULL: none was lost. */
const struct health_hour *health_worst(const struct health *h);

/* What became of a file of the tenant's exports. */
struct import_refused {
	const char *reason, *text; /* for programs, for people */
	uint64_t rows;
};
struct import_state {
	char *label;
	const char *kind, *kind_text; /* for programs, for people */
	uint8_t digest[32];
	int64_t imported_at; /* us, wall clock */
	uint64_t taken;      /* rows */
	struct import_refused *refused;
	size_t refused_n;
};

/* How far the provider's clock is ahead of a sensor's. */
struct clock_state {
	char *sensor;
	int64_t ahead;  /* us */
	uint64_t pairs; /* sign-ins and sessions that say so */
};

/* What the tenant's exports and the wire say of each other. The lists are
 * sorted. */
struct coverage {
	struct import_state *imports; /* the oldest first */
	size_t imports_n;
	struct clock_state *clocks;
	size_t clocks_n;
	bool reported;      /* a report or a sign-in log was imported */
	struct names unseen;     /* accounts that the provider reports, and no
				  * device has or is likely to have */
	struct names unreported; /* accounts that were seen on their way to
				  * it, and that it does not report */
	struct names nameless;   /* ids of devices that send to it by AUTH,
				  * and whose account is not known */
};

/* l: as query_devices() gave it. */
bool query_coverage(struct query *q, const struct device_list *l,
	struct coverage **out, struct err *e);
void coverage_free(struct coverage *c);

/* The newest first; at most 20,000 files and 100,000 sessions. */
bool query_files(struct query *q, struct file_list **out, struct err *e);
void file_list_free(struct file_list *l);

/* How many there are. */
bool query_totals(struct query *q, uint64_t *devices, uint64_t *sessions,
	struct err *e);

/* "mx.example:25", "[2001:db8::1]:587": as a device's servers are called. */
void server_label(const char *host, unsigned port, char *out, size_t cap);

/* The device with that id, by which the list is in order; NULL: there is none.
 * Points into l. */
const struct device *device_with_id(const struct device_list *l,
	const char *id);
/* The device whose id, name, address or MAC is the text; NULL in *out if there
 * is none. Points into l. */
const struct device *device_find(const struct device_list *l,
	const char *text);

/* Sessions one at a time, in the order of their time; of one device (its id)
 * where device is not NULL; the newest first where newest_first. since, until:
 * us, 0 for none. *row is borrowed until the next call. */
struct query_sessions;
bool query_sessions_begin(struct query *q, const char *device, int64_t since,
	int64_t until, bool newest_first, struct query_sessions **out,
	struct err *e);
bool query_sessions_next(struct query_sessions *s,
	const struct session_row **row);
/* False if reading broke off. */
bool query_sessions_end(struct query_sessions *s, struct err *e);
