// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/cancel.h>
#include <base/error.h>
#include <base/spawn.h>
#include <base/text.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_GRACE_US (2ll * G_USEC_PER_SEC)
#define POLL_SLICE_MS 200

/* One output stream of the child: the text kept so far and the line being assembled. */
typedef struct {
	int fd;
	GString *kept;
	GString *line;
} Stream;

void spawn_result_clear(SpawnResult *result)
{
	g_clear_pointer(&result->out, g_free);
	g_clear_pointer(&result->err, g_free);
	result->out_length = 0;
}

char *spawn_describe(const char *const *argv)
{
	GString *text = g_string_new(NULL);

	for (; *argv; argv++) {
		g_autofree char *quoted = text_shell(*argv);

		g_string_append_printf(text, "%s%s", text->len ? " " : "", quoted);
	}
	return g_string_free(text, FALSE);
}

/* Runs in the child, between fork and exec: async-signal-safe calls only. */
static void child_setup(gpointer data)
{
	const SpawnSpec *spec = data;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (spec->lock > 0)
		fcntl(spec->lock, F_SETFD, 0);
}

static void take(Stream *stream, const char *data, gsize length, const SpawnSpec *spec, bool from_stderr)
{
	if (spec->keep_output)
		g_string_append_len(stream->kept, data, (gssize)length);
	if (!spec->on_line)
		return;
	for (gsize i = 0; i < length; i++) {
		if (data[i] != '\n' && !(spec->returns && data[i] == '\r')) {
			g_string_append_c(stream->line, data[i]);
			continue;
		}
		spec->on_line(stream->line->str, from_stderr, spec->data);
		g_string_truncate(stream->line, 0);
	}
}

/* Reads what is there, and says whether there was anything; closes the stream at its end. */
static bool drain(Stream *stream, const SpawnSpec *spec, bool from_stderr)
{
	char buffer[16384];
	gssize n = read(stream->fd, buffer, sizeof(buffer));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n > 0) {
		take(stream, buffer, (gsize)n, spec, from_stderr);
		return true;
	}
	if (stream->line->len > 0 && spec->on_line)
		spec->on_line(stream->line->str, from_stderr, spec->data);
	close(stream->fd);
	stream->fd = -1;
	return false;
}

/* Writes what the child will take; closes the pipe when everything is written or nobody reads. */
static void feed(int *fd, GBytes *input, gsize *at)
{
	gsize length;
	const char *data = g_bytes_get_data(input, &length);
	gssize n = write(*fd, data + *at, length - *at);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		*at += (gsize)n;
	if (n < 0 || *at == length) {
		close(*fd);
		*fd = -1;
	}
}

/* Whether the child has ended; its status then, -1 if somebody else has that. Waits for nothing. */
static bool has_ended(pid_t pid, int *ret_status)
{
	int status = 0;
	pid_t got = waitpid(pid, &status, WNOHANG);

	if (got == 0 || (got < 0 && errno == EINTR))
		return false;
	*ret_status = got < 0 ? -1 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return true;
}

/* Ends the child and all of its group. */
static int end_group(pid_t pid)
{
	gint64 give_up = g_get_monotonic_time() + KILL_GRACE_US;
	int status = 0;

	kill(-pid, SIGTERM);
	while (!has_ended(pid, &status)) {
		if (g_get_monotonic_time() > give_up)
			kill(-pid, SIGKILL);
		g_usleep(10000);
	}
	kill(-pid, SIGKILL); /* what the child left behind */
	return status;
}

/* Whether the child may go on. heard: when it last said something; deadline: when it has to be done. */
static bool may_go_on(const SpawnSpec *spec, gint64 deadline, gint64 heard, GError **error)
{
	gint64 now = g_get_monotonic_time();
	bool late = now > deadline, silent = spec->silence_ns && now > heard + spec->silence_ns / 1000;
	g_autofree char *command = NULL;

	if (cancel_check(spec->cancel, error))
		return false;
	if (!late && !silent)
		return true;
	command = spawn_describe(spec->argv);
	if (late)
		return error_set(error, KHOTEST_ERROR_FAILED, "'%s' did not end within %.0f s and was stopped", command,
				 (double)spec->timeout_ns / 1e9);
	return error_set(error, KHOTEST_ERROR_FAILED, "'%s' said nothing for %.0f s and was stopped", command,
			 (double)spec->silence_ns / 1e9);
}

/*
 * Moves data until the child has ended, whose status is in ret_status then. Children that keep a pipe open after the
 * main child ended (a daemon) are not waited for. One that closed both outputs and works on is: nothing wakes poll()
 * when it ends, so that it is asked more and more rarely.
 */
static bool pump(pid_t pid, int *in, Stream *out, Stream *err, const SpawnSpec *spec, bool *ret_reaped, int *ret_status,
		 GError **error)
{
	gint64 deadline = spec->timeout_ns ? g_get_monotonic_time() + spec->timeout_ns / 1000 : G_MAXINT64;
	gint64 heard = g_get_monotonic_time();
	int slice_ms = 1;
	gsize fed = 0;

	*ret_reaped = false;
	for (;;) {
		struct pollfd fds[3] = {
			{ .fd = out->fd, .events = POLLIN },
			{ .fd = err->fd, .events = POLLIN },
			{ .fd = *in, .events = POLLOUT },
		};
		bool closed = out->fd < 0 && err->fd < 0;
		int n;

		if (closed && (*ret_reaped || (*ret_reaped = has_ended(pid, ret_status))))
			return true;
		n = poll(fds, 3, closed ? slice_ms : POLL_SLICE_MS);
		slice_ms = closed ? MIN(slice_ms * 2, POLL_SLICE_MS) : slice_ms;
		if (!may_go_on(spec, deadline, heard, error))
			return false;
		if (n == 0 && *ret_reaped)
			return true;
		if (n == 0) {
			*ret_reaped = has_ended(pid, ret_status);
			continue;
		}
		if (*in >= 0 && fds[2].revents)
			feed(in, spec->input, &fed);
		if (out->fd >= 0 && fds[0].revents && drain(out, spec, false))
			heard = g_get_monotonic_time();
		if (err->fd >= 0 && fds[1].revents && drain(err, spec, true))
			heard = g_get_monotonic_time();
	}
}

/* The words for g_spawn: before them, if that is another thing, what is executed. */
static GPtrArray *words_of(const SpawnSpec *spec)
{
	GPtrArray *words = g_ptr_array_new();

	if (spec->program)
		g_ptr_array_add(words, (gpointer)spec->program);
	for (const char *const *word = spec->argv; *word; word++)
		g_ptr_array_add(words, (gpointer)*word);
	g_ptr_array_add(words, NULL);
	return words;
}

/* Caller frees. */
static char **environment_of(const SpawnSpec *spec)
{
	char **environment = spec->only_env ? g_strdupv((char **)spec->only_env) : g_get_environ();

	for (const char *const *e = spec->env; e && *e; e++) {
		g_auto(GStrv) pair = g_strsplit(*e, "=", 2);

		environment = pair[1] ? g_environ_setenv(environment, pair[0], pair[1], TRUE)
				      : g_environ_unsetenv(environment, pair[0]);
	}
	return environment;
}

bool spawn_run(const SpawnSpec *spec, SpawnResult *ret_result, GError **error)
{
	g_auto(GStrv) environment = environment_of(spec);
	Stream out = { .fd = -1, .kept = g_string_new(NULL), .line = g_string_new(NULL) };
	Stream err = { .fd = -1, .kept = g_string_new(NULL), .line = g_string_new(NULL) };
	g_autoptr(GPtrArray) words = words_of(spec);
	g_autoptr(GError) local = NULL;
	bool ok = false, reaped = false;
	int in = -1, status = -1;
	GPid pid;

	*ret_result = (SpawnResult){ 0 };
	if (!g_spawn_async_with_pipes(
		    spec->cwd, (char **)words->pdata, environment,
		    G_SPAWN_DO_NOT_REAP_CHILD | (spec->program ? G_SPAWN_FILE_AND_ARGV_ZERO : G_SPAWN_SEARCH_PATH),
		    child_setup, (gpointer)spec, &pid, spec->input ? &in : NULL, &out.fd, &err.fd, &local)) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot run %s: %s", spec->argv[0], local->message);
	} else {
		if (in >= 0)
			fcntl(in, F_SETFL, O_NONBLOCK);
		ok = pump(pid, &in, &out, &err, spec, &reaped, &status, error);
		if (!reaped)
			status = end_group(pid);
		g_spawn_close_pid(pid);
	}
	if (in >= 0)
		close(in);
	if (out.fd >= 0)
		close(out.fd);
	if (err.fd >= 0)
		close(err.fd);
	g_string_free(out.line, TRUE);
	g_string_free(err.line, TRUE);
	ret_result->status = status;
	ret_result->out_length = out.kept->len;
	ret_result->out = g_string_free(out.kept, !spec->keep_output);
	ret_result->err = g_string_free(err.kept, !spec->keep_output);
	return ok;
}

/* The last few lines of a text, for an error message; points into text. */
static const char *tail(const char *text, int lines)
{
	const char *at = text + strlen(text);

	while (at > text && at[-1] == '\n')
		at--;
	while (at > text) {
		if (at[-1] == '\n' && --lines == 0)
			break;
		at--;
	}
	return at;
}

bool spawn_check(const char *const *argv, const char *cwd, GCancellable *cancel, char **ret_out, GError **error)
{
	SpawnSpec spec = { .argv = argv, .cwd = cwd, .cancel = cancel, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };

	if (!spawn_run(&spec, &result, error))
		return false;
	if (result.status != 0) {
		g_autofree char *command = spawn_describe(argv);
		const char *said = tail(*g_strstrip(result.err) ? result.err : g_strstrip(result.out), 5);

		return error_set(error, KHOTEST_ERROR_FAILED, "'%s' ended with status %d%s%s", command, result.status,
				 *said ? ": " : "", said);
	}
	if (ret_out)
		*ret_out = g_steal_pointer(&result.out);
	return true;
}
