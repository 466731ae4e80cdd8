/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_BUDGET_H
#define RUN_BUDGET_H

#include <glib.h>
#include <run/hostfacts.h>
#include <stdbool.h>

/*
 * What a guest costs its host. Guest memory is only backed where it is touched,
 * and a booting kernel touches little but its memory map: 64 bytes of struct page
 * for each 4 KiB page, once for each kernel of the handover, since the second
 * builds its own elsewhere. The rest - emulator, translated code, both kernels,
 * initramfs, what the test hands over - is BUDGET_FIXED.
 */
#define BUDGET_FIXED (300ull << 20)
/* Left to the host itself. */
#define BUDGET_RESERVE (256ull << 20)
/* Free space that a run directory must find. */
#define BUDGET_RUN_DIR (64ull << 20)
/* Free space that fetching, unpacking and building a kernel takes, measured and rounded up. */
#define BUDGET_CACHE (5ull << 30)

/* Predicted peak of host memory for a guest of that size, in bytes. */
guint64 budget_predict(guint64 guest_bytes);

/* What the host has for us: the least of available memory and what the cgroup allows; -1 if unknown. */
gint64 budget_available(const HostFacts *facts);

/* Largest guest that fits into available bytes, in whole GiB; 0 if none does. */
guint64 budget_largest(gint64 available);

/* HOST error with the arithmetic and what would fit, if the guest does not fit. Unknown capacity passes. */
bool budget_check_memory(const HostFacts *facts, guint64 guest_bytes, GError **error);

/*
 * The same two where all guest memory is given out before the machine starts: that
 * much, and BUDGET_FIXED.
 */
guint64 budget_largest_prefault(gint64 available);
bool budget_check_prefault(const HostFacts *facts, guint64 guest_bytes, GError **error);

/* HOST error if the file system of folder (or of its nearest existing parent) has less than need bytes free. */
bool budget_check_disk(const char *folder, guint64 need, GError **error);

#endif
