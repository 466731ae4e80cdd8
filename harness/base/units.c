// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/units.h>

#include <math.h>
#include <string.h>

static bool parse_number(const char *text, double *ret, const char **ret_rest)
{
	char *rest = NULL;

	if (!g_ascii_isdigit(text[0]))
		return false;
	/* strtod() also takes hexadecimal and exponents, which nobody means here */
	for (const char *p = text; *p; p++)
		if ((*p == 'x' || *p == 'X') || ((*p == 'e' || *p == 'E') && g_ascii_isdigit(p[1])))
			return false;
	*ret = g_ascii_strtod(text, &rest);
	*ret_rest = rest;
	return isfinite(*ret);
}

bool units_parse_size(const char *text, guint64 *ret_bytes, GError **error)
{
	static const char suffixes[] = "KMGTP";
	const char *rest = NULL;
	double number, bytes;
	guint shift = 0;

	if (!parse_number(text, &number, &rest))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' is not a size: write a number and K, M, G or T, as in 100G", text);
	if (*rest && strcmp(rest, "B") != 0) {
		const char *suffix = strchr(suffixes, g_ascii_toupper(*rest));

		if (!suffix || (strcmp(rest + 1, "") != 0 && g_ascii_strcasecmp(rest + 1, "iB") != 0 &&
				g_ascii_strcasecmp(rest + 1, "B") != 0))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "'%s' is not a size: unknown unit '%s' (known: K, M, G, T)", text, rest);
		shift = 10 * (guint)(suffix - suffixes + 1);
	}
	bytes = ldexp(number, (int)shift);
	if (bytes >= 9.2e18 || bytes != floor(bytes))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' is not a whole number of bytes that this tool can count", text);
	*ret_bytes = (guint64)bytes;
	return true;
}

bool units_parse_duration(const char *text, gint64 *ret_ns, GError **error)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "us", 1e3 },   { "ms", 1e6 },	{ "s", 1e9 },	 { "m", 60e9 },
		      { "min", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 } };
	const char *rest = NULL;
	double number;

	if (!parse_number(text, &number, &rest))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' is not a duration: write a number and a unit, as in 300s", text);
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		if (number * units[i].ns > 9.2e18)
			return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is longer than this tool can count", text);
		*ret_ns = (gint64)(number * units[i].ns);
		return true;
	}
	if (!*rest)
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' needs a unit: us, ms, s, m, h or d, as in %ss", text,
				 text);
	return error_set(error, KHOTEST_ERROR_INPUT,
			 "'%s' is not a duration: unknown unit '%s' (known: us, ms, s, m, h, d)", text, rest);
}

bool units_parse_share(const char *text, double *ret_share, GError **error)
{
	const char *rest = NULL;
	double percent;

	if (!parse_number(text, &percent, &rest) || strcmp(rest, "%") != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is not a share: write a number and %%, as in 1%%",
				 text);
	*ret_share = percent / 100;
	return true;
}

static const char size_suffixes[] = "BKMGTP";

/* The largest unit that the value reaches, as the place of its suffix. */
static guint largest_unit(guint64 bytes)
{
	guint unit = 0;

	while (unit < strlen(size_suffixes) - 1 && bytes >> (10 * (unit + 1)))
		unit++;
	return unit;
}

char *units_format_size(guint64 bytes)
{
	for (guint unit = largest_unit(bytes);; unit--) {
		guint64 whole = bytes >> (10 * unit), size = 1ull << (10 * unit), rest = bytes & (size - 1);

		if (rest == 0)
			return g_strdup_printf("%" G_GUINT64_FORMAT "%c", whole, size_suffixes[unit]);
		if (rest * 10 % size == 0)
			return g_strdup_printf("%" G_GUINT64_FORMAT ".%u%c", whole, (guint)(rest * 10 / size),
					       size_suffixes[unit]);
	}
}

char *units_format_size_about(guint64 bytes)
{
	guint unit = largest_unit(bytes);
	double value = (double)bytes / (double)(1ull << (10 * unit));

	if (value == floor(value))
		return units_format_size(bytes);
	return g_strdup_printf("%.1f%c", value, size_suffixes[unit]);
}

char *units_format_duration(gint64 ns)
{
	if (ns < 0)
		return g_strdup("-");
	if (ns < 1000000000)
		return g_strdup_printf("%.1f ms", (double)ns / 1e6);
	return g_strdup_printf("%.2f s", (double)ns / 1e9);
}
