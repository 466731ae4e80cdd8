// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/noisesum.h>

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

void noise_add(NoiseSum *sum, const Result *result)
{
	const RunNoise *noise = &result->noise;
	bool noisy = false;

	/* instructions are the same on a busy host */
	if (plan_is_counted(result->plan))
		return;
	for (int kind = 0; kind < NOISE_KINDS; kind++) {
		/* what is not known is above no limit, and fmax() passes over it */
		noisy |= noise->share[kind] > kinds[kind].limit;
		sum->most[kind] = fmax(sum->most[kind], noise->share[kind]);
	}
	if (!isnan(noise->copy_ns)) {
		sum->copy_slowest_ns = MAX(sum->copy_slowest_ns, noise->copy_ns);
		sum->copy_fastest_ns =
			sum->copy_fastest_ns == 0 ? noise->copy_ns : MIN(sum->copy_fastest_ns, noise->copy_ns);
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
