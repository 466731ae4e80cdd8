// SPDX-License-Identifier: GPL-2.0-or-later
#include "cellrun.h"

#include <base/json.h>
#include <base/spawn.h>
#include <machine/machineword.h>

#include <string.h>

#define NS_PER_S ((gint64)1000000000)

/* What a process may take that prepares and judges, over the deadline of the run itself: only a stuck one gets there.
 */
static gint64 deadline_ns(const CellRun *run)
{
	gint64 timeout_ns = run->timeout_ns ? run->timeout_ns : 4 * machine_timeout_ns(&run->cell->guest);

	return timeout_ns + 600 * NS_PER_S;
}

char **cellrun_argv(const CellRun *run)
{
	const Cell *cell = run->cell;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *append = cell_append(cell);

#define ADD(...) g_ptr_array_add(argv, g_strdup_printf(__VA_ARGS__))
	ADD("%s", run->executable);
	ADD("run");
	cell_kernel_options(cell, argv);
	machineword_options(&cell->guest, argv);
	if (strcmp(cell->mode, "wall") != 0)
		ADD("--mode=%s", cell->mode);
	if (cell->hops != 2)
		ADD("--hops=%u", cell->hops);
	if (append)
		ADD("--append=%s", append);
	/* of the whole matrix; a cell's own word comes first */
	if (run->memory_dir && !cell->guest.memory_dir)
		ADD("--memory-dir=%s", run->memory_dir);
	if (run->timeout_ns)
		ADD("--timeout=%" G_GINT64_FORMAT "s", run->timeout_ns / NS_PER_S);
	ADD("--output=%s", run->runs);
	ADD("--format=json");
	ADD("--quiet");
#undef ADD
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_steal(argv, NULL);
}

void cellrun_read_result(const char *json, gssize length, char **ret_run, char **ret_verdict, char ***ret_reasons)
{
	g_autoptr(JsonObject) result = json_parse_object(json, length, "result.json", NULL);
	JsonArray *reasons = result ? json_get_array(result, "reasons") : NULL;
	g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

	*ret_run = result ? g_strdup(json_get_string(result, "id")) : NULL;
	*ret_verdict = result ? g_strdup(json_get_string(result, "verdict")) : NULL;
	for (guint i = 0; reasons && i < json_array_get_length(reasons); i++) {
		JsonNode *node = json_array_get_element(reasons, i);
		const char *id =
			JSON_NODE_HOLDS_OBJECT(node) ? json_get_string(json_node_get_object(node), "id") : NULL;

		if (id)
			g_strv_builder_add(ids, id);
	}
	*ret_reasons = g_strv_builder_end(ids);
}

const char *cellrun_message(const char *line)
{
	static const char speaker[] = "khotest: ";

	return g_str_has_prefix(line, speaker) ? line + strlen(speaker) : line;
}

/* The last line that says something; NULL if there is none. */
static char *last_line(const char *text)
{
	g_auto(GStrv) lines = g_strsplit_set(text ? text : "", "\n", -1);
	char *last = NULL;

	for (char **line = lines; *line; line++)
		if (*g_strstrip(*line))
			last = *line;
	return last ? g_strdup(cellrun_message(last)) : NULL;
}

static gpointer run_in_thread(gpointer data)
{
	CellRun *run = data;
	g_auto(GStrv) argv = cellrun_argv(run);
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;
	SpawnSpec spec = {
		.argv = (const char *const *)argv,
		.timeout_ns = deadline_ns(run),
		.cancel = run->cancel,
		.keep_output = true,
	};

	if (spawn_run(&spec, &result, &error)) {
		run->status = result.status;
		run->said = last_line(result.err);
		cellrun_read_result(result.out, (gssize)result.out_length, &run->run, &run->verdict, &run->reasons);
	} else {
		run->status = STATUS_ERROR;
		run->said = g_strdup(error->message);
	}
	run->cut_off = g_cancellable_is_cancelled(run->cancel);
	run->wall_ns = (g_get_monotonic_time() - run->began_us) * 1000;
	g_async_queue_push(run->done, run);
	return NULL;
}

CellRun *cellrun_start(const Cell *cell, const char *executable, const char *runs, const char *memory_dir,
		       gint64 timeout_ns, GCancellable *cancel, GAsyncQueue *done)
{
	CellRun *run = g_new0(CellRun, 1);

	run->cell = cell;
	run->executable = g_strdup(executable);
	run->runs = g_strdup(runs);
	run->memory_dir = g_strdup(memory_dir);
	run->timeout_ns = timeout_ns;
	run->cancel = g_object_ref(cancel);
	run->done = g_async_queue_ref(done);
	run->began_us = g_get_monotonic_time();
	run->thread = g_thread_new("cell", run_in_thread, run);
	return run;
}

void cellrun_free(CellRun *run)
{
	g_thread_join(run->thread);
	g_free(run->executable);
	g_free(run->runs);
	g_free(run->memory_dir);
	g_object_unref(run->cancel);
	g_async_queue_unref(run->done);
	g_free(run->run);
	g_free(run->verdict);
	g_strfreev(run->reasons);
	g_free(run->said);
	g_free(run);
}
