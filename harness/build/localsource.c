// SPDX-License-Identifier: GPL-2.0-or-later
#include "localsource.h"
#include "aptsource.h"

#include <base/error.h>
#include <base/setting.h>

#include <string.h>

bool localsource_folder(const char **ret_folder, GError **error)
{
	const char *folder = setting_get("sources");
	g_autofree char *said = NULL;

	*ret_folder = NULL;
	if (!folder)
		return true;
	if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
		said = setting_text("sources");
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: there is no such folder; give the one that has the tarballs, or none", said);
	}
	*ret_folder = folder;
	return true;
}

char *localsource_cached_name(const Source *source, const SourceAlternative *alternative)
{
	return g_strdup_printf("linux-%s-%.12s.tar", source->version, alternative->sha256);
}

/* deb-src(5) and deb-version(7): an epoch is in no file name, and the upstream tarball has no Debian revision. */
static char *debian_name(const char *where, bool binary)
{
	g_autofree char *package = NULL, *version = NULL, *suite = NULL;
	char *colon, *dash;

	if (!aptsource_parse_where(where, &package, &version, &suite))
		return NULL;
	colon = strchr(version, ':');
	if (binary)
		return g_strdup_printf("%s_%s_all.deb", package, colon ? colon + 1 : version);
	dash = strrchr(version, '-');
	if (dash)
		*dash = '\0';
	return g_strdup_printf("%s_%s.orig.tar.xz", package, colon ? colon + 1 : version);
}

static char *url_name(const char *address)
{
	g_autofree char *path = g_strndup(address, strcspn(address, "?#"));
	char *name = g_path_get_basename(path);

	if (strlen(name) < strlen("x.tar"))
		g_clear_pointer(&name, g_free); /* "https://host/": no file */
	return name;
}

char *localsource_name(const SourceAlternative *alternative)
{
	if (strcmp(alternative->kind, "url") == 0)
		return url_name(alternative->where);
	if (strcmp(alternative->kind, "file") == 0)
		return g_path_get_basename(alternative->where);
	return debian_name(alternative->where, strcmp(alternative->kind, "debian-binary") == 0);
}
