/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_CACHE_H
#define BUILD_CACHE_H

/* Folders of the cache, of which build/ knows what lies in them. */
#define CACHE_KERNELS "kernels"
#define CACHE_IMAGES "images"
#define CACHE_BUILD "build"
#define CACHE_TREES "trees"
#define CACHE_INITRAMFS "initramfs"
#define CACHE_PAYLOADS "payloads"
#define CACHE_SELFTESTS "selftests"

/*
 * What in the cache can be made again, so that it may go: in each of these folders each entry stands by itself, and its
 * time of change is that of its last use (base/usage.h). What is not here stays: tarballs, which an archive may have
 * dropped since; threads from lists, which are small.
 */
typedef struct {
	const char *what;   /* for people, many of them */
	const char *folder; /* below the cache */
} CacheKind;

/* All of them; the last one has no name. */
extern const CacheKind cache_kinds[];

#endif
