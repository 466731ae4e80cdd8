// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitrepo.h"

#include <build/cache.h>

#include <stddef.h>

const CacheKind cache_kinds[] = {
	{ "kernels", CACHE_KERNELS },
	{ "kernels given as an image", CACHE_IMAGES },
	{ "build folders", CACHE_BUILD },
	{ "kernel trees", CACHE_TREES },
	{ "git repositories", GITREPO_FOLDER },
	{ "initramfs", CACHE_INITRAMFS },
	{ "payloads", CACHE_PAYLOADS },
	{ "selftests", CACHE_SELFTESTS },
	{ NULL, NULL },
};
