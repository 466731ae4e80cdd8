// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/sweepplan.h>

#include <arch/arch.h>
#include <base/error.h>
#include <base/units.h>
#include <study/sweepkey.h>

#include <math.h>
#include <string.h>

#define POINTS_MOST 64
/*
 * reserve_mem= takes one contiguous piece, of which there may be eight
 * (mm/memblock.c, RESERVE_MEM_MAX_ENTRIES): seven fit around the hole below 4G.
 */
#define RESERVE_PIECES 7
/*
 * By default scratch is sized by what the kernel has reserved, reserve_mem=
 * included, and would soon take all there is. What the second kernel needs is room
 * for its struct pages, 64 bytes for each 4096 of memory, and some for the rest.
 */
#define RESERVE_SCRATCH_MIB(memory) (((memory) >> 26) + 128)

void sweeprange_free(SweepRange *range)
{
	if (!range)
		return;
	g_array_unref(range->values);
	g_free(range);
}

static bool parse_value(const SweepKey *key, const char *text, guint64 *ret, GError **error)
{
	char *end;

	if (key->size) {
		if (!units_parse_size(text, ret, error))
			return false;
	} else {
		*ret = g_ascii_strtoull(text, &end, 10);
		if (!g_ascii_isdigit(*text) || *end)
			return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is no number", text);
	}
	if (*ret >= key->least && *ret <= key->most)
		return true;
	return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is out of range for %s", text, key->name);
}

static guint64 step_of(const SweepKey *key)
{
	return key->step ? key->step : arch_section_bytes(arch_default(), 0);
}

static void add_value(SweepRange *range, const SweepKey *key, double value)
{
	guint64 step = step_of(key);
	guint64 rounded = MAX(key->least, (guint64)llround(value / (double)step) * step);

	if (!range->values->len || g_array_index(range->values, guint64, range->values->len - 1) < rounded)
		g_array_append_val(range->values, rounded);
}

/* In steps that are equal, or factors that are. */
static void fill(SweepRange *range, const SweepKey *key, guint64 from, guint64 to, guint points, bool linear)
{
	/* a share may be 0, which no factor leads away from */
	bool even = linear || strcmp(key->name, "reserve") == 0;

	if (!points)
		points = key->points;
	if (!points && key->size)
		points = MAX(2, (guint)lround(log2((double)to / (double)from)) + 1);
	if (!points) {
		points = (guint)MIN(to - from + 1, POINTS_MOST);
		even = true;
	}
	for (guint i = 0; i < points; i++) {
		double at = points > 1 ? (double)i / (points - 1) : 0;

		add_value(range, key,
			  even ? (double)from + at * (double)(to - from)
			       : (double)from * pow((double)to / (double)from, at));
	}
}

SweepRange *sweeprange_parse(const char *text, guint points, bool linear, GError **error)
{
	g_auto(GStrv) sides = g_strsplit(text, "=", 2);
	g_auto(GStrv) ends = g_strsplit(sides[0] && sides[1] ? sides[1] : "", "..", 2);
	g_autoptr(SweepRange) range = g_new0(SweepRange, 1);
	const SweepKey *key = sides[0] ? sweepkey_find(sides[0]) : NULL;
	guint64 from, to;

	range->values = g_array_new(FALSE, FALSE, sizeof(guint64));
	if (!key || g_strv_length(ends) != 2) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "'%s' is no sweep: memory=1G..64G, cpus=1..4, nodes=1..4, scratch=32M..1G, "
			  "scratch-scale=50..800 and reserve=0..90 are",
			  text);
		return NULL;
	}
	if (!parse_value(key, ends[0], &from, error) || !parse_value(key, ends[1], &to, error)) {
		g_prefix_error(error, "%s: ", text);
		return NULL;
	}
	if (from >= to || points == 1 || points > POINTS_MOST) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s: a sweep has 2 to %d values, from a smaller to a larger one",
			  text, POINTS_MOST);
		return NULL;
	}
	range->key = key->name;
	fill(range, key, from, to, points, linear);
	if (range->values->len < 2) {
		g_autofree char *step = units_format_size(step_of(key));

		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s: rounded to %s, both ends are the same: a sweep has 2 to %d values", text, step,
			  POINTS_MOST);
		return NULL;
	}
	return g_steal_pointer(&range);
}

/* Pieces of the preserved share; "" for none. Caller frees. */
static char *reserve_words(guint64 memory, guint64 percent)
{
	GString *words = g_string_new(NULL);
	guint64 mib = (memory >> 20) * percent / 100 / RESERVE_PIECES / 2 * 2;

	for (guint i = 0; percent && i < RESERVE_PIECES; i++)
		g_string_append_printf(words, " reserve_mem=%" G_GUINT64_FORMAT "M:2M:sweep%u", mib, i);
	return g_string_free(words, FALSE);
}

static void put_key(GString *out, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void put_key(GString *out, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_printf(out, "%s=", key);
	g_string_append_vprintf(out, format, args);
	g_string_append_c(out, '\n');
	va_end(args);
}

static void put_said(GString *out, const char *key, const char *word)
{
	if (word)
		put_key(out, key, "%s", word);
}

/* What does not change along the sweep. */
static void put_base(GString *out, const SweepBase *base)
{
	put_key(out, "kernels", "%s", base->kernel);
	put_said(out, "tree", base->tree);
	put_key(out, "series", "%s", base->series);
	put_said(out, "fragments", base->fragments);
	put_said(out, "config", base->config);
	put_said(out, "accel", base->accel);
	put_said(out, "prefault", base->prefault ? "yes" : NULL);
	put_key(out, "profile", "%s", base->profile);
	put_key(out, "mode", "%s", base->mode);
	put_key(out, "timing", "%s", strcmp(base->mode, "counted") == 0 ? "no" : "yes");
	put_key(out, "hops", "%u", base->hops);
	put_key(out, "repeats", "%u", base->repeats);
}

static void put_block(GString *out, const SweepRange *range, const SweepBase *base, guint64 value)
{
	const char *key = range->key;
	bool of_nodes = strcmp(key, "nodes") == 0, of_reserve = strcmp(key, "reserve") == 0;
	guint64 memory = strcmp(key, "memory") == 0 ? value : base->memory_bytes;
	guint64 cpus = strcmp(key, "cpus") == 0 ? value : base->cpus;
	g_autofree char *name = sweepkey_block(sweepkey_find(key), value);
	g_autofree char *words = of_reserve ? reserve_words(memory, value) : g_strdup("");

	g_string_append_printf(out, "\n[%s]\n", name);
	put_base(out, base);
	put_key(out, "memory", "%" G_GUINT64_FORMAT "M", memory >> 20);
	if (cpus)
		put_key(out, "cpus", "%" G_GUINT64_FORMAT, cpus);
	if (of_nodes)
		put_key(out, "numa", "%" G_GUINT64_FORMAT, value);
	else
		put_said(out, "numa", base->numa);
	if (strcmp(key, "scratch") == 0)
		put_key(out, "scratch", "%" G_GUINT64_FORMAT "M,%" G_GUINT64_FORMAT "M,%" G_GUINT64_FORMAT "M",
			value >> 20, value >> 20, value >> 20);
	else if (strcmp(key, "scratch-scale") == 0)
		put_key(out, "scratch", "%" G_GUINT64_FORMAT "%%", value);
	else if (of_reserve)
		put_key(out, "scratch", "64M,128M,%" G_GUINT64_FORMAT "M", RESERVE_SCRATCH_MIB(memory));
	if (base->append || *words)
		put_key(out, "append", "%s%s", base->append ? base->append : "", words);
}

char *sweepplan_text(const SweepRange *range, const SweepBase *base)
{
	GString *out = g_string_new(NULL);
	guint64 first = g_array_index(range->values, guint64, 0);
	guint64 last = g_array_index(range->values, guint64, range->values->len - 1);

	g_string_append_printf(out,
			       "[plan]\nsummary=how figures change with %s, from %" G_GUINT64_FORMAT
			       " to %" G_GUINT64_FORMAT "\nsweep=%s\n",
			       range->key, first, last, range->key);
	for (guint i = 0; i < range->values->len; i++)
		put_block(out, range, base, g_array_index(range->values, guint64, i));
	return g_string_free(out, FALSE);
}
