// SPDX-License-Identifier: GPL-2.0-or-later
#include "places.h"

#include <base/error.h>
#include <base/log.h>
#include <base/spawn.h>
#include <base/systemmap.h>
#include <measure/frametext.h>
#include <store/console.h>

#include <string.h>

#define PLACES_MOST 2000u
#define TIMEOUT_NS (120 * NS_PER_S)

/* The places of one kernel. */
typedef struct {
	const char *map;
	GHashTable *seen;     /* their keys */
	GPtrArray *keys;      /* char *: borrowed from seen */
	GPtrArray *addresses; /* char *: as many */
} Places;

/* Once, however often it is named. exact: execution was there, and did not only come back to it. */
static void add(Places *places, const FrameText *frame, bool exact)
{
	g_autofree char *key = frametext_key(frame);
	guint64 address;

	if (places->keys->len >= PLACES_MOST || g_hash_table_contains(places->seen, key))
		return;
	address = systemmap_find(places->map, frame->function, SYSTEMMAP_CODE);
	if (!address)
		return;
	/* what is called last in a function returns to the next one */
	g_ptr_array_add(places->addresses,
			g_strdup_printf("0x%" G_GINT64_MODIFIER "x",
					address + frame->offset - (exact || !frame->offset ? 0 : 1)));
	g_ptr_array_add(places->keys, key);
	g_hash_table_add(places->seen, g_steal_pointer(&key));
}

static void add_line(Places *places, const char *line)
{
	g_auto(FrameText) frame = { 0 };

	if (frametext_find(line, &frame))
		add(places, &frame, frame.exact);
}

/* Of a stack in memory it is known which of its frames were broken off. */
static void add_stack(Places *places, const PostmortemCpu *cpu)
{
	for (guint f = 0; f < cpu->frames->len; f++) {
		g_auto(FrameText) frame = { 0 };

		if (frametext_find(cpu->names[f], &frame))
			add(places, &frame, g_array_index(cpu->frames, ArchFrame, f).exact);
	}
}

/* Of its console, and of its memory where that is what the run ended with. */
static void collect(const Running *run, guint hop, const Console *console, Places *places)
{
	const Postmortem *memory = run->memory && run->memory->hop == (int)hop ? run->memory : NULL;
	const ConsoleKernel *kernel =
		hop < console->kernels->len ? &g_array_index(console->kernels, ConsoleKernel, hop) : NULL;

	for (guint i = kernel ? kernel->from : 0; kernel && i < kernel->to; i++)
		add_line(places, console_line(&console->lines, i));
	for (guint i = 0; memory && memory->log && i < memory->log->lines->len; i++)
		add_line(places, ((const KernelLogLine *)memory->log->lines->pdata[i])->text);
	for (guint i = 0; memory && i < memory->cpus->len; i++)
		add_stack(places, memory->cpus->pdata[i]);
}

/* Where the tree is, as the compiler was told: what stands before a file that every kernel has. */
static char *tree_of(const char *said)
{
	const char *at = strstr(said, "/init/main.c:"), *begin = at;

	while (begin && begin > said && begin[-1] != '\n')
		begin--;
	return at ? g_strndup(begin, (gsize)(at - begin) + 1) : g_strdup("");
}

void places_text(const char *said, const GPtrArray *keys, guint hop, GString *out)
{
	g_autofree char *tree = tree_of(said);
	g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
	guint place = 0;

	for (char **line = lines; *line; line++) {
		const char *file;

		if (g_str_has_prefix(*line, "0x")) {
			place++;
			continue;
		}
		/* the first is that of tree_of(); a program that says more than it was asked is not listened to */
		if (place < 2 || place - 2 >= keys->len || !line[1])
			continue;
		file = *++line;
		if (g_str_has_prefix(file, tree))
			file += strlen(tree);
		if (*file != '?')
			g_string_append_printf(out, "%u %s %s %.*s\n", hop, (const char *)keys->pdata[place - 2],
					       line[-1], (int)strcspn(file, " "), file);
	}
}

static void write_kernel(const Places *places, const char *vmlinux, guint hop, GString *out)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *first = g_strdup_printf("0x%" G_GINT64_MODIFIER "x",
						 systemmap_find(places->map, "start_kernel", SYSTEMMAP_CODE));
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;

	for (const char *const *word = (const char *const[]){ "addr2line", "-a", "-f", "-i", "-e", vmlinux, NULL };
	     *word; word++)
		g_ptr_array_add(argv, (gpointer)*word);
	g_ptr_array_add(argv, first);
	for (guint i = 0; i < places->addresses->len; i++)
		g_ptr_array_add(argv, places->addresses->pdata[i]);
	g_ptr_array_add(argv, NULL);
	log_progress_begin("looking up files and lines of kernel %u", hop + 1);
	if (spawn_run(&(SpawnSpec){ .argv = (const char *const *)argv->pdata,
				    .timeout_ns = TIMEOUT_NS,
				    .keep_output = true },
		      &result, &error) &&
	    result.status == 0)
		places_text(result.out, places->keys, hop, out);
	log_progress_end("%u places%s%s", places->keys->len, error ? ": " : "", error ? error->message : "");
}

bool places_known(const Running *run, guint hop)
{
	const PlanHop *kernel = plan_hop(run->plan, hop);
	g_autofree char *config = kernel->vmlinux ? rundir_read_config(run->dir, kernel) : NULL;

	return config && strstr(config, "\nCONFIG_DEBUG_INFO=y\n");
}

void places_write(const Running *run)
{
	g_autoptr(Console) console = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint hop = 0; hop < plan_hops(run->plan); hop++) {
		g_autofree char *map = NULL;
		g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_autoptr(GPtrArray) keys = g_ptr_array_new(), addresses = g_ptr_array_new_with_free_func(g_free);
		Places places = { .seen = seen, .keys = keys, .addresses = addresses };

		if (!places_known(run, hop))
			continue;
		map = rundir_read_symbols(run->dir, plan_hop(run->plan, hop));
		places.map = map;
		if (!console)
			console = console_read(run->dir);
		if (map)
			collect(run, hop, console, &places);
		if (keys->len)
			write_kernel(&places, plan_hop(run->plan, hop)->vmlinux, hop, out);
	}
	if (out->len)
		rundir_write(run->dir, RUNDIR_LINES, out->str, NULL);
}
