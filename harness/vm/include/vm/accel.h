/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_ACCEL_H
#define VM_ACCEL_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
	ACCEL_AUTO,
	ACCEL_KVM,
	ACCEL_TCG,
} Accel;

const char *accel_name(Accel accel);
bool accel_parse(const char *name, Accel *ret_accel, GError **error);

/*
 * Whether KVM here can run a guest. /dev/kvm may open, create vCPUs and still be
 * unable to run Linux, so a child process runs a few instructions that a kernel
 * cannot do without (long mode, paging, SSE, CPUID, an interrupt) on a vCPU of its
 * own, against a deadline. Returns true if it came to its end as it should; else
 * ret_why says in one line what happened ("KVM internal error, suberror 1, in long
 * mode"; "no /dev/kvm"). Caller frees ret_why.
 */
bool accel_probe_kvm(gint64 deadline_ns, char **ret_why);

/*
 * auto becomes KVM if it works, else TCG with ret_why saying why not. KVM that was
 * asked for and does not work: HOST. ret_why may be NULL in any case.
 */
bool accel_resolve(Accel wanted, Accel *ret_accel, char **ret_why, GError **error);

#endif
