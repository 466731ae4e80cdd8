// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

#include <string.h>

/* An emulator whose harness is gone has gone too by then. */
#define MACHINES_WAIT_US (10 * G_USEC_PER_SEC)

static char **arguments;

void tool_init(int *argc, char ***argv)
{
	g_test_init(argc, argv, NULL);
	arguments = *argv + 1; /* g_test_init() has taken its own */
	g_assert_nonnull(arguments[0]);
}

const char *tool_path(void)
{
	return arguments[0];
}

const char *tool_argument(int n)
{
	for (int i = 0; i <= n; i++)
		if (!arguments[i])
			return NULL;
	return arguments[n + 1];
}

void tool_run(const char *const *words, const char *const *env, SpawnResult *ret_result)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *command = NULL, *shown = NULL;
	g_autoptr(GError) error = NULL;
	SpawnSpec spec = { .env = env, .keep_output = true };

	g_ptr_array_add(argv, arguments[0]);
	for (; *words; words++)
		g_ptr_array_add(argv, (gpointer)*words);
	g_ptr_array_add(argv, NULL);
	spec.argv = (const char *const *)argv->pdata;
	command = spawn_describe(spec.argv);
	/* TAP is in UTF-8 */
	shown = g_utf8_make_valid(command, -1);
	g_test_message("%s", shown);
	g_assert_true(spawn_run(&spec, ret_result, &error));
	g_assert_no_error(error);
	if (*ret_result->err)
		g_test_message("it said: %s", ret_result->err);
}

JsonObject *tool_json(const SpawnResult *result)
{
	g_autoptr(GError) error = NULL;
	JsonObject *object = json_parse_object(result->out, (gssize)result->out_length, "standard output", &error);

	g_assert_no_error(error);
	return object;
}

guint tool_machines(void)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;
	guint machines = 0;

	while ((name = g_dir_read_name(proc))) {
		g_autofree char *path = g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *line = NULL;
		gsize length = 0;

		if (g_ascii_isdigit(*name) && g_file_get_contents(path, &line, &length, NULL) && length &&
		    strstr(line, "qemu-system") &&
		    g_strstr_len(line + strlen(line) + 1, (gssize)(length - strlen(line) - 1), "-name"))
			machines++;
	}
	return machines;
}

void tool_wait_for_machines(guint count)
{
	gint64 give_up = g_get_monotonic_time() + MACHINES_WAIT_US;

	while (tool_machines() > count) {
		g_assert_cmpint(g_get_monotonic_time(), <, give_up);
		g_usleep(100000);
	}
}
