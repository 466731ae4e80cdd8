// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the harm of a wrong type is seen by itself, with all other checks off: memory that
 * cannot be moved is made in the second kernel until little is left (payloads/pipes). A kernel that
 * has forgotten what scratch is puts some there; one that has not runs out of it before.
 *
 * Arguments: khotest, the payload, folder for run directories.
 */
#include "tool.h"

#include <string.h>

static const struct {
	const char *series;
	int status;
} outcomes[] = {
	{ "unfixed", 1 },
	{ "central", 0 },
};

static void test_series(gconstpointer data)
{
	gsize which = GPOINTER_TO_UINT(data);
	const char *const words[] = { "run",
				      "--series",
				      outcomes[which].series,
				      "-m",
				      "1G",
				      "--check",
				      "harm",
				      "--payload",
				      tool_argument(0),
				      "--format",
				      "json",
				      "-o",
				      tool_argument(1),
				      "-q",
				      NULL };
	g_auto(SpawnResult) run = { 0 };
	g_autoptr(JsonObject) result = NULL;
	JsonArray *reasons;
	JsonObject *reason;

	tool_run(words, NULL, &run);
	if (run.status == 77) {
		g_test_skip(run.err);
		return;
	}
	g_assert_cmpint(run.status, ==, outcomes[which].status);
	result = tool_json(&run);
	reasons = json_get_array(result, "reasons");
	g_assert_cmpuint(json_array_get_length(reasons), ==, outcomes[which].status ? 1 : 0);
	g_assert_cmpuint(json_array_get_length(json_get_array(result, "gaps")), ==, 1);
	if (!outcomes[which].status)
		return;
	reason = json_array_get_object_element(reasons, 0);
	g_assert_cmpstr(json_get_string(reason, "id"), ==, "unmovable-in-scratch");
	g_assert_cmpstr(json_get_string(reason, "check"), ==, "harm");
	g_assert_cmpint(json_get_int(reason, "hop"), ==, 1);
	g_test_message("%s", json_get_string(reason, "text"));
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_data_func("/harm/unfixed", GUINT_TO_POINTER(0), test_series);
	g_test_add_data_func("/harm/central", GUINT_TO_POINTER(1), test_series);
	return g_test_run();
}
