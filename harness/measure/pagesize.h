/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PAGESIZE_H
#define MEASURE_PAGESIZE_H

#include <measure/hop.h>

/*
 * log2 of a kernel's page size: CONFIG_PAGE_SHIFT (arch/Kconfig), or 12, which is
 * all that x86 has, where the kernel does not show its configuration.
 */
static inline guint pagesize_shift(const Hop *hop)
{
	const char *value = hop_config(hop, "PAGE_SHIFT");
	guint64 shift = 0;

	if (value && g_ascii_string_to_unsigned(value, 10, 12, 18, &shift, NULL))
		return (guint)shift;
	return 12;
}

#endif
