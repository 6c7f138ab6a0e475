/* command_filter.c: --dump-filter: what the kernel would be asked to hand over,
 * in words or instructions that other programs take. */
#include "capture/live/port.h"
#include "ui/commands.h"

int command_filter(const struct options *o, struct err *e)
{
	struct filter_rules rules = {!o->any_port, o->bpf};
	bool ok;

	if (o->interfaces_n > 0)
		ok = port_print_filter(o->interfaces[0], &rules,
			o->filter_form, e);
	else
		ok = filter_print_link(o->linktype ? o->linktype : "EN10MB",
			&rules, o->filter_form, e);
	return ok ? 0 : (int)e->kind;
}
