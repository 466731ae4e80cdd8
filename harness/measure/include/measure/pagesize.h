/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PAGESIZE_H
#define MEASURE_PAGESIZE_H

#include <arch/arch.h>
#include <measure/hop.h>

/*
 * log2 of a kernel's page size: CONFIG_PAGE_SHIFT (arch/Kconfig), or the smallest that
 * the architecture has, where the kernel does not show its configuration.
 */
static inline guint pagesize_shift(const Hop *hop)
{
	const char *value = hop_config(hop, "PAGE_SHIFT");
	guint64 shift = 0;

	if (value && g_ascii_string_to_unsigned(value, 10, 12, 18, &shift, NULL))
		return (guint)shift;
	return arch_default()->pages[0].page_shift;
}

#endif
