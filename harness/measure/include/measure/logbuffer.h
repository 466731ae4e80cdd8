/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_LOGBUFFER_H
#define MEASURE_LOGBUFFER_H

#include <arch/autopsy.h>

/*
 * A kernel's log out of its memory (kernel/printk/printk_ringbuffer.c), for one that can no longer be asked, or could
 * not speak yet. prb: the address of the pointer of that name; layout: build/layout.h; read reads the kernel's virtual
 * memory. The records that are whole, oldest first, as /dev/kmsg has them (kernellog_parse()); NULL with the reason in
 * ret_why, which is static. Caller frees.
 */
char *logbuffer_read(const char *layout, guint64 prb, ArchRead read, gpointer user, const char **ret_why);

#endif
