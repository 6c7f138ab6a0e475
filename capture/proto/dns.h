/* dns.h: messages of DNS (RFC 1035), and so of mDNS (RFC 6762) and LLMNR
 * (RFC 4795), read in one pass from front to back. */
#pragma once
#include "capture/base/addr.h"
#include "capture/proto/dns_name.h"

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_AAAA = 28,
	DNS_SRV = 33,
};

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

/* Most records of one message that are looked at: mDNS has some tens. */
enum { DNS_RECORDS = 128 };

struct dns {
	struct rd message, at;
	bool response;
	uint8_t opcode, rcode;
	uint16_t questions, left[DNS_SECTIONS];
	uint16_t read;
};

struct dns_question {
	struct dns_name name;
	uint16_t type;
};

struct dns_record {
	enum dns_section section;
	struct dns_name name;
	uint16_t type;          /* one of enum dns_type */
	struct addr addr;       /* of A, AAAA; else family 0 */
	struct dns_name target; /* of CNAME, PTR, MX, SRV; else empty */
};

/* A UDP payload, whole or cut. False if it is no message. Borrows p. */
bool dns_open(struct dns *d, const uint8_t *p, size_t n);
/* The next question; all of them before the first record. */
bool dns_question(struct dns *d, struct dns_question *out);
/* The next record of a type of enum dns_type in class IN; others are passed
 * over. False: there is none, or what follows cannot be read. */
bool dns_record(struct dns *d, struct dns_record *out);

/* RFC 1035, 3.5 and RFC 3596, 2.5: the address whose name this is the
 * question for; false: it is another name. */
bool dns_reverse(const struct dns_name *name, struct addr *out);
/* Upper and lower case alike. */
bool dns_name_equal(const struct dns_name *a, const struct dns_name *b);
