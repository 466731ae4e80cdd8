// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel.h"

#include <base/spawn.h>

void kernel_provide(void)
{
	const char *const argv[] = { g_getenv("KHOTEST"), "build", "--series", "stock", "-q", NULL };
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	if (g_getenv("KHOTEST_TEST_KERNEL") || !argv[0])
		return;
	if (spawn_check(argv, NULL, NULL, &path, &error))
		g_setenv("KHOTEST_TEST_KERNEL", g_strstrip(path), TRUE);
	else
		g_test_message("no kernel to boot: %s", error->message);
}
