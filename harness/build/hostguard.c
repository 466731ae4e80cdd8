// SPDX-License-Identifier: GPL-2.0-or-later
#include "hostguard.h"

#include <base/error.h>
#include <base/files.h>
#include <build/kernel.h>

bool hostguard_space(const char *path, guint64 needed, const char *what, GError **error)
{
	guint64 available = files_free_bytes(path);

	if (available >= needed)
		return true;
	return error_set(error, KHOTEST_ERROR_HOST,
			 "%s needs about %" G_GUINT64_FORMAT " MiB in %s, and %" G_GUINT64_FORMAT
			 " MiB are free: make room, or set XDG_CACHE_HOME to a larger disk",
			 what, needed >> 20, path, available >> 20);
}

bool kernel_tools(GError **error)
{
	/* Documentation/process/changes.rst of the kernel; libelf is what its objtool links with */
	static const struct {
		const char *program;
		const char *header;
		const char *package;
	} needed[] = {
		{ "gcc", NULL, "gcc" },	    { "ld", NULL, "binutils" },
		{ "make", NULL, "make" },   { "flex", NULL, "flex" },
		{ "bison", NULL, "bison" }, { "bc", NULL, "bc" },
		{ "lz4", NULL, "lz4" },	    { "git", NULL, "git" },
		{ "perl", NULL, "perl" },   { NULL, "libelf.h", "libelf-dev" },
	};
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GString) packages = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(needed); i++) {
		g_autofree char *found = needed[i].program ? g_find_program_in_path(needed[i].program)
							   : g_build_filename("/usr/include", needed[i].header, NULL);

		if (found && g_file_test(found, G_FILE_TEST_EXISTS))
			continue;
		g_string_append_printf(names, "%s%s", names->len ? ", " : "",
				       needed[i].program ? needed[i].program : needed[i].header);
		g_string_append_printf(packages, " %s", needed[i].package);
	}
	if (names->len == 0)
		return true;
	return error_set(error, KHOTEST_ERROR_HOST,
			 "building a kernel needs what this host lacks: %s. Install the Debian packages:%s", names->str,
			 packages->str);
}
