/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_COREFILE_H
#define MEASURE_COREFILE_H

#include <glib.h>
#include <stdbool.h>

/*
 * Pages of a guest's memory as an ELF core (elf(5)): those that were read of a machine that failed, and no others. A
 * debugger opens it beside the kernel's vmlinux. Pages of the kernel's have their virtual address; of those that were
 * read by their physical address alone only that is known, and their virtual one is 0.
 */
typedef struct CoreFile CoreFile;

#define COREFILE_PAGE 4096u

CoreFile *corefile_new(void);
void corefile_free(CoreFile *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoreFile, corefile_free)

/* Takes over a page, COREFILE_PAGE bytes at addresses of which the lower bits are 0. virtual 0: only the other is
 * known. */
void corefile_add(CoreFile *core, guint64 virtual, guint64 physical, GBytes *page);

/* The file. Caller unrefs. */
GBytes *corefile_write(const CoreFile *core, guint machine);

/* Errors: FAILED, for a file that was not written by corefile_write(). */
CoreFile *corefile_parse(GBytes *file, GError **error);

/* ArchRead (arch/autopsy.h), user being a CoreFile: by virtual, and by physical addresses. */
bool corefile_read(guint64 address, gpointer buffer, gsize length, gpointer user);
bool corefile_read_physical(guint64 address, gpointer buffer, gsize length, gpointer user);

/* Pages that it has. */
guint corefile_pages(const CoreFile *core);

#endif
