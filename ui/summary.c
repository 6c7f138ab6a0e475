/* summary.c: see summary.h. */
#include "ui/summary.h"
#include "ui/commands.h"
#include "ui/say.h"
#include <inttypes.h>

/* "14 devices: 6 BASIC, 2 OAUTH": what the inventory holds now. */
static void devices(struct query *q, const char *db, FILE *out)
{
	struct device_list *l;
	bool first = true;
	size_t quiet;

	if (!query_devices(q, &l, NULL))
		return;
	fprintf(out, "%zu device%s in '%s'", l->n, l->n == 1 ? "" : "s", db);
	quiet = l->n - l->mtas;
	for (int use = USE_BASIC; use >= 0; use--) {
		quiet -= l->by_use[use];
		if (l->by_use[use] == 0)
			continue;
		fprintf(out, "%s %zu %s", first ? ":" : ",",
			l->by_use[use], auth_use_label((enum auth_use)use));
		first = false;
	}
	if (l->mtas > 0)
		fprintf(out, "%s %zu MTA", first ? ":" : ",", l->mtas);
	if (quiet > 0)
		fprintf(out, ", %zu quiet", quiet);
	device_list_free(l);
}

/* "0.4s" of a small file, "5m10s" of a large one. */
static const char *took(char out[SAY_MAX], int64_t us)
{
	if (us >= 10000000)
		return say_span(out, us);
	snprintf(out, SAY_MAX, "%.1fs", (double)us / 1e6);
	return out;
}

void summary_print(const struct ingest_summary *s, const struct options *o,
	struct query *q, FILE *out)
{
	char bytes[SAY_MAX], span[SAY_MAX], first[SAY_MAX], last[SAY_MAX];

	fprintf(out, "mailcensus: %s%" PRIu64 " packets (%s) in %s",
		s->stopped ? "stopped after " : "", s->packets,
		say_bytes(bytes, s->bytes), took(span, s->took));
	if (s->first_seen > 0)
		fprintf(out, ", of %s to %s",
			say_time(first, s->first_seen / 1000),
			say_time(last, s->last_seen / 1000));
	if (s->dropped > 0)
		fprintf(out, "; %" PRIu64 " dropped", s->dropped);
	if (s->gaps > 0)
		fprintf(out, "; %" PRIu64 " gaps", s->gaps);
	if (s->not_understood > 0)
		fprintf(out, "; %" PRIu64 " not TCP, UDP or ARP",
			s->not_understood);
	if (s->malformed > 0)
		fprintf(out, "; %" PRIu64 " malformed", s->malformed);
	if (s->lost_records > 0)
		fprintf(out, "; %" PRIu64 " records lost", s->lost_records);
	fprintf(out, "; ");
	devices(q, o->db, out);
	if (s->incomplete > 0)
		fprintf(out, "; incomplete: %s%s", s->reason,
			s->incomplete > 1 ? ", and others" : "");
	fputc('\n', out);
}

void summary_sources(const struct record_source *sources, size_t n, FILE *out)
{
	static const char *const states[] = {[RECORD_RUNNING] = "stopped",
		[RECORD_DONE] = "done", [RECORD_CUT] = "cut short",
		[RECORD_FAILED] = "failed"};

	for (size_t i = 0; i < n; i++) {
		const struct record_source *s = &sources[i];
		char bytes[SAY_MAX];

		fprintf(out, "mailcensus: '%s': %s, %" PRIu64 " packets (%s), "
			"%" PRIu64 " dropped, %" PRIu64 " gaps%s%s\n", s->label,
			states[s->state], s->packets,
			say_bytes(bytes, s->bytes), s->dropped, s->gaps,
			s->reason[0] ? "; " : "", s->reason);
	}
}

int summary_status(const struct ingest_summary *s, const struct options *o)
{
	if (s->incomplete > 0 || s->lost_records > 0 ||
		(o->max_drop_set && s->dropped > o->max_drop))
		return EXIT_INCOMPLETE;
	return 0;
}
