// SPDX-License-Identifier: GPL-2.0-or-later
/* When and on what: the line below the heading of every page. */
#include "htmlparts.h"

/* What is said of each run; NULL where its files do not tell. */
enum { ORIGIN_CPU, ORIGIN_KERNEL, ORIGIN_EMULATOR, ORIGIN_ACCELERATOR, ORIGINS };

typedef struct {
	GPtrArray *times;	    /* char *: of those that are known, "2026-11-23 21:57:20 UTC" */
	GPtrArray *values[ORIGINS]; /* char *: each once */
	guint unknown[ORIGINS];	    /* runs that do not tell */
	guint unknown_times, runs;
} Origins;

/* Takes ownership of value. */
static void add_value(Origins *origins, guint what, char *value)
{
	if (!value)
		origins->unknown[what]++;
	else if (g_ptr_array_find_with_equal_func(origins->values[what], value, g_str_equal, NULL))
		g_free(value);
	else
		g_ptr_array_add(origins->values[what], value);
}

/* In UTC; NULL. Caller frees. */
static char *time_of(const Result *result)
{
	const char *wall = result_date(result);
	g_autoptr(GDateTime) time = wall ? g_date_time_new_from_iso8601(wall, NULL) : NULL;
	g_autoptr(GDateTime) utc = time ? g_date_time_to_utc(time) : NULL;

	return utc ? g_date_time_format(utc, "%Y-%m-%d %H:%M:%S UTC") : NULL;
}

static char *accelerator_of(const Plan *plan)
{
	if (!plan || !plan->accelerator)
		return NULL;
	return plan->accelerator_why ? g_strdup_printf("%s (%s)", plan->accelerator, plan->accelerator_why)
				     : g_strdup(plan->accelerator);
}

/* "AMD EPYC 7B13, 2 CPUs"; NULL. Caller frees. */
static char *cpu_of(JsonObject *host)
{
	const char *model = host ? json_get_string(host, "cpu_model") : NULL;
	gint64 cpus = host ? json_get_int(host, "cpus") : -1;

	if (!model || cpus < 0)
		return g_strdup(model);
	return g_strdup_printf("%s, %" G_GINT64_FORMAT " CPU%s", model, cpus, cpus == 1 ? "" : "s");
}

static void gather(Origins *origins, const Result *result)
{
	JsonObject *host = result->host;
	char *time = time_of(result);
	const char *emulator = result->qemu ? result->qemu : host ? json_get_string(host, "qemu") : NULL;

	origins->runs++;
	if (time)
		g_ptr_array_add(origins->times, time);
	else
		origins->unknown_times++;
	add_value(origins, ORIGIN_CPU, cpu_of(host));
	add_value(origins, ORIGIN_KERNEL, g_strdup(host ? json_get_string(host, "kernel") : NULL));
	add_value(origins, ORIGIN_EMULATOR, g_strdup(emulator));
	add_value(origins, ORIGIN_ACCELERATOR, accelerator_of(result->plan));
}

static void put_fact(HtmlWriter *w, const char *name, const char *value, guint unknown)
{
	html_open(w, "div", NULL);
	html_element(w, "dt", name, NULL);
	html_open(w, "dd", NULL);
	html_text(w, value ? value : "unknown");
	if (value && unknown)
		html_textf(w, "; unknown of %u run%s", unknown, unknown == 1 ? "" : "s");
	html_close(w);
	html_close(w);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

/* The first and the last: as texts they sort by time. */
static void put_times(HtmlWriter *w, const Origins *origins)
{
	g_autofree char *span = NULL;

	g_ptr_array_sort(origins->times, by_text);
	if (origins->times->len > 1)
		span = g_strdup_printf("%s to %s", (const char *)origins->times->pdata[0],
				       (const char *)origins->times->pdata[origins->times->len - 1]);
	put_fact(w, origins->runs > 1 ? "runs began" : "run began",
		 span		       ? span
		 : origins->times->len ? origins->times->pdata[0]
				       : NULL,
		 origins->unknown_times);
}

void html_origin(HtmlWriter *w, const GPtrArray *results)
{
	static const char *const names[] = { [ORIGIN_CPU] = "host CPU",
					     [ORIGIN_KERNEL] = "host kernel",
					     [ORIGIN_EMULATOR] = "emulator",
					     [ORIGIN_ACCELERATOR] = "accelerator" };
	Origins origins = { .times = g_ptr_array_new_with_free_func(g_free) };

	for (guint i = 0; i < ORIGINS; i++)
		origins.values[i] = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < results->len; i++)
		gather(&origins, results->pdata[i]);
	html_open(w, "dl", "class", "origin", NULL);
	put_times(w, &origins);
	for (guint i = 0; i < ORIGINS; i++) {
		bool any = origins.values[i]->len > 0;
		g_autofree char *joined = NULL;

		g_ptr_array_add(origins.values[i], NULL);
		joined = g_strjoinv("; ", (char **)origins.values[i]->pdata);
		put_fact(w, names[i], any ? joined : NULL, origins.unknown[i]);
	}
	html_close(w);
	g_ptr_array_unref(origins.times);
	for (guint i = 0; i < ORIGINS; i++)
		g_ptr_array_unref(origins.values[i]);
}
