// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.h"

#include <evaluate/result.h>
#include <proto/frame.h>
#include <store/filesums.h>
#include <store/memory.h>

#include <string.h>

/* What the journal says of the run as a whole. */
typedef struct {
	const JournalEvent *start, *end, *execution; /* NULL where there is none; of several the last */
	const char *error;			     /* the harness's failure */
	const char *skip;			     /* the same, where the host was not able */
	int hop;				     /* the highest that any record is of; 0 */
	gint64 paused_ns;			     /* the harness or the emulator was stopped for so long */
	gint64 cpu_ns, waited_ns;		     /* of the guest's CPUs, as far as the run got; 0: not known */
	gint64 *starved_ns;			     /* ... waited in a part of a kernel's time in which they starved */
	guint hops;				     /* so many of these */
	int asked_hop;				     /* the kernel at which they were last asked about */
	const JournalEvent *noise;		     /* of the host, as the machine started; NULL: not known */
	gint64 host_lost_ns;			     /* since then; see Evidence */
	const char *twice;			     /* what is there more often than it can be, in words; or NULL */
	bool plan_changed;			     /* there is a plan.json, and not that of the run */
} Facts;

static void take_starved(const Facts *facts, int hop, gint64 waited_ns)
{
	if (hop >= 0 && (guint)hop < facts->hops)
		facts->starved_ns[hop] = MAX(facts->starved_ns[hop], waited_ns);
}

/*
 * They only grow: the last that is known is that of the run. Between two events the host may have starved the guest,
 * which the whole of a long run does not show. A kernel that has said that it leaves still runs then, and the next one
 * behind it: what is between is of both.
 */
static void take_cpu_time(Facts *facts, const JournalEvent *event)
{
	gint64 cpu_ns = MAX(0, event->cpu_ns - facts->cpu_ns), waited_ns = event->waited_ns - facts->waited_ns;

	if (execution_starved(cpu_ns, waited_ns)) {
		take_starved(facts, facts->asked_hop, waited_ns);
		take_starved(facts, event->hop, waited_ns);
	}
	facts->asked_hop = event->hop;
	facts->cpu_ns = MAX(facts->cpu_ns, event->cpu_ns);
	facts->waited_ns = MAX(facts->waited_ns, event->waited_ns);
}

/* Counters that the host does not have are -1 in both. */
static void take_noise(Facts *facts, const JournalEvent *event)
{
	const HostNoise *from, *to = &event->noise;

	if (!facts->noise)
		facts->noise = event;
	from = &facts->noise->noise;
	facts->host_lost_ns = MAX(to->steal_ns - from->steal_ns,
				  1000 * (MAX(to->memory_us - from->memory_us, to->io_us - from->io_us)));
}

static EndCause cause_of(const JournalEvent *end)
{
	EndCause cause = END_UNKNOWN;

	return end && end->cause && end_cause_parse(end->cause, &cause) ? cause : END_UNKNOWN;
}

/* starved_ns: room for each kernel. */
static Facts read_journal(const Journal *journal, Counts *counts, gint64 *starved_ns, guint hops)
{
	Facts facts = { .starved_ns = starved_ns, .hops = hops };
	bool again = false;
	int left = 0;

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);

		switch (event->kind) {
		case JOURNAL_START:
			facts.twice = facts.start ? "the event 'start'" : facts.twice;
			facts.start = event;
			break;
		case JOURNAL_COUNT:
			counts_add(counts, event->mark, event->edge, event->instructions);
			break;
		case JOURNAL_RECORD:
			facts.hop = MAX(facts.hop, event->hop);
			again |= event->intact && !records_kept(event, &left);
			break;
		case JOURNAL_EXECUTION:
			facts.execution = event;
			break;
		case JOURNAL_PAUSED:
			facts.paused_ns += MAX(0, event->paused_ns);
			break;
		case JOURNAL_NOISE:
			take_noise(&facts, event);
			break;
		case JOURNAL_HOST:
			take_cpu_time(&facts, event);
			break;
		case JOURNAL_END:
			facts.twice = facts.end ? "the event 'end'" : facts.twice;
			facts.end = event;
			take_cpu_time(&facts, event);
			break;
		case JOURNAL_ERROR:
			*(event->host_cannot ? &facts.skip : &facts.error) = event->text;
			break;
		default:
			break;
		}
	}
	/* that ends a run otherwise */
	if (again && cause_of(facts.end) == END_DONE)
		facts.twice = "a kernel that was left";
	return facts;
}

static Wanted wanted_of(const Plan *plan, bool changed)
{
	return (Wanted){
		.known = plan != NULL,
		.changed = changed,
		.log_to_end = plan_collects(plan, 0, FRAME_KMSG_REST),
		.payloads = plan ? plan->payloads : NULL,
		.checks = plan ? (const char *const *)plan->checks : NULL,
		.collects = plan ? (const char *const *)plan->collects : NULL,
	};
}

/* One for each kernel of the plan. Caller frees. */
static WantedKernel *wanted_kernels(const Plan *plan)
{
	WantedKernel *kernels = g_new0(WantedKernel, plan_hops(plan));

	for (guint i = 0; i < plan_hops(plan); i++)
		kernels[i] = (WantedKernel){
			.image = !plan_hop(plan, i)->profile,
			.pageblocks = plan_collects(plan, i, FRAME_PAGEBLOCKS),
			.preserved = plan_collects(plan, i, FRAME_PRESERVED),
			.append = plan_hop(plan, i)->append,
			.release = plan_hop(plan, i)->release,
		};
	return kernels;
}

/*
 * Where the words of a kernel begin: with its banner, or without one behind the last of the kernel before it, which
 * kernel_kexec() of kernel/kexec_core.c has it say.
 */
static guint first_line(const Console *console, const ConsoleKernel *kernel)
{
	if (kernel->banner < kernel->to)
		return kernel->banner;
	for (guint i = kernel->from; i < kernel->to; i++)
		if (g_str_has_suffix(console_line(&console->lines, i), "Starting new kernel"))
			return i + 1;
	return kernel->from;
}

/* How many lines of the console are of each kernel. Caller frees. */
static guint *count_lines(const Result *result)
{
	guint *lines = g_new0(guint, plan_hops(result->plan));

	for (guint i = 0; i < plan_hops(result->plan); i++) {
		ConsoleKernel kernel = console_kernel(result->console, i);

		lines[i] = kernel.to - first_line(result->console, &kernel);
	}
	return lines;
}

/* How many kernels were left: by their last word, whether it came intact or not, and by the console's times. */
static void count_left(const Result *result, Evidence *evidence)
{
	guint intact = 0, all = 0, marks = result->console->kernels->len - 1;

	for (guint i = 0; i < result->journal->events->len; i++) {
		const JournalEvent *event = journal_at(result->journal, i);
		bool left = event->kind == JOURNAL_RECORD && g_strcmp0(event->name, FRAME_LEAVING) == 0;

		all += left;
		intact += left && event->intact;
	}
	evidence->console_unmarked = intact > marks ? intact - marks : 0;
	evidence->console_overmarked = marks > all ? marks - all : 0;
}

static Verdict *judge(const Result *result, const Facts *facts, GPtrArray *said, const char *changed)
{
	g_autofree const char **nonces = plan_nonces(result->plan);
	g_autofree WantedKernel *kernels = wanted_kernels(result->plan);
	g_autofree guint *lines = count_lines(result);
	const JournalEvent *end = facts->end;
	bool counted = plan_is_counted(result->plan);
	Evidence evidence = {
		.hops_wanted = plan_hops(result->plan),
		.nonces = nonces,
		.kernels = kernels,
		.hops = said,
		.wanted = wanted_of(result->plan, facts->plan_changed),
		.postmortem = result->postmortem,
		.execution = facts->execution ? &facts->execution->execution : NULL,
		.paused_ns = facts->paused_ns,
		/* a clock that is the guest's instructions stands still while it waits */
		.cpu_ns = counted ? 0 : facts->cpu_ns,
		.waited_ns = counted ? 0 : facts->waited_ns,
		.starved_ns = counted ? NULL : facts->starved_ns,
		.host_lost_ns = counted ? 0 : facts->host_lost_ns,
		.host_unknown = !counted && facts->cpu_ns <= 0,
		.channel_garbage = end ? (guint64)MAX(0, end->garbage_bytes) : 0,
		.channel_damaged = end ? (guint)MAX(0, end->damaged_frames) : 0,
		.journal_damaged = result->journal->damaged,
		.journal_missing = result->journal->missing,
		.journal_twice = facts->twice,
		.console_missing = result->console->missing,
		.console_strange = result->console->strange,
		.end = cause_of(end),
		.end_hop = end ? end->hop : facts->hop,
		.end_detail = end ? end->detail : NULL,
		.console = &result->console->lines,
		.console_lines = lines,
		.console_handover_line = result->console->handover_line,
		.changed = changed,
		.started = facts->start != NULL,
		.skip = facts->skip,
		.error = facts->error,
	};

	count_left(result, &evidence);
	return verdict_judge(&evidence);
}

/*
 * A machine that is counted has a clock that is its instructions, and one that was stopped
 * for a while has two clocks with a hole in them: neither gives a time.
 */
static void forget_times(const GPtrArray *said)
{
	for (guint i = 0; i < said->len; i++)
		((Hop *)said->pdata[i])->boot_to_init_ns = -1;
}

static void evaluate(const RunDir *run, Result *result, bool plan_changed)
{
	g_autofree char *changed = filesums_changed(run, result->journal);
	g_autofree char *config = rundir_read_config(run, plan_hop(result->plan, 0));
	g_autoptr(GPtrArray) said = records_read(run, result->journal, result->plan);
	g_autoptr(Counts) counts = counts_new();
	guint hops = plan_hops(result->plan);
	g_autofree gint64 *starved_ns = g_new0(gint64, hops);
	Facts facts = read_journal(result->journal, counts, starved_ns, hops);
	bool timed = !plan_is_counted(result->plan) && !facts.paused_ns;

	facts.plan_changed = plan_changed;
	result->config = config ? hop_parse_config(config) : NULL;
	result->end_hop = facts.end ? facts.end->hop : facts.hop;
	result->postmortem = memory_read(run, result->plan, result->end_hop);
	result->verdict = judge(result, &facts, said, changed);
	result->qemu = facts.start ? facts.start->emulator : NULL;
	if (facts.end)
		result->peak_rss_bytes = facts.end->peak_rss_bytes;
	if (facts.start && facts.end)
		result->wall_ns = facts.end->ns - facts.start->ns;
	if (!timed)
		forget_times(said);
	result->hops =
		resulthops_new(said, counts_hops(counts), result->journal, result->console, timed && facts.start);
	result->handovers = handovers_new(result->hops, result->console);
	if (!timed)
		g_array_set_size(result->handovers, 0);
	else
		result->timeline = timeline_new(result->journal, result->hops, result->handovers, result->console);
}

static char **read_lines(const RunDir *run)
{
	g_autofree char *text = rundir_text(run, RUNDIR_LINES);

	return text ? g_strsplit(text, "\n", -1) : NULL;
}

static JsonObject *read_host(const RunDir *run)
{
	g_autofree char *text = rundir_text(run, RUNDIR_HOST);

	return text ? json_parse_object(text, -1, "host.json", NULL) : NULL;
}

/* The ids of the checks that a run asks, or of all that its guest can answer. Caller frees. */
static char **checks_of(const Plan *plan)
{
	g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint i = 0; i < n; i++)
		if (plan->checks ? check_is_among(checks[i], (const char *const *)plan->checks)
				 : !checks[i]->record || plan_collects(plan, 0, checks[i]->record))
			g_strv_builder_add(ids, checks[i]->id);
	return g_strv_builder_end(ids);
}

static bool choose_checks(const CheckChoice *choice, Plan *plan, GError **error)
{
	g_auto(GStrv) base = checks_of(plan), chosen = NULL;

	if (!checks_choose((const char *const *)base, choice->only, choice->without, &chosen, error))
		return false;
	if (!chosen)
		return true;
	g_strfreev(plan->checks);
	plan->checks = g_steal_pointer(&chosen);
	return true;
}

/* Whether plan.json is still what the run was begun with. In older run directories nothing tells. */
static bool is_of_run(const char *plan, const Journal *journal)
{
	const JournalEvent *begin = journal_find(journal, JOURNAL_BEGIN);
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, plan, -1);

	return !begin || !begin->plan || strcmp(begin->plan, sum) == 0;
}

Result *result_load(const char *path, GError **error)
{
	const CheckChoice as_it_was = { 0 };

	return result_judge(path, &as_it_was, error);
}

Result *result_judge(const char *path, const CheckChoice *choice, GError **error)
{
	g_autoptr(RunDir) run = rundir_open(path, error);
	g_autoptr(Result) result = g_new0(Result, 1);
	g_autofree char *plan = run ? rundir_text(run, RUNDIR_PLAN) : NULL;
	bool changed;

	if (!run)
		return NULL;
	result->id = g_strdup(run->id);
	result->path = g_strdup(run->path);
	result->peak_rss_bytes = result->wall_ns = -1;
	result->journal = journal_read(run);
	changed = plan && !is_of_run(plan, result->journal);
	if (plan && !changed && !(result->plan = plan_from_json(plan, -1, error))) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	if (result->plan && !choose_checks(choice, result->plan, error))
		return NULL;
	result->console = console_read(run);
	result->host = read_host(run);
	result->reproduce = rundir_text(run, RUNDIR_REPRODUCE);
	result->lines = read_lines(run);
	result->noise = noise_of(result->journal);
	evaluate(run, result, changed);
	return g_steal_pointer(&result);
}

void result_free(Result *result)
{
	if (!result)
		return;
	g_free(result->id);
	g_free(result->path);
	g_free(result->reproduce);
	g_strfreev(result->lines);
	plan_free(result->plan);
	postmortem_free(result->postmortem);
	timeline_free(result->timeline);
	verdict_free(result->verdict);
	g_clear_pointer(&result->handovers, g_array_unref);
	g_clear_pointer(&result->hops, g_ptr_array_unref);
	g_clear_pointer(&result->host, json_object_unref);
	g_clear_pointer(&result->config, g_hash_table_unref);
	console_free(result->console);
	journal_free(result->journal);
	g_free(result);
}

const ResultHop *result_hop(const Result *result, guint hop)
{
	return hop < result->hops->len ? result->hops->pdata[hop] : NULL;
}

const Hop *result_said(const Result *result, guint hop)
{
	return hop < result->hops->len ? result_hop(result, hop)->said : NULL;
}

const Phases *result_phases(const Result *result, guint hop)
{
	return hop < result->hops->len ? result_hop(result, hop)->phases : NULL;
}

HostUse result_use(const Result *result, guint hop)
{
	return hop < result->hops->len ? result_hop(result, hop)->use : (HostUse){ -1, -1 };
}

const Oracle *result_oracle(const Result *result, guint hop)
{
	return hop < result->hops->len ? result_said(result, hop)->oracle : NULL;
}

const BlockMap *result_map(const Result *result, guint hop)
{
	return hop < result->hops->len ? hop_map(result_said(result, hop)) : NULL;
}

bool result_has_map(const Result *result)
{
	for (guint hop = 0; hop < result->hops->len; hop++)
		if (result_map(result, hop))
			return true;
	return false;
}

static const Handover *handover_to(const Result *result, guint hop)
{
	return hop && hop <= result->handovers->len ? &g_array_index(result->handovers, Handover, hop - 1) : NULL;
}

gint64 result_blackout(const Result *result, guint hop)
{
	const Handover *handover = handover_to(result, hop);

	return handover ? handover_blackout(handover) : -1;
}

gint64 result_silence(const Result *result, guint hop)
{
	const Handover *handover = handover_to(result, hop);

	return handover ? handover_silence(handover) : -1;
}

bool result_is_counted(const Result *result)
{
	for (guint hop = 0; hop < result->hops->len; hop++)
		if (result_hop(result, hop)->count)
			return true;
	return false;
}

guint result_kernels_wanted(const Result *result)
{
	return result->plan ? plan_hops(result->plan) : result->hops->len;
}

const char *result_date(const Result *result)
{
	const JournalEvent *begin = journal_find(result->journal, JOURNAL_BEGIN);

	return begin ? begin->wall : NULL;
}

bool result_as_expected(const Result *result)
{
	const Plan *plan = result->plan;
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < result->verdict->reasons->len; i++)
		g_ptr_array_add(ids, (gpointer)((const Reason *)result->verdict->reasons->pdata[i])->id);
	g_ptr_array_add(ids, NULL);
	/* with checks off, it may be the reason of one that is */
	return plan && reason_meets(plan->expect, plan->checks ? NULL : plan->expect_reason,
				    verdict_kind_name(result->verdict->kind), (const char *const *)ids->pdata);
}

bool result_has_gaps(const Result *result)
{
	return result->verdict->kind == VERDICT_PASS && result->verdict->gaps->len;
}

const char *result_expectation(const Result *result)
{
	VerdictKind kind = result->verdict->kind;
	bool met = result_as_expected(result);

	if (!result->plan || !result->plan->expect)
		return NULL;
	if (result_has_gaps(result))
		return met ? "as expected, with gaps" : "NOT as expected, with gaps";
	if (met)
		return "as expected";
	return kind == VERDICT_SKIP || kind == VERDICT_ERROR ? "could not be judged" : "NOT as expected";
}
