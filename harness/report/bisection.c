// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <base/spawn.h>
#include <report/bisection.h>

/* Of one place; a figure takes many. */
#define RUNS_MOST 3u

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
	for (guint i = 0; i < MIN(step->runs->len, RUNS_MOST); i++)
		g_string_append_printf(out, "        %s/runs/%s\n", bisection->dir->path,
				       (const char *)step->runs->pdata[i]);
	if (step->runs->len > RUNS_MOST)
		g_string_append_printf(out, "        and %u more: steps.jsonl names them\n",
				       step->runs->len - RUNS_MOST);
}

/* What names a place: an option of 'khotest run', or a side of 'khotest compare'. Caller frees. */
static char *place_word(const Bisection *bisection, const char *at, bool side)
{
	if (bisection->tree)
		return g_strdup_printf("--tree=%s@%.12s", bisection->tree, at);
	return g_strdup_printf("%s%s/series/%s-%s", side ? "" : "--series=", bisection->dir->path, bisection->series,
			       at);
}

/* A line: the verb, places, words of each run, and one more that may be NULL. */
static void put_command(GString *out, const Bisection *bisection, const char *verb, const char *const *places,
			const char *more)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autofree char *command = NULL;

	g_ptr_array_add(words, (gpointer) "khotest");
	g_ptr_array_add(words, (gpointer)verb);
	for (; *places; places++)
		g_ptr_array_add(words, (gpointer)*places);
	for (char **word = bisection->words; word && *word; word++)
		g_ptr_array_add(words, *word);
	g_ptr_array_add(words, (gpointer)more);
	g_ptr_array_add(words, NULL);
	command = spawn_describe((const char *const *)words->pdata);
	g_string_append_printf(out, "  %s\n", command);
}

/* Patches on top of each commit: sides of a comparison have none. */
static bool has_series(const Bisection *bisection)
{
	for (char **word = bisection->words; word && *word; word++)
		if (g_str_has_prefix(*word, "--series"))
			return true;
	return false;
}

/* How it is seen again. A figure of one place alone tells nothing: both are compared. */
static void put_again(GString *out, const Bisection *bisection, const char *good, const char *bad)
{
	bool compared = bisection->metric && good && !has_series(bisection);
	bool exact = bisection->metric && figure_is_counted(bisection->metric->figure);
	g_autofree char *good_word = good ? place_word(bisection, good, compared) : NULL;
	g_autofree char *bad_word = place_word(bisection, bad, compared);

	g_string_append(out, "\nagain:\n\n");
	if (compared) {
		put_command(out, bisection, "compare", (const char *const[]){ good_word, bad_word, NULL },
			    exact ? NULL : "--runs=auto");
		return;
	}
	if (good)
		put_command(out, bisection, "run", (const char *const[]){ good_word, NULL }, NULL);
	put_command(out, bisection, "run", (const char *const[]){ bad_word, NULL }, NULL);
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
	put_again(out, bisection, bisection->good, bad);
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
