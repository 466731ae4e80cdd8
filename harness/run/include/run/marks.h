/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_MARKS_H
#define RUN_MARKS_H

#include <glib.h>
#include <vm/vm.h>

/*
 * The marks of measure/count.h at the addresses that a System.map's text gives them: VmMark, in order. A function that
 * the map does not have is left out; empty if it is the first, without which nothing can be told. ret_missing: names of
 * those, for people; caller frees both.
 */
GArray *marks_find(const char *system_map, char **ret_missing);

#endif
