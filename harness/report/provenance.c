// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>
#include <base/json.h>
#include <base/spawn.h>
#include <base/text.h>
#include <base/units.h>
#include <report/provenance.h>
#include <report/table.h>
#include <string.h>

/* What of a host decides how fast and with what it emulates. Caller frees. */
static char *describe_host(JsonObject *host)
{
	gint64 memory = json_get_int(host, "memory_total_bytes");
	const char *const words[] = { json_get_string(host, "cpu_model"), json_get_string(host, "kernel"),
				      json_get_string(host, "distribution"), json_get_string(host, "qemu"),
				      json_get_string(host, "libvirt") };

	return g_strdup_printf("%s, %" G_GINT64_FORMAT " CPUs, %.1f GiB, Linux %s, %s, %s, %s",
			       words[0] ? words[0] : "-", json_get_int(host, "cpus"),
			       memory < 0 ? 0.0 : (double)memory / (double)(1 << 30), words[1] ? words[1] : "-",
			       words[2] ? words[2] : "-", words[3] ? words[3] : "-", words[4] ? words[4] : "-");
}

/* Each once, in the order in which they come. */
static void add_once(GPtrArray *texts, char *text)
{
	for (guint i = 0; i < texts->len; i++) {
		if (strcmp(texts->pdata[i], text) == 0) {
			g_free(text);
			return;
		}
	}
	g_ptr_array_add(texts, text);
}

/* "20261124-003253" of a run's name as a date; the name if it has none. */
static char *day_of(const Result *result)
{
	const char *id = result->id;

	return strlen(id) > 15 && id[8] == '-' ? g_strdup_printf("%.4s-%.2s-%.2s", id, id + 4, id + 6) : g_strdup(id);
}

/* What is told of all runs together. */
typedef struct {
	GPtrArray *hosts, *days, *reasons; /* char *, each once */
	Table *kernels;
	GHashTable *seen; /* hashes of kernels that are in the table */
} Facts;

static void facts_clear(Facts *facts)
{
	g_ptr_array_unref(facts->hosts);
	g_ptr_array_unref(facts->days);
	g_ptr_array_unref(facts->reasons);
	table_free(facts->kernels);
	g_hash_table_unref(facts->seen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Facts, facts_clear)

static Facts facts_new(void)
{
	g_autofree char *sum = g_strdup_printf("SHA-256 of %s", arch_default()->image_file);
	const char *const headers[] = { "kernel", "series", "profile", "source", sum, NULL };

	return (Facts){
		.hosts = g_ptr_array_new_with_free_func(g_free),
		.days = g_ptr_array_new_with_free_func(g_free),
		.reasons = g_ptr_array_new_with_free_func(g_free),
		.kernels = table_new(headers),
		.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
}

static void gather(Facts *facts, const Result *result)
{
	const Plan *plan = result->plan;

	if (result->host)
		add_once(facts->hosts, describe_host(result->host));
	add_once(facts->days, day_of(result));
	if (plan && plan->accelerator_why)
		add_once(facts->reasons, g_strdup_printf("%s: %s", plan->accelerator, plan->accelerator_why));
	for (guint i = 0; i < plan_hops(plan); i++) {
		const PlanHop *kernel = plan_hop(plan, i);

		if (kernel->sha256 && g_hash_table_add(facts->seen, g_strdup(kernel->sha256)))
			TABLE_ROW(facts->kernels, g_strdup(kernel->name), g_strdup(kernel->series),
				  g_strdup(kernel->profile), g_strdup(kernel->source), g_strndup(kernel->sha256, 16));
	}
}

static char *join(GPtrArray *texts, const char *separator)
{
	g_ptr_array_add(texts, NULL);
	return g_strjoinv(separator, (char **)texts->pdata);
}

/* what: the sentence that says what was run. again: the commands, each with its line end. */
static char *render(Facts *facts, const char *what, const char *again)
{
	g_autofree char *days = join(facts->days, ", "), *table = table_to_markdown(facts->kernels);
	g_autofree char *all_hosts = join(facts->hosts, "; "), *hosts = text_markdown(all_hosts);
	g_autofree char *reasons = join(facts->reasons, "; "), *why = text_markdown(reasons);

	return g_strdup_printf("# How these figures were made\n\n"
			       "%s\n\n"
			       "- Run on: %s\n"
			       "- Host: %s\n"
			       "- Accelerator: %s\n\n"
			       "Again:\n\n"
			       "```sh\n"
			       "%s"
			       "```\n\n"
			       "%s",
			       what, *days ? days : "-", *hosts ? hosts : "-", *why ? why : "as asked for", again,
			       table);
}

char *provenance_to_markdown(const MatrixResult *matrix, const char *into)
{
	g_auto(Facts) facts = facts_new();
	g_autofree char *summary = text_markdown(matrix->dir->summary);
	g_autofree char *what = g_strdup_printf("Plan `%s`: %s. %u cells. The plan as it was run is beside this file.",
						matrix->dir->plan, summary, matrix->cells->len);
	g_autofree char *again = g_strdup_printf("build/khotest matrix %s\n"
						 "build/khotest publish results/matrix/DATE-TIME-%s %s\n",
						 matrix->dir->plan, matrix->dir->plan, into);

	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];

		for (guint a = 0; a < cell->attempts->len; a++) {
			const Result *result = ((const MatrixAttempt *)cell->attempts->pdata[a])->result;

			if (result)
				gather(&facts, result);
		}
	}
	return render(&facts, what, again);
}

char *provenance_of_runs(const GPtrArray *results, const char *const *asked, const char *into)
{
	g_auto(Facts) facts = facts_new();
	g_autofree char *command = spawn_describe(asked);
	g_autofree char *what = g_strdup_printf("%u runs of one command.", results->len);
	g_autofree char *again =
		g_strdup_printf("%s\nbuild/khotest publish DIRECTORY %s    # the one that it names\n", command, into);

	for (guint i = 0; i < results->len; i++)
		gather(&facts, results->pdata[i]);
	return render(&facts, what, again);
}
