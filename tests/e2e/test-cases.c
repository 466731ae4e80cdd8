// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernels that are broken on purpose (tests/cases/), each in a way that a harness can
 * miss: counts that agree though a pageblock is wrong, complaints that no log has, an oops
 * that looks like a hang, a hang whose place is known. What has to come out is written
 * down here, apart from what the series say.
 *
 * Arguments: khotest, folder of the cases, folder for run directories.
 */
#include "tool.h"

#include <string.h>

typedef struct {
	const char *name;
	const char *series, *memory;
	const char *append;	/* -a, or NULL */
	const char *reasons[4]; /* ids, the first one leading; NULL-terminated */
	const char *texts[6];	/* all of them in what is said to people; NULL-terminated */
} Case;

static const Case cases[] = {
	{ "shifted-block",
	  "shifted-block",
	  "4G",
	  NULL,
	  { "scratch-not-cma", "unexpected-cma", NULL },
	  { "second kernel: ", "; not CMA: 0x", "1 pageblock, Movable", NULL } },
	{ "warn-while-loading",
	  "warn-while-loading",
	  "1G",
	  NULL,
	  { "kernel-complaint", NULL },
	  { "first kernel: WARNING: at kho_fill_kimage+0x", "kho: image looks odd",
	    "BUG: Bad page state in process kexec", "no handover had a part in it", NULL } },
	{ "warn-while-loading, quiet",
	  "warn-while-loading",
	  "1G",
	  "quiet",
	  { "kernel-complaint", NULL },
	  { "kho: image looks odd", "BUG: Bad page state in process kexec", NULL } },
	{ "warn-while-loading, loglevel=3",
	  "warn-while-loading",
	  "1G",
	  "loglevel=3",
	  { "kernel-complaint", NULL },
	  { "kho: image looks odd", "BUG: Bad page state in process kexec", NULL } },
	{ "null-in-deferred-init",
	  "null-in-deferred-init",
	  "4G",
	  NULL,
	  { "guest-oops", NULL },
	  { "BUG: kernel NULL pointer dereference", "RIP: 0010:deferred_init_memmap", "Call Trace:", "kthread",
	    NULL } },
	{ "hang-in-kho-memory-init",
	  "hang-in-kho-memory-init",
	  "1G",
	  NULL,
	  { "guest-hang", NULL },
	  { "guest-hang: second kernel: ", "its CPUs executed for ",
	    "at kho_memory_init+0x", NULL } },
};

static bool has_reason(JsonArray *reasons, const char *id)
{
	for (guint i = 0; i < json_array_get_length(reasons); i++)
		if (g_strcmp0(json_get_string(json_array_get_object_element(reasons, i), "id"), id) == 0)
			return true;
	return false;
}

static void check_reasons(const char *directory, const char *const *ids)
{
	const char *const words[] = { "report", directory, "--format", "json", NULL };
	g_auto(SpawnResult) report = { 0 };
	g_autoptr(JsonObject) result = NULL;
	JsonArray *reasons;

	tool_run(words, NULL, &report);
	result = tool_json(&report);
	reasons = json_get_array(result, "reasons");
	for (guint i = 0; ids[i]; i++)
		g_assert_true(has_reason(reasons, ids[i]));
	g_assert_cmpstr(json_get_string(json_array_get_object_element(reasons, 0), "id"), ==, ids[0]);
}

static void test_case(gconstpointer data)
{
	static const char where[] = "run directory: ";
	const Case *c = data;
	g_autofree char *series = g_build_filename(tool_argument(0), c->series, NULL);
	/* a hang is waited for: no longer than it takes to be sure that it is one */
	const char *timeout = strstr(c->series, "hang") ? "25s" : "300s";
	const char *const words[] = { "run",
				      "--series",
				      series,
				      "-m",
				      c->memory,
				      "-o",
				      tool_argument(1),
				      "--timeout",
				      timeout,
				      c->append ? "-a" : NULL,
				      c->append,
				      NULL };
	g_auto(SpawnResult) run = { 0 };
	g_autofree char *directory = NULL;
	const char *at;

	tool_run(words, NULL, &run);
	g_test_message("%s", run.out);
	g_assert_cmpint(run.status, ==, 1);
	for (guint i = 0; c->texts[i]; i++)
		if (!strstr(run.out, c->texts[i]))
			g_error("'%s' is not said", c->texts[i]);
	at = strstr(run.out, where);
	g_assert_nonnull(at);
	at += strlen(where);
	directory = g_strndup(at, strcspn(at, "\n"));
	check_reasons(directory, c->reasons);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/cases/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	return g_test_run();
}
