// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/units.h>
#include <report/metric.h>
#include <report/table.h>

#include "phasestable.h"

#include <string.h>

/* "-" for what is not known, in every table. */
static char *seconds(gint64 ns)
{
	return ns < 0 ? g_strdup("-") : g_strdup_printf("%.2f s", (double)ns / 1e9);
}

static char *size_or_dash(gint64 bytes)
{
	return bytes < 0 ? g_strdup("-") : units_format_size_about((guint64)bytes);
}

static const Hop *hop_at(const Result *result, guint i)
{
	return i < result->hops->len ? result->hops->pdata[i] : NULL;
}

static const Oracle *oracle_at(const Result *result, guint i)
{
	return i < result->oracles->len ? result->oracles->pdata[i] : NULL;
}

static char *boot_time(const Result *result, guint i)
{
	const Hop *hop = hop_at(result, i);

	return seconds(hop ? hop->boot_to_init_ns : -1);
}

static char *zone_label(const OracleZone *zone)
{
	return zone->node < 0 ? g_strdup(zone->zone) : g_strdup_printf("node %d %s", zone->node, zone->zone);
}

static const OracleZone *find_zone(const Oracle *oracle, const OracleZone *like)
{
	for (guint i = 0; oracle && i < oracle->zones->len; i++) {
		const OracleZone *zone = oracle->zones->pdata[i];

		if (zone->node == like->node && strcmp(zone->zone, like->zone) == 0)
			return zone;
	}
	return NULL;
}

/* Whether any kernel has CMA areas, whose pageblocks must be CMA too. */
static bool has_areas(const Result *result)
{
	for (guint i = 0; i < result->hops->len; i++) {
		const Hop *hop = result->hops->pdata[i];

		if (hop->cma_areas->len || hop->cma_total_bytes > 0)
			return true;
	}
	return false;
}

/* "36 of 1700", "36 of 36 and 2 more"; "-" if that kernel never told. */
static char *found_of(const Oracle *oracle, const OracleZone *like)
{
	const OracleZone *zone = find_zone(oracle, like);

	if (!oracle)
		return g_strdup("-");
	if (zone && zone->excess)
		return g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT " more",
				       zone->found, zone->expected, zone->excess);
	return g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, zone ? zone->found : 0,
			       zone ? zone->expected : like->expected);
}

/* Of the later kernels: the first that is not as it must be, with its number; else the last. NULL without such. */
static char *found_later(const Result *result, const OracleZone *like)
{
	guint kernels = result->oracles->len;

	for (guint i = METRIC_FIRST_LATER; i < kernels; i++) {
		const OracleZone *zone = find_zone(oracle_at(result, i), like);

		if (!zone || zone->found != zone->expected || zone->excess) {
			g_autofree char *found = found_of(oracle_at(result, i), like);

			return g_strdup_printf("%s (kernel %u)", found, i + 1);
		}
	}
	return kernels > METRIC_FIRST_LATER ? found_of(oracle_at(result, kernels - 1), like) : NULL;
}

/* Zones that any hop of the result has, in the order of the first that has them. */
static GPtrArray *all_zones(const Result *result)
{
	GPtrArray *zones = g_ptr_array_new();

	for (guint o = 0; o < result->oracles->len; o++) {
		const Oracle *oracle = result->oracles->pdata[o];

		for (guint z = 0; oracle && z < oracle->zones->len; z++) {
			bool known = false;

			for (guint i = 0; i < zones->len; i++) {
				const OracleZone *seen = zones->pdata[i], *zone = oracle->zones->pdata[z];

				known |= seen->node == zone->node && strcmp(seen->zone, zone->zone) == 0;
			}
			if (!known)
				g_ptr_array_add(zones, oracle->zones->pdata[z]);
		}
	}
	return zones;
}

static gint64 deferred_ms(const Hop *hop)
{
	gint64 most = -1;

	for (guint i = 0; hop && hop->log && i < hop->log->deferred->len; i++)
		most = MAX(most, g_array_index(hop->log->deferred, DeferredNode, i).ms);
	return most;
}

static char *milliseconds(gint64 ms)
{
	return ms < 0 ? g_strdup("-") : g_strdup_printf("%" G_GINT64_FORMAT " ms", ms);
}

static char *deferred_later(const Result *result)
{
	g_autofree gint64 *values = g_new(gint64, result->hops->len);
	guint n = 0;

	for (guint i = METRIC_FIRST_LATER; i < result->hops->len; i++)
		values[n++] = deferred_ms(hop_at(result, i));
	return milliseconds(statistics_median_known(values, n));
}

static gint64 value_of(const Result *result, const char *metric)
{
	return metric_value(metric_find(metric), result);
}

/* Takes the cells. Without later kernels the table ends before the last. */
static void add_row(Table *table, const Result *result, char *label, char *first, char *second, char *later)
{
	if (result->hops->len <= METRIC_FIRST_LATER)
		g_clear_pointer(&later, g_free);
	TABLE_ROW(table, label, first, second, later);
}

static void add_times(Table *table, const Result *result)
{
	add_row(table, result, g_strdup("time to /init, guest clock"), boot_time(result, 0), boot_time(result, 1),
		seconds(value_of(result, "init.later")));
	add_row(table, result, g_strdup("deferred struct page init, slowest node"),
		milliseconds(deferred_ms(hop_at(result, 0))), milliseconds(deferred_ms(hop_at(result, 1))),
		deferred_later(result));
	add_row(table, result, g_strdup("handover blackout, host clock"), NULL, seconds(result->blackout_ns),
		seconds(value_of(result, "blackout.later")));
	add_row(table, result, g_strdup("silence after kexec -e, host clock"), NULL, seconds(result->silent_ns), NULL);
	add_row(table, result, g_strdup("host page faults meanwhile"),
		table_number(hostuse_at(result->host_use, 0).faults),
		table_number(hostuse_at(result->host_use, 1).faults),
		table_number(hostuse_later_faults(result->host_use)));
	add_row(table, result, g_strdup("host memory, peak"), NULL, size_or_dash(result->peak_rss_bytes), NULL);
}

/* Times and counts of later kernels are medians. */
static Table *result_table(const Result *result)
{
	static const char *const two[] = { "", ">first kernel", ">second kernel", NULL };
	static const char *const more[] = { "", ">first kernel", ">second kernel", ">later kernels", NULL };
	g_autoptr(GPtrArray) zones = all_zones(result);
	Table *table = table_new(result->hops->len > METRIC_FIRST_LATER ? more : two);

	for (guint i = 0; i < zones->len; i++) {
		const OracleZone *zone = zones->pdata[i];
		g_autofree char *label = zone_label(zone);

		add_row(table, result,
			g_strdup_printf("%s pageblocks CMA, %s", has_areas(result) ? "scratch and CMA area" : "scratch",
					label),
			found_of(oracle_at(result, 0), zone), found_of(oracle_at(result, 1), zone),
			found_later(result, zone));
	}
	if (counts_hops(result->counts)->len)
		add_row(table, result, g_strdup("instructions to /init (serial work)"),
			table_number(value_of(result, "insn1.to_init")),
			table_number(value_of(result, "insn2.to_init")),
			table_number(value_of(result, "insn.later.to_init")));
	else
		add_times(table, result);
	return table;
}

char *result_machine(const Plan *plan)
{
	g_autofree char *memory = units_format_size(plan->guest.memory_bytes);

	return g_strdup_printf("%s, %u CPU%s, %u node%s, %s", memory, plan->guest.cpus,
			       plan->guest.cpus == 1 ? "" : "s", machine_nodes(&plan->guest),
			       machine_nodes(&plan->guest) == 1 ? "" : "s", plan->accelerator);
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

static char *headline(const Result *result)
{
	const char *verdict = verdict_kind_name(result->verdict->kind);
	g_autofree char *guest = result->plan ? result_machine(result->plan) : NULL;
	const Hop *first = hop_at(result, 0);
	const char *expectation = result_expectation(result);

	if (!result->plan)
		return g_strdup_printf("%s  %s", verdict, result->id);
	return g_strdup_printf("%s (%s)  kernel %s series %s (%s), %s", verdict, expectation ? expectation : "",
			       plan_hop(result->plan, 0)->name, plan_hop(result->plan, 0)->series,
			       first && first->release ? first->release : "release unknown", guest);
}

static void put_reasons(GString *out, const Result *result, const char *bullet)
{
	const Verdict *verdict = result->verdict;

	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = verdict->reasons->pdata[i];

		g_string_append_printf(out, "%s%s: %s\n", bullet, reason->id, reason->text);
	}
	/* what a PASS does not speak of; any other verdict has its reasons */
	for (guint i = 0; result_has_gaps(result) && i < verdict->gaps->len; i++)
		g_string_append_printf(out, "%snot covered: %s\n", bullet, (const char *)verdict->gaps->pdata[i]);
}

static void put_notes(GString *out, const Result *result)
{
	g_autofree char *host = hostuse_note(result->host_use, result->plan);

	for (guint i = 0; i < result->verdict->notes->len; i++)
		g_string_append_printf(out, "note: %s\n", (const char *)result->verdict->notes->pdata[i]);
	for (guint i = 0; i < result->oracles->len; i++) {
		const Oracle *oracle = result->oracles->pdata[i];

		if (oracle && oracle->note)
			g_string_append_printf(out, "note: kernel %u: %s\n", i + 1, oracle->note);
	}
	for (guint i = 0; i < result->hops->len; i++) {
		const Hop *hop = result->hops->pdata[i];

		if (hop->log && hop->log->clock_late)
			g_string_append_printf(
				out, "note: kernel %u: its clock started late, so its time to /init is not known\n",
				i + 1);
	}
	if (host)
		g_string_append_printf(out, "note: %s\n", host);
	if (result->plan && result->plan->accelerator_why)
		g_string_append_printf(out, "note: ran under %s: %s\n", result->plan->accelerator,
				       result->plan->accelerator_why);
}

char *result_to_brief(const Result *result)
{
	g_autofree char *head = headline(result);
	GString *out = g_string_new(head);

	g_string_append_c(out, '\n');
	put_reasons(out, result, "  ");
	if (result->verdict->kind != VERDICT_PASS)
		g_string_append_printf(out, "run directory: %s\n", result->path);
	return g_string_free(out, FALSE);
}

char *result_to_text(const Result *result)
{
	g_autofree char *head = headline(result);
	g_autoptr(Table) phases = phasestable_new(result);
	g_autoptr(Table) table = result_table(result);
	g_autofree char *body = table_to_text(table);
	GString *out = g_string_new(head);

	g_string_append_c(out, '\n');
	put_reasons(out, result, "  ");
	for (guint i = 0; i < result->verdict->last_lines->len; i++)
		g_string_append_printf(out, "    | %s\n", (const char *)result->verdict->last_lines->pdata[i]);
	g_string_append_printf(out, "\n%s\n", body);
	if (phases) {
		g_autofree char *listing = table_to_text(phases);

		g_string_append_printf(out, "%s\n", listing);
	}
	put_notes(out, result);
	g_string_append_printf(out, "run directory: %s\n", result->path);
	return g_string_free(out, FALSE);
}

char *result_to_markdown(const Result *result)
{
	g_autofree char *head = headline(result);
	g_autoptr(Table) phases = phasestable_new(result);
	g_autoptr(Table) table = result_table(result);
	g_autofree char *body = table_to_markdown(table);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "**%s**\n\n", head);
	put_reasons(out, result, "- ");
	if (result->verdict->last_lines->len) {
		g_string_append(out, "\n```\n");
		for (guint i = 0; i < result->verdict->last_lines->len; i++)
			g_string_append_printf(out, "%s\n", (const char *)result->verdict->last_lines->pdata[i]);
		g_string_append(out, "```\n");
	}
	g_string_append_printf(out, "\n%s\n", body);
	if (phases) {
		g_autofree char *listing = table_to_markdown(phases);

		g_string_append_printf(out, "%s\n", listing);
	}
	put_notes(out, result);
	return g_string_free(out, FALSE);
}

/* Whether the rows are of different machines, and so have to say each of which. */
static bool guests_differ(GPtrArray *results)
{
	g_autofree char *first = NULL;
	bool differ = false;

	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		g_autofree char *guest = result->plan ? result_machine(result->plan) : NULL;

		if (i == 0)
			first = g_strdup(guest);
		differ |= g_strcmp0(first, guest) != 0;
	}
	return differ;
}

/* The series, and where rows differ in it the machine: "central on 8G, 2 CPUs, 2 nodes, tcg". */
static char *series_label(const Plan *plan, bool with_guest)
{
	g_autofree char *guest = result_machine(plan);

	return with_guest ? g_strdup_printf("%s on %s", plan_hop(plan, 0)->series, guest)
			  : g_strdup(plan_hop(plan, 0)->series);
}

static Table *comparison_table(GPtrArray *results)
{
	bool differ = guests_differ(results);
	static const char *const headers[] = { "kernel",    "series",	     "verdict",
					       "expected",  "zone",	     ">CMA of scratch, 1st",
					       ">2nd",	    ">to /init 1st", ">2nd",
					       ">handover", ">host memory",  NULL };
	Table *table = table_new(headers);

	for (guint r = 0; r < results->len; r++) {
		const Result *result = results->pdata[r];
		g_autoptr(GPtrArray) zones = all_zones(result);
		const Plan *plan = result->plan;

		if (r > 0)
			table_rule(table);
		for (guint z = 0; z < MAX(zones->len, 1); z++) {
			const OracleZone *zone = z < zones->len ? zones->pdata[z] : NULL;
			bool first = z == 0;

			TABLE_ROW(table, first && plan ? g_strdup(plan_hop(plan, 0)->name) : NULL,
				  first && plan ? series_label(plan, differ) : NULL,
				  first ? g_strdup(verdict_kind_name(result->verdict->kind)) : NULL,
				  first && plan ? g_strdup_printf("%s%s", plan->expect,
								  result_as_expected(result) ? "" : " (!)")
						: NULL,
				  zone ? zone_label(zone) : NULL, zone ? found_of(oracle_at(result, 0), zone) : NULL,
				  zone ? found_of(oracle_at(result, 1), zone) : NULL,
				  first ? boot_time(result, 0) : NULL, first ? boot_time(result, 1) : NULL,
				  first ? seconds(result->blackout_ns) : NULL,
				  first ? size_or_dash(result->peak_rss_bytes) : NULL);
		}
	}
	return table;
}

/* One line that says what is the same in all rows. */
static char *comparison_caption(GPtrArray *results)
{
	const Result *first = results->len ? results->pdata[0] : NULL;
	g_autofree char *guest = first && first->plan ? result_machine(first->plan) : NULL;

	if (!guest)
		return g_strdup("");
	return g_strdup_printf("%s, %s, profile %s", guests_differ(results) ? "several guests" : guest,
			       first->qemu ? first->qemu : "QEMU not started",
			       plan_hop(first->plan, 0)->profile ? plan_hop(first->plan, 0)->profile : "-");
}

static char *comparison(GPtrArray *results, char *(*render)(const Table *), const char *bullet)
{
	g_autofree char *caption = comparison_caption(results);
	g_autoptr(Table) table = comparison_table(results);
	g_autofree char *body = render(table);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s\n\n%s\n", caption, body);
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];
		g_autofree char *head = NULL;

		if (!result->verdict->reasons->len)
			continue;
		head = g_strdup_printf("%s%s: ", bullet, result->plan ? plan_hop(result->plan, 0)->series : result->id);
		put_reasons(out, result, head);
	}
	if (results->len)
		put_notes(out, results->pdata[0]);
	return g_string_free(out, FALSE);
}

char *results_to_text(GPtrArray *results)
{
	return comparison(results, table_to_text, "");
}

char *results_to_markdown(GPtrArray *results)
{
	return comparison(results, table_to_markdown, "- ");
}

char *results_to_brief(GPtrArray *results)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < results->len; i++) {
		g_autofree char *one = result_to_brief(results->pdata[i]);

		g_string_append(out, one);
	}
	return g_string_free(out, FALSE);
}
