// SPDX-License-Identifier: GPL-2.0-or-later
#include <history/runindex.h>

static void free_part(gpointer data)
{
	IndexedKeyPart *part = data;

	g_free(part->value);
	g_free(part);
}

IndexedRun *indexedrun_new(const char *path)
{
	IndexedRun *run = g_new0(IndexedRun, 1);

	run->path = g_strdup(path);
	run->id = path ? g_path_get_basename(path) : NULL;
	run->parts = g_ptr_array_new_with_free_func(free_part);
	run->values = g_array_new(FALSE, FALSE, sizeof(IndexedValue));
	return run;
}

void indexedrun_free(IndexedRun *run)
{
	if (!run)
		return;
	g_free(run->path);
	g_free(run->id);
	g_free(run->date);
	g_free(run->kernel);
	g_free(run->release);
	g_free(run->image);
	g_free(run->series);
	g_free(run->profile);
	g_free(run->mode);
	g_free(run->verdict);
	g_free(run->class);
	g_free(run->title);
	g_free(run->key);
	g_free(run->problem);
	g_ptr_array_unref(run->parts);
	g_array_unref(run->values);
	g_free(run);
}

void indexedrun_add_value(IndexedRun *run, const char *metric, gint64 value)
{
	IndexedValue one = { .metric = g_intern_string(metric), .value = value };

	if (value >= 0)
		g_array_append_val(run->values, one);
}

void indexedrun_add_part(IndexedRun *run, const char *name, const char *value)
{
	IndexedKeyPart *part = g_new(IndexedKeyPart, 1);

	part->name = g_intern_string(name);
	part->value = g_strdup(value);
	g_ptr_array_add(run->parts, part);
}

gint64 indexedrun_value(const IndexedRun *run, const char *metric)
{
	const char *name = g_intern_string(metric);

	for (guint i = 0; i < run->values->len; i++) {
		const IndexedValue *one = &g_array_index(run->values, IndexedValue, i);

		if (one->metric == name)
			return one->value;
	}
	return -1;
}
