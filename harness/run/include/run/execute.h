/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_EXECUTE_H
#define RUN_EXECUTE_H

#include <run/request.h>
#include <store/rundir.h>
#include <vm/vm.h>

/*
 * Carries out a prepared run: a machine, its hops, and everything they say, into
 * a new run directory. Whatever the guest does, this succeeds; an error means that
 * the harness could not do its job, and the run directory, if there is one by
 * then, says so too. ret_dir may be set even on failure. The machine is gone when
 * this returns, on every path.
 */
bool run_execute(const Prepared *prepared, VmHost *host, GCancellable *cancel, RunDir **ret_dir, GError **error);

#endif
