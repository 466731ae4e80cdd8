// SPDX-License-Identifier: GPL-2.0-or-later
#include "gitfetch.h"
#include "fetchurl.h"
#include "git.h"
#include "gitplace.h"
#include "gitrepo.h"
#include "hostguard.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <build/commits.h>

#include <string.h>
#include <unistd.h>

/* Git says nothing while it counts what it has, for some minutes where that is a kernel's whole history. */
#define SILENCE_FACTOR 10
#define SPACE_FOR_FETCH (G_GUINT64_CONSTANT(400) << 20)
/* Repositories may borrow from others that borrow again; git itself goes five deep (odb_add_alternate_recursively). */
#define BORROWED_MOST 5

bool gitfetch_is_refusal(const char *said)
{
	/* git's words, and those of servers that it passes on */
	static const char *const words[] = {
		"does not appear to be a git repository",
		"not a git repository",
		"Repository not found",
		"repository '",
		"returned error: 4",
		"Authentication failed",
		"could not read Username",
		"Permission denied",
		"dubious ownership",
		"access denied",
		"not our ref",
		"unadvertised object",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strstr(said, words[i]))
			return true;
	return false;
}

/* Git's words where the program that it talks through, which is ssh, ended early and has said why. */
#define NOT_READ "fatal: Could not read from remote repository"

/* The first thing that it complained of, in one line: "fatal: ...", or what ssh did: "HOST: Permission denied ..." */
static char *reason(const char *said)
{
	g_auto(GStrv) lines = g_strsplit_set(said, "\r\n", -1);
	const char *last = NULL, *first = NULL, *before = NULL;

	for (char **line = lines; *line; line++) {
		bool complaint = g_str_has_prefix(*line, "fatal: ") || g_str_has_prefix(*line, "error: ") ||
				 g_str_has_prefix(*line, "ERROR: ");

		if (complaint && !first) {
			first = *line;
			before = last;
		}
		if (*g_strstrip(*line))
			last = *line;
	}
	if (before && g_str_has_prefix(first, NOT_READ))
		return g_strdup(before);
	return g_strdup(first ? first : last ? last : "no reason given");
}

static bool complain(const SourceAlternative *place, const char *said, GError **error)
{
	g_autofree char *why = reason(said), *advice = NULL;

	if (gitplace_ssh(place->where) && strstr(said, NOT_READ))
		advice =
			g_strdup_printf("%s What ssh asks cannot be answered here: try 'git ls-remote %s' by hand once",
					g_str_has_suffix(why, ".") ? "" : ".", place->where);
	return error_set(error, gitfetch_is_refusal(said) ? KHOTEST_ERROR_INPUT : KHOTEST_ERROR_HOST,
			 "cannot fetch %s of %s: %s%s", place->branch, place->where, why, advice ? advice : "");
}

/* "Receiving objects:  45% (12/27)"; of the server: "remote: Counting objects: ..." */
static void show(const char *line, bool from_stderr, gpointer data)
{
	if (from_stderr && *line && strchr(line, '%'))
		log_progress_update("%s", line);
}

/*
 * ssh asks at the terminal, and git with its helpers is no process of the terminal's foreground: ssh would be stopped
 * there, and say nothing. In batch mode it fails at once and says why. An ssh of the user's choice stays what it is.
 * NULL: it does.
 */
static const char *ssh_setting(const SourceAlternative *place, GCancellable *cancel)
{
	Git git = { .user_config = true };

	if (!gitplace_ssh(place->where) || g_getenv("GIT_SSH_COMMAND") || g_getenv("GIT_SSH") ||
	    git_run(&git, GIT_ARGS("config", "--get", "core.sshCommand"), cancel, NULL, NULL))
		return NULL;
	return "GIT_SSH_COMMAND=ssh -oBatchMode=yes";
}

/* The settings of the user's git count, for proxies and credentials. */
static bool ask(const SourceAlternative *place, const char *dir, const char *const *args, GCancellable *cancel,
		int *ret_status, char **ret_out, char **ret_said, GError **error)
{
	static const char protocols[] = "GIT_ALLOW_PROTOCOL=" GITPLACE_PROTOCOLS;
	Git git = { .dir = dir, .user_config = true, .on_line = show };
	g_autofree char *seconds = NULL;
	g_autoptr(GError) local = NULL;

	if (!fetchurl_stall(&git.silence_ns, error))
		return false;
	git.silence_ns *= SILENCE_FACTOR;
	/* the helper for https sees to it itself, also after whoever waits for it was killed */
	seconds = g_strdup_printf("GIT_HTTP_LOW_SPEED_TIME=%" G_GINT64_FORMAT,
				  git.silence_ns / G_GINT64_CONSTANT(1000000000));
	git.env = (const char *const[]){ protocols, "GIT_HTTP_LOW_SPEED_LIMIT=1", seconds, ssh_setting(place, cancel),
					 NULL };
	if (git_try(&git, args, NULL, cancel, ret_status, ret_out, ret_said, &local))
		return true;
	if (cancel_check(cancel, error))
		return false;
	return error_set(error, KHOTEST_ERROR_HOST, "cannot fetch %s of %s: %s", place->branch, place->where,
			 local->message);
}

/* Which branches there are instead. */
static bool no_branch(const SourceAlternative *place, GCancellable *cancel, GError **error)
{
	g_autofree char *out = NULL, *said = NULL, *all = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_auto(GStrv) lines = NULL;
	int status;

	if (!ask(place, NULL, GIT_ARGS("ls-remote", "--heads", "--", place->where), cancel, &status, &out, &said,
		 error))
		return false;
	lines = g_strsplit(g_strchomp(out), "\n", -1);
	for (char **line = lines; *line; line++) {
		const char *name = strstr(*line, "refs/heads/");

		if (name && names->len < 12)
			g_ptr_array_add(names, (gpointer)(name + strlen("refs/heads/")));
	}
	if (g_strv_length(lines) > 12)
		g_ptr_array_add(names, (gpointer) "...");
	g_ptr_array_add(names, NULL);
	all = g_strjoinv(", ", (char **)names->pdata);
	return error_set(error, KHOTEST_ERROR_INPUT, "%s has no branch '%s'; it has: %s", place->where, place->branch,
			 *all ? all : "none");
}

/* Where the branch is now. */
static bool look_there(const SourceAlternative *place, GCancellable *cancel, char **ret_commit, GError **error)
{
	g_autofree char *ref = g_strconcat("refs/heads/", place->branch, NULL), *out = NULL, *said = NULL;
	g_autofree char *local = gitplace_local(place->where);
	g_auto(GStrv) lines = NULL;
	int status;

	if (local && !g_file_test(local, G_FILE_TEST_EXISTS))
		return error_set(error, KHOTEST_ERROR_HOST,
				 "cannot fetch %s of %s: there is no such folder on this host", place->branch,
				 place->where);
	if (!ask(place, NULL, GIT_ARGS("ls-remote", "--", place->where, ref), cancel, &status, &out, &said, error))
		return false;
	if (status != 0)
		return complain(place, said, error);
	lines = g_strsplit(out, "\n", -1);
	/* what ends in the same words matches too */
	for (char **line = lines; *line; line++) {
		const char *tab = strchr(*line, '\t');

		if (tab && strcmp(tab + 1, ref) == 0) {
			*ret_commit = g_strndup(*line, (gsize)(tab - *line));
			return true;
		}
	}
	return no_branch(place, cancel, error);
}

/* Each file of the pack but the index, and then that, which makes it one. */
static bool link_pack(const char *from, const char *to, const char *stem)
{
	static const char *const parts[] = { "pack", "rev", "idx" };

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *name = g_strdup_printf("%s.%s", stem, parts[i]);
		g_autofree char *source = g_build_filename(from, name, NULL),
				*target = g_build_filename(to, name, NULL);

		if (g_file_test(target, G_FILE_TEST_EXISTS) || link(source, target) == 0)
			continue;
		if (strcmp(parts[i], "rev") != 0)
			return false;
	}
	return true;
}

/* Whole packs of a repository on the same file system. What cannot be linked is left to git. */
static void link_packs(const char *objects, const char *path, guint depth)
{
	g_autofree char *from = g_build_filename(objects, "pack", NULL);
	g_autofree char *to = g_build_filename(path, "objects", "pack", NULL);
	g_autofree char *alternates = g_build_filename(objects, "info", "alternates", NULL), *text = NULL;
	g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
	g_auto(GStrv) others = NULL;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *stem = g_str_has_prefix(name, "pack-") && g_str_has_suffix(name, ".idx")
						? g_strndup(name, strlen(name) - strlen(".idx"))
						: NULL;

		if (stem && !link_pack(from, to, stem))
			return;
	}
	if (depth == BORROWED_MOST || !g_file_get_contents(alternates, &text, NULL, NULL))
		return;
	others = g_strsplit(text, "\n", -1);
	for (char **other = others; *other; other++) {
		g_autofree char *absolute = **other ? g_canonicalize_filename(*other, objects) : NULL;

		if (absolute && **other != '#')
			link_packs(absolute, path, depth + 1);
	}
}

static void borrow(const SourceAlternative *place, const char *path, GCancellable *cancel)
{
	g_autofree char *local = gitplace_local(place->where), *objects = NULL;
	Git git = { .user_config = true };

	if (local &&
	    git_run(&git, GIT_ARGS("-C", local, "rev-parse", "--path-format=absolute", "--git-path", "objects"), cancel,
		    &objects, NULL))
		link_packs(objects, path, 0);
}

/* git says of it that a program of its own died there. Caller frees; NULL: it is none. */
static char *partial_place(const SourceAlternative *place, GCancellable *cancel)
{
	g_autofree char *local = gitplace_local(place->where);

	return local && commits_is_partial(local, cancel) ? g_steal_pointer(&local) : NULL;
}

/* refspec: what is fetched, and where to. */
static bool fetch(const SourceAlternative *place, const char *path, const char *refspec, GCancellable *cancel,
		  GError **error)
{
	g_autofree char *said = NULL, *partial = NULL;
	int status = -1;
	bool ok;

	log_progress_begin("fetching %s of %s", place->branch, place->where);
	ok = ask(place, path,
		 GIT_ARGS("fetch", "--progress", "--no-auto-gc", "--no-write-fetch-head", "--update-shallow", "--",
			  place->where, refspec),
		 cancel, &status, NULL, &said, error);
	log_progress_end("%s", cancel_outcome(cancel, ok && status == 0));
	if (!ok || status != 0)
		gitrepo_tidy(path);
	partial = ok && status != 0 ? partial_place(place, cancel) : NULL;
	if (partial)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "cannot fetch %s of %s: that is a partial clone, which lacks files of it; 'git -C %s "
				 "fetch --refetch --no-filter' brings them",
				 place->branch, place->where, partial);
	return ok && (status == 0 || complain(place, said, error));
}

/* Many small packs make git slow. It throws away what no branch and no commit that was used has had for two weeks. */
static void tidy_up(const char *path, GCancellable *cancel)
{
	Git git = { .dir = path };
	g_autoptr(GError) local = NULL;

	if (!git_run(&git, GIT_ARGS("gc", "--auto", "--quiet"), cancel, NULL, &local))
		log_detail("%s was not tidied up: %s", path, local->message);
}

static bool fetch_locked(const SourceAlternative *place, const char *path, GCancellable *cancel, GError **error)
{
	g_autofree char *there = NULL, *here = NULL, *ref = g_strconcat("refs/heads/", place->branch, NULL);
	g_autofree char *refspec = g_strdup_printf("+%s:%s", ref, ref);

	if (!look_there(place, cancel, &there, error))
		return false;
	here = gitrepo_is(path) ? gitrepo_commit(path, ref, cancel) : NULL;
	if (g_strcmp0(here, there) == 0)
		return true;
	if (!gitrepo_prepare(path, place->where, cancel, error) ||
	    !hostguard_space(path, SPACE_FOR_FETCH, "the kernel's history", error))
		return false;
	if (!here)
		borrow(place, path, cancel);
	if (!fetch(place, path, refspec, cancel, error))
		return false;
	tidy_up(path, cancel);
	return true;
}

bool gitfetch_branch(const SourceAlternative *place, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *path = gitrepo_path(cache, place->where);
	int fd = gitrepo_lock(path, cancel, error);
	bool ok;

	if (fd < 0)
		return false;
	ok = fetch_locked(place, path, cancel, error);
	close(fd);
	return ok;
}

bool gitfetch_commit(const SourceAlternative *place, const char *cache, const char *id, GCancellable *cancel,
		     GError **error)
{
	g_autofree char *path = gitrepo_path(cache, place->where);
	g_autofree char *refspec = g_strdup_printf("%s:refs/khotest/%s", id, id);
	int fd = gitrepo_lock(path, cancel, error);
	bool ok;

	if (fd < 0)
		return false;
	ok = gitrepo_prepare(path, place->where, cancel, error) && fetch(place, path, refspec, cancel, error);
	close(fd);
	return ok;
}
