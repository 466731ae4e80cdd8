// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every target with its corpus (corpus/NAME/), with what recorded runs have, and with that spoiled in some ways that
 * are the same in every run. KHOTEST_FUZZ_RUNS: how many ways for each seed. Arguments: the folder of corpora, that of
 * recordings.
 */
#include "seeds.h"

#include <string.h>
#include <time.h>

#define RUNS 40
#define MUCH (512u << 10)
#define GROWN 10	/* seeds that are made long */
#define GROWTH_FREE 0.1 /* seconds that are nothing to speak of */
#define TRIES 3

static const char *corpora, *recordings;
static guint runs = RUNS;

/* In a block of just that size, so that one byte more is one that is not there. */
static void run(const FuzzTarget *target, const guint8 *data, gsize length)
{
	/* of a file without a byte there is an address too */
	g_autofree guint8 *copy = g_malloc(MAX(length, 1));

	if (length)
		memcpy(copy, data, length);
	target->run(copy, length);
}

static guint64 any_number(GRand *rand)
{
	static const guint64 odd[] = {
		0, 1, 2, 9, 12, 63, 64, 1023, 1024, G_MAXINT, G_MAXUINT, G_MAXINT64, G_MAXUINT64
	};

	return odd[g_rand_int_range(rand, 0, G_N_ELEMENTS(odd))];
}

/* One of the things that go wrong with bytes. */
static void spoil(GByteArray *bytes, GRand *rand)
{
	gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)bytes->len), rest = bytes->len - at;
	g_autofree char *number = NULL;
	g_autofree guint8 *again = NULL;
	gsize n;

	switch (g_rand_int_range(rand, 0, 6)) {
	case 0: /* another byte */
		bytes->data[at] = (guint8)g_rand_int_range(rand, 0, 256);
		break;
	case 1: /* cut off */
		g_byte_array_set_size(bytes, (guint)at);
		break;
	case 2: /* a piece is missing */
		g_byte_array_remove_range(bytes, (guint)at,
					  (guint)g_rand_int_range(rand, 0, (gint32)MIN(rest, 64) + 1));
		break;
	case 3: /* a number that nobody expects, where there are digits or not */
		number = g_strdup_printf(g_rand_boolean(rand) ? "%" G_GUINT64_FORMAT : "-0x%" G_GINT64_MODIFIER "x",
					 any_number(rand));
		n = MIN(strlen(number), rest);
		memcpy(bytes->data + at, number, n);
		break;
	case 4: /* a piece twice */
		n = MIN(rest, 200);
		again = g_memdup2(bytes->data + at, n);
		g_byte_array_append(bytes, again, (guint)n);
		break;
	default: /* no UTF-8, a control character, an end where none is */
		bytes->data[at] = (const guint8[]){ 0, 0xff, 0x1b, '\n' }[g_rand_int_range(rand, 0, 4)];
		break;
	}
}

static void run_spoiled(const FuzzTarget *target, GBytes *seed, GRand *rand)
{
	gsize length;
	const guint8 *data = g_bytes_get_data(seed, &length);
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	g_byte_array_append(bytes, data, (guint)length);
	for (int i = g_rand_int_range(rand, 1, 5); i > 0 && bytes->len; i--)
		spoil(bytes, rand);
	run(target, bytes->data, bytes->len);
}

static void test_target(gconstpointer data)
{
	const FuzzTarget *target = data;
	g_autoptr(GPtrArray) seeds = seeds_of(target, corpora, recordings);
	g_autoptr(GRand) rand = g_rand_new_with_seed(g_str_hash(target->name));
	/* a whole folder takes a hundred times as long as a file */
	guint ways = target->seeds && *target->seeds == '=' ? runs / 4 : runs;

	/* a target that nobody gives anything to finds nothing */
	g_assert_cmpuint(seeds->len, >, 0);
	run(target, NULL, 0);
	for (guint s = 0; s < seeds->len; s++) {
		gsize length;
		const guint8 *bytes = g_bytes_get_data(seeds->pdata[s], &length);

		run(target, bytes, length);
		for (guint i = 0; i < ways; i++)
			run_spoiled(target, seeds->pdata[s], rand);
	}
	g_test_message("%u seeds, each spoiled in %u ways", seeds->len, ways);
}

/* The seed again and again. */
static GBytes *repeated(GBytes *seed, gsize wanted)
{
	GByteArray *all = g_byte_array_new();
	gsize length;
	const guint8 *data = g_bytes_get_data(seed, &length);

	while (all->len < wanted)
		g_byte_array_append(all, data, (guint)length);
	return g_byte_array_free_to_bytes(all);
}

/*
 * Processor time, of which a busy host takes nothing away. It is the least of some tries: a sanitizer that gives the
 * memory of all earlier targets back does so in one of them.
 */
static double seconds_for(const FuzzTarget *target, GBytes *input)
{
	gsize length;
	const guint8 *data = g_bytes_get_data(input, &length);
	double least = G_MAXDOUBLE;

	for (int i = 0; i < TRIES && least > GROWTH_FREE; i++) {
		clock_t begin = clock();

		run(target, data, length);
		least = MIN(least, (double)(clock() - begin) / CLOCKS_PER_SEC);
	}
	return least;
}

/*
 * What takes a time that grows with the square of the bytes takes 64 times as long for 8 times as many. A target whose
 * least is long has to be slow by itself to be told apart.
 */
static void test_growth(gconstpointer data)
{
	const FuzzTarget *target = data;
	g_autoptr(GPtrArray) seeds = seeds_of(target, corpora, recordings);
	double worst = 0;

	for (guint s = 0; s < MIN(seeds->len, GROWN); s++) {
		g_autoptr(GBytes) little = NULL, much = NULL;
		double of_little, of_much;

		if (!g_bytes_get_size(seeds->pdata[s]))
			continue;
		little = repeated(seeds->pdata[s], MUCH / 8);
		much = repeated(seeds->pdata[s], MUCH);
		of_little = seconds_for(target, little);
		of_much = seconds_for(target, much);
		worst = MAX(worst, of_much);
		g_test_message("seed %u: %.3f s, and %.3f s for 8 times as much", s, of_little, of_much);
		g_assert_cmpfloat(of_much, <, GROWTH_FREE + 24 * of_little);
	}
	g_test_message("%.3f s at most", worst);
}

int main(int argc, char **argv)
{
	const char *asked = g_getenv("KHOTEST_FUZZ_RUNS");

	g_test_init(&argc, &argv, NULL);
	corpora = argv[1];
	recordings = argv[2];
	if (asked)
		runs = (guint)g_ascii_strtoull(asked, NULL, 10);
	for (const FuzzTarget *target = fuzz_targets; target->name; target++) {
		g_autofree char *path = g_strdup_printf("/fuzz/%s", target->name);
		g_autofree char *growth = g_strdup_printf("/fuzz/growth/%s", target->name);

		g_test_add_data_func(path, target, test_target);
		g_test_add_data_func(growth, target, test_growth);
	}
	return g_test_run();
}
