// SPDX-License-Identifier: GPL-2.0-or-later
/* gnuplot as a child: a script in, a picture out. */
#include <page/plot.h>

#include <base/error.h>
#include <base/spawn.h>
#include <string.h>

#define TIMEOUT_NS (20 * G_GINT64_CONSTANT(1000000000))
#define LETTERS_COLUMNS 79u

const char *plot_colour(guint n)
{
	static const char *const colours[] = { PLOT_BLUE, PLOT_ORANGE, PLOT_GREEN, PLOT_PINK, PLOT_YELLOW };

	return colours[n % G_N_ELEMENTS(colours)];
}

/* doubled: what a format of printf begins with */
static char *quote(const char *text, bool doubled)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *out = g_string_new("'");

	/* between single quotes gnuplot gives a meaning to nothing but these (its manual, "Quote Marks") */
	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c != '\'' && c != '\\' && !g_unichar_iscntrl(c))
			g_string_append_unichar(out, c);
		if (c == '%' && doubled)
			g_string_append_c(out, '%');
	}
	return g_string_free(g_string_append_c(out, '\''), FALSE);
}

char *plot_string(const char *text)
{
	return quote(text, false);
}

char *plot_label(const char *text)
{
	return quote(text, true);
}

void plot_number(GString *script, double value)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append(script, g_ascii_dtostr(number, sizeof(number), value));
}

double plot_scale(const Metric *metric, const char **ret_unit)
{
	static const struct {
		const char *unit, *shown;
		double scale;
	} scales[] = {
		{ "ns", "s", 1e9 },
		{ "bytes", "MiB", 1 << 20 },
		{ "ppm", "per cent", FIGURE_PPM / 100 },
		{ "instructions", "million instructions", 1e6 },
	};
	gsize i = 0;

	while (i + 1 < G_N_ELEMENTS(scales) && strcmp(scales[i].unit, metric->unit) != 0)
		i++;
	*ret_unit = scales[i].shown;
	return scales[i].scale;
}

/* What gnuplot writes for that terminal. */
static char *draw(const char *terminal, const char *script, GError **error)
{
	/* -d: without the files in which users keep settings of their own */
	static const char *const argv[] = { "gnuplot", "-d", "-", NULL };
	g_autofree char *whole = g_strdup_printf("set encoding utf8\nset terminal %s\n%s", terminal, script);
	g_autoptr(GBytes) input = g_bytes_new(whole, strlen(whole));
	SpawnSpec spec = { .argv = argv, .timeout_ns = TIMEOUT_NS, .input = input, .keep_output = true };
	g_autofree char *program = g_find_program_in_path(argv[0]);
	g_auto(SpawnResult) result = { 0 };

	if (!program) {
		error_set(error, KHOTEST_ERROR_HOST,
			  "there is no gnuplot on this host: install it (Debian: gnuplot-nox)");
		return NULL;
	}
	if (!spawn_run(&spec, &result, error))
		return NULL;
	if (result.status != 0 || !result.out || !*result.out) {
		error_set(error, KHOTEST_ERROR_FAILED, "gnuplot ended with %d: %s", result.status,
			  result.err ? g_strstrip(result.err) : "");
		return NULL;
	}
	return g_steal_pointer(&result.out);
}

char *plot_svg(const char *script, guint width, guint height, bool alone, GError **error)
{
	g_autofree char *terminal = g_strdup_printf("svg size %u,%u dynamic noenhanced font 'sans-serif,13'%s", width,
						    height, alone ? " background rgb 'white'" : "");
	g_autofree char *svg = draw(terminal, script, error);

	if (svg && !strstr(svg, "</svg>")) {
		error_set(error, KHOTEST_ERROR_FAILED, "gnuplot wrote no whole picture");
		return NULL;
	}
	return g_steal_pointer(&svg);
}

char *plot_letters(const Plot *plot)
{
	g_autofree char *terminal =
		plot ? g_strdup_printf("dumb size %u,%u noenhanced mono", LETTERS_COLUMNS, plot->lines) : NULL;
	g_autofree char *drawn = plot ? draw(terminal, plot->script, NULL) : NULL;
	g_auto(GStrv) rows = g_strsplit_set(drawn ? drawn : "", "\n", -1);
	GString *out = g_string_new(NULL);

	/* it fills its rows with blanks, and begins with a form feed */
	for (char **row = rows; *row; row++) {
		char *text = g_strchomp(**row == '\f' ? *row + 1 : *row);

		if (*text)
			g_string_append_printf(out, "%s\n", text);
	}
	return g_string_free(out, out->len == 0);
}

void plot_free(Plot *plot)
{
	if (!plot)
		return;
	g_free(plot->script);
	g_free(plot->words);
	g_free(plot);
}
