// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <base/spawn.h>
#include <report/bisection.h>

static const BisectLook *look_at(const Bisection *bisection, const char *at)
{
	return at ? g_hash_table_lookup(bisection->looks, at) : NULL;
}

/* "0123456789ab", "3 patches". Caller frees. */
static char *short_name(const Bisection *bisection, const char *at)
{
	return bisection->tree ? g_strndup(at, 12) : g_strdup_printf("%s patches", at);
}

static void put_suspect(GString *out, const Bisection *bisection, const char *at)
{
	const BisectLook *look = look_at(bisection, at);
	g_autofree char *name = short_name(bisection, at);
	g_autofree char *files = look && look->files ? g_strjoinv(", ", look->files) : NULL;

	g_string_append_printf(out, "  %s  %s\n", name, look && look->title ? look->title : "");
	if ((look && look->date) || files)
		g_string_append_printf(out, "    %s%s%s\n", look->date ? look->date : "",
				       look->date && files ? "; " : "", files ? files : "");
}

static void put_step(GString *out, const Bisection *bisection, const BisectStep *step)
{
	g_autofree char *name = short_name(bisection, step->at);

	g_string_append_printf(out, "  %-4s  %s  %s\n", bisectkind_name(step->kind), name, step->why ? step->why : "-");
	for (guint i = 0; i < step->runs->len; i++)
		g_string_append_printf(out, "        %s/runs/%s\n", bisection->dir->path,
				       (const char *)step->runs->pdata[i]);
}

/* Of that place, by itself. Caller frees. */
static char *command_for(const Bisection *bisection, const char *at)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(words, g_strdup("khotest"));
	g_ptr_array_add(words, g_strdup("run"));
	if (bisection->tree)
		g_ptr_array_add(words, g_strdup_printf("--tree=%s@%.12s", bisection->tree, at));
	else
		g_ptr_array_add(words, g_strdup_printf("--series=%s/series/%s-%s", bisection->dir->path,
						       bisection->series, at));
	for (char **word = bisection->words; word && *word; word++)
		g_ptr_array_add(words, g_strdup(*word));
	g_ptr_array_add(words, NULL);
	return spawn_describe((const char *const *)words->pdata);
}

static guint count(const Bisection *bisection, BisectKind kind)
{
	guint n = 0;

	for (guint i = 0; i < bisection->steps->len; i++)
		n += ((const BisectStep *)bisection->steps->pdata[i])->kind == kind;
	return n;
}

char *bisection_to_text(const Bisection *bisection)
{
	GString *out = g_string_new(NULL);
	const char *what = bisection->tree ? "commit" : "patch", *bad = bisection->suspects->pdata[0];
	const BisectStep *bad_step = bisect_step_at(bisection->steps, bad);
	const BisectStep *good_step = bisect_step_at(bisection->steps, bisection->good);
	g_autofree char *show_good = bisection->good ? command_for(bisection, bisection->good) : NULL;
	g_autofree char *show_bad = command_for(bisection, bad);

	if (bisection->sure)
		g_string_append_printf(out, "the first bad %s, after %u places:\n\n", what, bisection->steps->len);
	else
		g_string_append_printf(out, "the first bad %s is one of these %u; the others could not be judged:\n\n",
				       what, bisection->suspects->len);
	for (guint i = 0; i < bisection->suspects->len; i++)
		put_suspect(out, bisection, bisection->suspects->pdata[i]);
	g_string_append(out, "\nseen:\n\n");
	if (bad_step)
		put_step(out, bisection, bad_step);
	if (good_step)
		put_step(out, bisection, good_step);
	if (count(bisection, BISECT_SKIP))
		g_string_append_printf(out, "\nskipped:\n\n");
	for (guint i = 0; i < bisection->steps->len; i++)
		if (((const BisectStep *)bisection->steps->pdata[i])->kind == BISECT_SKIP)
			put_step(out, bisection, bisection->steps->pdata[i]);
	g_string_append_printf(out, "\nagain:\n\n%s%s%s  %s\n", show_good ? "  " : "", show_good ? show_good : "",
			       show_good ? "\n" : "", show_bad);
	return g_string_free(out, FALSE);
}

static void put_place(JsonBuilder *b, const Bisection *bisection, const char *at)
{
	const BisectLook *look = look_at(bisection, at);

	json_builder_begin_object(b);
	json_put_string(b, "at", at);
	json_put_string(b, "title", look ? look->title : NULL);
	json_put_string(b, "date", look ? look->date : NULL);
	json_put_strings(b, "files", look ? (const char *const *)look->files : NULL);
	json_builder_end_object(b);
}

char *bisection_to_json(const Bisection *bisection)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", BISECTDIR_SCHEMA);
	json_put_string(b, "tree", bisection->tree);
	json_put_string(b, "series", bisection->series);
	json_put_bool(b, "sure", bisection->sure);
	json_begin_array(b, "suspects");
	for (guint i = 0; i < bisection->suspects->len; i++)
		put_place(b, bisection, bisection->suspects->pdata[i]);
	json_builder_end_array(b);
	json_put_string(b, "good", bisection->good);
	json_begin_array(b, "steps");
	for (guint i = 0; i < bisection->steps->len; i++) {
		json_builder_begin_object(b);
		bisectstep_put(b, bisection->steps->pdata[i]);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
