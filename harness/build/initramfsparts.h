/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_INITRAMFSPARTS_H
#define BUILD_INITRAMFSPARTS_H

#include <build/initramfs.h>
#include <sys/stat.h>

/* What goes into an initramfs, before it is packed: path without leading slash -> its content. */
typedef GHashTable Entries;

/* Adds an entry (a file, a folder, a link by its mode) and the folders above it; takes content over. */
void entries_add(Entries *entries, const char *path, mode_t mode, GBytes *content);

/* A file of the host's. Errors: FAILED, naming both. */
bool entries_add_file(Entries *entries, const char *path, mode_t permissions, const char *from, GError **error);

/*
 * initramfskernels.c: the kernels and layouts of a chain, each once, and etc/khotest.chain, which has a line
 * "IMAGE LAYOUT WORDS" for each hop (initramfs/probe-chain.c reads it). ret_bytes: of the images. Errors: FAILED.
 */
bool initramfskernels_add(const InitramfsHop *hops, guint n, Entries *entries, guint64 *ret_bytes, GError **error);

#endif
