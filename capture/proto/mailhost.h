/* mailhost.h: is a server name one that takes mail? Decides whether TLS from
 * the first byte on an unusual port is of interest. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

bool mailhost_is(const char *name, uint16_t port);
