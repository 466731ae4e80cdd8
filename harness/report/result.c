// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <proto/frame.h>
#include <report/result.h>

#include <string.h>

/* What the journal says, gathered in one pass. */
typedef struct {
	EndCause end;
	int end_hop;
	char *end_detail;
	char *error; /* the harness's failure */
	char *skip;  /* the same, where the host was not able */
	gint64 start_ns;
	gint64 end_ns;
	gint64 leaving_ns; /* hop 0 */
	gint64 hello_ns;   /* hop 1 */
	gint64 paused_ns;  /* the harness or the emulator was stopped for so long */
	guint64 garbage;   /* bytes on the channel that belong to no record */
	guint damaged;	   /* records that came damaged */
} JournalFacts;

/* Event "execution": see run/journal.h. */
static Execution *read_execution(JsonObject *line)
{
	Execution *execution = g_new0(Execution, 1);

	execution->window_ns = json_get_int(line, "window_ns");
	execution->cpu_ns = json_get_int(line, "cpu_ns");
	execution->answers = json_get_bool(line, "answers");
	execution->running = json_get_bool(line, "running");
	execution->halted = json_get_bool(line, "halted");
	execution->state = g_strdup(json_get_string(line, "state"));
	execution->where = g_strdup(json_get_string(line, "where"));
	return execution;
}

static void read_end(JsonObject *line, Result *result, JournalFacts *facts)
{
	facts->end_ns = json_get_int(line, "ns");
	facts->end_hop = (int)json_get_int(line, "hop");
	facts->end_detail = g_strdup(json_get_string(line, "detail"));
	facts->garbage = (guint64)MAX(0, json_get_int(line, "channel_garbage_bytes"));
	facts->damaged = (guint)MAX(0, json_get_int(line, "channel_damaged_frames"));
	result->peak_rss_bytes = json_get_int(line, "peak_rss_bytes");
	if (!json_get_string(line, "cause") || !end_cause_parse(json_get_string(line, "cause"), &facts->end))
		facts->end = END_UNKNOWN;
}

static void read_journal(const GPtrArray *lines, Result *result, JournalFacts *facts)
{
	*facts = (JournalFacts){ .end = END_UNKNOWN, .start_ns = -1, .end_ns = -1, .leaving_ns = -1, .hello_ns = -1 };
	for (guint i = 0; i < lines->len; i++) {
		JsonObject *line = lines->pdata[i];
		const char *event = json_get_string(line, "event");
		const char *name = json_get_string(line, "name");
		gint64 ns = json_get_int(line, "ns");
		gint64 hop = json_get_int(line, "hop");

		if (g_strcmp0(event, "start") == 0) {
			facts->start_ns = ns;
			result->qemu = g_strdup(json_get_string(line, "emulator"));
		} else if (g_strcmp0(event, "count") == 0) {
			counts_add(result->counts, json_get_string(line, "mark"), json_get_string(line, "edge"),
				   json_get_int(line, "instructions"));
		} else if (g_strcmp0(event, "record") == 0) {
			facts->end_hop = MAX(facts->end_hop, (int)hop);
			/* sent last before kexec -e, so its end is the last sign of life; hello's beginning is the
			 * first */
			if (hop == 0 && g_strcmp0(name, FRAME_LEAVING) == 0)
				facts->leaving_ns = json_get_int(line, "end_ns");
			else if (hop == 1 && g_strcmp0(name, FRAME_HELLO) == 0)
				facts->hello_ns = ns;
		} else if (g_strcmp0(event, "end") == 0) {
			g_free(facts->end_detail);
			read_end(line, result, facts);
		} else if (g_strcmp0(event, "execution") == 0) {
			execution_free(result->execution);
			result->execution = read_execution(line);
		} else if (g_strcmp0(event, "paused") == 0) {
			facts->paused_ns += MAX(0, json_get_int(line, "paused_ns"));
		} else if (g_strcmp0(event, "harness-error") == 0) {
			char **where = json_get_bool(line, "host") ? &facts->skip : &facts->error;

			g_free(*where);
			*where = g_strdup(json_get_string(line, "text"));
		}
	}
}

static void journal_clear(JournalFacts *facts)
{
	g_free(facts->end_detail);
	g_free(facts->error);
	g_free(facts->skip);
}

typedef struct {
	GPtrArray *texts;  /* char * */
	GArray *times;	   /* gint64, as many */
	int first_line;	   /* of those after the first hop was left; -1 */
	int handover_line; /* of those after the last one was left; -1 */
	guint missing;	   /* lines that console.times knows, behind the end of console.log */
} Console;

/* The first line at or after that place, if it is not known yet. from: -1 for the end of the console. */
static void find_line(const Console *console, gint64 place, gint64 from, int *line)
{
	if (place >= 0 && *line < 0 && (from < 0 || from >= place))
		*line = (int)console->texts->len;
}

/* Lines that are said to begin at or behind that place. */
static guint count_behind(GHashTable *at, gsize length)
{
	GHashTableIter iter;
	gpointer offset;
	guint n = 0;

	g_hash_table_iter_init(&iter, at);
	while (g_hash_table_iter_next(&iter, &offset, NULL))
		n += *(gint64 *)offset >= (gint64)length;
	return n;
}

/* Cuts the console's bytes into lines, carriage returns and control characters removed. */
static void read_console(const RunDir *run, Console *console)
{
	g_autoptr(GBytes) bytes = rundir_read(run, RUNDIR_CONSOLE);
	g_autoptr(GBytes) stamps = rundir_read(run, RUNDIR_CONSOLE_TIMES);
	g_autofree char *stamp_text =
		stamps ? g_strndup(g_bytes_get_data(stamps, NULL), g_bytes_get_size(stamps)) : NULL;
	g_auto(GStrv) stamp_lines = g_strsplit_set(stamp_text ? stamp_text : "", "\n", -1);
	gsize length = bytes ? g_bytes_get_size(bytes) : 0;
	const char *data = bytes ? g_bytes_get_data(bytes, NULL) : "";
	g_autoptr(GHashTable) at = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	gint64 first = -1, handover = -1;

	console->texts = g_ptr_array_new_with_free_func(g_free);
	console->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	console->first_line = console->handover_line = -1;
	for (char **line = stamp_lines; *line; line++) {
		const char *space = strchr(*line, ' ');

		if (!space)
			continue;
		if (**line == '-') {
			handover = g_ascii_strtoll(space + 1, NULL, 10);
			first = first < 0 ? handover : first;
		} else {
			gint64 *offset = g_new(gint64, 1), *ns = g_new(gint64, 1);

			*offset = g_ascii_strtoll(space + 1, NULL, 10);
			*ns = g_ascii_strtoll(*line, NULL, 10);
			g_hash_table_replace(at, offset, ns);
		}
	}
	for (gsize from = 0; from < length;) {
		const char *newline = memchr(data + from, '\n', length - from);
		gsize end = newline ? (gsize)(newline - data) : length;
		gint64 key = (gint64)from;
		gint64 *ns = g_hash_table_lookup(at, &key);
		gint64 when = ns ? *ns : -1;
		GString *text = g_string_new(NULL);

		for (gsize i = from; i < end; i++)
			if ((guchar)data[i] >= ' ' || data[i] == '\t')
				g_string_append_c(text, data[i]);
		find_line(console, first, (gint64)from, &console->first_line);
		find_line(console, handover, (gint64)from, &console->handover_line);
		g_ptr_array_add(console->texts, g_utf8_make_valid(text->str, (gssize)text->len));
		g_string_free(text, TRUE);
		g_array_append_val(console->times, when);
		from = end + 1;
	}
	console->missing = count_behind(at, length);
	find_line(console, first, -1, &console->first_line);
	find_line(console, handover, -1, &console->handover_line);
}

/*
 * From the last line of the first kernel to the first of the second. Every kernel's
 * first line has its version (init/main.c, linux_banner), whatever came before it.
 */
static gint64 console_silence(const Console *console)
{
	for (int i = MAX(console->first_line, 1); console->first_line >= 0 && i < (int)console->texts->len; i++) {
		gint64 before = g_array_index(console->times, gint64, i - 1);
		gint64 at = g_array_index(console->times, gint64, i);

		if (strstr(console->texts->pdata[i], "Linux version "))
			return before >= 0 && at >= 0 ? at - before : -1;
	}
	return -1;
}

/* The records of a run directory, and what the journal has seen of them. */
typedef struct {
	RunDir *run;
	GHashTable *sizes; /* "1/kmsg" -> gint64: bytes of each record that came whole, as often as it came the last */
} Records;

static char *record_key(gint64 hop, const char *name)
{
	return g_strdup_printf("%" G_GINT64_FORMAT "/%s", hop, name);
}

static GHashTable *record_sizes(const GPtrArray *journal)
{
	GHashTable *sizes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (guint i = 0; i < journal->len; i++) {
		JsonObject *line = journal->pdata[i];
		const char *name = json_get_string(line, "name");
		gint64 *bytes;

		if (g_strcmp0(json_get_string(line, "event"), "record") != 0 || !name || !json_get_bool(line, "intact"))
			continue;
		bytes = g_new(gint64, 1);
		*bytes = json_get_int(line, "bytes");
		g_hash_table_replace(sizes, record_key(json_get_int(line, "hop"), name), bytes);
	}
	return sizes;
}

/* One that is not as it came is not read: nothing may follow from it. */
static GBytes *record_of(int hop, const char *name, gpointer data)
{
	const Records *records = data;
	g_autofree char *key = record_key(hop, name);
	const gint64 *bytes = g_hash_table_lookup(records->sizes, key);
	g_autoptr(GBytes) record = rundir_read_record(records->run, hop, name);

	if (record && bytes && (gint64)g_bytes_get_size(record) != *bytes)
		return NULL;
	return g_steal_pointer(&record);
}

/* The records of a hop that came, and are not there as they came, are its damage. */
static void check_records(const Records *records, Hop *hop)
{
	g_autofree char *prefix = record_key(hop->index, "");
	g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(records->sizes), (GCompareFunc)strcmp);

	for (GList *at = keys; at; at = at->next) {
		const char *name = g_str_has_prefix(at->data, prefix) ? (char *)at->data + strlen(prefix) : NULL;
		g_autoptr(GBytes) record = name ? record_of(hop->index, name, (gpointer)records) : NULL;

		if (name && !record)
			g_ptr_array_add(hop->damaged,
					g_strdup_printf("%s: came, but is not whole in the run directory", name));
	}
}

static void free_oracle(gpointer oracle)
{
	oracle_free(oracle);
}

static void free_audit(gpointer audit)
{
	audit_free(audit);
}

/* Records of an instrumented kernel; NULL without. In a hop that came whole, what cannot be understood is damage. */
static Audit *read_audit(const Hop *hop, Records *records)
{
	g_autoptr(GError) error = NULL;
	Audit *audit = NULL;

	if (!audit_read(hop, record_of, records, &audit, &error) && hop->complete)
		g_ptr_array_add(hop->damaged, g_strdup_printf("audit: %s", error->message));
	return audit;
}

static void free_map(gpointer map)
{
	blockmap_free(map);
}

/* NULL without the record, or without what it is to be laid over. */
static BlockMap *make_map(const Hop *hop)
{
	g_autoptr(GArray) untouched = g_array_new(FALSE, FALSE, sizeof(BlockTouch));

	if (!hop->pageblocks || !hop->pagetypes || !hop->zones)
		return NULL;
	return blockmap_new(hop, hop->pageblocks, untouched);
}

/* As many as there are records of, here or in the journal. */
static guint count_hops(RunDir *run, const GPtrArray *journal)
{
	gint64 hops = rundir_hops(run);

	for (guint i = 0; i < journal->len; i++)
		if (g_strcmp0(json_get_string(journal->pdata[i], "event"), "record") == 0)
			hops = MAX(hops, MIN(json_get_int(journal->pdata[i], "hop"), PLAN_HOPS_MOST) + 1);
	return (guint)hops;
}

static void read_hops(RunDir *run, const GPtrArray *journal, Result *result)
{
	g_autoptr(GBytes) bytes = rundir_read(run, RUNDIR_CONFIG);
	g_autofree char *config = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
	g_autoptr(GHashTable) sizes = record_sizes(journal);
	Records records = { run, sizes };
	guint hops = count_hops(run, journal);

	result->hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
	result->oracles = g_ptr_array_new_with_free_func(free_oracle);
	result->audits = g_ptr_array_new_with_free_func(free_audit);
	result->maps = g_ptr_array_new_with_free_func(free_map);
	for (guint i = 0; i < hops; i++) {
		Hop *hop = hop_new((int)i, record_of, &records);

		check_records(&records, hop);
		/* what the kernel was built with, where it does not say so itself */
		if (config)
			hop_set_config(hop, config);
		g_ptr_array_add(result->hops, hop);
		g_ptr_array_add(result->maps, make_map(hop));
		g_ptr_array_add(result->audits, read_audit(hop, &records));
		g_ptr_array_add(result->oracles, oracle_new(hop, result_map(result, i), NULL));
	}
}

static Wanted wanted_of(const Plan *plan)
{
	return (Wanted){
		.known = plan != NULL,
		.image = plan && !plan_hop(plan, 0)->profile,
		.log_to_end = plan_collects(plan, FRAME_KMSG_REST),
		.pageblocks = plan_collects(plan, FRAME_PAGEBLOCKS),
		.append = plan_hop(plan, 0)->append,
	};
}

static void add_times(Result *result, const GPtrArray *journal, const JournalFacts *facts, const Console *console)
{
	if (facts->leaving_ns >= 0 && facts->hello_ns >= 0)
		result->blackout_ns = facts->hello_ns - facts->leaving_ns;
	result->silent_ns = console_silence(console);
	result->timeline = timeline_new(journal, result->hops, console->texts, console->times);
}

/*
 * A machine that is counted has a clock that is its instructions, and one that was stopped
 * for a while has two clocks with a hole in them: neither gives a time.
 */
static void forget_times(Result *result)
{
	for (guint i = 0; i < result->hops->len; i++)
		((Hop *)result->hops->pdata[i])->boot_to_init_ns = -1;
}

static void evaluate(RunDir *run, Result *result)
{
	g_autofree const char **nonces = plan_nonces(result->plan);
	g_autoptr(GPtrArray) journal = rundir_journal_read(run);
	JournalFacts facts;
	Console console;
	Evidence evidence;

	result->counts = counts_new();
	read_journal(journal, result, &facts);
	read_console(run, &console);
	read_hops(run, journal, result);
	evidence = (Evidence){
		.hops_wanted = plan_hops(result->plan),
		.nonces = nonces,
		.hops = result->hops,
		.maps = result->maps,
		.audits = result->audits,
		.wanted = wanted_of(result->plan),
		.execution = result->execution,
		.paused_ns = facts.paused_ns,
		.channel_garbage = facts.garbage,
		.channel_damaged = facts.damaged,
		.console_missing = console.missing,
		.end = facts.end,
		.end_hop = facts.end_hop,
		.end_detail = facts.end_detail,
		.console = console.texts,
		.console_handover_line = console.handover_line,
		.skip = facts.skip,
		.error = facts.error,
	};
	result->verdict = verdict_judge(&evidence);
	if (facts.start_ns >= 0 && facts.end_ns >= 0)
		result->wall_ns = facts.end_ns - facts.start_ns;
	result->host_use = hostuse_read(journal, result->hops->len);
	if (plan_is_counted(result->plan) || facts.paused_ns > 0)
		forget_times(result);
	else
		add_times(result, journal, &facts, &console);
	g_ptr_array_unref(console.texts);
	g_array_unref(console.times);
	journal_clear(&facts);
}

const BlockMap *result_map(const Result *result, guint hop)
{
	const Audit *audit = hop < result->audits->len ? result->audits->pdata[hop] : NULL;

	if (hop < result->maps->len && result->maps->pdata[hop])
		return result->maps->pdata[hop];
	return audit ? audit->map : NULL;
}

bool result_has_map(const Result *result)
{
	for (guint hop = 0; hop < result->hops->len; hop++)
		if (result_map(result, hop))
			return true;
	return false;
}

Result *result_load(const char *path, GError **error)
{
	g_autoptr(RunDir) run = rundir_open(path, error);
	g_autoptr(Result) result = g_new0(Result, 1);
	g_autoptr(GBytes) plan = NULL;

	if (!run)
		return NULL;
	result->id = g_strdup(run->id);
	result->path = g_strdup(run->path);
	result->peak_rss_bytes = result->blackout_ns = result->silent_ns = result->wall_ns = -1;
	plan = rundir_read(run, RUNDIR_PLAN);
	if (plan) {
		result->plan = plan_from_json(g_bytes_get_data(plan, NULL), (gssize)g_bytes_get_size(plan), error);
		if (!result->plan) {
			g_prefix_error(error, "%s: ", path);
			return NULL;
		}
	}
	evaluate(run, result);
	return g_steal_pointer(&result);
}

void result_free(Result *result)
{
	if (!result)
		return;
	g_free(result->id);
	g_free(result->path);
	g_free(result->qemu);
	plan_free(result->plan);
	timeline_free(result->timeline);
	verdict_free(result->verdict);
	counts_free(result->counts);
	g_clear_pointer(&result->host_use, g_array_unref);
	g_clear_pointer(&result->hops, g_ptr_array_unref);
	g_clear_pointer(&result->oracles, g_ptr_array_unref);
	g_clear_pointer(&result->maps, g_ptr_array_unref);
	g_clear_pointer(&result->audits, g_ptr_array_unref);
	execution_free(result->execution);
	g_free(result);
}

bool result_as_expected(const Result *result)
{
	const Plan *plan = result->plan;

	if (!plan || g_strcmp0(verdict_kind_name(result->verdict->kind), plan->expect) != 0)
		return false;
	if (!plan->expect_reason)
		return true;
	for (guint i = 0; i < result->verdict->reasons->len; i++) {
		const Reason *reason = result->verdict->reasons->pdata[i];

		if (strcmp(reason->id, plan->expect_reason) == 0)
			return true;
	}
	return false;
}
