/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_HOSTCLOCK_H
#define VM_HOSTCLOCK_H

#include <glib.h>
#include <time.h>

/* CLOCK_MONOTONIC in ns: the host time of everything that a machine does. */
static inline gint64 hostclock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
