// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/nightsite.h>

#include <base/cancel.h>
#include <base/files.h>
#include <base/log.h>
#include <page/html.h>
#include <page/night.h>

#include <string.h>

#define REPORTS "runs"

typedef struct {
	const Nights *nights;
	const char *parent, *folder;
	GCancellable *cancel;
	guint written;
} Site;

static bool put(Site *site, const char *name, char *text, GError **error)
{
	g_autofree char *owned = text, *path = g_build_filename(site->folder, name, NULL), *old = NULL;

	if (g_file_get_contents(path, &old, NULL, NULL) && strcmp(old, owned) == 0)
		return true;
	site->written++;
	return files_write_fast(path, owned, strlen(owned), error);
}

/* Whoever looks at a night opens these. */
static bool wants_report(const NightVerdict *verdict, const NightCell *cell)
{
	if (!cell->run)
		return false;
	if (cell->state == CELL_UNMET || cell->state == CELL_ERROR)
		return true;
	for (guint i = 0; i < verdict->worse->len; i++)
		if (((NightChange *)verdict->worse->pdata[i])->cell == cell)
			return true;
	return false;
}

/* Made once: a run does not change. */
static bool make_report(Site *site, const char *run, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(site->folder, name, NULL);
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(Result) result = NULL;

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	result = result_load(run, error);
	if (!result)
		return false;
	g_ptr_array_add(one, result);
	return put(site, name, html_of_results(one), error);
}

static void add_report(Site *site, const NightVerdict *verdict, const NightCell *cell, GHashTable *reports)
{
	const char *id = verdict->night->facts->id;
	g_autofree char *run = g_build_filename(site->parent, id, cell->run, NULL);
	g_autofree char *base = g_path_get_basename(cell->run);
	g_autofree char *name = g_strdup_printf(REPORTS "/%s-%s.html", id, base);
	g_autofree char *path = g_build_filename(site->folder, name, NULL);
	g_autoptr(GError) local = NULL;

	if (g_file_test(run, G_FILE_TEST_IS_DIR) && !make_report(site, run, name, &local))
		log_warn("there is no report of %s: %s", run, local->message);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		g_hash_table_insert(reports, g_strdup(cell->run), g_steal_pointer(&name));
}

static bool put_night(Site *site, guint i, GError **error)
{
	const GPtrArray *verdicts = site->nights->verdicts;
	const NightVerdict *verdict = verdicts->pdata[i];
	const NightVerdict *before = i ? verdicts->pdata[i - 1] : NULL;
	const NightVerdict *after = i + 1 < verdicts->len ? verdicts->pdata[i + 1] : NULL;
	g_autoptr(GHashTable) reports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree char *name = nightpage_of_night(verdict->night->facts->id);

	for (guint c = 0; c < verdict->night->cells->len; c++)
		if (wants_report(verdict, verdict->night->cells->pdata[c]))
			add_report(site, verdict, verdict->night->cells->pdata[c], reports);
	return put(site, name,
		   html_of_night(verdict, reports, before ? before->night->facts->id : NULL,
				 after ? after->night->facts->id : NULL),
		   error);
}

static bool put_trends(Site *site, const GPtrArray *trends, GError **error)
{
	g_autofree char *name = NULL;

	if (!trends->len)
		return true;
	name = nightpage_of_metric(((NightTrend *)trends->pdata[0])->metric);
	return put(site, name, html_of_nighttrends(trends), error);
}

static GPtrArray *all_trends(const Nights *nights)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(all, nighttrends_of(nights->verdicts, &metrics[i]));
	return all;
}

static bool put_pages(Site *site, GError **error)
{
	g_autoptr(GPtrArray) trends = all_trends(site->nights);

	for (guint i = 0; i < site->nights->verdicts->len; i++) {
		log_progress_update("night %u of %u", i + 1, site->nights->verdicts->len);
		if (cancel_check(site->cancel, error) || !put_night(site, i, error))
			return false;
	}
	for (guint i = 0; i < trends->len; i++)
		if (cancel_check(site->cancel, error) || !put_trends(site, trends->pdata[i], error))
			return false;
	/* last, so that it leads to nothing that is not there */
	return put(site, NIGHTPAGE_INDEX, html_of_nights(site->nights->verdicts, trends), error);
}

bool nightsite_write(const Nights *nights, const char *parent, const char *folder, GCancellable *cancel, GError **error)
{
	Site site = { nights, parent, folder, cancel, 0 };
	g_autofree char *reports = g_build_filename(folder, REPORTS, NULL);
	bool ok;

	if (!files_mkdirs(reports, error))
		return false;
	log_progress_begin("site %s", folder);
	ok = put_pages(&site, error);
	log_progress_end("%u pages written", site.written);
	return ok;
}
