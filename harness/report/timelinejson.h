/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_TIMELINEJSON_H
#define REPORT_TIMELINEJSON_H

#include <base/json.h>
#include <evaluate/timeline.h>

/* The members "phases" of a hop and "timeline" of result.json (docs/rundir.md); null for NULL. */
void timelinejson_put_phases(JsonBuilder *builder, const Phases *phases);
void timelinejson_put(JsonBuilder *builder, const Timeline *timeline);

#endif
