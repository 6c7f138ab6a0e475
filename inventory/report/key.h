/* key.h: the secret that pseudonyms are made with. It lies beside the
 * inventory, so that the reports of one inventory agree with each other, and
 * whoever has a report but not the key cannot try names. */
#pragma once
#include "inventory/report/report.h"

/* Reads "DB.key", or makes it (mode 0600). One that others could read is
 * refused. */
bool report_key(const char *db, uint8_t key[REPORT_KEY], struct err *e);
