// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <base/units.h>
#include <report/provenance.h>
#include <report/table.h>
#include <string.h>

static JsonObject *host_of(const Result *result)
{
	g_autoptr(RunDir) run = rundir_open(result->path, NULL);
	g_autoptr(GBytes) bytes = run ? rundir_read(run, RUNDIR_HOST) : NULL;

	return bytes ? json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), "host.json",
					 NULL)
		     : NULL;
}

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

static void gather(const MatrixResult *matrix, GPtrArray *hosts, GPtrArray *days, GPtrArray *reasons, Table *kernels)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];

		for (guint a = 0; a < cell->attempts->len; a++) {
			const Result *result = ((const MatrixAttempt *)cell->attempts->pdata[a])->result;
			g_autoptr(JsonObject) host = result ? host_of(result) : NULL;
			const Plan *plan = result ? result->plan : NULL;

			if (host)
				add_once(hosts, describe_host(host));
			if (result)
				add_once(days, day_of(result));
			if (plan && plan->accelerator_why)
				add_once(reasons, g_strdup_printf("%s: %s", plan->accelerator, plan->accelerator_why));
			if (!plan || !plan->kernel_sha256 || !g_hash_table_add(seen, g_strdup(plan->kernel_sha256)))
				continue;
			TABLE_ROW(kernels, g_strdup(plan->kernel_name), g_strdup(plan->series), g_strdup(plan->profile),
				  g_strdup(plan->kernel_source), g_strndup(plan->kernel_sha256, 16));
		}
	}
}

static char *join(GPtrArray *texts, const char *separator)
{
	g_ptr_array_add(texts, NULL);
	return g_strjoinv(separator, (char **)texts->pdata);
}

char *provenance_to_markdown(const MatrixResult *matrix, const char *into)
{
	static const char *const headers[] = { "kernel", "series", "profile", "source", "SHA-256 of bzImage", NULL };
	g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) days = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Table) kernels = table_new(headers);
	g_autofree char *host_text = NULL, *day_text = NULL, *why = NULL, *table = NULL;

	gather(matrix, hosts, days, reasons, kernels);
	host_text = join(hosts, "; ");
	day_text = join(days, ", ");
	why = join(reasons, "; ");
	table = table_to_markdown(kernels);
	return g_strdup_printf("# How these figures were made\n\n"
			       "Plan `%s`: %s. %u cells. The plan as it was run is beside this file.\n\n"
			       "- Run on: %s\n"
			       "- Host: %s\n"
			       "- Accelerator: %s\n\n"
			       "Again:\n\n"
			       "```sh\n"
			       "build/khotest matrix %s\n"
			       "build/khotest publish results/matrix/DATE-TIME-%s %s\n"
			       "```\n\n"
			       "%s",
			       matrix->dir->plan, matrix->dir->summary ? matrix->dir->summary : "", matrix->cells->len,
			       *day_text ? day_text : "-", *host_text ? host_text : "-", *why ? why : "as asked for",
			       matrix->dir->plan, matrix->dir->plan, into, table);
}
