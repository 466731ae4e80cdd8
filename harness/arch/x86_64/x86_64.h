/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCH_X86_64_H
#define ARCH_X86_64_H

#include <arch/arch.h>

extern const Arch arch_x86_64;

/*
 * The release in the header of a bzImage (Documentation/arch/x86/boot.rst:
 * "HdrS" at 0x202, offset of the version string at 0x20e). NULL if data is none.
 * Pure. Caller frees.
 */
char *bzimage_release(const guint8 *data, gsize length);

/* Arch.image_packed. */
bool bzimage_packed(const guint8 *data, gsize length, gsize *ret_offset, gsize *ret_size);

/* As their namesakes in ArchAutopsy. */
GArray *registers_parse(const char *text);
bool paging_translate(const ArchCpu *cpu, guint64 address, ArchRead read, gpointer user, guint64 *ret_physical,
		      guint64 *ret_left);
extern const char *const orc_numbers[];
void orc_unwind(const ArchCpu *cpu, const ArchUnwind *tables, ArchRead read, gpointer user, guint max, GArray *frames);

/* As their namesakes in Arch; there only where khotest runs on this processor. */
bool kvmprobe_run(gint64 deadline_ns, char **ret_why);
guint64 tsc_ticks(void);

#endif
