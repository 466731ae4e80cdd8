// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>
#include <base/units.h>
#include <run/budget.h>

#define GUEST_PAGE ((guint64)4096)
#define STRUCT_PAGE ((guint64)64)
#define KERNELS ((guint64)2)

guint64 budget_predict(guint64 guest_bytes)
{
	return KERNELS * STRUCT_PAGE * (guest_bytes / GUEST_PAGE) + BUDGET_FIXED;
}

gint64 budget_available(const HostFacts *facts)
{
	if (facts->cgroup_available < 0)
		return facts->memory_available;
	if (facts->memory_available < 0)
		return facts->cgroup_available;
	return MIN(facts->memory_available, facts->cgroup_available);
}

guint64 budget_largest(gint64 available)
{
	const guint64 gib = 1ull << 30;
	gint64 left = available - (gint64)(BUDGET_FIXED + BUDGET_RESERVE);

	if (left <= 0)
		return 0;
	return (guint64)left / (KERNELS * STRUCT_PAGE * (gib / GUEST_PAGE)) * gib;
}

guint64 budget_largest_prefault(gint64 available)
{
	gint64 left = available - (gint64)(BUDGET_FIXED + BUDGET_RESERVE);

	return left <= 0 ? 0 : (guint64)left >> 30 << 30;
}

/* why: what the need is made of. hint: what else could be done. */
static bool check(const HostFacts *facts, guint64 guest_bytes, guint64 need, guint64 largest, const char *why,
		  const char *hint, GError **error)
{
	gint64 available = budget_available(facts);
	g_autofree char *guest = units_format_size(guest_bytes);
	g_autofree char *need_text = units_format_size_about(need);
	g_autofree char *reserve = units_format_size(BUDGET_RESERVE);
	g_autofree char *have = NULL;
	g_autofree char *fits = NULL;

	if (available < 0 || need + BUDGET_RESERVE <= (guint64)available)
		return true;
	have = units_format_size_about((guint64)available);
	fits = largest ? units_format_size(largest) : NULL;
	return error_set(error, KHOTEST_ERROR_HOST,
			 "a %s guest needs about %s of host memory (%s + 300M), and %s must stay free; this host has "
			 "%s %s. %s%s%s",
			 guest, need_text, why, reserve, have,
			 available == facts->cgroup_available ? "left in its memory cgroup" : "available",
			 fits ? "The largest guest that fits is -m " : "No guest of a whole GiB fits", fits ? fits : "",
			 hint);
}

bool budget_check_memory(const HostFacts *facts, guint64 guest_bytes, GError **error)
{
	g_autofree char *why =
		g_strdup_printf("2 kernels x 64 B a page x %" G_GUINT64_FORMAT " pages", guest_bytes / GUEST_PAGE);

	return check(facts, guest_bytes, budget_predict(guest_bytes), budget_largest(budget_available(facts)), why, "",
		     error);
}

bool budget_check_prefault(const HostFacts *facts, guint64 guest_bytes, GError **error)
{
	return check(facts, guest_bytes, guest_bytes + BUDGET_FIXED, budget_largest_prefault(budget_available(facts)),
		     "all of the guest's, by --prefault", "; larger ones without --prefault", error);
}

bool budget_check_disk(const char *folder, guint64 need, GError **error)
{
	guint64 have = files_free_bytes(folder);

	if (have < need) {
		g_autofree char *have_text = units_format_size_about(have);
		g_autofree char *need_text = units_format_size_about(need);

		return error_set(error, KHOTEST_ERROR_HOST, "%s needs %s of free space and its file system has %s",
				 folder, need_text, have_text);
	}
	return true;
}
