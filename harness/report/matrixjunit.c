// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JUnit's XML, in the part that CI systems agree on: <testsuite> with counts, a
 * <testcase> for each cell, in it <failure>, <error> or <skipped> with a message.
 * There is no standard; the format is what the Ant task of that name writes.
 */
#include <base/text.h>
#include <report/matrix.h>

static double seconds_of(const MatrixCell *cell)
{
	gint64 ns = 0;

	for (guint i = 0; i < cell->attempts->len; i++)
		ns += MAX(0, ((MatrixAttempt *)cell->attempts->pdata[i])->attempt->wall_ns);
	return (double)ns / 1e9;
}

static void put_case(GString *out, const MatrixResult *result, const MatrixCell *cell)
{
	static const char *const tags[] = {
		[CELL_MET] = NULL,	[CELL_UNMET] = "failure", [CELL_SKIPPED] = "skipped",
		[CELL_ERROR] = "error", [CELL_NOT_RUN] = "error", /* as the exit status has it */
	};
	char seconds[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *suite = text_markup(result->dir->plan);
	g_autofree char *name = text_markup(cell->cell->id);
	g_autofree char *why = text_markup(cell->why);

	g_ascii_formatd(seconds, sizeof(seconds), "%.3f", seconds_of(cell));
	g_string_append_printf(out, "  <testcase classname=\"khotest.%s\" name=\"%s\" time=\"%s\"", suite, name,
			       seconds);
	if (tags[cell->state])
		g_string_append_printf(out, ">\n    <%s message=\"%s\"/>\n  </testcase>\n", tags[cell->state], why);
	else
		g_string_append(out, "/>\n");
}

char *matrix_to_junit(const MatrixResult *result)
{
	GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	g_autofree char *suite = text_markup(result->dir->plan);

	g_string_append_printf(
		out, "<testsuite name=\"khotest.%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n",
		suite, result->cells->len, result->counts[CELL_UNMET],
		result->counts[CELL_ERROR] + result->counts[CELL_NOT_RUN], result->counts[CELL_SKIPPED]);
	for (guint i = 0; i < result->cells->len; i++)
		put_case(out, result, result->cells->pdata[i]);
	return g_string_free(g_string_append(out, "</testsuite>\n"), FALSE);
}
