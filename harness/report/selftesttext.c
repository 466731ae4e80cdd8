// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/about.h>
#include <report/selftests.h>
#include <report/style.h>

#define NONE "%s has no selftests of kho or liveupdate: nothing was run\n"

/* Which tree, kernel and machine all of them were run on; the first run says it. Caller frees. */
static char *headline(const Selftests *selftests)
{
	const Plan *plan = NULL;
	g_autofree char *machine = NULL;

	for (guint i = 0; !plan && i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];

		plan = outcome->result ? outcome->result->plan : NULL;
	}
	if (!plan)
		return g_strdup_printf("selftests of %s", selftests->describe);
	machine = result_machine(plan);
	return g_strdup_printf("selftests of %s, series %s, on %s", selftests->describe, plan_hop(plan, 0)->series,
			       machine);
}

static char *counts(const Selftests *selftests)
{
	return g_strdup_printf("%u PASS, %u FAIL, %u SKIP, %u ERROR", selftests_count(selftests, VERDICT_PASS),
			       selftests_count(selftests, VERDICT_FAIL), selftests_count(selftests, VERDICT_SKIP),
			       selftests_count(selftests, VERDICT_ERROR));
}

static void put_whys(GString *out, const Selftests *selftests, const Style *style)
{
	for (guint i = 0; i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];
		g_autofree char *name = style->words(outcome->name);
		g_autofree char *why = outcome->why ? style->words(outcome->why) : NULL;

		if (why)
			g_string_append_printf(out, "%s%s %s: %s\n", style->bullet, verdict_kind_name(outcome->kind),
					       name, why);
	}
}

static Table *table_of(const Selftests *selftests)
{
	static const char *const headers[] = { "selftest",	"outcome", "tests ok, by hook", "run with all checks",
					       "run directory", NULL };
	Table *table = table_new(headers);

	for (guint i = 0; i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];
		const Result *result = outcome->result;
		g_autofree char *said = selftestoutcome_said(outcome);

		TABLE_ROW(table, g_strdup(outcome->name), g_strdup(verdict_kind_name(outcome->kind)),
			  g_strdup(said ? said : "-"),
			  g_strdup(result ? verdict_kind_name(result->verdict->kind) : "not run"),
			  g_strdup(result ? result->id : "-"));
	}
	return table;
}

char *selftests_to_brief(const Selftests *selftests)
{
	GString *out = g_string_new(NULL);
	g_autofree char *sum = counts(selftests), *head = headline(selftests);

	if (!selftests->outcomes->len)
		g_string_append_printf(out, NONE, selftests->describe);
	else
		g_string_append_printf(out, "%s: %s\n", head, sum);
	put_whys(out, selftests, &style_indented);
	return g_string_free(out, FALSE);
}

/* mark: around the first line */
static char *render(const Selftests *selftests, const Style *style, const char *mark)
{
	GString *out = g_string_new(NULL);
	g_autoptr(Table) table = table_of(selftests);
	g_autofree char *plain = headline(selftests), *head = style->words(plain), *body = style->table(table),
			*sum = counts(selftests);
	g_autofree char *tree = style->words(selftests->describe);

	if (!selftests->outcomes->len) {
		g_string_append_printf(out, NONE, tree);
		return g_string_free(out, FALSE);
	}
	g_string_append_printf(out, "%s%s%s\n\n%s\n", mark, head, mark, body);
	put_whys(out, selftests, style);
	g_string_append_printf(out, "%s\n", sum);
	return g_string_free(out, FALSE);
}

char *selftests_to_text(const Selftests *selftests)
{
	return render(selftests, &style_indented, "");
}

char *selftests_to_markdown(const Selftests *selftests)
{
	return render(selftests, &style_markdown, "**");
}
