/* sentence.h: a device's verdict in words. */
#pragma once
#include "inventory/query.h"
#include "ui/dash/line.h"

/* What it is, and what that means for whoever retires passwords. */
void sentence_verdict(const struct device *d, struct line *out);
/* The counts and the evidence that it rests on. */
void sentence_why(const struct device *d, struct line *out);
