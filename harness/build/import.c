// SPDX-License-Identifier: GPL-2.0-or-later
#include "import.h"
#include "git.h"
#include "tarball.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <archive_entry.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define CHUNK ((gsize)256 << 10)

const char *import_strip(const char *name)
{
	const char *slash;

	while (g_str_has_prefix(name, "./"))
		name += 2;
	slash = strchr(name, '/');
	return slash && slash[1] ? slash + 1 : NULL;
}

/* Between fork and exec: the importer dies with us, and signals reach it as usual. */
static void child_setup(gpointer data)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static bool put(GOutputStream *to, const void *data, gsize length, GCancellable *cancel, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (g_output_stream_write_all(to, data, length, NULL, cancel, &local))
		return true;
	if (cancel_check(cancel, error))
		return false;
	return error_set(error, KHOTEST_ERROR_FAILED, "git fast-import takes no more data: %s", local->message);
}

static bool put_text(GOutputStream *to, GCancellable *cancel, GError **error, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

static bool put_text(GOutputStream *to, GCancellable *cancel, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return put(to, text, strlen(text), cancel, error);
}

/* A path as fast-import wants it: git-fast-import(1), "<path>". */
static char *quoted(const char *path)
{
	g_autofree char *escaped = g_strescape(path, NULL);

	return g_strdup_printf("\"%s\"", escaped);
}

static bool put_file(GOutputStream *to, struct archive *from, struct archive_entry *entry, const char *path,
		     char *buffer, GCancellable *cancel, GError **error)
{
	gint64 left = archive_entry_size(entry);

	if (!put_text(to, cancel, error, "M %s inline %s\ndata %" G_GINT64_FORMAT "\n",
		      archive_entry_perm(entry) & S_IXUSR ? "100755" : "100644", path, left))
		return false;
	while (left > 0) {
		gssize n = archive_read_data(from, buffer, CHUNK);

		if (n <= 0)
			return error_set(error, KHOTEST_ERROR_FAILED, "the archive ends inside %s: %s", path,
					 n < 0 ? archive_error_string(from) : "too short");
		if (!put(to, buffer, (gsize)n, cancel, error))
			return false;
		left -= n;
	}
	return put(to, "\n", 1, cancel, error);
}

static bool put_entry(GOutputStream *to, struct archive *from, struct archive_entry *entry, char *buffer,
		      GCancellable *cancel, GError **error)
{
	const char *name = archive_entry_pathname(entry);
	const char *inner = name ? import_strip(name) : NULL;
	g_autofree char *path = NULL;

	if (archive_entry_filetype(entry) == AE_IFDIR)
		return true;
	if (!inner)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' lies outside of any folder: not the tarball of a kernel release",
				 name ? name : "?");
	path = quoted(inner);
	if (archive_entry_hardlink(entry)) {
		const char *origin = import_strip(archive_entry_hardlink(entry));
		g_autofree char *source = quoted(origin ? origin : "");

		return put_text(to, cancel, error, "C %s %s\n", source, path);
	}
	if (archive_entry_filetype(entry) == AE_IFLNK) {
		const char *target = archive_entry_symlink(entry);

		return put_text(to, cancel, error, "M 120000 inline %s\ndata %zu\n%s\n", path, strlen(target), target);
	}
	if (archive_entry_filetype(entry) != AE_IFREG)
		return true;
	return put_file(to, from, entry, path, buffer, cancel, error);
}

static bool put_archive(GOutputStream *to, const char *path, const char *message, GCancellable *cancel, GError **error)
{
	g_autoptr(Tarball) tarball = tarball_open(path, error);
	g_autofree char *buffer = g_malloc(CHUNK);
	struct archive *from = tarball ? tarball_entries(tarball) : NULL;
	struct archive_entry *entry;
	int status;

	if (!tarball ||
	    !put_text(to, cancel, error,
		      "commit refs/heads/base\ncommitter khotest <khotest@localhost> 1767225600 +0000\ndata %zu\n%s\n",
		      strlen(message), message))
		return false;
	while ((status = archive_read_next_header(from, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
		if (!put_entry(to, from, entry, buffer, cancel, error))
			return false;
		log_progress_update("%d%% read", tarball_percent(tarball));
	}
	if (status != ARCHIVE_EOF)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot unpack %s: %s", path, archive_error_string(from));
	return put_text(to, cancel, error, "\ndone\n");
}

/* The process that turns the stream into a pack; it is gone when this returns. */
static bool fast_import(const char *git_dir, const char *tarball, const char *message, GCancellable *cancel,
			GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
	const char *const argv[] = {
		"git",	   "-c",     "core.compression=1", "-c", "pack.compression=1", "fast-import",
		"--quiet", "--done", "--depth=0",	   NULL
	};
	g_autoptr(GSubprocess) child = NULL;
	g_autoptr(GError) local = NULL;
	g_autoptr(GError) feed_error = NULL;
	g_autofree char *said = NULL;
	bool fed;

	g_subprocess_launcher_set_child_setup(launcher, child_setup, NULL, NULL);
	g_subprocess_launcher_setenv(launcher, "GIT_DIR", git_dir, TRUE);
	g_subprocess_launcher_unsetenv(launcher, "GIT_OBJECT_DIRECTORY");
	g_subprocess_launcher_setenv(launcher, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
	g_subprocess_launcher_setenv(launcher, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
	child = g_subprocess_launcher_spawnv(launcher, argv, &local);
	if (!child)
		return error_set(error, KHOTEST_ERROR_HOST, "cannot run git: %s (Debian package: git)", local->message);
	fed = put_archive(g_subprocess_get_stdin_pipe(child), tarball, message, cancel, &feed_error);
	if (!fed && cancel_check(cancel, error)) {
		g_subprocess_force_exit(child);
		g_subprocess_wait(child, NULL, NULL);
		return false;
	}
	/* what fast-import has to say explains a broken pipe better than the pipe does */
	if (!g_subprocess_communicate_utf8(child, "", NULL, NULL, &said, NULL) || !g_subprocess_get_successful(child)) {
		if (!fed && !g_error_matches(feed_error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED)) {
			g_propagate_error(error, g_steal_pointer(&feed_error));
			return false;
		}
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot import %s: %s%s%s", tarball,
				 feed_error ? feed_error->message : "git fast-import failed", said && *said ? ": " : "",
				 said ? g_strstrip(said) : "");
	}
	if (!fed)
		g_propagate_error(error, g_steal_pointer(&feed_error));
	return fed;
}

bool import_tarball(const char *tarball, const char *path, const char *message, GCancellable *cancel, char **ret_base,
		    GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *half_name = g_strdup_printf(".%s.half", name);
	g_autofree char *half = g_build_filename(folder, half_name, NULL);
	g_autofree char *git_dir = g_build_filename(half, ".git", NULL);
	g_autofree char *base = NULL;
	Git git = { .dir = git_dir, .work = half };

	if (!files_remove_tree(half, error) || !files_remove_tree(path, error) || !files_mkdirs(half, error))
		return false;
	log_progress_begin("importing %s", message);
	if (!git_run(&git, GIT_ARGS("init", "-q", "-b", "base"), cancel, NULL, error) ||
	    !fast_import(git_dir, tarball, message, cancel, error) ||
	    !git_run(&git, GIT_ARGS("-c", "checkout.workers=0", "checkout", "-q", "--force", "--detach", "base"),
		     cancel, NULL, error) ||
	    !git_run(&git, GIT_ARGS("rev-parse", "base"), cancel, &base, error)) {
		log_progress_end("%s", cancel_outcome(cancel, false));
		return false;
	}
	if (g_rename(half, path) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s", half, path);
	log_progress_end("done");
	*ret_base = g_steal_pointer(&base);
	return true;
}
