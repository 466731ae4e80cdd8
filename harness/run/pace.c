// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/pace.h>

#include <base/files.h>
#include <base/json.h>

#include <string.h>

#define NS_PER_S 1000000000ll
#define FILE_NAME "pace.json"
#define PPM 1000000
/* Who is not within these was measured wrongly, or is no host to wait for. */
#define FACTOR_LEAST 0.01
#define FACTOR_MOST 50.0
/* A deadline is never shorter than a part of what it is made for: hosts have bad moments. */
#define SCALE_LEAST 0.5

/*
 * Seconds, and seconds for each GiB. A kernel boots in some seconds under TCG, loads the next one in one, and has at
 * most some thousand records to send: each has more than ten times of what it takes on an idle host.
 */
static const struct {
	gint64 base, per_gib;
} steps[] = {
	[STEP_BOOT] = { 90, 1 },  [STEP_COLLECT] = { 90, 1 }, [STEP_LOAD] = { 60, 0 },
	[STEP_LEAVE] = { 60, 0 }, [STEP_FINISH] = { 60, 0 },  [STEP_OVER] = { 0, 0 },
};

static gint64 gib(const Machine *guest)
{
	return (gint64)(guest->memory_bytes >> 30);
}

gint64 pace_boot_ns(const Machine *guest)
{
	return 2 * NS_PER_S + gib(guest) * NS_PER_S * 3 / 100;
}

gint64 pace_scale(gint64 ns, double factor)
{
	return (gint64)((double)ns * CLAMP(factor, SCALE_LEAST, FACTOR_MOST));
}

gint64 pace_step_ns(const Machine *guest, StepKind step, double factor)
{
	return pace_scale((steps[step].base + steps[step].per_gib * gib(guest)) * NS_PER_S, factor);
}

static char *file_of(const char *cache)
{
	return g_build_filename(cache, FILE_NAME, NULL);
}

/* The whole file; an empty object where there is none that is understood. Caller unrefs. */
static JsonObject *read_all(const char *cache)
{
	g_autofree char *path = file_of(cache), *text = NULL;
	JsonObject *object = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL))
		object = json_parse_object(text, -1, path, NULL);
	return object ? object : json_object_new();
}

/* Factors in millionths, the latest last. Caller unrefs. */
static GArray *factors_of(JsonObject *all, const char *accelerator)
{
	GArray *factors = g_array_new(FALSE, FALSE, sizeof(gint64));
	JsonArray *array = json_get_array(all, accelerator);

	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);
		gint64 ppm = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
		double factor = (double)ppm / PPM;

		if (factor >= FACTOR_LEAST && factor <= FACTOR_MOST)
			g_array_append_val(factors, ppm);
	}
	return factors;
}

static int by_value(gconstpointer a, gconstpointer b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

Pace pace_read(const char *cache, const char *accelerator)
{
	g_autoptr(JsonObject) all = read_all(cache);
	g_autoptr(GArray) factors = factors_of(all, accelerator);
	guint middle;

	if (!factors->len)
		return (Pace){ 1.0, 0 };
	g_array_sort(factors, by_value);
	middle = factors->len / 2;
	return (Pace){ (double)g_array_index(factors, gint64, middle) / PPM, factors->len };
}

/* The other accelerators as they were, this one with the latest of its factors. Caller frees. */
static char *text_with(JsonObject *all, const char *accelerator, const GArray *factors)
{
	g_autoptr(JsonArray) array = json_array_new();
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);

	for (guint i = factors->len > PACE_KEPT ? factors->len - PACE_KEPT : 0; i < factors->len; i++)
		json_array_add_int_element(array, g_array_index(factors, gint64, i));
	json_object_set_array_member(all, accelerator, g_steal_pointer(&array));
	json_node_set_object(root, all);
	return json_to_string(root, TRUE);
}

void pace_learn(const char *cache, const char *accelerator, const Machine *guest, gint64 boot_cpu_ns)
{
	double factor = (double)boot_cpu_ns / (double)pace_boot_ns(guest);
	g_autoptr(JsonObject) all = NULL;
	g_autoptr(GArray) factors = NULL;
	g_autofree char *path = file_of(cache), *text = NULL;
	gint64 ppm = (gint64)(factor * PPM);

	if (factor < FACTOR_LEAST || factor > FACTOR_MOST)
		return;
	all = read_all(cache);
	factors = factors_of(all, accelerator);
	g_array_append_val(factors, ppm);
	text = text_with(all, accelerator, factors);
	/* of two runs that end at once one may be lost: there are others */
	files_write_fast(path, text, strlen(text), NULL);
}
