/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_RESULTSFOLDER_H
#define CAMPAIGN_RESULTSFOLDER_H

#include <stdbool.h>

/*
 * Where results go unless -o says: results/ in the current folder. Not so where that is
 * inside of the tree under test ("git bisect run khotest run --tree ."): a tree that is
 * being tested is not written into. Then it is the project's own results/, or, where
 * that cannot be written, $XDG_STATE_HOME/khotest.
 *
 * tree: the value of --tree, DIR or DIR@REF, or NULL. project: the project's own
 * results/. ret_moved: it is not in the current folder. Caller frees.
 */
char *results_folder(const char *tree, const char *project, bool *ret_moved);

#endif
