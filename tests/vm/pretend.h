/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_VM_PRETEND_H
#define TESTS_VM_PRETEND_H

#include <sys/types.h>

/* A child that goes by that name, with argument on its command line, and does nothing until it is killed, or the caller
 * ends. */
pid_t pretend(const char *name, const char *argument);

#endif
