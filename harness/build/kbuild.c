// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild.h"
#include "toolenv.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <base/spawn.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONFIGURE_TIMEOUT_NS (G_GINT64_CONSTANT(300) * 1000000000)
#define BUILD_TIMEOUT_NS (G_GINT64_CONSTANT(4) * 3600 * 1000000000)
/* steps of a build from nothing; afterwards the last build's own count is used */
#define USUAL_STEPS 1500
#define CONTEXT_AFTER 8

/*
 * make with a clean slate: nothing from the caller's environment may choose
 * another compiler, folder, flag or verbosity (toolenv.h), and what would differ
 * from build to build is fixed (Documentation/kbuild/reproducible-builds.rst).
 */
static const char *const fixed[] = { "KBUILD_BUILD_TIMESTAMP=2026-01-01 00:00:00 UTC", "KBUILD_BUILD_USER=khotest",
				     "KBUILD_BUILD_HOST=khotest", "KBUILD_BUILD_VERSION=1", NULL };

/*
 * -ftrack-macro-expansion=0 only affects the compiler's messages: it keeps no
 * record of which macro a token came from, which takes a seventh of the compile
 * time off a kernel, since most of that goes into headers.
 */
static GPtrArray *make_argv(const Kbuild *kbuild)
{
	static const char *const always[] = { "make", "V=0", "W=", "KCFLAGS=-ftrack-macro-expansion=0" };
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; i < G_N_ELEMENTS(always); i++)
		g_ptr_array_add(argv, g_strdup(always[i]));
	g_ptr_array_add(argv, g_strdup_printf("ARCH=%s", kbuild->arch->kbuild));
	g_ptr_array_add(argv, g_strdup_printf("-j%u", MAX(kbuild->jobs, 1)));
	g_ptr_array_add(argv, g_strdup_printf("O=%s", kbuild->output));
	g_ptr_array_add(argv, g_strdup_printf("LOCALVERSION=%s", kbuild->localversion));
	return argv;
}

static bool run_make(const Kbuild *kbuild, gint64 timeout_ns, GPtrArray *argv, SpawnLineFunc on_line, gpointer data,
		     SpawnResult *ret_result, GError **error)
{
	g_auto(GStrv) environment = toolenv_make(fixed);
	SpawnSpec spec = { .cwd = kbuild->tree,
			   .only_env = (const char *const *)environment,
			   .timeout_ns = timeout_ns,
			   .cancel = kbuild->cancel,
			   .on_line = on_line,
			   .data = data,
			   .lock = kbuild->lock,
			   .keep_output = !on_line };

	g_ptr_array_add(argv, NULL);
	spec.argv = (const char *const *)argv->pdata;
	return spawn_run(&spec, ret_result, error);
}

/* A "CC file.o" or similar line: two spaces, a word in capitals, a target. */
static bool is_step(const char *line)
{
	return g_str_has_prefix(line, "  ") && g_ascii_isupper(line[2]);
}

static const char *const signs[] = { ": error: ", ": fatal error: ", ": Error: ", "undefined reference to",
				     "ld: ",	  "]: *** No rule",  "make: ***", " Error " };

char *kbuild_first_error(const char *log)
{
	g_auto(GStrv) lines = g_strsplit_set(log, "\n", -1);

	/* by sign first: make's own complaint comes earlier than a compiler's when jobs run side by side */
	for (gsize s = 0; s < G_N_ELEMENTS(signs); s++)
		for (guint i = 0; lines[i]; i++) {
			GString *out;
			guint from = i;

			if (!strstr(lines[i], signs[s]) || strstr(lines[i], ": warning: "))
				continue;
			out = g_string_new(NULL);
			/* "In file included from", "In function": the lines before that lead to it */
			while (from > 0 && i - from < CONTEXT_AFTER &&
			       (strstr(lines[from - 1], ": In function") ||
				strstr(lines[from - 1], "In file included from") ||
				g_str_has_prefix(lines[from - 1], "                 from ")))
				from--;
			for (guint j = from; j <= i; j++)
				g_string_append_printf(out, "%s%s", j > from ? "\n" : "", lines[j]);
			/* gcc's quotation of the source: lines that begin with a number or blanks and a bar */
			for (guint j = i + 1; lines[j] && j <= i + CONTEXT_AFTER; j++) {
				if (is_step(lines[j]) || !strstr(lines[j], " | "))
					break;
				g_string_append_printf(out, "\n%s", lines[j]);
			}
			return g_string_free(out, FALSE);
		}
	return NULL;
}

bool kbuild_configure(const Kbuild *kbuild, const char *fragment, char **ret_text, GError **error)
{
	g_autofree char *fragment_path = g_build_filename(kbuild->output, "khotest.fragment", NULL);
	g_autofree char *fresh_path = g_build_filename(kbuild->output, "khotest.config", NULL);
	g_autofree char *path = g_build_filename(kbuild->output, ".config", NULL);
	g_autofree char *fresh = NULL, *old = NULL;
	g_autoptr(GPtrArray) argv = make_argv(kbuild);
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) local = NULL;

	if (!files_mkdirs(kbuild->output, error) || !files_write(fragment_path, fragment, strlen(fragment), error))
		return false;
	g_ptr_array_add(argv, g_strdup_printf("KCONFIG_ALLCONFIG=%s", fragment_path));
	g_ptr_array_add(argv, g_strdup_printf("KCONFIG_CONFIG=%s", fresh_path));
	g_ptr_array_add(argv, g_strdup("allnoconfig"));
	if (!run_make(kbuild, CONFIGURE_TIMEOUT_NS, argv, NULL, NULL, &result, error))
		return false;
	if (result.status != 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot configure the kernel in %s: %s", kbuild->tree,
				 *g_strstrip(result.err) ? result.err : g_strstrip(result.out));
	if (!g_file_get_contents(fresh_path, &fresh, NULL, &local))
		return error_set(error, KHOTEST_ERROR_FAILED, "Kconfig wrote no configuration: %s", local->message);
	if ((!g_file_get_contents(path, &old, NULL, NULL) || strcmp(old, fresh) != 0) &&
	    !files_write(path, fresh, strlen(fresh), error))
		return false;
	*ret_text = g_steal_pointer(&fresh);
	return true;
}

typedef struct {
	FILE *log;
	guint steps;
	guint expected;
} Progress;

static void on_make_line(const char *line, bool from_stderr, gpointer data)
{
	Progress *progress = data;

	fprintf(progress->log, "%s\n", line);
	if (!is_step(line))
		return;
	progress->steps++;
	if (progress->steps < progress->expected)
		log_progress_update("%u of about %u steps", progress->steps, progress->expected);
	else
		log_progress_update("%u steps", progress->steps);
}

static guint read_steps(const char *path)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? (guint)g_ascii_strtoull(text, NULL, 10) : USUAL_STEPS;
}

static int failure_code(const char *log)
{
	return strstr(log, "No space left on device") ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_FAILED;
}

bool kbuild_image(const Kbuild *kbuild, GError **error)
{
	g_autofree char *log_path = g_build_filename(kbuild->output, "khotest.log", NULL);
	g_autofree char *steps_path = g_build_filename(kbuild->output, "khotest.steps", NULL);
	g_autoptr(GPtrArray) argv = make_argv(kbuild);
	g_auto(SpawnResult) result = { 0 };
	Progress progress = { .expected = read_steps(steps_path) };
	g_autofree char *log = NULL, *first = NULL;
	bool ok;

	progress.log = fopen(log_path, "we");
	if (!progress.log)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot write %s", log_path);
	g_ptr_array_add(argv, g_strdup(kbuild->arch->image_file));
	log_progress_begin("building the kernel");
	ok = run_make(kbuild, BUILD_TIMEOUT_NS, argv, on_make_line, &progress, &result, error);
	fclose(progress.log);
	log_progress_end("%s, %u steps", cancel_outcome(kbuild->cancel, ok && result.status == 0), progress.steps);
	if (!ok)
		return false;
	if (result.status == 0) {
		g_autofree char *steps = g_strdup_printf("%u\n", progress.steps);

		/* a build that had little to do says nothing about the next one from nothing */
		return progress.steps * 2 < progress.expected || files_write(steps_path, steps, strlen(steps), error);
	}
	g_file_get_contents(log_path, &log, NULL, NULL);
	first = log ? kbuild_first_error(log) : NULL;
	return error_set(error, failure_code(log ? log : ""),
			 "the kernel does not build (make ended with status %d):\n%s\nThe whole log is %s",
			 result.status, first ? first : "no line of the log tells why", log_path);
}

bool kbuild_module_targets(const Kbuild *kbuild, const char *folder, const char *const *targets, GError **error)
{
	g_autoptr(GPtrArray) argv = make_argv(kbuild);
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *first = NULL, *names = g_strjoinv(", ", (char **)targets);

	g_ptr_array_add(argv, g_strdup("-k"));
	g_ptr_array_add(argv, g_strdup_printf("M=%s", folder));
	for (const char *const *target = targets; *target; target++)
		g_ptr_array_add(argv, g_strdup(*target));
	if (!run_make(kbuild, CONFIGURE_TIMEOUT_NS, argv, NULL, NULL, &result, error))
		return false;
	if (result.status == 0)
		return true;
	first = kbuild_first_error(result.err);
	return error_set(error, failure_code(result.err), "kbuild cannot make %s of %s: %s", names, folder,
			 first ? first : g_strstrip(result.err));
}

/* With a line: of itself, and of a cc1 that was killed, gcc speaks without. What it cannot write may have one too. */
bool kbuild_is_refusal(const GError *error)
{
	return g_regex_match_simple(":[0-9]+: (fatal )?error: ", error->message, G_REGEX_RAW, 0) &&
	       !g_regex_match_simple("error (writing|closing)|No space left|quota exceeded|Cannot allocate memory|"
				     "Input/output error|Too many open files",
				     error->message, G_REGEX_RAW, 0);
}

bool kbuild_headers(const Kbuild *kbuild, GError **error)
{
	g_autoptr(GPtrArray) argv = make_argv(kbuild);
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *first = NULL;

	if (!files_mkdirs(kbuild->output, error))
		return false;
	g_ptr_array_add(argv, g_strdup("headers"));
	if (!run_make(kbuild, CONFIGURE_TIMEOUT_NS, argv, NULL, NULL, &result, error))
		return false;
	if (result.status == 0)
		return true;
	first = kbuild_first_error(result.err);
	return error_set(error, KHOTEST_ERROR_FAILED, "the headers for user space of %s cannot be made: %s",
			 kbuild->tree, first ? first : g_strstrip(result.err));
}

char *kbuild_release(const Kbuild *kbuild, GError **error)
{
	g_autofree char *path = g_build_filename(kbuild->output, "include", "config", "kernel.release", NULL);
	g_autoptr(GError) local = NULL;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, &local)) {
		error_set(error, KHOTEST_ERROR_FAILED, "the build left no release name: %s", local->message);
		return NULL;
	}
	return g_strdup(g_strstrip(text));
}

char *kbuild_tools(GCancellable *cancel, GError **error)
{
	static const char *const tools[] = { "gcc", "ld", "lz4" };
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(tools); i++) {
		g_autofree char *out = NULL;

		if (!spawn_check((const char *const[]){ tools[i], "--version", NULL }, NULL, cancel, &out, error)) {
			g_string_free(text, TRUE);
			return NULL;
		}
		g_string_append_len(text, out, (gssize)strcspn(out, "\n"));
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}
