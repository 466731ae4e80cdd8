// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every target with its corpus (corpus/NAME/), with what recorded runs have, and with that spoiled in some ways that
 * are the same in every run. KHOTEST_FUZZ_RUNS: how many ways for each seed. Arguments: the folder of corpora, that of
 * recordings.
 */
#include "targets.h"

#include <base/files.h>

#include <string.h>

#define RUNS 40
#define SEED_MOST (64u << 10) /* of a recorded file, the beginning does */

static const char *corpora, *recordings;
static guint runs = RUNS;

static void add_file(GPtrArray *seeds, const char *path, gsize most)
{
	g_autoptr(GBytes) bytes = files_read(path, NULL);

	if (bytes)
		g_ptr_array_add(seeds, g_bytes_new_from_bytes(bytes, 0, MIN(g_bytes_get_size(bytes), most)));
}

/* Of each recording, the files that the target reads. */
static void add_recorded(GPtrArray *seeds, const FuzzTarget *target)
{
	g_auto(GStrv) files = g_strsplit(target->seeds ? target->seeds : "", ",", -1);
	g_autoptr(GDir) dir = g_dir_open(recordings, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		for (char **file = files; *file; file++) {
			g_autofree char *path = g_build_filename(recordings, name, *file, NULL);

			add_file(seeds, path, SEED_MOST);
		}
}

static GPtrArray *seeds_of(const FuzzTarget *target)
{
	GPtrArray *seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autofree char *folder = g_build_filename(corpora, target->name, NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		add_file(seeds, path, G_MAXUINT);
	}
	add_recorded(seeds, target);
	return seeds;
}

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
	g_autoptr(GPtrArray) seeds = seeds_of(target);
	g_autoptr(GRand) rand = g_rand_new_with_seed(g_str_hash(target->name));

	/* a target that nobody gives anything to finds nothing */
	g_assert_cmpuint(seeds->len, >, 0);
	run(target, NULL, 0);
	for (guint s = 0; s < seeds->len; s++) {
		gsize length;
		const guint8 *bytes = g_bytes_get_data(seeds->pdata[s], &length);

		run(target, bytes, length);
		for (guint i = 0; i < runs; i++)
			run_spoiled(target, seeds->pdata[s], rand);
	}
	g_test_message("%u seeds, each spoiled in %u ways", seeds->len, runs);
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

		g_test_add_data_func(path, target, test_target);
	}
	return g_test_run();
}
