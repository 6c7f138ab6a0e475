/* builtin.h: the files of this folder, as the build puts them in. */
#pragma once
#include <stddef.h>

extern const char builtin_devices[]; /* devices.rules */
extern const size_t builtin_devices_n;
extern const char builtin_providers[]; /* providers.rules */
extern const size_t builtin_providers_n;
extern const char builtin_report[]; /* report.css */
extern const size_t builtin_report_n;
extern const char builtin_timeline[]; /* timeline.rules */
extern const size_t builtin_timeline_n;
