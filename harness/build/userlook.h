/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_USERLOOK_H
#define BUILD_USERLOOK_H

#include <build/source.h>

/*
 * "7.1.13" or "7.2.0-rc3", as the text of a kernel's top Makefile says; NULL if that is no
 * kernel's. Pure. Caller frees.
 */
char *userlook_release(const char *makefile);

#endif
