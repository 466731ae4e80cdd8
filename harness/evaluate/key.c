// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>
#include <base/json.h>
#include <base/units.h>
#include <evaluate/key.h>
#include <machine/machineword.h>

#include "keyconfig.h"

#include <string.h>

#define DIGEST_SHOWN 12
#define WORDS_SHOWN 4
#define UNKNOWN "-"
#define KEY_ACCELERATOR "accelerator"
#define KEY_EMULATOR "emulator"
#define KEY_HOST_CPU "host CPU"
#define KEY_COMMAND_LINE "command line"

void keypart_free(gpointer data)
{
	KeyPart *part = data;

	g_free(part->value);
	g_free(part);
}

/* Takes ownership of value. */
static KeyPart *add_part(GPtrArray *key, const char *name, char *value)
{
	KeyPart *part = g_new(KeyPart, 1);

	part->name = name;
	part->value = value ? value : g_strdup(UNKNOWN);
	part->is_words = false;
	g_ptr_array_add(key, part);
	return part;
}

static void add_words(GPtrArray *key, const char *name, char *value)
{
	add_part(key, name, value)->is_words = true;
}

static char *short_digest(const char *text)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	return g_strndup(digest, DIGEST_SHOWN);
}

/* The kernel's, without words that differ from run to run of the same thing. The rate given to the kernel is measured
 * anew each time, and in parts per million; which rate it is comes with the CPU model. */
static char *command_line(const Plan *plan)
{
	const char *const nonces[] = { "khotest.nonces=", "khotest.hop=", arch_default()->clock_word, NULL };
	const char *line = plan_hop(plan, 0)->cmdline;
	g_auto(GStrv) words = g_strsplit_set(line ? line : "", " ", -1);
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

	for (guint i = 0; i < machine_nodes(&plan->guest); i++) {
		const MachineNode *node = machine_node(&plan->guest, i);
		g_autofree char *size = units_format_size(node->bytes);

		g_string_append_printf(text, "%s%s with %s%s", i ? ", " : "", node->bytes ? size : "no memory",
				       *node->cpus ? "CPUs " : "no CPU", node->cpus);
	}
	return g_string_free(text, FALSE);
}

/* When the host gives it out, and whether that has to come through a file system. */
static char *guest_memory(const Plan *plan)
{
	return g_strconcat(plan->guest.prefault ? "given before the start" : "on touch",
			   plan->guest.memory_dir ? ", in a file" : "", NULL);
}

/* "2"; where they are not alike, which they are, and the words that not all have on their command lines. */
static char *kernels_in_a_row(const Plan *plan)
{
	GString *text = g_string_new(NULL);

	if (!plan_is_mixed(plan))
		g_string_append_printf(text, "%u", plan_hops(plan));
	for (guint i = 0; i < plan_hops(plan); i++) {
		g_autofree char *kernel = plan_kernel(plan, i);
		const char *append = plan_hop(plan, i)->append;
		bool differs = g_strcmp0(append, plan_hop(plan, 0)->append) != 0;

		if (plan_is_mixed(plan))
			g_string_append_printf(text, "%s%s", i ? ", " : "", kernel);
		if (differs)
			g_string_append_printf(text, " [kernel %u: %s]", i + 1, append ? append : "");
	}
	return g_string_free(text, FALSE);
}

/* A kernel that does not show its configuration is like itself and no other. */
static char *configuration(const Result *result)
{
	char *built = keyconfig_built(result);
	const char *image = plan_hop(result->plan, 0)->sha256;

	return built || !image ? built : g_strdup_printf(UNKNOWN "(image %.*s)", DIGEST_SHOWN, image);
}

/* "pressure leak, break data" */
static char *payloads(const Plan *plan)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < plan->payloads->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", ((PayloadPlan *)plan->payloads->pdata[i])->name);
	if (plan->break_what)
		g_string_append_printf(text, ", break %s", plan->break_what);
	return g_string_free(text, FALSE);
}

GPtrArray *result_key(const Result *result)
{
	GPtrArray *key = g_ptr_array_new_with_free_func(keypart_free);
	const Plan *plan = result->plan;

	add_part(key, KEY_ACCELERATOR, plan ? g_strdup(plan->accelerator) : NULL);
	add_part(key, KEY_EMULATOR, g_strdup(result->qemu));
	add_part(key, KEY_HOST_CPU, g_strdup(json_get_string(result->host, "cpu_model")));
	add_part(key, "guest CPUs", plan ? g_strdup_printf("%u", plan->guest.cpus) : NULL);
	add_part(key, "memory", plan ? units_format_size(plan->guest.memory_bytes) : NULL);
	add_part(key, "guest memory", plan ? guest_memory(plan) : NULL);
	add_part(key, "nodes", plan ? topology(plan) : NULL);
	add_part(key, "mode", plan ? g_strdup(plan->mode) : NULL);
	add_part(key, "kernels in a row", plan ? kernels_in_a_row(plan) : NULL);
	add_part(key, "profile", plan ? g_strdup(plan_hop(plan, 0)->profile) : NULL);
	add_part(key, KEY_COMPILER, keyconfig_compiler(result));
	add_words(key, KEY_CONFIGURATION, configuration(result));
	add_words(key, "configuration asked for", keyconfig_asked(plan));
	add_words(key, KEY_COMMAND_LINE, plan ? command_line(plan) : NULL);
	/* last, and only where there are any: what has none is like what was recorded before there could be one */
	if (plan && machine_has_devices(&plan->guest))
		add_part(key, "devices", machineword_get(&plan->guest, "device"));
	if (plan && plan->payloads->len)
		add_part(key, "payloads", payloads(plan));
	return key;
}

void key_forget(GPtrArray *key, const char *name)
{
	for (guint i = 0; i < key->len; i++)
		if (strcmp(((const KeyPart *)key->pdata[i])->name, name) == 0)
			g_ptr_array_remove_index(key, i--);
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

/* Words that are in one and not in the other. They are borrowed. */
static GPtrArray *only_in(char **words, char **other)
{
	GPtrArray *only = g_ptr_array_new();

	for (; *words; words++)
		if (**words && !g_strv_contains((const char *const *)other, *words))
			g_ptr_array_add(only, *words);
	return only;
}

static gsize name_length(const char *word)
{
	return strcspn(word, "=");
}

/* Takes the word with that one's name, up to the '=', out of the others; NULL if there is none. */
static const char *take_namesake(GPtrArray *words, const char *word)
{
	gsize length = name_length(word);

	for (guint i = 0; i < words->len; i++)
		if (name_length(words->pdata[i]) == length && strncmp(words->pdata[i], word, length) == 0)
			return g_ptr_array_remove_index(words, i);
	return NULL;
}

/* "DEBUG_VM=y": symbols are known without their prefix. */
static const char *shown(const char *word)
{
	return g_str_has_prefix(word, "CONFIG_") ? word + strlen("CONFIG_") : word;
}

static const char *value_of(const char *word)
{
	return word[name_length(word)] ? word + name_length(word) + 1 : "set";
}

/* "HZ=250 against 1000, DEBUG_VM=y against not set, KASAN not set against y, and 3 more". Caller frees. */
static char *words_difference(const char *x, const char *y)
{
	g_auto(GStrv) x_words = g_strsplit(x, " ", -1), y_words = g_strsplit(y, " ", -1);
	g_autoptr(GPtrArray) mine = only_in(x_words, y_words), theirs = only_in(y_words, x_words);
	GString *text = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < mine->len; i++) {
		const char *word = shown(mine->pdata[i]), *other = take_namesake(theirs, mine->pdata[i]);

		if (n++ < WORDS_SHOWN)
			g_string_append_printf(text, "%s%s against %s", n > 1 ? ", " : "", word,
					       other ? value_of(other) : "not set");
	}
	for (guint i = 0; i < theirs->len; i++) {
		const char *word = shown(theirs->pdata[i]);

		if (n++ < WORDS_SHOWN)
			g_string_append_printf(text, "%s%.*s not set against %s", n > 1 ? ", " : "",
					       (int)name_length(word), word, value_of(word));
	}
	if (n > WORDS_SHOWN)
		g_string_append_printf(text, ", and %u more", n - WORDS_SHOWN);
	/* of a kernel's command line the last word counts: the order is part of it */
	return g_string_free(n ? text : g_string_append(text, "the same words in another order"), FALSE);
}

static char *part_difference(const KeyPart *x, const KeyPart *y)
{
	bool x_known = !g_str_has_prefix(x->value, UNKNOWN), y_known = !g_str_has_prefix(y->value, UNKNOWN);

	if (!x->is_words || !y->is_words)
		return g_strdup_printf("%s and %s", x->value, y->value);
	if (x_known && y_known)
		return words_difference(x->value, y->value);
	return g_strdup_printf("not known of %s", x_known ? "the second" : y_known ? "the first" : "either");
}

static const KeyPart *part_named(const GPtrArray *key, const char *name)
{
	for (guint i = 0; i < key->len; i++)
		if (strcmp(((const KeyPart *)key->pdata[i])->name, name) == 0)
			return key->pdata[i];
	return NULL;
}

/* A part that a key does not have is "none". */
static const char *value_of_part(const KeyPart *part)
{
	return part ? part->value : "none";
}

static bool differ_in(const GPtrArray *a, const GPtrArray *b, const char *name)
{
	return strcmp(value_of_part(part_named(a, name)), value_of_part(part_named(b, name))) != 0;
}

/* Names of the parts in which they differ: as the first has them, then those that the second alone has. Caller unrefs.
 */
static GPtrArray *different_parts(const GPtrArray *a, const GPtrArray *b)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < a->len + b->len; i++) {
		const KeyPart *part = i < a->len ? a->pdata[i] : b->pdata[i - a->len];

		if (differ_in(a, b, part->name) && (i < a->len || !part_named(a, part->name)))
			g_ptr_array_add(names, (gpointer)part->name);
	}
	return names;
}

char *key_difference(const GPtrArray *a, const GPtrArray *b)
{
	g_autoptr(GPtrArray) names = different_parts(a, b);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		const KeyPart *x = part_named(a, name), *y = part_named(b, name);
		const KeyPart none = { .name = name, .value = (char *)value_of_part(NULL) };
		g_autofree char *difference = part_difference(x ? x : &none, y ? y : &none);

		g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "", name, difference);
	}
	return g_string_free(text, text->len == 0);
}

bool key_differs_by_host(const GPtrArray *a, const GPtrArray *b)
{
	/* the last where the accelerators differ: an emulated CPU is given words of its own */
	static const char *const of_host[] = { KEY_ACCELERATOR, KEY_EMULATOR, KEY_HOST_CPU, KEY_COMMAND_LINE };
	gsize n = G_N_ELEMENTS(of_host) - !differ_in(a, b, KEY_ACCELERATOR);
	g_autoptr(GPtrArray) names = different_parts(a, b);

	for (guint i = 0; i < names->len; i++) {
		bool known = false;

		for (gsize h = 0; h < n; h++)
			known |= strcmp(of_host[h], names->pdata[i]) == 0;
		if (!known)
			return false;
	}
	return names->len > 0;
}

char *key_kernels_difference(const Plan *a, const Plan *b)
{
	for (guint n = 0; n < MIN(plan_hops(a), plan_hops(b)); n++) {
		const char *x = plan_hop(a, n)->sha256, *y = plan_hop(b, n)->sha256;

		if (g_strcmp0(x, y) != 0)
			return g_strdup_printf("kernel %u: SHA-256 %.12s and %.12s", n + 1, x ? x : "unknown",
					       y ? y : "unknown");
	}
	return NULL;
}

char *key_left_out(guint count, const char *what, const char *first)
{
	return g_strdup_printf("%u %s%s left out, as figures of different things cannot be compared: %s%s", count, what,
			       count == 1 ? " is" : "s are", count == 1 ? "" : "the first is ", first);
}
