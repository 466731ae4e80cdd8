// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <base/units.h>
#include <report/key.h>

#include <string.h>

#define DIGEST_SHOWN 12

/*
 * What series are meant to differ in, and what differs by the name of the series
 * alone: whether struct pages are initialised late (kconfigs/deferred.config and
 * kconfigs/no-deferred.config), what that selects (mm/Kconfig,
 * DEFERRED_STRUCT_PAGE_INIT), and the release.
 */
static const char *const left_out[] = { "CONFIG_DEFERRED_STRUCT_PAGE_INIT", "CONFIG_PADATA", "CONFIG_LOCALVERSION",
					"CONFIG_BUILD_SALT", NULL };

/* Words of the command line that differ from run to run of the same thing. The rate given to the kernel is measured
 * anew each time, and in parts per million; which rate it is comes with the CPU model. */
static const char *const nonces[] = { "khotest.nonces=", "khotest.hop=", "tsc_early_khz=", NULL };

static void free_part(gpointer data)
{
	KeyPart *part = data;

	g_free(part->value);
	g_free(part);
}

/* Takes ownership of value. */
static void add_part(GPtrArray *key, const char *name, char *value)
{
	KeyPart *part = g_new(KeyPart, 1);

	part->name = name;
	part->value = value ? value : g_strdup("-");
	g_ptr_array_add(key, part);
}

static char *short_digest(const char *text)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	return g_strndup(digest, DIGEST_SHOWN);
}

static char *cpu_model(const RunDir *run)
{
	g_autoptr(GBytes) bytes = run ? rundir_read(run, RUNDIR_HOST) : NULL;
	g_autoptr(JsonObject) host = bytes ? json_parse_object(g_bytes_get_data(bytes, NULL),
							       (gssize)g_bytes_get_size(bytes), "host.json", NULL)
					   : NULL;

	return host ? g_strdup(json_get_string(host, "cpu_model")) : NULL;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "CONFIG_X=y" a line, sorted. A symbol that is off and one that the kernel does not have are the same. */
static char *settings_text(GPtrArray *settings)
{
	g_ptr_array_sort(settings, by_name);
	g_ptr_array_add(settings, NULL);
	return g_strjoinv("\n", (char **)settings->pdata);
}

static void add_setting(GPtrArray *settings, const char *symbol, const char *value)
{
	if (!g_strv_contains(left_out, symbol) && strcmp(value, "n") != 0)
		g_ptr_array_add(settings, g_strdup_printf("%s=%s", symbol, value));
}

static void add_settings_of_file(GPtrArray *settings, GBytes *bytes)
{
	g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char *equals = strchr(*line, '=');

		if (!equals || !g_str_has_prefix(*line, "CONFIG_"))
			continue;
		*equals = '\0';
		add_setting(settings, *line, equals + 1);
	}
}

/*
 * A digest of the configuration as built; of a finished image, of what its first
 * kernel shows in /proc/config.gz. Kernel versions have different symbols, and so
 * different configurations.
 */
static char *configuration(const RunDir *run, const Result *result)
{
	g_autoptr(GBytes) bytes = run ? rundir_read(run, RUNDIR_CONFIG) : NULL;
	const Hop *hop = result->hops->len ? result->hops->pdata[0] : NULL;
	g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *text = NULL;

	if (bytes) {
		add_settings_of_file(settings, bytes);
	} else if (hop && hop->config) {
		GHashTableIter iter;
		gpointer symbol, value;

		g_hash_table_iter_init(&iter, hop->config);
		while (g_hash_table_iter_next(&iter, &symbol, &value))
			add_setting(settings, symbol, value);
	}
	if (!settings->len)
		return NULL;
	text = settings_text(settings);
	return short_digest(text);
}

static char *command_line(const Plan *plan)
{
	g_auto(GStrv) words = g_strsplit_set(plan->cmdline ? plan->cmdline : "", " ", -1);
	GString *kept = g_string_new(NULL);

	for (char **word = words; *word; word++) {
		bool nonce = !**word;

		for (const char *const *prefix = nonces; *prefix; prefix++)
			nonce |= g_str_has_prefix(*word, *prefix);
		if (!nonce)
			g_string_append_printf(kept, "%s%s", kept->len ? " " : "", *word);
	}
	return g_string_free(kept, kept->len == 0);
}

/* "50G with CPUs 0-1, 50G with CPUs 2-3" */
static char *topology(const Plan *plan)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < plan->nodes->len; i++) {
		const PlanNode *node = &g_array_index(plan->nodes, PlanNode, i);
		g_autofree char *size = units_format_size(node->bytes);

		g_string_append_printf(text, "%s%s with %s%s", i ? ", " : "", size, *node->cpus ? "CPUs " : "no CPU",
				       node->cpus);
	}
	return g_string_free(text, FALSE);
}

GPtrArray *result_key(const Result *result)
{
	GPtrArray *key = g_ptr_array_new_with_free_func(free_part);
	g_autoptr(RunDir) run = rundir_open(result->path, NULL);
	const Plan *plan = result->plan;

	add_part(key, "accelerator", plan ? g_strdup(plan->accelerator) : NULL);
	add_part(key, "emulator", g_strdup(result->qemu));
	add_part(key, "host CPU", cpu_model(run));
	add_part(key, "guest CPUs", plan ? g_strdup_printf("%u", plan->cpus) : NULL);
	add_part(key, "memory", plan ? units_format_size(plan->memory_bytes) : NULL);
	add_part(key, "nodes", plan ? topology(plan) : NULL);
	add_part(key, "mode", plan ? g_strdup(plan->mode) : NULL);
	add_part(key, "kernels in a row", plan ? g_strdup_printf("%u", g_strv_length(plan->nonces)) : NULL);
	add_part(key, "profile", plan ? g_strdup(plan->profile) : NULL);
	add_part(key, "kernel configuration", configuration(run, result));
	add_part(key, "command line", plan ? command_line(plan) : NULL);
	return key;
}

char *key_digest(const GPtrArray *key)
{
	GString *text = g_string_new(NULL);
	char *digest;

	for (guint i = 0; i < key->len; i++) {
		const KeyPart *part = key->pdata[i];

		g_string_append_printf(text, "%s\t%s\n", part->name, part->value);
	}
	digest = short_digest(text->str);
	g_string_free(text, TRUE);
	return digest;
}

char *key_difference(const GPtrArray *a, const GPtrArray *b)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < a->len && i < b->len; i++) {
		const KeyPart *x = a->pdata[i], *y = b->pdata[i];

		if (strcmp(x->value, y->value) != 0)
			g_string_append_printf(text, "%s%s: %s and %s", text->len ? "; " : "", x->name, x->value,
					       y->value);
	}
	return g_string_free(text, text->len == 0);
}
