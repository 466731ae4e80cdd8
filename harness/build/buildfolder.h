/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_BUILDFOLDER_H
#define BUILD_BUILDFOLDER_H

#include <build/kernel.h>

/*
 * Where kernels are compiled: cache/build/TREE-PROFILE-FRAGMENTS, one folder for each
 * set of fragments that a series can have, and TREE-PROFILE-FRAGMENTS+HASH for each
 * set of -f and --config beside it. What they change reaches into nearly every
 * file (deferred init is in struct pglist_data); whoever goes from one set to
 * another and back then compiles nothing twice, and series with the same set only
 * compile what their patches touch. The content of a fragment and the value of a
 * symbol are no part of the name: who edits them goes on in the same folder.
 */

/* The folder's name. tree: the working copy's own name. Pure. Caller frees. */
char *buildfolder_name(const KernelSpec *spec, const char *tree);

/*
 * Sees to the folder parent/name. A new one with a +HASH begins as a copy of the one
 * without, if that is there, so that only what the options change is compiled; of
 * its kind the few used last are kept, and the others removed. One that other tools built
 * in (kbuild_tools()) begins anew. The caller holds the lock of the tree. Errors: FAILED, HOST (no space), CANCELLED.
 */
bool buildfolder_prepare(const char *parent, const char *name, const char *tools, GCancellable *cancel, GError **error);

#endif
