// SPDX-License-Identifier: GPL-2.0-or-later
/* The executor whose runs are processes of this same program, with a thread for each that waits for it. */
#include "processes.h"
#include "selfpath.h"

#include <base/json.h>
#include <base/spawn.h>
#include <campaign/executor.h>
#include <campaign/exitstatus.h>
#include <machine/machineword.h>
#include <run/deadline.h>

#include <string.h>

#define NS_PER_S ((gint64)1000000000)

typedef struct {
	Executor base;
	char *executable;
	const Paths *paths;
	GAsyncQueue *done; /* Child */
	guint running;
} Processes;

typedef struct {
	const Processes *processes;
	char **argv;
	gint64 timeout_ns, began_us;
	GThread *thread;
	RunOutcome *outcome; /* its thread's, until it is in the queue */
} Child;

/* Nothing for a value of NULL. */
static void add(GPtrArray *argv, const char *option, const char *value)
{
	if (value)
		g_ptr_array_add(argv, g_strconcat(option, value, NULL));
}

static void add_all(GPtrArray *argv, const char *option, const char *const *values)
{
	for (; values && *values; values++)
		add(argv, option, *values);
}

static void add_number(GPtrArray *argv, const char *option, guint64 number, const char *unit)
{
	if (number)
		g_ptr_array_add(argv, g_strdup_printf("%s%" G_GUINT64_FORMAT "%s", option, number, unit));
}

char **process_argv(const char *executable, const RunRequest *r)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	add(argv, "", executable);
	add(argv, "run", "");
	add(argv, "--chain=", r->chain);
	add(argv, "--kernel=", r->chain || r->image ? NULL : r->kernel);
	add(argv, "--series=", r->chain || r->image ? NULL : r->series);
	add(argv, "--tree=", r->tree);
	add(argv, "--image=", r->image);
	add_all(argv, "--fragment=", r->fragments);
	add_all(argv, "--config=", r->config);
	add(argv, "--profile=", r->image ? NULL : r->profile);
	machineword_options(&r->guest, argv);
	add(argv, "--mode=", g_strcmp0(r->mode, "wall") == 0 ? NULL : r->mode);
	add_number(argv, "--hops=", r->chain || r->hops == 2 ? 0 : r->hops, "");
	add(argv, "--append=", r->append);
	add_all(argv, "--payload=", r->payloads);
	add(argv, "--break=", r->break_what);
	add_all(argv, "--check=", r->checks);
	add(argv, "--connect=", r->connect);
	add_number(argv, "--timeout=", (guint64)(r->timeout_ns / NS_PER_S), "s");
	add_number(argv, "--jobs=", r->jobs, "");
	add(argv, "--output=", r->output);
	add(argv, "--format=json", "");
	add(argv, "--quiet", "");
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_steal(argv, NULL);
}

void process_read_result(const char *json, gssize length, char **ret_run, char ***ret_reasons, bool *ret_as_planned)
{
	g_autoptr(JsonObject) result = json_parse_object(json, length, "result.json", NULL);
	JsonArray *reasons = result ? json_get_array(result, "reasons") : NULL;
	g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

	*ret_run = result ? g_strdup(json_get_string(result, "id")) : NULL;
	*ret_as_planned = result && json_get_bool(json_get_object(result, "expected"), "met");
	for (guint i = 0; reasons && i < json_array_get_length(reasons); i++) {
		JsonNode *node = json_array_get_element(reasons, i);
		const char *id =
			JSON_NODE_HOLDS_OBJECT(node) ? json_get_string(json_node_get_object(node), "id") : NULL;

		if (id)
			g_strv_builder_add(ids, id);
	}
	*ret_reasons = g_strv_builder_end(ids);
}

void processsaid_hear(ProcessSaid *said, const char *line)
{
	static const char speaker[] = "khotest: ";
	g_autofree char *text = g_strstrip(g_strdup(line));

	if (!*text)
		return;
	if (g_str_has_prefix(text, speaker)) {
		g_free(said->error);
		said->error = g_strdup(text + strlen(speaker));
	} else if (said->error && g_str_has_suffix(said->error, ":")) {
		char *whole = g_strdup_printf("%s %s", said->error, text);

		g_free(said->error);
		said->error = whole;
	}
	g_free(said->last);
	said->last = g_steal_pointer(&text);
}

void processsaid_clear(ProcessSaid *said)
{
	g_clear_pointer(&said->error, g_free);
	g_clear_pointer(&said->last, g_free);
}

const char *processsaid_why(const ProcessSaid *said, int status)
{
	return said->error && (status == EXIT_ERROR || status == EXIT_SKIP) ? said->error : said->last;
}

static char *why(const SpawnResult *result)
{
	g_auto(ProcessSaid) said = { 0 };
	g_auto(GStrv) lines = g_strsplit(result->err ? result->err : "", "\n", -1);

	for (char **line = lines; *line; line++)
		processsaid_hear(&said, *line);
	return g_strdup(processsaid_why(&said, result->status));
}

static gpointer run_in_thread(gpointer data)
{
	Child *child = data;
	RunOutcome *outcome = child->outcome;
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;
	SpawnSpec spec = {
		.argv = (const char *const *)child->argv,
		.program = selfpath_program(child->argv[0]),
		.timeout_ns = child->timeout_ns,
		.cancel = child->processes->base.stop,
		.keep_output = true,
	};

	if (spawn_run(&spec, &result, &error)) {
		outcome->outcome = verdict_of_exit(result.status);
		outcome->said = why(&result);
		process_read_result(result.out, (gssize)result.out_length, &outcome->run, &outcome->reasons,
				    &outcome->as_planned);
	} else {
		outcome->outcome = VERDICT_ERROR;
		outcome->said = g_strdup(error->message);
	}
	outcome->cut_off = g_cancellable_is_cancelled(child->processes->base.stop);
	outcome->wall_ns = (g_get_monotonic_time() - child->began_us) * 1000;
	g_async_queue_push(child->processes->done, child);
	return NULL;
}

/* What a process may take that prepares and judges, well over the deadline of the run itself: only a stuck one gets
 * there. */
static gint64 limit_of(const Processes *processes, const RunRequest *request)
{
	return 2 * deadline_of_request(request, processes->paths) + 600 * NS_PER_S;
}

static void start(Executor *executor, const RunRequest *request, gconstpointer of)
{
	Processes *processes = (Processes *)executor;
	Child *child = g_new0(Child, 1);

	child->processes = processes;
	child->argv = process_argv(processes->executable, request);
	child->timeout_ns = limit_of(processes, request);
	child->began_us = g_get_monotonic_time();
	child->outcome = g_new0(RunOutcome, 1);
	child->outcome->of = of;
	processes->running++;
	child->thread = g_thread_new("run", run_in_thread, child);
}

static RunOutcome *take(Executor *executor, gint64 wait_us)
{
	Processes *processes = (Processes *)executor;
	Child *child = g_async_queue_timeout_pop(processes->done, (guint64)MAX(wait_us, 0));
	RunOutcome *outcome;

	if (!child)
		return NULL;
	g_thread_join(child->thread);
	outcome = child->outcome;
	g_strfreev(child->argv);
	g_free(child);
	processes->running--;
	return outcome;
}

static void free_processes(Executor *executor)
{
	Processes *processes = (Processes *)executor;

	while (processes->running)
		outcome_free(take(executor, G_USEC_PER_SEC));
	g_async_queue_unref(processes->done);
	g_free(processes->executable);
}

Executor *executor_of_processes(const char *executable, const Paths *paths, GCancellable *cancel)
{
	static const ExecutorFuncs funcs = { start, take, free_processes };
	Processes *processes = g_new0(Processes, 1);

	executor_init(&processes->base, &funcs, cancel);
	processes->executable = g_strdup(executable);
	processes->paths = paths;
	processes->done = g_async_queue_new();
	return &processes->base;
}
