// SPDX-License-Identifier: GPL-2.0-or-later
#include "selftestfolder.h"

#include <base/error.h>
#include <base/files.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* The kernel's own vmtest.sh gives a whole machine 30 s; a guest here may be a hundred times as large. */
#define HOOK_TIMEOUT "120s"

typedef struct {
	const char *name;
	const char *arguments; /* with a blank before them, or "" */
} Hook;

/* By SelftestKind; the last has no name. */
static const Hook hooks_of_stages[] = { { "before", " -s 1" }, { "after", " -s 2" }, { NULL, NULL } };
static const Hook hooks_of_whole[] = { { "setup", "" }, { "last", "" }, { NULL, NULL } };

static bool write_hook(const char *folder, const Hook *hook, const char *program, GError **error)
{
	g_autofree char *path = g_build_filename(folder, hook->name, NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\nexec ./%s%s\n", program, hook->arguments);

	if (!files_write_fast(path, text, strlen(text), error))
		return false;
	return g_chmod(path, 0755) == 0 ||
	       error_set(error, KHOTEST_ERROR_FAILED, "cannot make %s executable: %s", path, g_strerror(errno));
}

static bool write_description(const char *folder, const Selftest *test, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "payload", NULL);
	g_autofree char *text = g_strdup_printf("# Made by 'khotest selftest' from a kernel's tree.\n"
						"summary: the kernel's own %s\n"
						"append: liveupdate=on\n"
						"timeout: " HOOK_TIMEOUT "\n",
						test->source);

	return files_write_fast(path, text, strlen(text), error);
}

bool selftestfolder_write(const char *parent, const Selftest *test, const char *program, GError **error)
{
	const Hook *hooks = test->kind == SELFTEST_STAGES ? hooks_of_stages : hooks_of_whole;
	g_autofree char *folder = g_build_filename(parent, test->name, NULL);
	g_autofree char *own = g_build_filename(folder, test->name, NULL);

	if (!files_mkdirs(folder, error) || !write_description(folder, test, error))
		return false;
	for (const Hook *hook = hooks; hook->name; hook++)
		if (!write_hook(folder, hook, test->name, error))
			return false;
	return g_rename(program, own) == 0 ||
	       error_set(error, KHOTEST_ERROR_FAILED, "cannot move %s to %s: %s", program, own, g_strerror(errno));
}
