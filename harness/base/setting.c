// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>
#include <base/keyfile.h>
#include <base/names.h>
#include <base/setting.h>
#include <base/units.h>

#include <string.h>

#define GROUP "khotest"

static const Setting rows[] = {
	{ "results", "KHOTEST_RESULTS", SETTING_FOLDER, NULL, "--results",
	  "the folder of all results: runs, matrices, comparisons, sweeps, and their index",
	  "`results/` of the project; `$XDG_STATE_HOME/khotest` if khotest is installed" },
	{ "cache", "KHOTEST_CACHE", SETTING_FOLDER, NULL, NULL,
	  "the folder of what can be made again: sources, trees, kernels; 5 GB with one version, 2 GB more for "
	  "each further one",
	  "`$XDG_CACHE_HOME/khotest`" },
	{ "sources", "KHOTEST_SOURCES", SETTING_FOLDER, NULL, NULL,
	  "a folder that is searched first for kernel tarballs, by file name; each is checked by its sum and copied",
	  "the archive and the addresses in `patches/*/source`" },
	{ "stall", "KHOTEST_STALL", SETTING_DURATION, NULL, NULL,
	  "how long a download may stand still before the next place is tried: `30s`, `5m`; one second or more",
	  "`30s`" },
	{ "list", "KHOTEST_LIST", SETTING_TEXT, NULL, NULL,
	  "the archive that is asked for a Message-ID: `https://ARCHIVE/LIST/%s`",
	  "b4, if it is installed, or `b4.midmask` of git's configuration" },
	{ "origin", "KHOTEST_ORIGIN", SETTING_TEXT, NULL, NULL,
	  "who submits, in `--format kcidb`: small letters, digits, `_`", "`khotest`" },
	{ "memory", "KHOTEST_MEMORY", SETTING_SIZE, "auto", "--memory", "guest memory of runs and comparisons",
	  "`auto`: 100G, or the largest that fits" },
	{ "accel", "KHOTEST_ACCEL", SETTING_TEXT, "auto kvm tcg", "--accel",
	  "the accelerator; counted runs are emulated all the same", "`auto`" },
	{ "jobs", "KHOTEST_JOBS", SETTING_COUNT, NULL, "--jobs", "jobs for building", "as many as there are CPUs" },
	{ "connect", "KHOTEST_CONNECT", SETTING_TEXT, NULL, "--connect", "libvirt URI",
	  "libvirt in this process, without a daemon" },
	{ "source", "KHOTEST_SOURCE", SETTING_FOLDER, NULL, NULL,
	  "the folder with `patches/`, `kconfigs/`, `plans/`, `initramfs/` and `docs/`",
	  "the one that khotest was built from, or installed with" },
	{ "probe", "KHOTEST_PROBE", SETTING_FILE, NULL, NULL, "the program that becomes `/init` of the guest",
	  "the one of the same build" },
};

/* What was said of one row; NULL: nothing. */
static struct {
	char *option, *file, *file_name, *standard;
} said[G_N_ELEMENTS(rows)];

const Setting *settings_all(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(rows);
	return rows;
}

/* -1: there is none. */
static int row_of(const char *key)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].key, key) == 0)
			return (int)i;
	return -1;
}

static guint known(const char *key)
{
	int row = row_of(key);

	if (row < 0)
		g_error("there is no setting %s", key);
	return (guint)row;
}

static const char *environment(const Setting *row)
{
	const char *value = g_getenv(row->variable);

	return value && *value ? value : NULL;
}

const char *setting_get(const char *key)
{
	guint row = known(key);
	const char *value = said[row].option ? said[row].option : environment(&rows[row]);

	return value ? value : said[row].file ? said[row].file : said[row].standard;
}

const char *setting_from(const char *key)
{
	guint row = known(key);

	if (said[row].option)
		return rows[row].option;
	if (environment(&rows[row]))
		return rows[row].variable;
	return said[row].file ? said[row].file_name : said[row].standard ? "default" : "-";
}

char *setting_text(const char *key)
{
	guint row = known(key);
	const char *value = setting_get(key), *from = setting_from(key);

	if (said[row].option)
		return g_strdup_printf("%s %s", from, value);
	return environment(&rows[row]) ? g_strdup_printf("%s=%s", from, value)
				       : g_strdup_printf("%s=%s in %s", key, value, from);
}

static void put(char **place, const char *value)
{
	g_free(*place);
	*place = g_strdup(value);
}

void setting_give(const char *key, const char *value)
{
	put(&said[known(key)].option, value);
}

void setting_default(const char *key, const char *value)
{
	put(&said[known(key)].standard, value);
}

static bool is_word(const Setting *row, const char *value)
{
	g_auto(GStrv) words = g_strsplit(row->words ? row->words : "", " ", -1);

	return g_strv_contains((const char *const *)words, value);
}

static bool check_count(const char *value, GError **error)
{
	return g_ascii_string_to_unsigned(value, 10, 1, 4096, NULL, NULL) ||
	       error_set(error, KHOTEST_ERROR_INPUT, "a number from 1 to 4096 is needed");
}

/* Of the strongest value that there is. */
static bool check(const Setting *row, GError **error)
{
	const char *value = setting_get(row->key);
	g_autofree char *text = NULL;
	bool ok = true;
	guint64 bytes;
	gint64 ns;

	if (!value || is_word(row, value))
		return true;
	if (row->kind == SETTING_SIZE)
		ok = units_parse_size(value, &bytes, error);
	else if (row->kind == SETTING_DURATION)
		ok = units_parse_duration(value, &ns, error);
	else if (row->kind == SETTING_COUNT)
		ok = check_count(value, error);
	else if (row->words)
		ok = error_set(error, KHOTEST_ERROR_INPUT, "one of these is needed: %s", row->words);
	text = setting_text(row->key);
	if (!ok)
		g_prefix_error(error, "%s: ", text);
	return ok;
}

/* What a path in a file means; NULL: it depends on the current folder. Caller frees. */
static char *path_in_file(const char *value)
{
	if (g_str_has_prefix(value, "~/"))
		return g_build_filename(g_get_home_dir(), value + 2, NULL);
	return g_path_is_absolute(value) ? g_strdup(value) : NULL;
}

static bool unknown_key(const char *path, const char *key, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *nearest = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_ptr_array_add(names, (gpointer)rows[i].key);
	g_ptr_array_add(names, NULL);
	nearest = names_nearest(key, (char **)names->pdata);
	return error_set(error, KHOTEST_ERROR_INPUT, "%s: there is no setting '%s'%s%s; 'khotest config' shows all",
			 path, key, *nearest ? ", did you mean " : "", nearest);
}

/* One line of a file. What a stronger file said stays. */
static bool take(GKeyFile *file, const char *path, const char *key, GError **error)
{
	int row = row_of(key);
	g_autofree char *value = NULL;

	if (row < 0)
		return unknown_key(path, key, error);
	value = keyfile_get(file, GROUP, key);
	if (!value || !*value)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: '%s' has no value that can be read; leave the line out for the default", path,
				 key);
	if (said[row].file)
		return true;
	if (rows[row].kind == SETTING_FOLDER || rows[row].kind == SETTING_FILE) {
		char *whole = path_in_file(value);

		if (!whole)
			return error_set(
				error, KHOTEST_ERROR_INPUT,
				"%s: %s=%s depends on the current folder: give a path that begins with / or ~/", path,
				key, value);
		g_free(value);
		value = whole;
	}
	put(&said[row].file, value);
	put(&said[row].file_name, path);
	return true;
}

static bool read_file(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) local = NULL;
	g_auto(GStrv) groups = NULL, keys = NULL;

	if (!files_can_open(path))
		return error_set(error, KHOTEST_ERROR_INPUT, "%s is no regular file", path);
	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &local)) {
		if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
		    g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
			return true;
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: %s; the file begins with [" GROUP "], and has lines such as memory=8G", path,
				 local->message);
	}
	groups = g_key_file_get_groups(file, NULL);
	for (char **group = groups; *group; group++)
		if (strcmp(*group, GROUP) != 0)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s: there is no group [%s]: all settings are in [" GROUP "]", path, *group);
	keys = g_key_file_get_keys(file, GROUP, NULL, NULL);
	for (char **key = keys; key && *key; key++)
		if (!take(file, path, *key, error))
			return false;
	return true;
}

char **settings_files(void)
{
	GPtrArray *files = g_ptr_array_new();

	g_ptr_array_add(files, g_build_filename(g_get_user_config_dir(), "khotest", "config", NULL));
	for (const char *const *dir = g_get_system_config_dirs(); *dir; dir++)
		g_ptr_array_add(files, g_build_filename(*dir, "khotest", "config", NULL));
	g_ptr_array_add(files, NULL);
	return (char **)g_ptr_array_free(files, FALSE);
}

bool settings_load(GError **error)
{
	g_auto(GStrv) files = settings_files();

	for (char **file = files; *file; file++)
		if (!read_file(*file, error))
			return false;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!check(&rows[i], error))
			return false;
	return true;
}
