// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison as raw figures, for whoever wants statistics of their own. */
#include <base/csv.h>
#include <report/storedcomparison.h>

#include <string.h>

static void put_run(GString *out, const StoredComparison *stored, const CompareRun *run, const Result *result)
{
	guint n;
	const Metric *metrics = metrics_all(&n);

	for (guint m = 0; m < n; m++) {
		gint64 value = metric_value(&metrics[m], result);

		if (value < 0)
			continue;
		g_string_append_printf(out, "%u,%u,%u,", run->round, run->position + 1, run->side + 1);
		csv_field(out, stored->dir->series[run->side], ',');
		csv_field(out, run->run, ',');
		csv_field(out, metrics[m].id, ',');
		csv_field(out, metrics[m].clock, ',');
		csv_field(out, metrics[m].unit, ',');
		g_string_append_printf(out, "%" G_GINT64_FORMAT "\n", value);
	}
}

char *storedcomparison_to_csv(const StoredComparison *stored)
{
	GString *out = g_string_new("round,place,side,series,run,metric,clock,unit,value\n");
	guint k = stored->comparison->sides->len;

	for (guint i = 0; i < stored->rounds->runs->len; i++) {
		const CompareRun *run = stored->rounds->runs->pdata[i];
		const ComparisonSide *side = stored->comparison->sides->pdata[run->side];

		if (run->round == 0 && side->warm_up && strcmp(side->warm_up->id, run->run) == 0)
			put_run(out, stored, run, side->warm_up);
	}
	for (guint i = 0; i < stored->kept->len; i++) {
		const ComparisonSide *side = stored->comparison->sides->pdata[i % k];

		put_run(out, stored, stored->kept->pdata[i], side->runs->pdata[i / k]);
	}
	return g_string_free(out, FALSE);
}
