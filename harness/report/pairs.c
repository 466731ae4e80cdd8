// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/pairs.h>

#include <evaluate/outcome.h>
#include <report/style.h>
#include <store/chain.h>

#include <string.h>

/* As in the other tables of a matrix. */
#define MARK " (!)"

/* One cell, taken apart. */
typedef struct {
	const MatrixCell *cell;
	char *first, *second; /* "7.1/central"; with words of its own it is another: "7.1/central[mem=16M]" */
} Pair;

static void pair_free(gpointer data)
{
	Pair *pair = data;

	g_free(pair->first);
	g_free(pair->second);
	g_free(pair);
}

/* Those cells that are pairs, in the order of the plan. */
static GPtrArray *pairs_of(const MatrixResult *result)
{
	GPtrArray *pairs = g_ptr_array_new_with_free_func(pair_free);

	for (guint i = 0; i < result->cells->len; i++) {
		const MatrixCell *cell = result->cells->pdata[i];
		g_autoptr(GPtrArray) links = cell->cell->chain ? chain_parse(cell->cell->chain, NULL) : NULL;
		Pair *pair;

		if (!links || links->len != 2)
			continue;
		pair = g_new(Pair, 1);
		*pair = (Pair){ cell, chainlink_typed(links->pdata[0]), chainlink_typed(links->pdata[1]) };
		g_ptr_array_add(pairs, pair);
	}
	return pairs;
}

bool matrix_has_pairs(const MatrixResult *result)
{
	g_autoptr(GPtrArray) pairs = pairs_of(result);

	return pairs->len > 0;
}

/* The names that a side of the pairs has, each once; borrowed. */
static GPtrArray *names_of(const GPtrArray *pairs, gsize side)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < pairs->len; i++) {
		char *name = G_STRUCT_MEMBER(char *, pairs->pdata[i], side);

		if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, name);
	}
	return names;
}

/* The last attempt's, where it has one. */
static Outcome outcome_of_pair(const Pair *pair, const Reason **ret_reason)
{
	const Result *result = matrixcell_result(pair->cell);

	*ret_reason = NULL;
	return result ? outcome_of(result, 1, ret_reason) : OUTCOME_UNKNOWN;
}

/* "handed over", "refused", "breaks: guest-panic (!)", "skipped" */
static char *pair_text(const Pair *pair)
{
	const Reason *reason;
	Outcome outcome = outcome_of_pair(pair, &reason);
	bool broken = outcome == OUTCOME_BROKEN;

	if (outcome == OUTCOME_UNKNOWN)
		return g_strdup(cell_state_name(pair->cell->state));
	return g_strdup_printf("%s%s%s%s", outcome_words(outcome), broken ? ": " : "", broken ? reason->id : "",
			       pair->cell->state == CELL_UNMET ? MARK : "");
}

/* Repeats of a pair have to agree; where they do not, each is shown. */
static char *place_text(const GPtrArray *pairs, const char *first, const char *second)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < pairs->len; i++) {
		const Pair *pair = pairs->pdata[i];
		g_autofree char *text = NULL;

		if (strcmp(pair->first, first) != 0 || strcmp(pair->second, second) != 0)
			continue;
		text = pair_text(pair);
		if (!g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL))
			g_ptr_array_add(texts, g_steal_pointer(&text));
	}
	g_ptr_array_add(texts, NULL);
	return g_strjoinv(", ", (char **)texts->pdata);
}

static char *grid(const GPtrArray *pairs)
{
	g_autoptr(GPtrArray) rows = names_of(pairs, G_STRUCT_OFFSET(Pair, first));
	g_autoptr(GPtrArray) columns = names_of(pairs, G_STRUCT_OFFSET(Pair, second));
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Table) table = NULL;

	g_ptr_array_add(headers, g_strdup("from \\ to"));
	for (guint c = 0; c < columns->len; c++)
		g_ptr_array_add(headers, g_strdup(columns->pdata[c]));
	g_ptr_array_add(headers, NULL);
	table = table_new((const char *const *)headers->pdata);
	for (guint r = 0; r < rows->len; r++) {
		g_autoptr(GPtrArray) cells = g_ptr_array_new();

		for (guint c = 0; c < columns->len; c++)
			g_ptr_array_add(cells, place_text(pairs, rows->pdata[r], columns->pdata[c]));
		table_row(table, g_strdup(rows->pdata[r]), (char *const *)cells->pdata, cells->len);
	}
	return table_to_markdown(table);
}

/* Why a pair was not handed over, in a line. */
static void put_why(GString *out, const Pair *pair)
{
	const Reason *reason;
	Outcome outcome = outcome_of_pair(pair, &reason);

	if (outcome == OUTCOME_DONE)
		return;
	g_string_append_printf(out, "%s to %s: ", pair->first, pair->second);
	if (reason)
		g_string_append_printf(out, "%s, %s: %s\n", outcome_words(outcome),
				       pair->cell->state == CELL_MET ? "as expected" : "NOT as expected", reason->text);
	else
		g_string_append_printf(out, "%s: %s\n", cell_state_name(pair->cell->state),
				       pair->cell->why ? pair->cell->why : "no reason given");
}

/* One kernel of a run that has not been seen yet. */
static void put_abi(Table *table, GHashTable *seen, const Plan *plan, guint hop)
{
	char **abi = plan_hop(plan, hop)->abi;
	char *name = plan_kernel(plan, hop);

	if (!g_hash_table_add(seen, name))
		return;
	TABLE_ROW(table, g_strdup(name), g_strdup(plan_hop(plan, hop)->release),
		  abi ? g_strjoinv(" ", abi) : g_strdup("not known"));
}

static char *abis(const GPtrArray *pairs)
{
	static const char *const headers[] = { "kernel", "release", "ABI strings", NULL };
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(Table) table = table_new(headers);

	for (guint i = 0; i < pairs->len; i++) {
		const Result *result = matrixcell_result(((const Pair *)pairs->pdata[i])->cell);

		for (guint hop = 0; result && hop < plan_hops(result->plan); hop++)
			put_abi(table, seen, result->plan, hop);
	}
	return table_to_markdown(table);
}

char *pairs_to_markdown(const MatrixResult *result)
{
	g_autoptr(GPtrArray) pairs = pairs_of(result);
	g_autofree char *table = grid(pairs), *strings = abis(pairs);
	g_autoptr(GString) whys = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	g_string_append_printf(
		out,
		"%s\nA row for each kernel that hands over, a column for each that is handed over to. (!): "
		"not as expected.\n\n## Why not\n\n",
		table);
	for (guint i = 0; i < pairs->len; i++)
		put_why(whys, pairs->pdata[i]);
	style_put(out, &style_markdown, style_markdown.bullet, whys->str);
	g_string_append_printf(out, "\n## The strings that the kernels carry\n\n%s", strings);
	return g_string_free(out, FALSE);
}
