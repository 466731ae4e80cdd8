// SPDX-License-Identifier: GPL-2.0-or-later
#include "toolenv.h"

#include <string.h>

/* LD_LIBRARY_PATH: a compiler that was installed beside the system's may not start without. */
static const char *const kept[] = { "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME" };

/* XDG_... above are ccache's too, for its folder and its configuration. */
#define CCACHE "CCACHE_"

static gboolean is_kept(const char *entry)
{
	gsize length = strcspn(entry, "=");

	for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
		if (strlen(kept[i]) == length && strncmp(entry, kept[i], length) == 0)
			return TRUE;
	return g_str_has_prefix(entry, CCACHE);
}

char **toolenv_make(const char *const *more)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) all = g_get_environ();

	for (char **entry = all; *entry; entry++)
		if (is_kept(*entry))
			g_strv_builder_add(builder, *entry);
	g_strv_builder_add(builder, "LC_ALL=C");
	if (more)
		g_strv_builder_addv(builder, (const char **)more);
	return g_strv_builder_end(builder);
}
