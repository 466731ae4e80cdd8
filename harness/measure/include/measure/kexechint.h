/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_KEXECHINT_H
#define MEASURE_KEXECHINT_H

/*
 * What is behind a message of kexec -s -l, and what can be done: a sentence to go
 * behind it, borrowed; NULL for one that says all there is to say. output: what the
 * program printed, NULL too. Pure.
 */
const char *kexec_hint(const char *output);

#endif
