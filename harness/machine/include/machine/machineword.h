/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MACHINE_MACHINEWORD_H
#define MACHINE_MACHINEWORD_H

#include <machine/machine.h>

/*
 * A machine in words: the same for the options of 'khotest run' and the keys of a plan.
 *
 *   memory      1G
 *   cpus        2
 *   numa        2, or a node each, "768M,cpus=0+256M,cpus=1"
 *   scratch     64M,256M,128M, or default
 *   prefault    no, or yes
 *   memory-dir  a folder; it is kept absolute
 *   device      intel-iommu, as arch/arch.h has them, several parted by '+', or none
 *   accel       auto, kvm or tcg
 */

/* Sets that property of a machine that owns its strings. Errors: INPUT, with the word and what is possible. */
bool machineword_set(Machine *machine, const char *key, const char *word, GError **error);

/* The word that would set it so. Caller frees. */
char *machineword_get(const Machine *machine, const char *key);

/* The options of 'khotest run' that ask for this machine, but for scratch, which is an argument of the kernel's. */
void machineword_options(const Machine *machine, GPtrArray *argv);

/* "2n 4p 64M,256M,128M tcg intel-iommu prefault": all but memory, for tables; the last only where it is not the default. Caller
 * frees. */
char *machineword_shape(const Machine *machine, const char *separator);

#endif
