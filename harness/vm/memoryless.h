/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_MEMORYLESS_H
#define VM_MEMORYLESS_H

#include <vm/domainxml.h>

/*
 * NUMA nodes without memory. QEMU has them, as nodes without a memory device, but libvirt
 * (9.0, and what can be seen of later ones) gives each node one, and for such a node one of
 * 0 bytes, which QEMU refuses. So for such a machine the emulator that libvirt is told of is
 * a script which leaves those out and becomes the real one.
 */
bool memoryless_needed(const VmSpec *spec);

/*
 * Path of that script for an emulator, below folder, where it is written unless it is there:
 * libvirt asks an emulator what it can only where the file is new. Caller frees. Errors:
 * FAILED (cannot write it).
 */
char *memoryless_emulator(const char *folder, const char *emulator, GError **error);

#endif
