/* server_facts.c: see server_facts.h. */
#include "inventory/server_facts.h"
#include <stdlib.h>
#include <string.h>

/* A certificate has 16 names at most, and a server a few certificates. */
enum { CERTIFICATES_MOST = 64 };

static void add_certificate(struct server_facts *f, const char *name)
{
	size_t n = f->certificates ? strlen(f->certificates) : 0;
	char *end;

	if (f->certificates_n == CERTIFICATES_MOST)
		return;
	f->certificates_n++;
	f->certificates = xrealloc(f->certificates, n + strlen(name) + 2, 1);
	end = f->certificates + n;
	if (n > 0)
		*end++ = '\n';
	strcpy(end, name);
}

bool server_facts_take(struct server_facts *f, sqlite3_stmt *s)
{
	const struct {
		const char *kind;
		char **keep;
	} kinds[] = {
		{"sni", &f->sni}, {"proxied", &f->proxied}, {"dns", &f->dns},
		{"certificate", &f->certificate}, {"host", &f->greeted},
	};
	char *kind = query_text(s, 0), *value = query_text(s, 1);
	bool is_name = false;

	for (size_t i = 0; kind && value && i < 5; i++) {
		if (strcmp(kind, kinds[i].kind) != 0)
			continue;
		is_name = true;
		if (kinds[i].keep == &f->certificate)
			add_certificate(f, value);
		if (!*kinds[i].keep) {
			*kinds[i].keep = value;
			value = NULL;
		}
		break;
	}
	free(kind);
	free(value);
	return is_name;
}

void server_facts_free(struct server_facts *f)
{
	free(f->sni);
	free(f->proxied);
	free(f->dns);
	free(f->certificate);
	free(f->certificates);
	free(f->greeted);
	*f = (struct server_facts){0};
}

struct endpoint_facts server_facts_of(const struct server_facts *f,
	const char *ip, const struct names *own)
{
	return (struct endpoint_facts){
		.sni = f->sni, .proxied = f->proxied, .dns = f->dns,
		.cert_cn = f->certificate, .cert_names = f->certificates,
		.greeted = f->greeted, .ip = ip, .own = own,
	};
}
