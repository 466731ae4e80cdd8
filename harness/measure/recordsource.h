/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_RECORDSOURCE_H
#define MEASURE_RECORDSOURCE_H

#include <measure/hop.h>

/* What a source of records is asked for: by name (proto/frame.h), and no more than can be judged. */

/* Length and checksum of a record, of any length; false if the hop did not send it. */
bool recordsource_sum(const HopSource *source, int hop, const char *name, RecordSum *ret);

/*
 * The payload of a record; NULL if the hop did not send it. Caller unrefs. Errors: FAILED (longer than a record of that
 * name is read).
 */
bool recordsource_take(const HopSource *source, int hop, const char *name, GBytes **ret, GError **error);

/* The same as text, valid UTF-8 whatever the guest wrote; caller frees. Errors also: FAILED (there are NULs in it). */
bool recordsource_text(const HopSource *source, int hop, const char *name, char **ret, GError **error);

#endif
