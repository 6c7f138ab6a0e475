/* figures.c: see figures.h. */
#include "inventory/report/figures.h"
#include <string.h>

static const int64_t us_hour = 3600LL * 1000000, us_day = 24 * 3600LL * 1000000;

bool figures_is_silent(const struct device *d)
{
	return d->findings & FINDING_BIT(FINDING_SILENT_UNTIL_FAULT);
}

bool figures_is_quiet(const struct device *d)
{
	return d->sessions == 0 && d->standing == STANDING_QUIET;
}

size_t figures_way(const struct figures *f, const struct device *d)
{
	for (size_t i = 0; d->advice_rule && i < f->ways_n; i++)
		if (strcmp(f->way[i].first->advice_rule, d->advice_rule) == 0)
			return i + 1;
	return 0;
}

static void count_way(struct figures *f, const struct device *d)
{
	size_t at = figures_way(f, d);

	if (!d->advice_rule)
		return;
	if (at == 0) {
		if (f->ways_n == FIGURES_WAYS)
			return;
		at = ++f->ways_n;
		f->way[at - 1] = (struct way){.first = d};
	}
	f->way[at - 1].devices++;
	f->way[at - 1].open += d->status != STATUS_DONE &&
		d->status != STATUS_EXEMPT;
}

static void count(struct figures *f, const struct device *d)
{
	f->quiet += figures_is_quiet(d);
	f->silent += figures_is_silent(d);
	f->in_clear += d->in_clear;
	f->failing += d->standing == STANDING_FAILING;
	f->by_status[d->status]++;
	f->routed += d->sessions > 0 && d->macs.n == 0;
	count_way(f, d);
	if (d->role == ROLE_MTA) {
		f->mtas++;
		return;
	}
	if (d->sessions == 0)
		return;
	f->senders++;
	f->by_use[d->use]++;
	f->by_evidence[d->use][d->evidence]++;
	if (d->use != USE_BASIC && d->use != USE_REQUIRED)
		return;
	f->unnamed_accounts += d->accounts.n == 0;
	f->must++;
	/* In the order of when things break. */
	if (f->must == 1)
		f->soonest = d->breaks;
	if (f->soonest && d->breaks && strcmp(f->soonest, d->breaks) == 0)
		f->must_soonest++;
}

struct figures figures_of(const struct rows *r)
{
	struct figures f = {
		.first = r->devices->first_seen, .last = r->devices->now,
	};

	for (size_t i = 0; i < r->devices_n; i++)
		count(&f, r->device[i]);
	for (size_t i = 0; i < r->accounts_n; i++)
		f.shared += r->account[i]->devices.n > 1;
	if (f.last > f.first && f.first > 0)
		f.days = (unsigned)((f.last - f.first) / us_day) + 1;
	return f;
}

/* Steps of an hour or of days, so that there are not too many. */
struct discovery figures_discovery(const struct rows *r,
	const struct figures *f)
{
	struct discovery v = {.step = f->days > 5 ? us_day : us_hour};
	int64_t length = f->last - f->first;

	if (f->first <= 0 || length <= 0)
		return v;
	while (length / v.step >= FIGURES_STEPS)
		v.step += f->days > 5 ? us_day : us_hour;
	v.n = (size_t)(length / v.step) + 1;
	for (size_t i = 0; i < r->devices_n; i++) {
		const struct device *d = r->device[i];
		int64_t since = d->first_seen - f->first;
		size_t at = since < 0 ? 0 : (size_t)(since / v.step);

		if (d->sessions == 0)
			continue;
		if (at >= v.n)
			at = v.n - 1;
		v.new[at]++;
		v.total++;
		if (v.new[at] > v.most)
			v.most = v.new[at];
		v.last_quarter += since >= length - length / 4;
	}
	return v;
}
