/* bar.h: the last line of every screen: the keys that matter there. */
#pragma once
#include "ui/dash/grid.h"
#include "ui/dash/keys.h"

/* Where not all fit, the last one, the way out, stays. */
void bar_draw(enum context where, int row, struct grid *g);
