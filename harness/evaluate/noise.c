// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/noise.h>

#include <math.h>

/* How much a counter grew, as a share of the whole; NAN if any is unknown. */
static double share(gint64 from, gint64 to, double whole)
{
	return from < 0 || to < 0 || whole <= 0 ? NAN : (double)(to - from) / whole;
}

static double mean_copy_ns(const HostNoise *first, const HostNoise *last)
{
	return first->copy_ns <= 0 || last->copy_ns <= 0 ? NAN : (double)(first->copy_ns + last->copy_ns) / 2;
}

RunNoise noise_of(const Journal *journal)
{
	const JournalEvent *first = journal_find(journal, JOURNAL_NOISE), *last = first;
	const HostNoise *from, *to;
	double ns;

	for (guint i = 0; i < journal->events->len; i++)
		if (journal_at(journal, i)->kind == JOURNAL_NOISE)
			last = journal_at(journal, i);
	if (first == last)
		return (RunNoise){ { NAN, NAN, NAN, NAN, NAN }, NAN };
	from = &first->noise;
	to = &last->noise;
	ns = (double)(last->ns - first->ns);
	return (RunNoise){
		.share = { [NOISE_CPU] = share(from->cpu_us, to->cpu_us, ns / 1e3),
			   [NOISE_MEMORY] = share(from->memory_us, to->memory_us, ns / 1e3),
			   [NOISE_IO] = share(from->io_us, to->io_us, ns / 1e3),
			   [NOISE_STEAL] = share(from->steal_ns, to->steal_ns, ns * (double)to->cpus),
			   [NOISE_SLOWDOWN] = fabs(share(from->khz, to->khz, (double)from->khz)) },
		.copy_ns = mean_copy_ns(from, to),
	};
}
