// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

#include <base/files.h>
#include <base/spawn.h>
#include <proto/frame.h>
#include <store/journal.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_US 2000
#define EMULATOR_WAIT_US (60 * G_USEC_PER_SEC)
#define CALL_NS (G_GINT64_CONSTANT(60) * 1000000000)

/* What the child needs between fork and exec. */
typedef struct {
	int out, err;
} Files;

static void child_setup(gpointer data)
{
	const Files *files = data;

	dup2(files->out, STDOUT_FILENO);
	dup2(files->err, STDERR_FILENO);
	setpgid(0, 0);
}

static char **environment_of(const Bench *bench, const char *const *env)
{
	char **all = g_get_environ();
	g_autofree char *cache = g_build_filename(bench->folder, "cache", NULL);
	g_autofree char *runtime = g_build_filename(bench->folder, "r", NULL);

	all = g_environ_setenv(all, "XDG_CACHE_HOME", cache, TRUE);
	all = g_environ_setenv(all, "XDG_RUNTIME_DIR", runtime, TRUE);
	for (; env && *env; env++) {
		g_auto(GStrv) pair = g_strsplit(*env, "=", 2);

		all = g_environ_setenv(all, pair[0], pair[1], TRUE);
	}
	return all;
}

static void add_words(GPtrArray *argv, const char *const *words)
{
	for (; words && *words; words++)
		g_ptr_array_add(argv, (gpointer)*words);
}

Tool *tool_start(Fault *fault, const char *const *before, const char *const *words, const char *const *env)
{
	static guint number;
	Tool *tool = g_new0(Tool, 1);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_auto(GStrv) environment = environment_of(fault->bench, env);
	g_autoptr(GError) error = NULL;
	Files files;

	number++;
	fault->started = true;
	tool->fault = fault;
	tool->out = g_strdup_printf("%s/%u.out", fault->folder, number);
	tool->err = g_strdup_printf("%s/%u.err", fault->folder, number);
	files.out = open(tool->out, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	files.err = open(tool->err, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	g_assert_cmpint(files.out, >=, 0);
	g_assert_cmpint(files.err, >=, 0);
	add_words(argv, before);
	g_ptr_array_add(argv, (gpointer)fault->bench->khotest);
	add_words(argv, words);
	g_ptr_array_add(argv, NULL);
	g_spawn_async(NULL, (char **)argv->pdata, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
		      child_setup, &files, &tool->pid, &error);
	g_assert_no_error(error);
	close(files.out);
	close(files.err);
	return tool;
}

Tool *tool_start_run(Fault *fault, const char *const *before, const char *const *more, const char *const *env)
{
	const char *const common[] = { "run",  "--series", "central", "-m",	     "1G", "--format",
				       "json", "-q",	   "-o",      fault->output, NULL };
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	add_words(words, common);
	add_words(words, more);
	g_ptr_array_add(words, NULL);
	return tool_start(fault, before, (const char *const *)words->pdata, env);
}

bool tool_has_ended(Tool *tool)
{
	int status;

	if (tool->pid && waitpid(tool->pid, &status, WNOHANG) == tool->pid) {
		tool->pid = 0;
		tool->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	return tool->pid == 0;
}

void tool_wait(Tool *tool, guint seconds)
{
	gint64 give_up = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;

	while (!tool_has_ended(tool)) {
		if (g_get_monotonic_time() > give_up) {
			fault_blame(tool->fault, "it did not end within %u s", seconds);
			kill(tool->pid, SIGKILL);
			give_up = G_MAXINT64;
		}
		g_usleep(LOOK_US);
	}
}

void tool_free(Tool *tool)
{
	if (!tool)
		return;
	if (!tool_has_ended(tool)) {
		kill(tool->pid, SIGKILL);
		waitpid(tool->pid, NULL, 0);
	}
	g_free(tool->out);
	g_free(tool->err);
	g_free(tool);
}

static char *text_of(const char *path)
{
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

char *tool_said(const Tool *tool)
{
	return text_of(tool->out);
}

char *tool_complained(const Tool *tool)
{
	return text_of(tool->err);
}

/* docs: README.md, the table of exit statuses */
static int status_of(const char *verdict)
{
	static const struct {
		const char *verdict;
		int status;
	} all[] = { { "PASS", 0 }, { "FAIL", 1 }, { "SKIP", 77 }, { "ERROR", 99 } };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		if (g_strcmp0(all[i].verdict, verdict) == 0)
			return all[i].status;
	return -1;
}

char *word_of_result(const char *json, int status)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) result = json_parse_object(json, -1, "result", &error);
	const char *verdict = result ? json_get_string(result, "verdict") : NULL;
	JsonArray *reasons = result ? json_get_array(result, "reasons") : NULL;

	if (!result)
		return g_strdup_printf("broken result, exit %d: %s", status, error->message);
	if (status_of(verdict) < 0 || !reasons ||
	    (strcmp(verdict, "PASS") != 0) != (json_array_get_length(reasons) > 0))
		return g_strdup_printf("broken result, exit %d", status);
	if (status_of(verdict) != status)
		return g_strdup_printf("%s, and exit %d", verdict, status);
	if (strcmp(verdict, "PASS") == 0)
		return g_strdup(verdict);
	return g_strdup_printf("%s %s", verdict, json_get_string(json_array_get_object_element(reasons, 0), "id"));
}

char *tool_word(Tool *tool)
{
	g_autofree char *said = tool_said(tool);

	return *said ? word_of_result(said, tool->status) : g_strdup_printf("exit %d", tool->status);
}

int tool_call(Fault *fault, const char *const *words, char **ret_out, char **ret_err)
{
	g_autoptr(Tool) tool = tool_start(fault, NULL, words, NULL);

	tool_wait(tool, CALL_NS / 1000000000);
	if (ret_out)
		*ret_out = tool_said(tool);
	if (ret_err)
		*ret_err = tool_complained(tool);
	unlink(tool->out);
	unlink(tool->err);
	return tool->status;
}

pid_t tool_emulator(const Bench *bench)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(proc))) {
		g_autofree char *path = g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *line = NULL;
		gsize length = 0;

		if (g_ascii_isdigit(*name) && g_file_get_contents(path, &line, &length, NULL) && length &&
		    strstr(line, "qemu-system") && memmem(line, length, bench->folder, strlen(bench->folder)) &&
		    /* not the one that is only asked what it can do */
		    memmem(line, length, "guest=khotest-", strlen("guest=khotest-")))
			return (pid_t)g_ascii_strtoll(name, NULL, 10);
	}
	return -1;
}

pid_t tool_await_emulator(Tool *tool)
{
	gint64 give_up = g_get_monotonic_time() + EMULATOR_WAIT_US;
	pid_t pid;

	while ((pid = tool_emulator(tool->fault->bench)) < 0) {
		if (tool_has_ended(tool) || g_get_monotonic_time() > give_up)
			return -1;
		g_usleep(LOOK_US);
	}
	return pid;
}

static char *find_rundir(const char *folder, const char *file)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *wanted = file ? g_build_filename(path, file, NULL) : NULL;
		g_autofree char *text = NULL;
		gsize length = 0;

		if (!wanted || (g_file_get_contents(wanted, &text, &length, NULL) && length))
			return g_steal_pointer(&path);
	}
	return NULL;
}

char *tool_await_rundir(Tool *tool, const char *file)
{
	gint64 give_up = g_get_monotonic_time() + EMULATOR_WAIT_US;
	char *path;

	while (!(path = find_rundir(tool->fault->output, file))) {
		if (tool_has_ended(tool) || g_get_monotonic_time() > give_up)
			return NULL;
		g_usleep(LOOK_US);
	}
	return path;
}

bool host_run(Fault *fault, const char *command)
{
	const char *const argv[] = { "sh", "-ec", command, NULL };
	g_autoptr(GError) error = NULL;

	if (spawn_check(argv, NULL, NULL, NULL, &error))
		return true;
	fault_skip(fault, "%s", error->message);
	return false;
}

static void copy_folder(const char *from, const char *to)
{
	g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
	const char *name;

	g_assert_true(files_mkdirs(to, NULL));
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *source = g_build_filename(from, name, NULL);
		g_autofree char *target = g_build_filename(to, name, NULL);

		if (g_str_has_prefix(name, "expected"))
			continue;
		if (g_file_test(source, G_FILE_TEST_IS_DIR))
			copy_folder(source, target);
		else
			g_assert_true(files_copy(source, target, NULL));
	}
}

/* A recording may be older than the checksums that the journal has of records, of plan.json, and of its own lines. */
static void renew_journal(const char *path)
{
	g_autoptr(RunDir) run = rundir_open(path, NULL);
	g_autoptr(Journal) journal = journal_read(run);
	g_autofree char *file = rundir_file(run, RUNDIR_JOURNAL), *plan = rundir_text(run, RUNDIR_PLAN);
	g_autofree char *sum = plan ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, plan, -1) : NULL;

	run->journal_fd = open(file, O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC);
	for (guint i = 0; i < journal->events->len; i++) {
		JournalEvent event = *journal_at(journal, i);
		g_autoptr(GBytes) record = event.kind == JOURNAL_RECORD && event.intact
						   ? rundir_read_record(run, event.hop, event.name)
						   : NULL;
		gsize length = 0;
		const char *data = record ? g_bytes_get_data(record, &length) : NULL;
		g_autofree char *crc = g_strdup_printf("%08x", frame_crc32(0, data ? data : "", (uint32_t)length));

		if (event.kind == JOURNAL_BEGIN)
			event.plan = sum;
		if (record && (gint64)length == event.bytes)
			event.crc = crc;
		g_assert_true(journal_write(run, &event, NULL));
	}
}

char *recording_copy(Fault *fault, const char *recording, bool with_hops)
{
	g_autofree char *name = g_path_get_basename(recording);
	char *to = g_build_filename(fault->output, name, NULL);
	g_autofree char *hops = g_build_filename(to, "hops", NULL);

	copy_folder(recording, to);
	renew_journal(to);
	if (!with_hops)
		files_remove_tree(hops, NULL);
	return to;
}
