// SPDX-License-Identifier: GPL-2.0-or-later
/* The message as text and as Markdown, which differ in marks alone. */
#include "nightwords.h"

#include <base/text.h>

#include <string.h>

/* More of a kind are counted: a page has them all. */
#define CHANGES_MOST 8u
#define NAMES_MOST 5u

/* How a format marks things. */
typedef struct {
	const char *heading, *item, *more; /* before each; more: a line that belongs to an item */
	const char *code;		   /* around a command, on a line of its own */
	bool markup;			   /* what Markdown takes for a mark is escaped */
} Marks;

static const Marks text_marks = { "", "- ", "  ", "", false };
static const Marks markdown_marks = { "## ", "- ", "  ", "`", true };

/* Text from anywhere, as one line in which nothing is a mark. */
static void put(GString *out, const Marks *marks, const char *text)
{
	g_autofree char *line = marks->markup ? text_markdown(text) : g_strdelimit(text_clean(text), "\n\t", ' ');

	g_string_append(out, line);
}

static void put_heading(GString *out, const Marks *marks, const char *title)
{
	g_string_append_printf(out, "\n%s%s\n", marks->heading, title);
	if (marks->markup)
		g_string_append_c(out, '\n');
}

static void put_item(GString *out, const Marks *marks, const char *text)
{
	g_string_append(out, marks->item);
	put(out, marks, text);
	g_string_append_c(out, '\n');
}

/* A line below an item: in Markdown a break before it keeps it one. */
static void put_more(GString *out, const Marks *marks, const char *label, const char *text)
{
	if (marks->markup) {
		g_string_truncate(out, out->len - 1);
		g_string_append(out, "  \n");
	}
	g_string_append_printf(out, "%s%s", marks->more, label);
	put(out, marks, text);
	g_string_append_c(out, '\n');
}

static void put_command(GString *out, const Marks *marks, const char *command)
{
	g_autofree char *clean = g_strdelimit(text_clean(command), "\n\t`", ' ');

	if (marks->markup) {
		g_string_truncate(out, out->len - 1);
		g_string_append(out, "  \n");
	}
	g_string_append_printf(out, "%s%s%s%s\n", marks->more, marks->code, clean, marks->code);
}

static void put_change(GString *out, const Marks *marks, const NightVerdict *verdict, const NightChange *change)
{
	g_autofree char *line = nightchange_line(change), *sure = nightchange_sure(change);
	g_autofree char *since = nightrange_text(&change->range), *bisect = nightchange_bisect(verdict, change);

	put_item(out, marks, line);
	for (guint i = 0; i < change->parts->len; i++)
		put_more(out, marks, "", change->parts->pdata[i]);
	if (change->metric && change->why)
		put_more(out, marks, "decides nothing: ", change->why);
	put_more(out, marks, "sure: ", sure);
	if (since && change->kind != NIGHT_MENDED)
		put_more(out, marks, "since: ", since);
	if (bisect)
		put_command(out, marks, bisect);
}

static void put_changes(GString *out, const Marks *marks, const NightVerdict *verdict, const char *title,
			const GPtrArray *changes)
{
	if (!changes->len)
		return;
	put_heading(out, marks, title);
	for (guint i = 0; i < changes->len && i < CHANGES_MOST; i++)
		put_change(out, marks, verdict, changes->pdata[i]);
	if (changes->len > CHANGES_MOST)
		g_string_append_printf(out, "%sand %u more\n", marks->item, changes->len - CHANGES_MOST);
}

/* What is no regression and no change: a line each. */
static void put_lines(GString *out, const Marks *marks, const char *title, const GPtrArray *changes)
{
	if (!changes->len)
		return;
	put_heading(out, marks, title);
	for (guint i = 0; i < changes->len && i < CHANGES_MOST; i++) {
		const NightChange *change = changes->pdata[i];
		g_autofree char *line = nightchange_line(change);
		g_autofree char *all = change->metric ? g_strdup_printf("%s (%s)", line, change->why) : g_strdup(line);

		put_item(out, marks, all);
	}
	if (changes->len > CHANGES_MOST)
		g_string_append_printf(out, "%sand %u more\n", marks->item, changes->len - CHANGES_MOST);
}

/* "next: 0123456789ab to 89abcdef0123, 14 commits (v7.3-rc1-212-g89abcdef0123)" */
static char *source_line(const NightSource *source)
{
	g_autofree char *before = nightwords_short(source->before), *now = nightwords_short(source->now);
	GString *line = g_string_new(source->name);

	if (!source->branch)
		g_string_append_printf(line, ": %s", source->now ? source->now : "unknown");
	else if (!source->now)
		g_string_append(line, ": not there");
	else if (!source->before)
		g_string_append_printf(line, ": %s, for the first time", now);
	else if (g_strcmp0(source->before, source->now) == 0)
		g_string_append_printf(line, ": %s, as before", now);
	else
		g_string_append_printf(line, ": %s to %s", before, now);
	if (source->before && source->added > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " commit%s", source->added,
				       source->added == 1 ? "" : "s");
	if (source->gone > 0)
		g_string_append_printf(line, ", and %" G_GINT64_FORMAT " gone: the branch was begun anew",
				       source->gone);
	if (source->version && source->branch)
		g_string_append_printf(line, " (%s)", source->version);
	if (source->problem)
		g_string_append_printf(line, "; could not be brought up to date: %s", source->problem);
	return g_string_free(line, FALSE);
}

static void put_sources(GString *out, const Marks *marks, const NightFacts *facts)
{
	if (!facts->sources->len)
		return;
	put_heading(out, marks, "Sources");
	for (guint i = 0; i < facts->sources->len; i++) {
		g_autofree char *line = source_line(facts->sources->pdata[i]);

		put_item(out, marks, line);
	}
}

/* Names of cells, as many as anybody reads, with the same reason for all. */
static void put_names(GString *out, const Marks *marks, const GPtrArray *names, const char *why)
{
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_append_printf(line, "%u: %s: ", names->len, why);
	for (guint i = 0; i < names->len && i < NAMES_MOST; i++)
		g_string_append_printf(line, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
	if (names->len > NAMES_MOST)
		g_string_append(line, ", ...");
	put_item(out, marks, line->str);
}

static void put_left_out(GString *out, const Marks *marks, const NightVerdict *verdict)
{
	const NightFacts *facts = verdict->night->facts;
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) late = g_ptr_array_new_with_free_func(g_free);

	if (!verdict->left_out)
		return;
	put_heading(out, marks, "Left out");
	for (guint i = 0; i < facts->choices->len; i++) {
		const NightChoice *one = facts->choices->pdata[i];
		g_autoptr(GPtrArray) names = g_ptr_array_new();

		if (one->chosen || !one->why || !g_hash_table_add(seen, one->why))
			continue;
		for (guint j = i; j < facts->choices->len; j++) {
			const NightChoice *other = facts->choices->pdata[j];

			if (!other->chosen && g_strcmp0(other->why, one->why) == 0)
				g_ptr_array_add(names, other->name);
		}
		put_names(out, marks, names, one->why);
	}
	for (guint i = 0; i < verdict->night->cells->len; i++) {
		const NightCell *cell = verdict->night->cells->pdata[i];

		if (cell->state != CELL_NOT_RUN)
			continue;
		g_ptr_array_add(late, cell->runs ? g_strdup_printf("%s (of its runs %u %s made)", cell->name,
								   cell->runs, cell->runs == 1 ? "was" : "were")
						 : g_strdup(cell->name));
	}
	if (late->len)
		put_names(out, marks, late, "chosen, but the time was over");
}

static char *took(const NightFacts *facts)
{
	g_autofree char *budget = night_time_text(facts->budget_ns);
	g_autofree char *spent = night_spent_text(facts);

	return g_strdup_printf("%s, of a budget of %s", spent, budget);
}

static void put_end(GString *out, const Marks *marks, const NightVerdict *verdict)
{
	const Night *night = verdict->night;
	const NightFacts *facts = night->facts;
	g_autofree char *time = took(facts);
	GString *line = g_string_new(NULL);

	put_heading(out, marks, "The night");
	g_string_printf(line, "plan %s: %u cell%s judged, %u as expected; %s", facts->plan, verdict->judged,
			verdict->judged == 1 ? "" : "s", night_count(night, CELL_MET), time);
	put_item(out, marks, line->str);
	g_string_printf(line, "held against: %s",
			verdict->good ? verdict->good->facts->id : "nothing, no night before it was good");
	put_item(out, marks, line->str);
	g_string_printf(line, "khotest %s, %s, %s", facts->khotest ? facts->khotest : "of unknown version",
			night->qemu ? night->qemu : "QEMU of unknown version",
			facts->host ? facts->host : "unknown host");
	put_item(out, marks, line->str);
	g_string_free(line, TRUE);
}

static void put_lead(GString *out, const Marks *marks, const NightVerdict *verdict)
{
	g_autofree char *subject = night_subject(verdict);

	g_string_append(out, marks->markup ? "# " : "");
	put(out, marks, subject);
	g_string_append_c(out, '\n');
}

static char *render(const NightVerdict *verdict, const Marks *marks)
{
	GString *out = g_string_new(NULL);

	put_lead(out, marks, verdict);
	put_changes(out, marks, verdict, "Worse", verdict->worse);
	put_lines(out, marks, "Could not be judged (no regression)", verdict->unjudged);
	put_changes(out, marks, verdict, "Better", verdict->better);
	put_lines(out, marks, "Differs, and decides nothing", verdict->notes);
	put_sources(out, marks, verdict->night->facts);
	put_left_out(out, marks, verdict);
	put_end(out, marks, verdict);
	return g_string_free(out, FALSE);
}

char *night_to_text(const NightVerdict *verdict)
{
	return render(verdict, &text_marks);
}

char *night_to_markdown(const NightVerdict *verdict)
{
	return render(verdict, &markdown_marks);
}
