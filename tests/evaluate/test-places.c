// SPDX-License-Identifier: GPL-2.0-or-later
/* File and line behind a line of a kernel's, and whether the series has changed the function. Argument: a recording. */
#include "../recorded.h"

#include <evaluate/places.h>

static const char *recording;

static void test_place(void)
{
	g_autoptr(Result) result = recorded_result(recording);
	PlanHop *second = result->plan->hops->pdata[1];
	static const char *const lines[] = { "1 outer+0x10 inner mm/mm_init.c:70", "1 outer+0x10 outer mm/mm_init.c:90",
					     "0 outer+0x20 other mm/mm_init.c:99", NULL };
	static const char *const touches[] = { "inner", "alone", NULL };
	static const struct {
		const char *line, *place;
	} rows[] = {
		{ "RIP: 0010:outer+0x10/0x80", "mm/mm_init.c:70 < mm/mm_init.c:90, changed by the series" },
		/* another place, and that of another kernel */
		{ "RIP: 0010:outer+0x20/0x80", NULL },
		{ "RIP: 0010:alone+0x1/0x2", "changed by the series" },
		{ "nothing of code", NULL },
	};

	g_strfreev(result->lines);
	g_strfreev(second->touches);
	result->lines = g_strdupv((char **)lines);
	second->touches = g_strdupv((char **)touches);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *place = result_place(result, 1, rows[i].line);

		g_assert_cmpstr(place, ==, rows[i].place);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recording = argv[1];
	g_test_add_func("/places/place", test_place);
	return g_test_run();
}
