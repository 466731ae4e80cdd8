/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_LAYOUT_H
#define BUILD_LAYOUT_H

#include "kbuild.h"

/*
 * Where a kernel keeps the types of its pageblocks and its CMA areas, as "name=value"
 * lines with a first line "release=7.1.13-unfixed": what the files of
 * initramfs/layout/ (source) come to when the kernel's own kbuild compiles them, and
 * symbols of its System.map. After kbuild_image(). What need not be there may be missing, with a word in warnings
 * (char *). Caller frees. Errors: FAILED, which is one by kbuild_is_refusal() for a kernel whose headers lack what is
 * asked; HOST; CANCELLED.
 */
char *layout_make(const Kbuild *kbuild, const char *source, const char *release, GPtrArray *warnings, GError **error);

/*
 * The definitions in assembly that DEFINE() of include/linux/kbuild.h has left:
 * lines of '.ascii "->page_shift $12 PAGE_SHIFT"' become "page_shift=12". Pure.
 * Caller frees; NULL if there is none.
 */
char *layout_from_assembly(const char *assembly);

/* "symbol_cma_areas=ffffffff82a7d3c0", one a line, of the symbols that the probe needs and the map has. Pure. Caller
 * frees. */
char *layout_symbols(const char *system_map);

/*
 * A layout with the addresses that it lacks: one that was made before the probe looked for
 * them has none, and the kernel need not be built again for that. Caller frees.
 */
char *layout_with_symbols(const char *layout, const char *system_map);

/* SHA-256 over the files of the source folder: part of what a kernel's key is made of. Caller frees. */
char *layout_digest(const char *source, GError **error);

#endif
