// SPDX-License-Identifier: GPL-2.0-or-later
#include "git.h"

#include <base/error.h>
#include <base/log.h>

#include <glib/gstdio.h>

/* 2026-01-01: any date does, as long as it is always the same. */
#define FIXED_DATE "1767225600 +0000"

/* What a hook or "git bisect run" may have set, and what git goes by otherwise. */
static const char *const unset[] = { "GIT_DIR",
				     "GIT_WORK_TREE",
				     "GIT_INDEX_FILE",
				     "GIT_OBJECT_DIRECTORY",
				     "GIT_ALTERNATE_OBJECT_DIRECTORIES",
				     "GIT_COMMON_DIR",
				     "GIT_NAMESPACE",
				     "GIT_PREFIX",
				     "GIT_QUARANTINE_PATH",
				     "GIT_DEFAULT_HASH",
				     "GIT_CEILING_DIRECTORIES" };
/* The same of the user's configuration, which "git -c" hands on, and of what a new repository begins with. */
static const char *const unset_config[] = { "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_TEMPLATE_DIR" };
/* Git has these two files by their usual names even where there is no configuration. */
static const char *const no_config[] = { "-c", "core.excludesFile=/dev/null", "-c", "core.attributesFile=/dev/null" };

static void add_env(GPtrArray *env, const char *name, const char *value)
{
	if (value)
		g_ptr_array_add(env, g_strdup_printf("%s=%s", name, value));
}

static void add_all(GPtrArray *to, const char *const *words, gsize n)
{
	for (gsize i = 0; i < n; i++)
		g_ptr_array_add(to, g_strdup(words[i]));
}

static GPtrArray *environment(const Git *git)
{
	GPtrArray *env = g_ptr_array_new_with_free_func(g_free);

	/* a name alone is taken away (SpawnSpec) */
	add_all(env, unset, G_N_ELEMENTS(unset));
	add_env(env, "LC_ALL", "C");
	add_env(env, "GIT_OPTIONAL_LOCKS", "0");
	add_env(env, "GIT_TERMINAL_PROMPT", "0");
	add_env(env, "GIT_AUTHOR_NAME", "khotest");
	add_env(env, "GIT_AUTHOR_EMAIL", "khotest@localhost");
	add_env(env, "GIT_AUTHOR_DATE", FIXED_DATE);
	add_env(env, "GIT_COMMITTER_NAME", "khotest");
	add_env(env, "GIT_COMMITTER_EMAIL", "khotest@localhost");
	add_env(env, "GIT_COMMITTER_DATE", FIXED_DATE);
	if (!git->user_config) {
		add_env(env, "GIT_CONFIG_GLOBAL", "/dev/null");
		add_env(env, "GIT_CONFIG_NOSYSTEM", "1");
		add_env(env, "GIT_ATTR_NOSYSTEM", "1");
		add_all(env, unset_config, G_N_ELEMENTS(unset_config));
	}
	add_env(env, "GIT_DIR", git->dir);
	add_env(env, "GIT_WORK_TREE", git->work);
	add_env(env, "GIT_INDEX_FILE", git->index);
	add_env(env, "GIT_OBJECT_DIRECTORY", git->objects);
	add_env(env, "GIT_ALTERNATE_OBJECT_DIRECTORIES", git->alternates);
	for (const char *const *e = git->env; e && *e; e++)
		g_ptr_array_add(env, g_strdup(*e));
	g_ptr_array_add(env, NULL);
	return env;
}

bool git_try(const Git *git, const char *const *args, GBytes *input, GCancellable *cancel, int *ret_status,
	     char **ret_out, char **ret_err, GError **error)
{
	g_autoptr(GPtrArray) env = environment(git);
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_auto(SpawnResult) result = { 0 };
	SpawnSpec spec = { .cwd = git->work,
			   .input = input,
			   .cancel = cancel,
			   .on_line = git->on_line,
			   .returns = git->on_line != NULL,
			   .silence_ns = git->silence_ns,
			   .keep_output = true };

	g_ptr_array_add(argv, g_strdup("git"));
	if (!git->user_config)
		add_all(argv, no_config, G_N_ELEMENTS(no_config));
	add_all(argv, args, g_strv_length((char **)args));
	g_ptr_array_add(argv, NULL);
	spec.argv = (const char *const *)argv->pdata;
	spec.env = (const char *const *)env->pdata;
	if (!spawn_run(&spec, &result, error))
		return false;
	*ret_status = result.status;
	if (ret_out)
		*ret_out = g_steal_pointer(&result.out);
	if (ret_err)
		*ret_err = g_steal_pointer(&result.err);
	return true;
}

bool git_run(const Git *git, const char *const *args, GCancellable *cancel, char **ret_out, GError **error)
{
	g_autofree char *out = NULL;
	g_autofree char *err = NULL;
	int status;

	if (!git_try(git, args, NULL, cancel, &status, &out, &err, error))
		return false;
	if (status != 0) {
		g_autofree char *command = spawn_describe(args);
		/* without either, the command says itself where it is */
		const char *folder = git->work ? git->work : git->dir;

		return error_set(error, KHOTEST_ERROR_FAILED, "'git %s' failed%s%s: %s", command, folder ? " in " : "",
				 folder ? folder : "", *g_strstrip(err) ? err : "no reason given");
	}
	if (ret_out)
		*ret_out = g_strdup(g_strchomp(out));
	return true;
}

void git_remove_stale(const char *dir, const char *const *names)
{
	for (; *names; names++) {
		g_autofree char *lock = g_build_filename(dir, *names, NULL);

		if (g_unlink(lock) == 0)
			log_info("removed %s, which an interrupted git has left", lock);
	}
}
