/* command_interfaces.c: which interfaces there are, and what they have seen:
 * a mirror port hears much and says nothing. */
#include "capture/base/text.h"
#include "capture/live/interfaces.h"
#include "ui/commands.h"
#include "ui/say.h"
#include "ui/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WIDEST = 40 };

static const char *state(const struct interface *i)
{
	return !i->up ? "down" : i->running ? "up" : "no link";
}

static bool add(struct table *t, const struct interface *i)
{
	char name[INTERFACE_NAME * 4], addr[ADDR_TEXT], speed[24] = "-";
	char packets[24] = "-", bytes[SAY_MAX] = "-", dropped[24] = "-";

	text_clean(name, sizeof name, i->name, strlen(i->name));
	if (i->speed > 0)
		snprintf(speed, sizeof speed, "%d Mbit/s", i->speed);
	if (i->counted) {
		snprintf(packets, sizeof packets, "%" PRIu64, i->received);
		say_bytes(bytes, i->received_bytes);
		snprintf(dropped, sizeof dropped, "%" PRIu64, i->dropped);
	}
	return table_add(t, (const char *const[]){name, state(i), speed,
		i->addrs_n > 0 ? addr_format(&i->addrs[0], addr) : NULL,
		packets, bytes, dropped,
		interface_looks_mirrored(i) ? "looks like a SPAN port"
					    : i->note});
}

int command_interfaces(const struct options *o, struct err *e)
{
	static const char *const titles[] = {"INTERFACE", "LINK", "SPEED",
		"ADDRESS", "RECEIVED", "BYTES", "DROPPED", "NOTE"};
	struct table *t = table_new(titles, sizeof titles / sizeof titles[0],
		1u << 4 | 1u << 5 | 1u << 6);
	struct interfaces list = {0};
	bool ok = t && interfaces_list(&list, e);

	(void)o;
	for (size_t i = 0; ok && i < list.n; i++)
		ok = add(t, &list.list[i]);
	if (ok)
		table_print(t, WIDEST, stdout);
	else if (e->kind == ERR_NONE)
		err_set(e, ERR_RUN, "out of memory");
	interfaces_free(&list);
	table_free(t);
	return ok ? 0 : (int)e->kind;
}
