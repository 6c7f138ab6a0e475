/* summary.c: see summary.h. */
#include "ui/summary.h"
#include "ui/commands.h"
#include "ui/say.h"
#include <inttypes.h>

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* "14 devices (2 new): 6 BASIC, 2 OAUTH": what the inventory holds now. */
static void devices(const struct ingest_summary *s, struct query *q,
	const char *db, FILE *out)
{
	struct device_list *l;
	bool first = true;
	size_t quiet;

	if (!query_devices(q, &l, NULL))
		return;
	if (l->sessions > s->sessions_before)
		fprintf(out, "%" PRIu64 " new session%s; ",
			l->sessions - s->sessions_before,
			plural(l->sessions - s->sessions_before));
	else
		fprintf(out, "no new session; ");
	fprintf(out, "%zu device%s in '%s'", l->n, plural(l->n), db);
	if (l->n > s->devices_before)
		fprintf(out, " (%" PRIu64 " new)", l->n - s->devices_before);
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

static void known(const struct ingest_summary *s, FILE *out)
{
	if (s->known == 1)
		fprintf(out, "mailcensus: '%s' was read before and is left "
			"out; --again reads it\n", s->known_label);
	else if (s->known > 1)
		fprintf(out, "mailcensus: '%s' and %" PRIu32 " more were read "
			"before and are left out; --again reads them\n",
			s->known_label, s->known - 1);
}

static void lost(const struct ingest_summary *s, FILE *out)
{
	if (s->dropped > 0)
		fprintf(out, "; %" PRIu64 " dropped", s->dropped);
	if (s->gaps > 0)
		fprintf(out, "; %" PRIu64 " gap%s", s->gaps, plural(s->gaps));
	if (s->not_understood > 0)
		fprintf(out, "; %" PRIu64 " not TCP, UDP or ARP",
			s->not_understood);
	if (s->malformed > 0)
		fprintf(out, "; %" PRIu64 " malformed", s->malformed);
	if (s->lost_records > 0)
		fprintf(out, "; %" PRIu64 " record%s lost", s->lost_records,
			plural(s->lost_records));
}

/* Where there is no inventory to tell of. */
static void found(const struct ingest_summary *s, FILE *out)
{
	fprintf(out, "%" PRIu64 " session%s", s->found, plural(s->found));
	if (s->lossy > 0)
		fprintf(out, ", %" PRIu64 " with gaps", s->lossy);
	if (s->one_sided > 0)
		fprintf(out, ", %" PRIu64 " of one side alone", s->one_sided);
	fprintf(out, "; nothing was stored");
}

void summary_print(const struct ingest_summary *s, const struct options *o,
	struct query *q, FILE *out)
{
	char bytes[SAY_MAX], span[SAY_MAX], first[SAY_MAX], last[SAY_MAX];

	known(s, out);
	if (s->sources == 0 && s->known > 0)
		fprintf(out, "mailcensus: nothing to read");
	else
		fprintf(out, "mailcensus: %s%" PRIu64 " packet%s (%s) in %s",
			s->stopped ? "stopped after " : "", s->packets,
			plural(s->packets), say_bytes(bytes, s->bytes),
			took(span, s->took));
	if (s->first_seen > 0)
		fprintf(out, ", of %s to %s",
			say_time(first, s->first_seen / 1000),
			say_time(last, s->last_seen / 1000));
	lost(s, out);
	fprintf(out, "; ");
	if (q)
		devices(s, q, o->db, out);
	else
		found(s, out);
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

		if (s->known) {
			fprintf(out, "mailcensus: '%s': read before\n",
				s->label);
			continue;
		}
		fprintf(out, "mailcensus: '%s': %s, %" PRIu64 " packet%s (%s), "
			"%" PRIu64 " dropped, %" PRIu64 " gap%s%s%s\n",
			s->label, states[s->state], s->packets,
			plural(s->packets), say_bytes(bytes, s->bytes),
			s->dropped, s->gaps, plural(s->gaps),
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
