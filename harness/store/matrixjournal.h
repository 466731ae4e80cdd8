/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_MATRIXJOURNAL_H
#define STORE_MATRIXJOURNAL_H

#include <store/matrixdir.h>

/* Opens the journal of dir for appending, after a line that is whole. */
bool journal_open(MatrixDir *dir, GError **error);

#endif
