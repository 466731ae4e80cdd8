// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/paths.h>

#include <base/error.h>
#include <base/keyfile.h>
#include <base/setting.h>

#include <string.h>
#include <unistd.h>

#define BESIDE "khotest.folders"
#define NAME "khotest"

/* The folder of this program, links followed. Caller frees. */
static char *own_folder(void)
{
	g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);

	return path ? g_path_get_dirname(path) : g_strdup("/");
}

/* Of the program in the build folder: the source tree and the probe. false: it is another one. */
static bool beside(const char *own, char **ret_source, char **ret_probe)
{
	g_autofree char *path = g_build_filename(own, BESIDE, NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
		return false;
	*ret_source = keyfile_get(file, NAME, "source");
	*ret_probe = keyfile_get(file, NAME, "probe");
	return *ret_source && *ret_probe;
}

/* Where that folder is, of an installation whose programs are in own. Caller frees. */
static char *installed_folder(const char *own, const char *bindir, const char *folder)
{
	g_autofree char *tail = g_strconcat("/", bindir, NULL), *prefix = NULL;

	if (g_path_is_absolute(folder) || !g_str_has_suffix(own, tail))
		return g_build_filename("/", folder, NAME, NULL);
	prefix = g_strndup(own, strlen(own) - strlen(tail));
	return g_build_filename("/", prefix, folder, NAME, NULL);
}

/* Folder for libvirt's root and sockets: short, since socket paths must be, and ours alone. */
static char *runtime_folder(void)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");

	if (runtime && g_file_test(runtime, G_FILE_TEST_IS_DIR))
		return g_build_filename(runtime, NAME, NULL);
	return g_strdup_printf("%s/" NAME "-%d", g_get_tmp_dir(), (int)getuid());
}

static char *cache_folder(void)
{
	const char *cache = setting_get("cache");

	/* of a setting in the environment, which may be relative to where we are now */
	return cache ? g_canonicalize_filename(cache, NULL) : g_build_filename(g_get_user_cache_dir(), NAME, NULL);
}

gboolean paths_find(const PathsInstalled *installed, Paths *ret_paths, GError **error)
{
	g_autofree char *own = own_folder(), *source = NULL, *probe = NULL, *results = NULL;
	bool built = beside(own, &source, &probe);

	if (!built) {
		g_autofree char *libexec = installed_folder(own, installed->bindir, installed->libexecdir);

		source = installed_folder(own, installed->bindir, installed->datadir);
		probe = g_build_filename(libexec, "khotest-probe", NULL);
	}
	if (setting_get("source")) {
		g_free(source);
		source = g_strdup(setting_get("source"));
	}
	if (setting_get("probe")) {
		g_free(probe);
		probe = g_strdup(setting_get("probe"));
	}
	results = built ? g_build_filename(source, "results", NULL)
			: g_build_filename(g_get_user_state_dir(), NAME, NULL);
	setting_default("results", results);
	*ret_paths = (Paths){
		.patches = g_build_filename(source, "patches", NULL),
		.kconfigs = g_build_filename(source, "kconfigs", NULL),
		.plans = g_build_filename(source, "plans", NULL),
		.docs = g_build_filename(source, "docs", NULL),
		.initramfs = g_build_filename(source, "initramfs", NULL),
		.layout = g_build_filename(source, "initramfs", "layout", NULL),
		.probe = g_steal_pointer(&probe),
		.cache = cache_folder(),
		.runtime = runtime_folder(),
	};
	setting_default("cache", ret_paths->cache);
	setting_default("source", source);
	setting_default("probe", ret_paths->probe);
	return g_file_test(ret_paths->patches, G_FILE_TEST_IS_DIR) ||
	       error_set(error, KHOTEST_ERROR_FAILED,
			 "there is no %s: khotest is not installed as a whole, and not in its build folder; "
			 "KHOTEST_SOURCE=DIR names the folder with patches/, kconfigs/, plans/ and initramfs/",
			 ret_paths->patches);
}

void paths_clear(Paths *paths)
{
	const char **all[] = { &paths->patches, &paths->kconfigs, &paths->plans, &paths->docs,	 &paths->initramfs,
			       &paths->layout,	&paths->probe,	  &paths->cache, &paths->runtime };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
		g_free((char *)*all[i]);
		*all[i] = NULL;
	}
}

char *paths_results(const char *what)
{
	g_autofree char *folder = g_canonicalize_filename(setting_get("results"), NULL);
	g_autofree char *path = g_build_filename(folder, what, NULL), *here = g_get_current_dir();
	gsize length = strlen(here);

	if (strncmp(path, here, length) == 0 && path[length] == '/' && path[length + 1])
		return g_strdup(path + length + 1);
	return g_steal_pointer(&path);
}
