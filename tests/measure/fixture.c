// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

#include <gio/gio.h>
#include <proto/frame.h>
#include <stdio.h>
#include <string.h>

static char *key_of(int hop, const char *name)
{
	return g_strdup_printf("%d/%s", hop, name);
}

static void load_folder(Fixture *fixture, const char *path, int hop, const char *prefix)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *entry;

	while (dir && (entry = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, entry, NULL);
		g_autofree char *name = *prefix ? g_strconcat(prefix, "/", entry, NULL) : g_strdup(entry);
		char *data = NULL;
		gsize length;

		if (g_file_test(child, G_FILE_TEST_IS_DIR)) {
			load_folder(fixture, child, hop, name);
			continue;
		}
		g_assert_true(g_file_get_contents(child, &data, &length, NULL));
		g_hash_table_insert(fixture->records, key_of(hop, name), g_bytes_new_take(data, length));
	}
}

static GBytes *lookup(Fixture *fixture, int hop, const char *name)
{
	g_autofree char *key = key_of(hop, name);

	return g_hash_table_lookup(fixture->records, key);
}

Fixture *fixture_new(const char *name)
{
	Fixture *fixture = g_new0(Fixture, 1);
	g_autofree char *folder = g_build_filename(FIXTURES, name, NULL);
	g_autofree char *console = g_build_filename(folder, "console", NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	fixture->records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
	fixture->hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
	fixture->console = g_ptr_array_new_with_free_func(g_free);
	fixture->n_kernels = 2;
	fixture->nonces[0] = "f00dfeed01";
	fixture->nonces[1] = "beefcafe02";
	fixture->execution = (Execution){
		.window_ns = 45000000000,
		.cpu_ns = 44000000000,
		.answers = true,
		.running = true,
		.state = (char *)"running",
	};
	fixture->evidence = (Evidence){
		.wanted = { .known = true },
		.kernels = fixture->kernels,
		.execution = &fixture->execution,
		.hops_wanted = 2,
		.nonces = fixture->nonces,
		.hops = fixture->hops,
		.started = true,
		.end = END_DONE,
		.end_hop = 1,
		.console = &fixture->lines,
		.console_handover_line = -1,
	};
	for (int hop = 0; hop < 2; hop++) {
		g_autofree char *part = g_strdup_printf("hop%d", hop);
		g_autofree char *path = g_build_filename(folder, part, NULL);

		load_folder(fixture, path, hop, "");
	}
	g_assert_cmpuint(g_hash_table_size(fixture->records), >, 0);
	/* of what was handed over data/ has no record; that there is one is all that is asked */
	if (lookup(fixture, 1, FRAME_HELLO)) {
		fixture_set(fixture, 1, FIXTURE_KHO_IN "fdt", "a tree");
		fixture_set(fixture, 1, FIXTURE_KHO_IN "sub_fdts/kexec-metadata", "a count and a release");
	}
	g_assert_true(g_file_get_contents(console, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0, banners = 0; lines[i]; i++) {
		g_ptr_array_add(fixture->console, g_strdup(g_strchomp(lines[i])));
		if (strstr(lines[i], "Linux version ") && ++banners == 2)
			fixture->evidence.console_handover_line = (int)i;
	}
	return fixture;
}

void fixture_free(Fixture *fixture)
{
	verdict_free(fixture->verdict);
	g_hash_table_unref(fixture->records);
	g_ptr_array_unref(fixture->hops);
	g_ptr_array_unref(fixture->console);
	g_free(fixture);
}

static GBytes *record(int hop, const char *name, gpointer data)
{
	GBytes *bytes = lookup(data, hop, name);

	return bytes ? g_bytes_ref(bytes) : NULL;
}

char *fixture_text(Fixture *fixture, int hop, const char *name)
{
	GBytes *bytes = lookup(fixture, hop, name);
	gsize size;
	const char *data;

	g_assert_nonnull(bytes);
	data = g_bytes_get_data(bytes, &size);
	return g_strndup(data ? data : "", size);
}

void fixture_set(Fixture *fixture, int hop, const char *name, const char *text)
{
	g_hash_table_insert(fixture->records, key_of(hop, name), g_bytes_new(text, strlen(text)));
}

void fixture_drop(Fixture *fixture, int hop, const char *name)
{
	g_autofree char *key = key_of(hop, name);

	g_assert_true(g_hash_table_remove(fixture->records, key));
}

static gboolean of_hop(gpointer key, gpointer value, gpointer data)
{
	return g_str_has_prefix(key, data);
}

void fixture_drop_hop(Fixture *fixture, int hop)
{
	g_autofree char *prefix = key_of(hop, "");

	g_assert_cmpuint(g_hash_table_foreach_remove(fixture->records, of_hop, prefix), >, 0);
}

void fixture_replace(Fixture *fixture, int hop, const char *name, const char *from, const char *to)
{
	g_autofree char *text = fixture_text(fixture, hop, name);
	g_auto(GStrv) parts = g_strsplit(text, from, -1);
	g_autofree char *changed = g_strjoinv(to, parts);

	g_assert_cmpuint(g_strv_length(parts), >, 1);
	fixture_set(fixture, hop, name, changed);
}

static void log_add(Fixture *fixture, int hop, guint priority, const char *text)
{
	g_autofree char *log = fixture_text(fixture, hop, FRAME_KMSG);
	g_autoptr(KernelLog) parsed = kernellog_parse(log, strlen(log), NULL);
	const KernelLogLine *last = g_ptr_array_index(parsed->lines, parsed->lines->len - 1);
	g_autofree char *longer = g_strdup_printf("%s%u,%" G_GUINT64_FORMAT ",%" G_GINT64_FORMAT ",-;%s\n", log,
						  priority, last->sequence + 1, last->time_us + 1, text);

	fixture_set(fixture, hop, FRAME_KMSG, longer);
}

void fixture_log_add(Fixture *fixture, int hop, const char *text)
{
	log_add(fixture, hop, 4, text);
}

void fixture_log_said(Fixture *fixture, int hop, const char *text)
{
	/* facility user (include/linux/syslog.h: LOG_USER) */
	log_add(fixture, hop, (1 << 3) + 4, text);
}

void fixture_append(Fixture *fixture, const char *words)
{
	g_autofree char *line = g_strdup_printf("console=ttyS0 %s kho=on\n", words);

	for (int hop = 0; hop < 2; hop++) {
		fixture->kernels[hop].append = words;
		fixture_set(fixture, hop, "proc/cmdline", line);
	}
}

void fixture_console_add(Fixture *fixture, const char *line)
{
	g_ptr_array_add(fixture->console, console_clean(line));
}

void fixture_config(Fixture *fixture, const char *symbol, const char *value)
{
	for (int hop = 0; hop < 2; hop++) {
		g_autoptr(GConverter) gzip = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
		g_autoptr(GOutputStream) out = g_converter_output_stream_new(memory, gzip);
		const HopSource source = { .record = record, .data = fixture };
		Hop *before = hop_new(hop, &source);
		GHashTableIter iter;
		gpointer key, old;

		g_assert_nonnull(before->config);
		g_hash_table_iter_init(&iter, before->config);
		while (g_hash_table_iter_next(&iter, &key, &old))
			if (strcmp(key, symbol) != 0)
				g_string_append_printf(text, "%s=%s\n", (char *)key, (char *)old);
		if (value)
			g_string_append_printf(text, "%s=%s\n", symbol, value);
		else
			g_string_append_printf(text, "# %s is not set\n", symbol);
		hop_free(before);
		g_assert_true(g_output_stream_write_all(out, text->str, text->len, NULL, NULL, NULL));
		g_assert_true(g_output_stream_close(out, NULL, NULL));
		g_hash_table_insert(fixture->records, key_of(hop, "proc/config.gz"),
				    g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory)));
	}
}

/* Rows of "Number of blocks": what was CMA becomes Movable. */
static char *without_cma(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool counts = false;

	for (char **line = lines; *line; line++) {
		g_autofree char *old = *line;
		int node, unmovable, movable, reclaimable, high, cma, isolate;
		char zone[32];

		if (counts && sscanf(old, "Node %d, zone %31s %d %d %d %d %d %d", &node, zone, &unmovable, &movable,
				     &reclaimable, &high, &cma, &isolate) == 8)
			*line = g_strdup_printf("Node %d, zone %8s %12d %12d %12d %12d %12d %12d ", node, zone,
						unmovable, movable + cma, reclaimable, high, 0, isolate);
		else
			g_steal_pointer(&old);
		counts = g_str_has_prefix(*line, "Number of blocks") || (counts && g_str_has_prefix(*line, "Node "));
	}
	return g_strjoinv("\n", lines);
}

void fixture_without_kho(Fixture *fixture, int hop)
{
	g_autofree char *before = fixture_text(fixture, hop, "proc/pagetypeinfo");
	g_autofree char *after = without_cma(before);

	fixture_set(fixture, hop, "proc/pagetypeinfo", after);
	fixture_set(fixture, hop, "manifest", "kho=absent\n");
	fixture_drop(fixture, hop, "sys/kernel/debug/kho/out/scratch_phys");
	fixture_drop(fixture, hop, "sys/kernel/debug/kho/out/scratch_len");
}

/* Nonce, boot id and the count of handovers; every second kernel saves what lib/test_kho.c in the next one restores. */
static void become_hop(Fixture *fixture, int hop)
{
	g_autofree char *nonce = g_strdup_printf("facade%02d", hop), *place = g_strdup_printf("hop=%d", hop);
	g_autofree char *boot = g_strdup_printf("bd29fb11-8df6-46bf-b073-add60d%06d", hop);
	g_autofree char *count = g_strdup_printf("(count %d)", hop);

	fixture->nonces[hop] = g_intern_string(nonce);
	fixture_replace(fixture, hop, "hello", fixture->nonces[1], nonce);
	fixture_replace(fixture, hop, "hello", "hop=1", place);
	fixture_replace(fixture, hop, "hello", "bd29fb11-8df6-46bf-b073-add60dfc126c", boot);
	fixture_replace(fixture, hop, FRAME_KMSG, "(count 1)", count);
	if (hop % 2 == 0)
		fixture_replace(fixture, hop, FRAME_KMSG, "KHO restore succeeded", "nothing");
}

static void copy_record(Fixture *fixture, int from, int to, const char *name)
{
	g_hash_table_insert(fixture->records, key_of(to, name), g_bytes_ref(lookup(fixture, from, name)));
}

void fixture_chain(Fixture *fixture, int kernels)
{
	g_autoptr(GList) keys = g_hash_table_get_keys(fixture->records);

	g_assert_cmpint(kernels, <=, FIXTURE_KERNELS);
	for (int hop = 2; hop < kernels; hop++) {
		for (GList *at = keys; at; at = at->next)
			if (g_str_has_prefix(at->data, "1/"))
				copy_record(fixture, 1, hop, (const char *)at->data + strlen("1/"));
		become_hop(fixture, hop);
	}
	for (int hop = 1; hop + 1 < kernels; hop++) {
		copy_record(fixture, 0, hop, FRAME_KEXEC_LOADED);
		copy_record(fixture, 0, hop, FRAME_LEAVING);
		fixture_drop(fixture, hop, FRAME_DONE);
	}
	fixture->n_kernels = kernels;
	fixture->evidence.hops_wanted = (guint)kernels;
	fixture->evidence.end_hop = kernels - 1;
}

void fixture_mute_second_kernel(Fixture *fixture)
{
	guint from = (guint)fixture->evidence.console_handover_line;

	g_assert_cmpint(fixture->evidence.console_handover_line, >=, 0);
	g_ptr_array_remove_range(fixture->console, from, fixture->console->len - from);
}

/* The manifest that the guest would have sent for the records as they are now. */
static void seal(Fixture *fixture, int hop)
{
	g_autoptr(GString) manifest = g_string_new(NULL);
	g_autofree char *old = NULL;
	g_auto(GStrv) lines = NULL;

	if (fixture->keep_manifest || !lookup(fixture, hop, FRAME_MANIFEST))
		return;
	old = fixture_text(fixture, hop, FRAME_MANIFEST);
	lines = g_strsplit(old, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) fields = g_strsplit(lines[i], " ", -1);
		GBytes *bytes = g_strv_length(fields) == 3 ? lookup(fixture, hop, fields[0]) : NULL;
		gsize size;
		const char *data;

		if (g_str_has_prefix(lines[i], "kho="))
			g_string_append_printf(manifest, "%s\n", lines[i]);
		if (!bytes)
			continue;
		data = g_bytes_get_data(bytes, &size);
		g_string_append_printf(manifest, "%s %" G_GSIZE_FORMAT " %08x\n", fields[0], size,
				       frame_crc32(0, data ? data : "", (uint32_t)size));
	}
	fixture_set(fixture, hop, FRAME_MANIFEST, manifest->str);
}

Hop *fixture_hop(Fixture *fixture, int hop)
{
	const HopSource source = { .record = record, .data = fixture, .payloads = fixture->evidence.wanted.payloads };
	Hop *made;

	seal(fixture, hop);
	made = hop_new(hop, &source);
	g_ptr_array_add(fixture->hops, made);
	return made;
}

const Verdict *fixture_judge(Fixture *fixture)
{
	g_ptr_array_set_size(fixture->hops, 0);
	for (int hop = 0; hop < fixture->n_kernels; hop++) {
		g_autofree char *prefix = key_of(hop, "");

		if (g_hash_table_find(fixture->records, of_hop, prefix))
			fixture_hop(fixture, hop);
	}
	fixture->lines = console_lines_of(fixture->console);
	verdict_free(fixture->verdict);
	fixture->verdict = verdict_judge(&fixture->evidence);
	return fixture->verdict;
}

const char *fixture_reason(const Verdict *verdict, const char *id)
{
	for (guint i = 0; i < verdict->reasons->len; i++) {
		const Reason *reason = g_ptr_array_index(verdict->reasons, i);

		if (strcmp(reason->id, id) == 0)
			return reason->text;
	}
	return NULL;
}

const char *fixture_gap(const Verdict *verdict, const char *text)
{
	for (guint i = 0; i < verdict->gaps->len; i++)
		if (strstr(verdict->gaps->pdata[i], text))
			return verdict->gaps->pdata[i];
	return NULL;
}
