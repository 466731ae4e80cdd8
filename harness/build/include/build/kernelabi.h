/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KERNELABI_H
#define BUILD_KERNELABI_H

#include <arch/arch.h>

/*
 * In which formats a kernel hands over, by the "compatible" strings that it has: "kho-v4" of KHO's own tree
 * (KHO_FDT_COMPATIBLE in include/linux/kho/abi/kexec_handover.h, up to 6.19 in kernel/), "luo-v5" of the live update
 * orchestrator (abi/luo.h), "memfd-v2" of preserved memfds (abi/memfd.h), "reserve-mem-v1" (abi/memblock.h),
 * "kho-test-v1" (lib/test_kho.c). A kernel writes the one string of a kind that it requires.
 *
 * Beside them, KERNELABI_BOOTMEM: a kernel that calls scratch bootmem has an option of that name on its command line.
 */
#define KERNELABI_BOOTMEM "kho_bootmem"

/*
 * The strings of an image, sorted; empty: it has no KHO. NULL if that cannot be told, as of an image that is packed in
 * a way that is not known. Caller g_strfreev()s.
 */
char **kernelabi_read(const Arch *arch, const char *image);

/* The same of a kernel that is not packed, or of any part of one. */
char **kernelabi_find(const void *kernel, gsize length);

#endif
