// SPDX-License-Identifier: GPL-2.0-or-later
/* What a bisection would do. */
#include "bisectplaces.h"

#include <base/error.h>
#include <base/files.h>
#include <base/json.h>
#include <campaign/outline.h>

/* What is to be said. */
typedef struct {
	const Places *places;
	guint between;
	char *run; /* of the bad end */
} Outline;

static char *to_json(const Outline *outline)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_string(b, "good", outline->places->good);
	json_put_string(b, "bad", outline->places->bad);
	json_put_int(b, "between", outline->between);
	json_put_int(b, "steps", bisect_steps_left(outline->between));
	json_builder_set_member_name(b, "plan");
	json_builder_add_value(b, json_from_string(outline->run, NULL));
	json_builder_end_object(b);
	return json_text(b, true);
}

static char *to_text(const Outline *outline)
{
	const Places *places = outline->places;
	g_autofree char *good = places_label(places, places->good), *bad = places_label(places, places->bad);

	return g_strdup_printf("good end    %s\n"
			       "bad end     %s\n"
			       "between     %u place%s: about %u step%s beside the ends\n\n"
			       "What is run of the bad end:\n\n%s",
			       good, bad, outline->between, outline->between == 1 ? "" : "s",
			       bisect_steps_left(outline->between), bisect_steps_left(outline->between) == 1 ? "" : "s",
			       outline->run);
}

/* What would be run of the bad end. Patches lie in a folder of ours meanwhile, which the outline does not name. */
static char *outline_bad(Places *places, const char *folder, bool json, GError **error)
{
	g_autofree char *path = places_path(places), *runs = g_build_filename(path, "runs", NULL);
	g_autofree char *series = g_build_filename(path, "series", NULL), *named = NULL, *text = NULL;
	g_autoptr(GString) out = NULL;
	RunRequest request = places->spec->request;

	places->folder = g_strdup(folder);
	request.output = runs;
	named = places_request(places, places->bad, &request, error);
	text = named ? outline_run(places->spec->paths, &request, json, error) : NULL;
	if (!text)
		return NULL;
	out = g_string_new(text);
	g_string_replace(out, folder, series, 0);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *run_of_bad(Places *places, bool json, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-bisect-XXXXXX", &local);
	char *text;

	if (!folder) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot make a folder for patches: %s", local->message);
		return NULL;
	}
	text = outline_bad(places, folder, json, error);
	files_remove_tree(folder, NULL);
	return text;
}

char *bisect_outline(const BisectSpec *spec, bool json, GError **error)
{
	g_autoptr(Places) places = places_open(spec, NULL, error);
	g_autoptr(GPtrArray) good = g_ptr_array_new(), between = NULL;
	g_autofree char *run = NULL;
	Outline outline;

	if (!places)
		return NULL;
	g_ptr_array_add(good, places->good);
	between = places_between(places, good, places->bad, error);
	run = between ? run_of_bad(places, json, error) : NULL;
	if (!run)
		return NULL;
	outline = (Outline){ places, between->len, run };
	return json ? to_json(&outline) : to_text(&outline);
}
