/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_POSTMORTEMTEXT_H
#define REPORT_POSTMORTEMTEXT_H

#include <base/json.h>
#include <evaluate/result.h>

/* What the memory of a machine that failed told, for people; NULL if nothing was kept of it. Caller frees. */
char *postmortem_to_text(const Result *result);

/* Member "postmortem"; nothing where nothing was kept. */
void postmortem_put_json(JsonBuilder *b, const Result *result);

#endif
