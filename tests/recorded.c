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

char *recorded_elsewhere(const char *folder, const char *name)
{
	char *path = recorded_copy(folder, name);
	g_autofree char *plan = g_build_filename(path, "plan.json", NULL), *text = NULL;
	g_auto(GStrv) parts = NULL;
	g_autofree char *changed = NULL;

	g_assert_true(g_file_get_contents(plan, &text, NULL, NULL));
	parts = g_strsplit(text, "\"accelerator\" : \"tcg\"", -1);
	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	changed = g_strjoinv("\"accelerator\" : \"kvm\"", parts);
	g_assert_true(g_file_set_contents(plan, changed, -1, NULL));
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
	return ((ResultHop *)result->hops->pdata[i])->said;
}

/* What the checks said of a kernel, once more. */
static void more_checks(Verdict *to, const Verdict *from, guint hop)
{
	guint n;

	checks_all(&n);
	to->checks = g_renew(CheckResult, to->checks, (to->hops + 1) * n);
	for (guint c = 0; c < n; c++) {
		const CheckResult *one = verdict_check(from, hop, c);

		to->checks[to->hops * n + c] = (CheckResult){
			one->state,
			g_strdup(one->why),
			one->rows ? g_array_ref(one->rows) : NULL,
		};
	}
	to->hops++;
}

void recorded_more(Result *result, guint kernels)
{
	while (result->hops->len < kernels) {
		g_autoptr(Result) other = recorded_result(recorded_path);
		ResultHop *more = g_ptr_array_steal_index(other->hops, 1);
		const Handover none = { -1, -1, -1, -1 };

		/* they do not take turns in testing KHO */
		more->said->log->kho_test = hop_of(result, 1)->log->kho_test = -1;
		more->use = (HostUse){ 100, 1000 };
		g_ptr_array_add(result->hops, more);
		more_checks(result->verdict, other->verdict, 1);
		g_array_append_val(result->handovers, none);
	}
}

void recorded_handover(Result *result, guint hop, gint64 silence_ns, gint64 blackout_ns)
{
	g_array_index(result->handovers, Handover, hop - 1) =
		(Handover){ 1000, 1000, silence_ns < 0 ? -1 : 1000 + silence_ns,
			    blackout_ns < 0 ? -1 : 1000 + blackout_ns };
}

void recorded_counts(Result *result, const Counts *counts)
{
	const GArray *hops = counts_hops(counts);

	for (guint i = 0; i < MIN(hops->len, result->hops->len); i++) {
		ResultHop *hop = result->hops->pdata[i];

		g_free(hop->count);
		hop->count = g_memdup2(&g_array_index(hops, HopCount, i), sizeof(HopCount));
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
