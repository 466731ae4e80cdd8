// SPDX-License-Identifier: GPL-2.0-or-later
#include "buildfiles.h"
#include "kernelfolder.h"
#include "listseries.h"
#include "mailbox.h"

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/names.h>

#include <glib/gstdio.h>
#include <string.h>

void series_free(Series *series)
{
	if (!series)
		return;
	g_free(series->name);
	g_free(series->path);
	g_free(series->summary);
	g_free(series->expect);
	g_free(series->expect_reason);
	g_strfreev(series->fragments);
	g_clear_pointer(&series->patches, g_ptr_array_unref);
	g_free(series);
}

char **series_list(const char *patches, const char *kernel, GError **error)
{
	g_autofree char *folder = kernelfolder_find(patches, kernel);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = folder ? g_dir_open(folder, 0, &local) : NULL;
	const char *name;

	if (!folder) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot list the series of %s: there is no such kernel", kernel);
		return NULL;
	}
	if (!dir) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot list the series of %s: %s", kernel, local->message);
		return NULL;
	}
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(folder, name, "series", NULL);

		if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(names, g_strdup(name));
	}
	if (!names->len)
		g_ptr_array_add(names, g_strdup(SERIES_PLAIN));
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static bool read_series_file(Series *series, const char *folder, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = files_read(path, error);
	g_autofree char *text = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;

	return text && seriesfile_parse(series, text, folder, path, error);
}

static bool is_cover_letter(const char *path)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) && mail_is_cover(text);
}

/* git makes an empty file of a commit that changes nothing, such as the one in which b4 keeps the cover letter. */
static bool is_empty(const char *path)
{
	g_autofree char *text =
		g_strconcat(path, " is empty, as of a commit that changes nothing: it is left out", NULL);
	GStatBuf at;

	if (g_stat(path, &at) != 0 || at.st_size > 0)
		return false;
	if (log_is_first(text))
		log_warn("%s", text);
	return true;
}

/* What may be a patch too, by its name, and would be missed by whoever thinks that it is applied. */
static bool is_like_patch(const char *name)
{
	static const char *const suffixes[] = { ".diff", ".eml", ".mbox", ".mbx", ".patch.gz", ".patch.xz" };

	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
		if (g_str_has_suffix(name, suffixes[i]))
			return true;
	return false;
}

static void warn_of_others(const char *folder, GPtrArray *others)
{
	g_autofree char *some = NULL, *text = NULL;

	names_sort(others);
	some = names_some(others);
	text = g_strdup_printf("%s: %u file%s no *.patch and %s not applied: %s", folder, others->len,
			       others->len == 1 ? " is" : "s are", others->len == 1 ? "is" : "are", some);
	if (others->len && log_is_first(text))
		log_warn("%s", text);
}

/*
 * All *.patch of a folder without a series file, in the order of their names, as git format-patch numbers them. It
 * calls the cover letter a patch too.
 */
static bool take_patches(Series *series, const char *folder, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &local);
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	if (!dir)
		return error_set(error, KHOTEST_ERROR_INPUT, "cannot read the series %s: %s", folder, local->message);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, ".patch") && !is_empty(path) && !is_cover_letter(path))
			g_ptr_array_add(series->patches, g_steal_pointer(&path));
		else if (is_like_patch(name))
			g_ptr_array_add(others, g_strdup(name));
	}
	warn_of_others(folder, others);
	names_sort(series->patches);
	if (series->patches->len == 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s holds neither a file 'series' nor any *.patch",
				 folder);
	return true;
}

/* As it stands there, or encoded as mails may be. */
static bool has_diff(const char *path, bool *ret_has, GError **error)
{
	g_autoptr(GBytes) bytes = files_read(path, error);
	g_autofree char *text = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
	g_auto(Mailbox) box = { 0 };
	g_autoptr(GError) local = NULL;

	if (!text)
		return false;
	*ret_has = mail_has_diff(text);
	if (*ret_has)
		return true;
	if (!mailbox_read(path, &box, NULL, &local)) {
		if (g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_INPUT))
			return true;
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	for (guint i = 0; i < box.mails->len; i++)
		*ret_has |= ((const Mail *)box.mails->pdata[i])->diff;
	return true;
}

/* What changes nothing is found before a kernel is fetched or built for it. */
static bool check_diffs(const Series *series, GError **error)
{
	for (guint i = 0; i < series->patches->len; i++) {
		const char *path = series->patches->pdata[i];
		bool has;

		if (!has_diff(path, &has, error))
			return false;
		if (!has)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s holds no patch: a mail or diff as git format-patch makes it is wanted",
					 path);
	}
	return true;
}

Series *series_plain(void)
{
	Series *series = g_new0(Series, 1);

	series->patches = g_ptr_array_new_with_free_func(g_free);
	series->expect = g_strdup("PASS");
	return series;
}

/* Deferred init is what this is about; an overlay leaves the choice to what it lies on. */
static void settle_fragments(Series *series)
{
	if (!series->fragments)
		series->fragments = g_strsplit(series->overlay ? "" : "deferred", " ", -1);
}

Series *series_none(void)
{
	Series *series = series_plain();

	series->name = g_strdup("as-is");
	settle_fragments(series);
	return series;
}

static bool is_ours(const char *patches, const char *kernel, const char *name)
{
	g_autofree char *folder = kernelfolder_find(patches, kernel);
	g_autofree char *file = folder ? g_build_filename(folder, name, "series", NULL) : NULL;

	return file && *name && !strchr(name, '/') && g_file_test(file, G_FILE_TEST_IS_REGULAR);
}

/* "stock" of a kernel that has no series at all: the tree as it is. */
static bool is_plain(const char *patches, const char *kernel, const char *name)
{
	g_auto(GStrv) names = strcmp(name, SERIES_PLAIN) == 0 ? series_list(patches, kernel, NULL) : NULL;

	return names && g_strv_length(names) == 1 && strcmp(names[0], SERIES_PLAIN) == 0;
}

static Series *plain_named(void)
{
	Series *series = series_none();

	g_free(series->name);
	series->name = g_strdup(SERIES_PLAIN);
	series->summary = g_strdup("the tree as it is");
	return series;
}

/* One that is files in a folder, or a patch. */
static Series *read_files(const char *patches, const char *kernel, const char *name, GError **error)
{
	g_autofree char *file = NULL, *folder = NULL, *base = NULL;
	g_autoptr(Series) series = series_plain();
	bool ours = is_ours(patches, kernel, name);

	if (!*name) {
		error_set(error, KHOTEST_ERROR_INPUT, "an overlay goes on top of a series, as in central+leak");
		return NULL;
	}
	if (!ours && is_plain(patches, kernel, name))
		return plain_named();
	if (!ours && !g_file_test(name, G_FILE_TEST_EXISTS)) {
		g_auto(GStrv) names = series_list(patches, kernel, error);
		g_autofree char *nearest = names ? names_nearest(name, names) : NULL;
		g_autofree char *all = names ? g_strjoinv(", ", names) : NULL;

		if (names)
			error_set(error, KHOTEST_ERROR_INPUT,
				  "there is no series '%s' for %s: %s%s%sknown: %s, or the path of a folder, patch or "
				  "mbox, an address, a Message-ID, or DIR@BASE..BRANCH",
				  name, kernel, *nearest ? "did you mean " : "", nearest, *nearest ? "? " : "",
				  *all ? all : "none");
		return NULL;
	}
	folder = ours ? kernelfolder_find(patches, kernel) : NULL;
	series->path = ours ? g_build_filename(folder, name, NULL) : g_canonicalize_filename(name, NULL);
	base = g_path_get_basename(series->path);
	series->name = ours ? g_strdup(name) : listseries_name(base);
	file = g_build_filename(series->path, "series", NULL);
	if (!g_file_test(series->path, G_FILE_TEST_IS_DIR))
		g_ptr_array_add(series->patches, g_strdup(series->path));
	else if (g_file_test(file, G_FILE_TEST_IS_REGULAR) ? !read_series_file(series, series->path, file, error)
							   : !take_patches(series, series->path, error))
		return NULL;
	if (!check_diffs(series, error))
		return NULL;
	settle_fragments(series);
	return g_steal_pointer(&series);
}

static Series *read_mails(const char *name, const char *cache, GCancellable *cancel, GError **error)
{
	g_autoptr(Series) series = series_plain();

	if (!listseries_read(series, name, cache, cancel, error))
		return NULL;
	settle_fragments(series);
	return g_steal_pointer(&series);
}

Series *series_read(const char *patches, const char *kernel, const char *name, const char *cache, GCancellable *cancel,
		    GError **error)
{
	if (is_ours(patches, kernel, name))
		return read_files(patches, kernel, name, error);
	if (!listseries_check_branch(name, error))
		return NULL;
	return listseries_is(name) ? read_mails(name, cache, cancel, error) : read_files(patches, kernel, name, error);
}

/* series becomes "series+overlay"; what it expects stays. */
static bool lay_over(Series *series, const Series *overlay, GError **error)
{
	g_autoptr(GStrvBuilder) fragments = g_strv_builder_new();
	g_autofree char *lower = g_steal_pointer(&series->name);

	if (!overlay->overlay)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' is a series of its own and cannot go on top of '%s': only an overlay can, one "
				 "whose series file says '# overlay: yes'",
				 overlay->name, lower);
	series->name = g_strdup_printf("%s+%s", lower, overlay->name);
	for (guint i = 0; i < overlay->patches->len; i++)
		g_ptr_array_add(series->patches, g_strdup(overlay->patches->pdata[i]));
	g_strv_builder_addv(fragments, (const char **)series->fragments);
	for (char **name = overlay->fragments; *name; name++)
		if (!g_strv_contains((const char *const *)series->fragments, *name))
			g_strv_builder_add(fragments, *name);
	g_strfreev(series->fragments);
	series->fragments = g_strv_builder_end(fragments);
	return true;
}

/* Where "+OVERLAY" begins; NULL: there is none. Addresses and Message-IDs may have a '+' of their own. */
static const char *overlay_in(const char *patches, const char *kernel, const char *name)
{
	const char *plus = strrchr(name, '+');

	if (!plus || g_file_test(name, G_FILE_TEST_EXISTS))
		return NULL;
	return !listseries_is(name) || is_ours(patches, kernel, plus + 1) ? plus : NULL;
}

Series *series_load(const char *patches, const char *kernel, const char *name, const char *cache, GCancellable *cancel,
		    GError **error)
{
	const char *plus = overlay_in(patches, kernel, name);
	g_autoptr(Series) series = NULL, overlay = NULL;
	g_autofree char *lower = NULL;

	if (!plus) {
		series = series_read(patches, kernel, name, cache, cancel, error);
		if (series && series->overlay)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "the series '%s' is an overlay: it goes on top of another, as in SERIES+%s",
					 series->name, name),
			       NULL;
		return g_steal_pointer(&series);
	}
	lower = g_strndup(name, (gsize)(plus - name));
	series = series_load(patches, kernel, lower, cache, cancel, error);
	overlay = series ? series_read(patches, kernel, plus + 1, cache, cancel, error) : NULL;
	if (!overlay || !lay_over(series, overlay, error))
		return NULL;
	return g_steal_pointer(&series);
}

char *series_digest(const Series *series, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < series->patches->len; i++) {
		g_autoptr(GBytes) bytes = files_read(series->patches->pdata[i], error);
		gsize length;
		const guchar *data;
		g_autofree char *header = NULL;

		if (!bytes)
			return NULL;
		data = g_bytes_get_data(bytes, &length);
		/* the length too: two patches are not the same as one that holds both */
		header = g_strdup_printf("patch %" G_GSIZE_FORMAT "\n", length);
		g_checksum_update(sum, (const guchar *)header, -1);
		g_checksum_update(sum, data, (gssize)length);
	}
	return g_strdup(g_checksum_get_string(sum));
}
