// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <base/units.h>
#include <proto/frame.h>
#include <report/hostuse.h>
#include <report/metric.h>

#include <string.h>

#define PAGE_BYTES 4096
#define STRUCT_PAGE_BYTES 64

/* Both figures at the end of a boot, less those at its beginning. */
static HostUse between(const HostUse *from, const HostUse *to)
{
	if (from->faults < 0 || to->faults < from->faults)
		return (HostUse){ -1, -1 };
	return (HostUse){ to->faults - from->faults,
			  from->bytes < 0 || to->bytes < 0 ? -1 : MAX(0, to->bytes - from->bytes) };
}

GArray *hostuse_read(const GPtrArray *journal, guint kernels)
{
	GArray *uses = g_array_new(FALSE, FALSE, sizeof(HostUse));
	HostUse begin = { -1, -1 };
	HostUse none = { -1, -1 };

	for (guint i = 0; i < kernels; i++)
		g_array_append_val(uses, none);
	for (guint i = 0; i < journal->len; i++) {
		JsonObject *line = journal->pdata[i];
		const char *at = json_get_string(line, "at");
		HostUse now = { json_get_int(line, "minflt"), json_get_int(line, "rss_bytes") };
		gint64 hop = json_get_int(line, "hop");

		if (g_strcmp0(json_get_string(line, "event"), "host") != 0 || hop < 0 || hop >= kernels)
			continue;
		if (g_strcmp0(at, FRAME_HELLO) == 0) {
			/* a hop that comes up again came through firmware: its first boot counts */
			if (hostuse_at(uses, (guint)hop).faults < 0)
				g_array_index(uses, HostUse, hop) = between(&begin, &now);
			/* a kernel that did not say that it leaves is no beginning for the next */
			begin = none;
		} else {
			begin = now;
		}
	}
	return uses;
}

HostUse hostuse_at(const GArray *uses, guint hop)
{
	return uses && hop < uses->len ? g_array_index(uses, HostUse, hop) : (HostUse){ -1, -1 };
}

gint64 hostuse_later_faults(const GArray *uses)
{
	g_autofree gint64 *values = g_new(gint64, uses ? uses->len : 0);
	guint n = 0;

	for (guint hop = METRIC_FIRST_LATER; uses && hop < uses->len; hop++)
		values[n++] = hostuse_at(uses, hop).faults;
	return statistics_median_known(values, n);
}

bool hostuse_matters(const HostUse *use, const Plan *plan)
{
	guint64 map_bytes = plan ? plan->guest.memory_bytes / PAGE_BYTES * STRUCT_PAGE_BYTES : 0;

	return plan && !plan->guest.prefault && !plan_is_counted(plan) && use->faults >= 0 &&
	       (guint64)use->faults * PAGE_BYTES >= map_bytes / 4 * 3;
}

char *hostuse_note(const GArray *uses, const Plan *plan)
{
	guint kernels = plan_hops(plan);
	/* the one that a run is about */
	guint hop = kernels > 1 ? 1 : 0;
	HostUse use = hostuse_at(uses, hop);
	g_autofree char *grown = NULL;

	if (!hostuse_matters(&use, plan))
		return NULL;
	/* what was written back is gone from memory, and may be touched for the first time again */
	if (plan->guest.memory_dir)
		return g_strdup_printf("while the %s kernel booted the host took %" G_GINT64_FORMAT
				       " page faults for guest memory, which is in a file; its times include that",
				       hop ? "second" : "first", use.faults);
	grown = units_format_size_about((guint64)(use.bytes < 0 ? use.faults * PAGE_BYTES : use.bytes) >> 20 << 20);
	return g_strdup_printf("while the %s kernel booted the host gave out %s of memory for the first time "
			       "(%" G_GINT64_FORMAT " page faults); its times include that. %s",
			       hop ? "second" : "first", grown, use.faults,
			       kernels > METRIC_FIRST_LATER ? "Later kernels find theirs already there"
							    : "--hops 4 has kernels that find theirs already there, "
							      "--prefault gives it before the start");
}
