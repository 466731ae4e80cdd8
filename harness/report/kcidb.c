// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON for KernelCI's database. The schema is kcidb-io's, version 5.3 (kcidb_io/schema/v05_03.py): a checkout is a
 * source with its patches, a build one kernel of it, and a test what was asked of that kernel. Nothing in it may be
 * null: what is not known is left out.
 */
#include "runcases.h"

#include <base/json.h>
#include <evaluate/about.h>
#include <measure/title.h>
#include <report/kcidb.h>

#include <string.h>

#define MAJOR 5
#define MINOR 3
/* "maxLength" of log_excerpt, in characters; bytes are no fewer */
#define EXCERPT_MOST 16384
/* git_commit_hash: a SHA-1 */
#define COMMIT_LENGTH 40

typedef struct {
	JsonBuilder *b;
	const char *origin;
	GPtrArray *results;  /* Result */
	GHashTable *written; /* ids: each checkout and build stands there once */
} Kcidb;

bool kcidb_is_origin(const char *origin)
{
	return *origin && !origin[strspn(origin, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* ---- ids ---- */

/* "khotest:0123456789abcdef", of what makes a thing what it is. Caller frees. */
static char *id_of(const Kcidb *kcidb, const char *const *parts)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < 6; i++)
		g_checksum_update(sum, (const guchar *)(parts[i] ? parts[i] : ""),
				  parts[i] ? (gssize)strlen(parts[i]) + 1 : 1);
	return g_strdup_printf("%s:%.32s", kcidb->origin, g_checksum_get_string(sum));
}

/* A finished image has neither source nor series: then it is itself. */
static char *checkout_id(const Kcidb *kcidb, const PlanHop *hop)
{
	const char *const parts[6] = { "checkout",   hop->source, hop->commit,
				       hop->version, hop->series, hop->source ? NULL : hop->sha256 };

	return id_of(kcidb, parts);
}

static char *build_id(const Kcidb *kcidb, const PlanHop *hop)
{
	const char *const parts[6] = { "build", hop->sha256, hop->key, hop->source, hop->series, hop->profile };

	return id_of(kcidb, parts);
}

static char *test_id(const Kcidb *kcidb, const Result *result, const RunCase *one, guint number)
{
	g_autofree char *place = g_strdup_printf("%u", number);
	const char *nonce = plan_hop(result->plan, 0)->nonce;
	/* a directory may be renamed, and the run in it is still the same */
	const char *const parts[6] = {
		"test", nonce ? nonce : result->id, result_date(result), one->name, place, NULL
	};

	return id_of(kcidb, parts);
}

/* ---- members ---- */

static void put_known(JsonBuilder *b, const char *name, const char *value)
{
	g_autofree char *valid = value && *value ? g_utf8_make_valid(value, -1) : NULL;

	if (valid)
		json_put_string(b, name, valid);
}

static bool is_new(const Kcidb *kcidb, const char *id)
{
	return g_hash_table_add(kcidb->written, g_strdup(id));
}

/* A date that JSON schema takes for one: RFC 3339, which wants a time zone. */
static void put_start(JsonBuilder *b, const Result *result)
{
	const char *text = result_date(result);
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) when = text ? g_date_time_new_from_iso8601(text, utc) : NULL;
	g_autofree char *start = when ? g_date_time_format_iso8601(when) : NULL;

	put_known(b, "start_time", start);
}

/* ---- checkouts and builds ---- */

static void put_checkout(const Kcidb *kcidb, const PlanHop *hop)
{
	g_autofree char *id = checkout_id(kcidb, hop);
	g_autofree char *comment =
		g_strdup_printf("%s%s%s",
				hop->source ? hop->source
				: hop->name ? hop->name
					    : "unknown",
				hop->series ? " with the series " : "", hop->series ? hop->series : "");
	JsonBuilder *b = kcidb->b;

	if (!is_new(kcidb, id))
		return;
	json_builder_begin_object(b);
	json_put_string(b, "id", id);
	json_put_string(b, "origin", kcidb->origin);
	if (hop->commit && strlen(hop->commit) == COMMIT_LENGTH)
		put_known(b, "git_commit_hash", hop->commit);
	put_known(b, "git_commit_name", hop->version);
	put_known(b, "comment", comment);
	json_put_bool(b, "valid", true);
	json_begin_object(b, "misc");
	put_known(b, "kernel", hop->name);
	put_known(b, "series", hop->series);
	json_put_bool(b, "dirty", hop->dirty);
	json_builder_end_object(b);
	json_builder_end_object(b);
}

static void put_build(const Kcidb *kcidb, const PlanHop *hop)
{
	g_autofree char *id = build_id(kcidb, hop), *checkout = checkout_id(kcidb, hop);
	JsonBuilder *b = kcidb->b;

	if (!is_new(kcidb, id))
		return;
	json_builder_begin_object(b);
	json_put_string(b, "id", id);
	json_put_string(b, "origin", kcidb->origin);
	json_put_string(b, "checkout_id", checkout);
	json_put_string(b, "architecture", arch_default()->name);
	put_known(b, "config_name", hop->profile);
	put_known(b, "comment", hop->release);
	/* it was run: so it could be built */
	json_put_string(b, "status", "PASS");
	json_begin_object(b, "misc");
	put_known(b, "release", hop->release);
	put_known(b, "image_sha256", hop->sha256);
	if (hop->config_asked && hop->config_asked[0])
		json_put_strings(b, "config_asked", (const char *const *)hop->config_asked);
	json_builder_end_object(b);
	json_builder_end_object(b);
}

/* ---- tests ---- */

/* "khotest.payload.memfd.check": of letters, digits, '_' and '-', in parts that are not empty. Caller frees. */
static char *path_of(const RunCase *one)
{
	g_auto(GStrv) parts = g_strsplit(one->path, ".", -1);
	GString *out = g_string_new("khotest");

	for (char **part = parts; *part; part++)
		if (**part)
			g_string_append_printf(out, ".%s",
					       g_strcanon(*part, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_'));
	return g_string_free(out, FALSE);
}

static void put_environment(JsonBuilder *b, const Result *result)
{
	const Plan *plan = result->plan;
	g_autofree char *machine = plan ? result_machine(plan) : NULL;

	if (!plan)
		return;
	json_begin_object(b, "environment");
	put_known(b, "comment", machine);
	json_begin_object(b, "misc");
	json_put_int(b, "memory_bytes", (gint64)plan->guest.memory_bytes);
	json_put_int(b, "cpus", plan->guest.cpus);
	json_put_int(b, "nodes", machine_nodes(&plan->guest));
	put_known(b, "accelerator", plan->accelerator);
	put_known(b, "machine", plan->machine);
	put_known(b, "mode", plan->mode);
	put_known(b, "qemu", result->qemu);
	json_builder_end_object(b);
	json_builder_end_object(b);
}

/* What a kernel that died or complained said of it, no longer than a log_excerpt may be. */
static void put_excerpt(JsonBuilder *b, const Verdict *verdict)
{
	g_autofree char *valid = NULL, *cut = NULL;

	if (!verdict->title_class || !title_class_is_said(verdict->title_class) || !verdict->title_evidence)
		return;
	valid = g_utf8_make_valid(verdict->title_evidence, -1);
	cut = g_utf8_strlen(valid, -1) > EXCERPT_MOST ? g_utf8_substring(valid, 0, EXCERPT_MOST) : g_strdup(valid);
	json_put_string(b, "log_excerpt", cut);
}

static void put_run_only(JsonBuilder *b, const Result *result)
{
	if (result->wall_ns >= 0)
		json_put_double(b, "duration", (double)result->wall_ns / 1e9);
	put_excerpt(b, result->verdict);
}

static void put_test_misc(JsonBuilder *b, const Result *result, const RunCase *one)
{
	json_begin_object(b, "misc");
	put_known(b, "run", result->id);
	put_known(b, "what", one->name);
	if (one->hop >= 0)
		json_put_int(b, "kernel", one->hop + 1);
	put_known(b, "title", one->hop < 0 ? result->verdict->title : NULL);
	if (result->plan) {
		put_known(b, "expected", result->plan->expect);
		put_known(b, "expected_reason", result->plan->expect_reason);
	}
	json_builder_end_object(b);
}

static void put_test(const Kcidb *kcidb, const Result *result, const RunCase *one, guint number)
{
	static const char *const states[] = {
		[CASE_PASS] = "PASS", [CASE_FAIL] = "FAIL", [CASE_ERROR] = "ERROR", [CASE_SKIP] = "SKIP"
	};
	g_autofree char *id = test_id(kcidb, result, one, number), *path = path_of(one);
	g_autofree char *build = build_id(kcidb, plan_hop(result->plan, one->hop < 0 ? 0 : (guint)one->hop));
	JsonBuilder *b = kcidb->b;

	json_builder_begin_object(b);
	json_put_string(b, "id", id);
	json_put_string(b, "origin", kcidb->origin);
	json_put_string(b, "build_id", build);
	json_put_string(b, "path", path);
	json_put_string(b, "status", states[one->state]);
	put_known(b, "comment", one->message);
	put_start(b, result);
	put_environment(b, result);
	if (one->hop < 0)
		put_run_only(b, result);
	put_test_misc(b, result, one);
	json_builder_end_object(b);
}

/* ---- the whole ---- */

/* Each kernel of each run. A run without a plan has one of which nothing is known. */
static void for_kernels(const Kcidb *kcidb, const char *name, void (*put)(const Kcidb *, const PlanHop *))
{
	json_begin_array(kcidb->b, name);
	for (guint i = 0; i < kcidb->results->len; i++) {
		const Result *result = kcidb->results->pdata[i];

		for (guint hop = 0; hop < MAX(1, plan_hops(result->plan)); hop++)
			put(kcidb, plan_hop(result->plan, hop));
	}
	json_builder_end_array(kcidb->b);
}

static void put_tests(const Kcidb *kcidb)
{
	json_begin_array(kcidb->b, "tests");
	for (guint i = 0; i < kcidb->results->len; i++) {
		g_autoptr(GPtrArray) cases = runcases_of(kcidb->results->pdata[i]);

		for (guint c = 0; c < cases->len; c++)
			put_test(kcidb, kcidb->results->pdata[i], cases->pdata[c], c);
	}
	json_builder_end_array(kcidb->b);
}

char *results_to_kcidb(GPtrArray *results, const char *origin)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(GHashTable) written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const Kcidb kcidb = { b, origin, results, written };

	json_builder_begin_object(b);
	json_begin_object(b, "version");
	json_put_int(b, "major", MAJOR);
	json_put_int(b, "minor", MINOR);
	json_builder_end_object(b);
	for_kernels(&kcidb, "checkouts", put_checkout);
	for_kernels(&kcidb, "builds", put_build);
	put_tests(&kcidb);
	json_builder_end_object(b);
	return json_text(b, true);
}

char *result_to_kcidb(const Result *result, const char *origin)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	g_ptr_array_add(one, (gpointer)result);
	return results_to_kcidb(one, origin);
}

char *storedcomparison_to_kcidb(const StoredComparison *stored, const char *origin)
{
	g_autoptr(GPtrArray) results = storedcomparison_results(stored);

	return results_to_kcidb(results, origin);
}

char *selftests_to_kcidb(const Selftests *selftests, const char *origin)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new();

	for (guint i = 0; i < selftests->outcomes->len; i++) {
		const SelftestOutcome *outcome = selftests->outcomes->pdata[i];

		if (outcome->result)
			g_ptr_array_add(results, outcome->result);
	}
	return results_to_kcidb(results, origin);
}

char *matrix_to_kcidb(const MatrixResult *result, const char *origin)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new();

	for (guint i = 0; i < result->cells->len; i++) {
		Result *one = matrixcell_result(result->cells->pdata[i]);

		if (one)
			g_ptr_array_add(results, one);
	}
	return results_to_kcidb(results, origin);
}
