// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitrepo.h"

#include <build/cache.h>

#include <stddef.h>

const CacheKind cache_kinds[] = {
	{ "kernels", "kernels" },
	{ "kernels given as an image", "images" },
	{ "build folders", "build" },
	{ "kernel trees", "trees" },
	{ "git repositories", GITREPO_FOLDER },
	{ "initramfs", "initramfs" },
	{ "payloads", "payloads" },
	{ "selftests", "selftests" },
	{ NULL, NULL },
};
