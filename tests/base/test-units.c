// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/units.h>

static void test_sizes(void)
{
	static const struct {
		const char *text;
		guint64 bytes;
	} good[] = { { "1024", 1024 },	       { "64K", 65536 },
		     { "512M", 512ull << 20 }, { "100G", 100ull << 30 },
		     { "1.5G", 3ull << 29 },   { "1T", 1ull << 40 },
		     { "2g", 2ull << 30 },     { "3GiB", 3ull << 30 },
		     { "4GB", 4ull << 30 },    { "0", 0 } };
	static const char *const bad[] = { "",	  "G",	   "-1G",      "100X", "1e3G", "0x10",
					   "1.5", "100Gi", "9999999P", "10 G", "nan" };

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(GError) error = NULL;
		guint64 bytes = 1;

		g_assert_true(units_parse_size(good[i].text, &bytes, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(bytes, ==, good[i].bytes);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		guint64 bytes;

		g_test_message("'%s'", bad[i]);
		g_assert_false(units_parse_size(bad[i], &bytes, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	}
}

static void test_durations(void)
{
	static const struct {
		const char *text;
		gint64 ns;
	} good[] = {
		{ "300s", 300000000000 }, { "5m", 300000000000 }, { "250ms", 250000000 }, { "1h", 3600000000000 }
	};
	static const char *const bad[] = { "300", "s", "", "-5s", "5 s", "5y", "1e9h" };

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
		gint64 ns = 0;

		g_assert_true(units_parse_duration(good[i].text, &ns, NULL));
		g_assert_cmpint(ns, ==, good[i].ns);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		gint64 ns;

		g_test_message("'%s'", bad[i]);
		g_assert_false(units_parse_duration(bad[i], &ns, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	}
}

static void test_shares(void)
{
	static const char *const bad[] = { "1", "%", "", "-1%", "1 %", "1%%", "nan%", "1e400%" };
	double share = 0;

	g_assert_true(units_parse_share("1%", &share, NULL));
	g_assert_cmpfloat_with_epsilon(share, 0.01, 1e-12);
	g_assert_true(units_parse_share("0.5%", &share, NULL));
	g_assert_cmpfloat_with_epsilon(share, 0.005, 1e-12);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("'%s'", bad[i]);
		g_assert_false(units_parse_share(bad[i], &share, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	}
}

static void test_formats(void)
{
	static const struct {
		guint64 bytes;
		const char *text;
	} sizes[] = { { 0, "0B" },
		      { 1023, "1023B" },
		      { 100ull << 30, "100G" },
		      { 3ull << 29, "1.5G" },
		      { 3221225472ull, "3G" },
		      { 1025ull << 20, "1025M" },
		      { 1535ull << 20, "1535M" },
		      { (1025ull << 20) + 1, "1074790401B" },
		      { (1ull << 53) + (1ull << 20), "8589934593M" },
		      { 9223372036854775807ull, "9223372036854775807B" } };

	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *text = units_format_size(sizes[i].bytes);
		guint64 back = 0;

		g_assert_cmpstr(text, ==, sizes[i].text);
		if (sizes[i].bytes < 1ull << 53)
			g_assert_true(units_parse_size(text, &back, NULL) && back == sizes[i].bytes);
	}
	g_autofree char *about = units_format_size_about(3652431872ull);
	g_autofree char *whole = units_format_size_about(100ull << 30);

	g_assert_cmpstr(about, ==, "3.4G");
	g_assert_cmpstr(whole, ==, "100G");
	g_autofree char *unknown = units_format_duration(-1);
	g_autofree char *short_time = units_format_duration(345678901);
	g_autofree char *long_time = units_format_duration(12345678901);

	g_assert_cmpstr(unknown, ==, "-");
	g_assert_cmpstr(short_time, ==, "345.7 ms");
	g_assert_cmpstr(long_time, ==, "12.35 s");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/units/sizes", test_sizes);
	g_test_add_func("/units/durations", test_durations);
	g_test_add_func("/units/shares", test_shares);
	g_test_add_func("/units/formats", test_formats);
	return g_test_run();
}
