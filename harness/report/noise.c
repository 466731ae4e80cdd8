// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <report/noise.h>

#include <math.h>

/*
 * Above these a run says more about the host than about the kernel: a tenth of what
 * a guest needs is gone, the CPU is another one, or memory and disk are what was
 * waited for.
 */
static const struct {
	const char *what;
	double limit;
} kinds[NOISE_KINDS] = {
	[NOISE_CPU] = { "tasks waiting for a CPU", 0.25 },  [NOISE_MEMORY] = { "tasks waiting for memory", 0.02 },
	[NOISE_IO] = { "tasks waiting for a disk", 0.10 },  [NOISE_STEAL] = { "CPU time stolen", 0.02 },
	[NOISE_SLOWDOWN] = { "change of frequency", 0.05 },
};

/* A copy may take this much longer beside one run than beside another. */
#define COPY_LIMIT 0.25

/* How much a counter grew, as a share of the whole; NAN if any is unknown. */
static double share(JsonObject *first, JsonObject *last, const char *counter, double whole)
{
	gint64 from = json_get_int(first, counter), to = json_get_int(last, counter);

	return from < 0 || to < 0 || whole <= 0 ? NAN : (double)(to - from) / whole;
}

static double mean_copy_ns(JsonObject *first, JsonObject *last)
{
	gint64 before = json_get_int(first, "copy_ns"), after = json_get_int(last, "copy_ns");

	return before <= 0 || after <= 0 ? NAN : (double)(before + after) / 2;
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
		return (RunNoise){ { NAN, NAN, NAN, NAN, NAN }, NAN };
	ns = (double)(json_get_int(last, "ns") - json_get_int(first, "ns"));
	return (RunNoise){
		.share = { [NOISE_CPU] = share(first, last, "cpu_pressure_us", ns / 1e3),
			   [NOISE_MEMORY] = share(first, last, "memory_pressure_us", ns / 1e3),
			   [NOISE_IO] = share(first, last, "io_pressure_us", ns / 1e3),
			   [NOISE_STEAL] = share(first, last, "steal_ns", ns * (double)json_get_int(last, "cpus")),
			   [NOISE_SLOWDOWN] = fabs(share(first, last, "khz", (double)json_get_int(first, "khz"))) },
		.copy_ns = mean_copy_ns(first, last),
	};
}

void noise_add(NoiseSum *sum, const Result *result)
{
	RunNoise noise;
	bool noisy = false;

	/* instructions are the same on a busy host */
	if (plan_is_counted(result->plan))
		return;
	noise = noise_of(result);
	for (int kind = 0; kind < NOISE_KINDS; kind++) {
		/* what is not known is above no limit, and fmax() passes over it */
		noisy |= noise.share[kind] > kinds[kind].limit;
		sum->most[kind] = fmax(sum->most[kind], noise.share[kind]);
	}
	if (!isnan(noise.copy_ns)) {
		sum->copy_slowest_ns = MAX(sum->copy_slowest_ns, noise.copy_ns);
		sum->copy_fastest_ns =
			sum->copy_fastest_ns == 0 ? noise.copy_ns : MIN(sum->copy_fastest_ns, noise.copy_ns);
	}
	sum->runs++;
	sum->noisy += noisy;
}

/* "CPU time stolen up to 4% (limit 2%), ..." */
static char *reasons_of(const NoiseSum *sum)
{
	GString *reasons = g_string_new(NULL);

	for (int kind = 0; kind < NOISE_KINDS; kind++)
		if (sum->most[kind] > kinds[kind].limit)
			g_string_append_printf(reasons, "%s%s up to %.0f%% (limit %.0f%%)", reasons->len ? ", " : "",
					       kinds[kind].what, sum->most[kind] * 100, kinds[kind].limit * 100);
	return g_string_free(reasons, FALSE);
}

char *noise_sum_sentence(const NoiseSum *sum)
{
	bool uneven = sum->copy_slowest_ns > (1 + COPY_LIMIT) * sum->copy_fastest_ns;
	g_autofree char *reasons = reasons_of(sum);
	g_autoptr(GString) out = g_string_new("the host was ");

	if (!sum->noisy && !uneven)
		return NULL;
	if (sum->noisy)
		g_string_append_printf(out, "too noisy in %u of %u runs: %s; ", sum->noisy, sum->runs, reasons);
	if (uneven)
		g_string_append_printf(out,
				       "%scopying memory took it up to %.0f%% longer beside some runs than beside "
				       "others (limit %.0f%%); ",
				       sum->noisy ? "" : "uneven: ",
				       (sum->copy_slowest_ns / sum->copy_fastest_ns - 1) * 100, COPY_LIMIT * 100);
	g_string_append(out, "again on a quieter host");
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *noise_sentence(const Comparison *comparison)
{
	NoiseSum sum = { 0 };

	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];

		for (guint r = 0; r < side->runs->len; r++)
			noise_add(&sum, side->runs->pdata[r]);
	}
	return noise_sum_sentence(&sum);
}
