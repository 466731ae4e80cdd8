// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisectplaces.h"

#include <base/error.h>
#include <base/files.h>
#include <build/commits.h>
#include <build/series.h>

#include <string.h>

void places_free(Places *places)
{
	if (!places)
		return;
	g_free(places->good);
	g_free(places->bad);
	g_free(places->folder);
	series_free(places->series);
	g_free(places);
}

static GCancellable *cancel_of(const Places *places)
{
	return places->spec->request.cancel;
}

static bool open_commits(Places *places, const char *good, const char *bad, GError **error)
{
	const char *dir = places->spec->dir;
	bool is;

	if (!good || !bad)
		return error_set(error, KHOTEST_ERROR_INPUT, "bisect needs a good and a bad commit");
	places->good = commits_id(dir, good, cancel_of(places), error);
	places->bad = places->good ? commits_id(dir, bad, cancel_of(places), error) : NULL;
	if (!places->bad || !commits_is_ancestor(dir, places->good, places->bad, &is, cancel_of(places), error))
		return false;
	if (is && strcmp(places->good, places->bad) != 0)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "%s is not in the history of %s: the good commit has to come before the bad one", good, bad);
}

/* How many patches that is; false if it is no such number. */
static bool count_of(const Places *places, const char *at, guint *ret_count)
{
	guint64 n;

	if (!g_ascii_string_to_unsigned(at, 10, 0, places->series->patches->len, &n, NULL))
		return false;
	*ret_count = (guint)n;
	return true;
}

static bool open_patches(Places *places, const char *good, const char *bad, GError **error)
{
	const BisectSpec *spec = places->spec;
	guint low, high;

	places->series = series_load(spec->paths->patches, spec->request.kernel, spec->patches, spec->paths->cache,
				     cancel_of(places), error);
	if (!places->series)
		return false;
	places->good = g_strdup(good ? good : "0");
	places->bad = bad ? g_strdup(bad) : g_strdup_printf("%u", places->series->patches->len);
	if (count_of(places, places->good, &low) && count_of(places, places->bad, &high) && low < high)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "%s has %u patches: GOOD and BAD are numbers of them, from 0 on, and GOOD is the smaller one",
			 spec->patches, places->series->patches->len);
}

Places *places_open(const BisectSpec *spec, const BisectDir *dir, GError **error)
{
	g_autoptr(Places) places = g_new0(Places, 1);
	const char *good = dir ? dir->good : spec->good, *bad = dir ? dir->bad : spec->bad;

	places->spec = spec;
	return (spec->dir ? open_commits(places, good, bad, error) : open_patches(places, good, bad, error))
		       ? g_steal_pointer(&places)
		       : NULL;
}

char *places_path(const Places *places)
{
	const BisectSpec *spec = places->spec;

	return spec->path ? g_strdup(spec->path)
			  : bisectdir_name(spec->parent, spec->good ? spec->good : places->good,
					   spec->bad ? spec->bad : places->bad);
}

/* Those strictly between the ends, the middle first. */
static GPtrArray *numbers_between(const Places *places, const GPtrArray *good, const char *bad)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	guint low = 0, high = 0, n, middle;

	count_of(places, bad, &high);
	for (guint i = 0; i < good->len; i++)
		if (count_of(places, good->pdata[i], &n))
			low = MAX(low, n);
	middle = low + (high - low) / 2;
	for (guint away = 0; away < high; away++) {
		if (middle + away > low && middle + away < high)
			g_ptr_array_add(found, g_strdup_printf("%u", middle + away));
		if (away && middle > low + away)
			g_ptr_array_add(found, g_strdup_printf("%u", middle - away));
	}
	return found;
}

GPtrArray *places_between(const Places *places, const GPtrArray *good, const char *bad, GError **error)
{
	const BisectSpec *spec = places->spec;

	return spec->dir ? commits_between(spec->dir, good, bad, spec->first_parent, cancel_of(places), error)
			 : numbers_between(places, good, bad);
}

char *places_good_before(const Places *places, const GPtrArray *good, const char *bad)
{
	const char *best = NULL;
	guint n, most = 0;

	for (guint i = 0; i < good->len; i++) {
		bool is = false;

		if (places->spec->dir) {
			/* the latest: the one that all others that count come before */
			if (commits_is_ancestor(places->spec->dir, good->pdata[i], bad, &is, NULL, NULL) && is &&
			    (!best ||
			     (commits_is_ancestor(places->spec->dir, best, good->pdata[i], &is, NULL, NULL) && is)))
				best = good->pdata[i];
		} else if (count_of(places, good->pdata[i], &n) && n >= most) {
			most = n;
			best = good->pdata[i];
		}
	}
	return g_strdup(best);
}

char *places_series_name(const Places *places)
{
	char *name = g_strdup(places->series->name);

	return g_strcanon(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", '-');
}

/* Where the first patches of the series lie. Caller frees. */
static char *folder_of(const Places *places, guint count)
{
	g_autofree char *base_name = places_series_name(places), *name = NULL;

	name = g_strdup_printf("%s-%u", base_name, count);
	return g_build_filename(places->folder, name, NULL);
}

static char *patch_in(const char *folder, guint i)
{
	g_autofree char *base = g_strdup_printf("%04u.patch", i + 1);

	return g_build_filename(folder, base, NULL);
}

/* The first patches of the series, as a series of its own. */
static char *make_series(const Places *places, guint count, GError **error)
{
	g_autofree char *folder = folder_of(places, count), *list = g_build_filename(folder, "series", NULL);
	g_autofree char *fragments = g_strjoinv(" ", places->series->fragments);
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "# fragments: %s\n", fragments);
	if (!files_mkdirs(folder, error))
		return NULL;
	for (guint i = 0; i < count; i++) {
		g_autofree char *to = patch_in(folder, i), *base = g_path_get_basename(to);

		g_string_append_printf(text, "%s\n", base);
		if (!g_file_test(to, G_FILE_TEST_EXISTS) && !files_copy(places->series->patches->pdata[i], to, error))
			return NULL;
	}
	return files_write(list, text->str, text->len, error) ? g_steal_pointer(&folder) : NULL;
}

static bool check_patch(const Places *places, const char *folder, guint i, GError **error)
{
	g_autofree char *path = patch_in(folder, i);
	g_autoptr(GBytes) then = NULL, now = NULL;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	then = files_read(path, error);
	now = then ? files_read(places->series->patches->pdata[i], error) : NULL;
	if (!now)
		return false;
	return g_bytes_equal(then, now) ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "patch %u of %s is another one by now (it was as in %s): bisect it anew", i + 1,
			 places->spec->patches, path);
}

bool places_check(const Places *places, GError **error)
{
	guint patches = places->spec->dir ? 0 : places->series->patches->len;

	for (guint count = 1; count <= patches; count++) {
		g_autofree char *folder = folder_of(places, count);

		for (guint i = 0; i < count; i++)
			if (!check_patch(places, folder, i, error))
				return false;
	}
	return true;
}

char *places_request(const Places *places, const char *at, RunRequest *request, GError **error)
{
	guint count;
	char *words;

	if (places->spec->dir) {
		words = g_strdup_printf("%s@%s", places->spec->dir, at);
		request->tree = words;
		return words;
	}
	words = count_of(places, at, &count) ? make_series(places, count, error) : NULL;
	request->series = words;
	return words;
}

static char *subject_of(const char *patch)
{
	g_autoptr(GBytes) bytes = files_read(patch, NULL);
	g_autofree char *text =
		bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : g_strdup("");
	g_auto(GStrv) lines = g_strsplit(text, "\n", 100);

	for (char **line = lines; *line; line++)
		if (g_str_has_prefix(*line, "Subject: "))
			return g_strstrip(g_strdup(*line + strlen("Subject: ")));
	return g_path_get_basename(patch);
}

BisectLook *places_look(const Places *places, const char *at)
{
	BisectLook *found = g_new0(BisectLook, 1);
	guint count;

	if (places->spec->dir) {
		g_auto(CommitLook) look = { 0 };

		commits_look(places->spec->dir, at, NULL, &look);
		found->title = g_steal_pointer(&look.subject);
		found->date = g_steal_pointer(&look.date);
		found->files = g_steal_pointer(&look.files);
	} else if (count_of(places, at, &count)) {
		found->title =
			count ? subject_of(places->series->patches->pdata[count - 1]) : g_strdup("none of the patches");
	}
	return found;
}

char *places_label(const Places *places, const char *at)
{
	BisectLook *look = places_look(places, at);
	const char *title = look->title ? look->title : "";
	char *label = places->spec->dir
			      ? g_strdup_printf("%.12s %s", at, title)
			      : g_strdup_printf("%s of %u patches, up to: %s", at, places->series->patches->len, title);

	bisectlook_free(look);
	return label;
}
