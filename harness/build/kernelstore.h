/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_KERNELSTORE_H
#define BUILD_KERNELSTORE_H

#include <build/kernel.h>

/*
 * Finished kernels: cache/kernels/KEY/{IMAGE,config,System.map,vmlinux,layout,meta.json}, IMAGE
 * being what the architecture calls it.
 * A folder is there whole or not at all.
 */

/* In the output folder of a build: what layout_make() gave, or nothing. */
#define KERNELSTORE_LAYOUT "khotest.layout"

#define KERNELSTORE_VMLINUX "vmlinux"

/* NULL if there is none. One whose files do not have the recorded checksums any more is none, with a warning. */
Kernel *kernelstore_find(const Arch *arch, const char *cache, const char *key);

/*
 * Takes over what a build left in output, unless that kernel has come there meanwhile and is whole; fills in the paths
 * and the checksum. kernel has all the rest. Waits for others that store a kernel. Errors: FAILED, CANCELLED.
 */
bool kernelstore_put(const Arch *arch, const char *cache, const char *output, Kernel *kernel, GCancellable *cancel,
		     GError **error);

#endif
