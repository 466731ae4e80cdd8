// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <report/noise.h>

#include <math.h>

/* (to - from) / whole; NAN if any is unknown. */
static double share(gint64 from, gint64 to, double whole)
{
	return from < 0 || to < 0 || whole <= 0 ? NAN : (double)(to - from) / whole;
}

RunNoise noise_of(const Result *result)
{
	g_autoptr(RunDir) run = rundir_open(result->path, NULL);
	g_autoptr(GPtrArray) lines = run ? rundir_journal_read(run) : NULL;
	JsonObject *first = NULL, *last = NULL;
	double ns;

	for (guint i = 0; lines && i < lines->len; i++) {
		if (g_strcmp0(json_get_string(lines->pdata[i], "event"), "noise") != 0)
			continue;
		if (!first)
			first = lines->pdata[i];
		last = lines->pdata[i];
	}
	if (!first || first == last)
		return (RunNoise){ NAN, NAN, NAN };
	ns = (double)(json_get_int(last, "ns") - json_get_int(first, "ns"));
	return (RunNoise){
		.pressure =
			share(json_get_int(first, "cpu_pressure_us"), json_get_int(last, "cpu_pressure_us"), ns / 1e3),
		.steal = share(json_get_int(first, "steal_ns"), json_get_int(last, "steal_ns"),
			       ns * (double)json_get_int(last, "cpus")),
		.slowdown = fabs(share(json_get_int(first, "khz"), json_get_int(last, "khz"),
				       (double)json_get_int(first, "khz"))),
	};
}

/* "steal up to 4% (limit 2%)"; fmax() passes over what is not known */
static void add_reason(GString *out, const char *what, double most, double limit)
{
	if (most > limit)
		g_string_append_printf(out, "%s%s up to %.0f%% (limit %.0f%%)", out->len ? ", " : "", what, most * 100,
				       limit * 100);
}

char *noise_sentence(const Comparison *comparison)
{
	RunNoise most = { NAN, NAN, NAN };
	guint runs = 0, noisy = 0;
	GString *out;
	char *text;

	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];

		for (guint r = 0; r < side->runs->len; r++) {
			RunNoise noise = noise_of(side->runs->pdata[r]);

			runs++;
			noisy += noise.pressure > NOISE_PRESSURE_LIMIT || noise.steal > NOISE_STEAL_LIMIT ||
				 noise.slowdown > NOISE_SLOWDOWN_LIMIT;
			most.pressure = fmax(most.pressure, noise.pressure);
			most.steal = fmax(most.steal, noise.steal);
			most.slowdown = fmax(most.slowdown, noise.slowdown);
		}
	}
	if (!noisy)
		return NULL;
	out = g_string_new(NULL);
	add_reason(out, "tasks waiting for a CPU", most.pressure, NOISE_PRESSURE_LIMIT);
	add_reason(out, "CPU time stolen", most.steal, NOISE_STEAL_LIMIT);
	add_reason(out, "change of frequency", most.slowdown, NOISE_SLOWDOWN_LIMIT);
	text = g_strdup_printf("the host was too noisy in %u of %u runs: %s; again on a quieter host", noisy, runs,
			       out->str);
	g_string_free(out, TRUE);
	return text;
}
