/* record.h: what the capture process tells the inventory: facts, and nothing
 * else. The only types that both sides know, and there is no place in them for
 * a secret or a message's text.
 *
 * All text is clean (base/text.h) UTF-8. Times are ns since 1970, packet time.
 */
#pragma once
#include "capture/base/addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORD_ARENA = 6144,   /* bytes of all texts of one session */
	RECORD_VLANS = 4,
	RECORD_OFFERED = 16,   /* mechanisms of AUTH in the EHLO reply */
	RECORD_AUTHS = 8,      /* AUTH commands; the last ones win */
	RECORD_FROMS = 64,
	RECORD_DOMAINS = 16,   /* distinct recipient domains */
	RECORD_CERT_NAMES = 16,
	RECORD_REFUSALS = 4,   /* last refusals other than AUTH's */
	RECORD_LABEL = 256,
	RECORD_STRANGERS = 24, /* kinds of envelope that were not understood */
};

/* A text in the record's arena: its offset, 0 for "not known". Read it by
 * record_text(). */
struct record_text {
	uint16_t at;
};

enum record_tls { RECORD_TLS_NONE, RECORD_TLS_STARTTLS, RECORD_TLS_IMPLICIT };

enum record_outcome {
	RECORD_UNKNOWN, RECORD_ACCEPTED, RECORD_REJECTED, RECORD_ABORTED,
};

enum record_evidence {
	RECORD_SEEN, RECORD_RESYNCED, RECORD_INFERRED,
};

enum record_class { RECORD_BASIC, RECORD_OAUTH, RECORD_OTHER };

/* Why AUTH was refused: from the words of the reply, or from its length where
 * the evidence is inferred. */
enum record_reason {
	RECORD_NO_REASON,
	RECORD_WRONG_PASSWORD,
	RECORD_TENANT_SWITCH,     /* SMTP AUTH is off for the organisation */
	RECORD_MAILBOX_SWITCH,    /* or for the mailbox */
	RECORD_BASIC_DISABLED,    /* basic authentication is off */
	RECORD_SECURITY_DEFAULTS,
	RECORD_BASIC_REMOVED,     /* 550 5.7.30: there is none any more */
	RECORD_NOT_OFFERED,       /* the mechanism */
};

/* What record lengths say of AUTH in a session that TLS hides. */
enum record_guess {
	RECORD_NOT_GUESSED, RECORD_UNDECIDED, RECORD_NO_AUTH, RECORD_AUTH,
};

/* How a client asked a proxy for its mail server. */
enum record_proxy {
	RECORD_NO_PROXY, RECORD_SOCKS4, RECORD_SOCKS5, RECORD_HTTP_CONNECT,
};

struct record_auth {
	int64_t at;
	struct record_text mechanism, account, authzid, workstation;
	struct record_text realm; /* NTLM's domain, DIGEST-MD5's realm */
	uint16_t code;        /* 0: none */
	uint16_t enhanced[3]; /* {0}: none */
	uint8_t class;        /* enum record_class */
	uint8_t outcome, evidence;
	uint8_t confidence;   /* 1-100 */
	uint8_t reason;       /* enum record_reason */
	bool in_clear, initial, cancelled;
	uint16_t account_min, account_max; /* bytes; 0: not known */
};

struct record_refusal {
	uint16_t code, enhanced[3];
	uint8_t verb; /* enum smtp_verb */
};

struct record_end {
	struct addr addr;
	uint16_t port;
	bool has_mac;
	struct mac mac;
	uint8_t ttl; /* as it came in; 0: not known */
};

enum record_ending {
	RECORD_OPEN, /* a checkpoint: it goes on */
	RECORD_CLOSED, RECORD_RESET, RECORD_IDLE,
	RECORD_EVICTED, /* gave way to others: tables full */
};

enum record_flag {
	RECORD_MIDSTREAM = 1 << 0,   /* its beginning was not seen */
	RECORD_SAW_CLIENT = 1 << 1,  /* payload of the client */
	RECORD_SAW_SERVER = 1 << 2,
	RECORD_TRUNCATED = 1 << 3,   /* a limit left something out */
	RECORD_RESYNCS = 1 << 4,
	RECORD_TLS_OFFERED = 1 << 5, /* STARTTLS in an EHLO reply */
	RECORD_TLS_REFUSED_F = 1 << 6, /* asked for, and refused */
	RECORD_TLS_INJECTED = 1 << 7,  /* clear text behind STARTTLS */
	RECORD_TLS_STRIPPED = 1 << 8,  /* AUTH in clear after a failed one */
	RECORD_TLS_FAILED = 1 << 9,    /* hello without an answer in TLS */
	RECORD_LMTP = 1 << 10,
	RECORD_QUIT = 1 << 11,
	RECORD_HELO_ONLY = 1 << 12,    /* never tried EHLO */
};

struct record_session {
	uint8_t session[16]; /* time (8, big endian), hash(sensor, conn) */
	uint8_t conn[16];    /* hash(5-tuple, client ISN) */
	int64_t first_seen, last_seen;
	struct record_end client, server;
	/* server is the proxy then, and this what it was asked for. */
	uint8_t proxy; /* enum record_proxy */
	struct record_text proxied;
	uint16_t proxied_port;
	uint8_t vlan_n;
	uint16_t vlans[RECORD_VLANS];
	uint32_t flags; /* enum record_flag */
	uint8_t ending; /* enum record_ending */

	struct record_text banner, helo, agent;
	/* What Exchange says it sees: the address in "Hello [203.0.113.9]". */
	struct record_text seen_as;
	uint8_t offered_n;
	struct record_text offered[RECORD_OFFERED];

	uint8_t tls; /* enum record_tls */
	uint16_t tls_version, tls_cipher; /* 0: not known */
	struct record_text sni, ja3, ja4;
	struct record_text cert_cn, cert_issuer;
	int64_t cert_not_after; /* s since 1970; 0: none */
	uint8_t cert_name_n;
	struct record_text cert_names[RECORD_CERT_NAMES];

	uint8_t guess;      /* enum record_guess */
	int16_t guess_odds; /* for AUTH against none, in 1/100 of a nat: what
			     * sessions of one client and server add up */

	uint32_t auth_total; /* commands, though only auth_n are kept */
	uint8_t auth_n;
	struct record_auth auth[RECORD_AUTHS];

	uint32_t mails; /* MAIL commands, though only from_n are kept */
	uint8_t from_n, domain_n;
	struct record_text from[RECORD_FROMS]; /* "": the null sender <> */
	struct record_text domains[RECORD_DOMAINS]; /* lower case */
	uint32_t recipients, messages, accepted;
	uint64_t bytes; /* of message bodies */
	uint8_t refusal_n;
	struct record_refusal refusals[RECORD_REFUSALS];

	uint64_t client_bytes, server_bytes; /* TCP payload */
	uint64_t gap_bytes;

	uint16_t arena_n;
	char arena[RECORD_ARENA]; /* last: only arena_n bytes travel */
};

/* Who had an address when (DHCP ACK, ARP, frames). */
enum record_how { RECORD_BY_FRAME, RECORD_BY_ARP, RECORD_BY_ND, RECORD_BY_DHCP };

struct record_binding {
	int64_t at;
	struct addr addr;
	struct mac mac;
	uint8_t how;
};

/* What a network says of a device beside mail. */
enum record_name {
	RECORD_DHCP_HOST, RECORD_DHCP_CLASS, RECORD_DHCP_FQDN,
	RECORD_DHCP_OPTIONS,  /* "1,3,6,15" */
	RECORD_DNS,           /* a name whose address somebody asked for */
	RECORD_PTR,
	RECORD_MDNS,          /* without ".local" */
	RECORD_MDNS_INSTANCE, /* of a service: a name for people */
	RECORD_MDNS_SERVICE,  /* "_ipp._tcp" */
	RECORD_NETBIOS, RECORD_LLMNR,
	RECORD_LOOKUP,   /* not its name: a mail host that it asked for */
	RECORD_RESOLVER, /* it answers DNS: it asks for others; "dns" */
	RECORD_NAMES
};

struct record_identity {
	int64_t at;
	struct mac mac;   /* zeroes where it is not the device's own */
	struct addr addr; /* family 0: not known */
	uint8_t kind;     /* enum record_name */
	char value[RECORD_LABEL];
};

/* Envelopes of one number that were not understood; base/envelope.h. */
struct record_stranger {
	uint8_t registry;
	uint32_t number;
	uint64_t frames;
};

enum record_state { RECORD_RUNNING, RECORD_DONE, RECORD_CUT, RECORD_FAILED };

/* Where the frames come from, and how it goes: sent at the start of a file or
 * an interface, some times a second, and at its end. Counters are totals. */
struct record_source {
	uint8_t id[32];   /* of a file: by its first packet, however it is
			   * packed and far it has grown; of an interface:
			   * random for each run */
	uint8_t digest[32]; /* of a file that was read whole: of its packets'
			     * times, lengths and headers; else zeroes */
	bool live;
	bool known;       /* was read before and is left out; its counters
			   * are none */
	uint8_t state;    /* enum record_state */
	char label[RECORD_LABEL];  /* file or interface */
	char reason[RECORD_LABEL]; /* of CUT and FAILED; else a note */
	int64_t first_seen, last_seen; /* packet time; 0: no packet yet */
	uint64_t packets, bytes;       /* that the engine was given */
	uint64_t dropped;              /* by kernel or interface */
	uint64_t if_dropped;           /* by the interface, of these */
	uint64_t not_understood, malformed, cut; /* frames */
	uint8_t stranger_n; /* the most frequent kinds of not_understood */
	struct record_stranger strangers[RECORD_STRANGERS];
	uint64_t gaps, gap_bytes, duplicates, out_of_order;
	uint64_t flows, evicted, lost_records;
	uint64_t sessions, one_sided, lossy; /* mail sessions that ended: with
		* payload of one side alone; with gaps */
	uint64_t file_done, file_size; /* bytes; 0: not known */
	uint32_t files_done, files;
};

enum record_kind {
	RECORD_SESSION = 1, RECORD_BINDING, RECORD_IDENTITY, RECORD_SOURCE,
	RECORD_HOUR, /* of a source: what one hour of packet time, which begins
		      * at first_seen, has added to its counters so far */
};

struct record {
	enum record_kind kind;
	union {
		struct record_session session;
		struct record_binding binding;
		struct record_identity identity;
		struct record_source source; /* of RECORD_HOUR too */
	};
};

/* The text, or NULL if not known. Borrows from s. */
static inline const char *record_text(const struct record_session *s,
	struct record_text t)
{
	return t.at == 0 ? NULL : s->arena + t.at;
}
