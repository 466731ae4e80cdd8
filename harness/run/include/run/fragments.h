/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_FRAGMENTS_H
#define RUN_FRAGMENTS_H

#include <build/series.h>
#include <glib.h>
#include <machine/machine.h>

/*
 * The kconfig fragments that a kernel of a run is built with beside those of its series: given ones (-f; may be NULL),
 * then those that its payloads (of Payload) and the machine's devices need, each once. Caller g_strfreev()s. NULL with
 * INPUT for a device that there is not.
 */
char **fragments_needed(const char *const *given, const GPtrArray *payloads, const Machine *guest, GError **error);

/*
 * All that a kernel's configuration is made of, for people: "base x86_64 kho check deferred HZ=250". needed: as of
 * fragments_needed(); config: --config; both may be NULL. Caller frees.
 */
char *fragments_text(const char *profile, const Series *series, const char *const *needed, const char *const *config);

#endif
