/* oui.h: who made a network card, by the IEEE's registries. */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/err.h"

struct oui;

/* Reads a registry (CSV as the IEEE publishes it), or all of those in a
 * folder; NULL: the folders of the ieee-data package, and no error where
 * there are none. */
bool oui_load(struct oui **out, const char *path, struct err *e);
/* The same from memory; a text that names no prefix gives none. */
struct oui *oui_parse(const void *p, size_t n);
void oui_free(struct oui *o);
/* The organisation behind the longest matching prefix (36, 28, 24 bits), or
 * NULL. Borrows from o. */
const char *oui_vendor(const struct oui *o, const struct mac *m);
size_t oui_count(const struct oui *o);
