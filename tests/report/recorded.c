// SPDX-License-Identifier: GPL-2.0-or-later
#include "recorded.h"

#include <base/files.h>
#include <base/spawn.h>

const char *recorded_path;

Result *recorded_result(const char *path)
{
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

char *recorded_copy(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	const char *const argv[] = { "cp", "-R", recorded_path, path, NULL };
	g_autoptr(GError) error = NULL;

	spawn_check(argv, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	return path;
}

void recorded_append(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *before = NULL;
	g_autofree char *all = NULL;

	g_file_get_contents(path, &before, NULL, NULL);
	all = g_strconcat(before ? before : "", text, NULL);
	g_assert_true(g_file_set_contents(path, all, -1, NULL));
}

Hop *hop_of(const Result *result, guint i)
{
	return result->hops->pdata[i];
}

void recorded_more(Result *result, guint kernels)
{
	while (result->hops->len < kernels) {
		g_autoptr(Result) other = recorded_result(recorded_path);
		HostUse use = { 100, 1000 };

		/* they do not take turns in testing KHO */
		hop_of(other, 1)->log->kho_test = hop_of(result, 1)->log->kho_test = -1;
		g_ptr_array_add(result->hops, g_ptr_array_steal_index(other->hops, 1));
		g_ptr_array_add(result->oracles, g_ptr_array_steal_index(other->oracles, 1));
		g_ptr_array_add(result->timeline->hops, g_ptr_array_steal_index(other->timeline->hops, 1));
		g_array_append_val(result->host_use, use);
	}
}

gint64 value_of(const Result *result, const char *id)
{
	return metric_value(metric_find(id), result);
}

Comparison *recorded_sides(guint sides, guint kernels, guint rounds, gint64 shift)
{
	const char *const names[] = { "one", sides > 1 ? "two" : NULL, NULL };
	Comparison *comparison = comparison_new(names);

	for (guint r = 0; r <= rounds; r++) {
		for (guint side = 0; side < sides; side++) {
			Result *result = recorded_result(recorded_path);

			recorded_more(result, kernels);
			for (guint hop = 1; hop < kernels; hop++)
				hop_of(result, hop)->boot_to_init_ns =
					1000000000 + (side ? shift : 0) + ((r * 7 + side * 3) % 5) * 1000000 + r;
			/* the warm-up would spoil it all */
			if (r == 0)
				hop_of(result, 1)->boot_to_init_ns *= 10;
			comparison_add(comparison, side, result);
		}
	}
	return comparison;
}

Comparison *recorded_pair_of(guint kernels, guint rounds, gint64 shift)
{
	return recorded_sides(2, kernels, rounds, shift);
}

Comparison *recorded_pair(guint rounds, gint64 shift)
{
	return recorded_pair_of(2, rounds, shift);
}
