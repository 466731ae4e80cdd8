// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields as RFC 4180 has them. */
#include <base/csv.h>

static void test_fields(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	csv_field(out, "plain text", ',');
	csv_field(out, NULL, ',');
	csv_field(out, "", ',');
	csv_field(out, "/a,b/series", ',');
	csv_field(out, "say \"no\"", ',');
	csv_field(out, "two\nlines", '\n');
	g_assert_cmpstr(out->str, ==, "plain text,,,\"/a,b/series\",\"say \"\"no\"\"\",\"two\nlines\"\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/csv/fields", test_fields);
	return g_test_run();
}
