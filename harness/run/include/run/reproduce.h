/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_REPRODUCE_H
#define RUN_REPRODUCE_H

#include <store/plan.h>
#include <vm/domainxml.h>

/*
 * A shell script that does the same run again with nothing but QEMU, console on
 * the terminal, after checking that kernel and initramfs are the same bytes; the
 * khotest command that made the run is in its comments. Caller frees.
 */
char *reproduce_script(const Plan *plan, const VmSpec *spec);

#endif
