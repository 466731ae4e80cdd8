// SPDX-License-Identifier: GPL-2.0-or-later
#include "postmortemtext.h"
#include "runtext.h"

#include <base/units.h>
#include <evaluate/places.h>
#include <evaluate/unheard.h>
#include <measure/check.h>
#include <measure/consoletext.h>
#include <report/postmortem.h>

#define FRAMES_SHOWN 16u
#define LINES_SHOWN 24u

char *postmortem_cpu_words(const PostmortemCpu *cpu, guint number)
{
	const char *doing = cpu->cpu.user ? "in user space" : cpu->cpu.halted ? "halted" : "running";

	if (cpu->names[0])
		return g_strdup_printf("CPU %u, %s, at %s", number, doing, cpu->names[0]);
	return g_strdup_printf("CPU %u, %s, at 0x%" G_GINT64_MODIFIER "x", number, doing, cpu->cpu.pc);
}

char *postmortem_node_words(const PostmortemNode *node)
{
	if (node->pfn == G_MAXUINT64)
		return g_strdup("no struct page is left for later");
	if (!node->pfn)
		return g_strdup("it did not get to where struct pages are left for later");
	return g_strdup_printf("struct pages from pfn 0x%" G_GINT64_MODIFIER "x on are left for later", node->pfn);
}

char *postmortem_whose(const Postmortem *postmortem)
{
	if (postmortem->hop < 0)
		return g_strdup_printf("whose it is is not known: %s", postmortem->why ? postmortem->why : "-");
	if (!postmortem->moved)
		return g_strdup_printf("the %s's", hop_name(postmortem->hop));
	return g_strdup_printf("the %s's, which moved itself by 0x%" G_GINT64_MODIFIER "x", hop_name(postmortem->hop),
			       (guint64)postmortem->offset);
}

static void put_frame(GString *out, const Result *result, const PostmortemCpu *cpu, guint frame)
{
	g_autofree char *place = result_place_after(result, result->postmortem->hop, cpu->names[frame], " ");

	g_string_append_printf(out, "    %s%s%s\n", g_array_index(cpu->frames, ArchFrame, frame).sure ? "" : "? ",
			       cpu->names[frame], place);
}

static void put_cpus(GString *out, const Result *result)
{
	const Postmortem *postmortem = result->postmortem;

	for (guint i = 0; i < postmortem->cpus->len; i++) {
		const PostmortemCpu *cpu = postmortem->cpus->pdata[i];
		g_autofree char *words = postmortem_cpu_words(cpu, i);
		g_autofree char *place = result_place_after(result, postmortem->hop, cpu->names[0], " ");

		g_string_append_printf(out, "  %s%s\n", words, place);
		for (guint f = 1; f < MIN(cpu->frames->len, FRAMES_SHOWN); f++)
			put_frame(out, result, cpu, f);
		if (cpu->frames->len > FRAMES_SHOWN)
			g_string_append_printf(out, "    and %u more\n", cpu->frames->len - FRAMES_SHOWN);
	}
}

static void put_state(GString *out, const Postmortem *postmortem)
{
	const GArray *scratch = postmortem->scratch;

	for (guint i = 0; postmortem->nodes && i < postmortem->nodes->len; i++) {
		const PostmortemNode *node = &g_array_index(postmortem->nodes, PostmortemNode, i);
		g_autofree char *words = postmortem_node_words(node);

		g_string_append_printf(out, "  node %u: %s\n", node->node, words);
	}
	if (scratch && !scratch->len)
		g_string_append(out, "  scratch: it has none by then\n");
	for (guint i = 0; scratch && i < scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(scratch, ScratchRegion, i);
		g_autofree char *size = units_format_size(region->bytes);

		g_string_append_printf(out, "  scratch: %s at 0x%" G_GINT64_MODIFIER "x\n", size, region->phys);
	}
}

static void put_tree(GString *out, const Postmortem *postmortem)
{
	g_auto(GStrv) lines = g_strsplit(postmortem->fdt ? postmortem->fdt : "", "\n", -1);

	if (!postmortem->fdt_phys)
		return;
	g_string_append_printf(out, "  handed over, at 0x%" G_GINT64_MODIFIER "x:%s\n", postmortem->fdt_phys,
			       postmortem->fdt ? "" : " a tree that is not whole");
	for (char **line = lines; *line && **line; line++)
		g_string_append_printf(out, "    %s\n", *line);
}

static void put_log(GString *out, const Result *result)
{
	const Postmortem *postmortem = result->postmortem;
	g_autoptr(GPtrArray) unheard = result_unheard(result);
	const ConsoleLines lines = console_lines_of(unheard);
	g_autoptr(GPtrArray) shown = console_excerpt(&lines, 0, lines.len, LINES_SHOWN);

	if (!postmortem->log) {
		g_string_append_printf(out, "  its log: %s\n", postmortem->no_log);
		return;
	}
	if (!shown->len) {
		g_ptr_array_unref(shown);
		shown = console_last_lines(&lines, 0, lines.len, LINES_SHOWN);
	}
	g_string_append_printf(out, "  its log: %u records; %u lines of it never came over the console%s\n",
			       postmortem->log->lines->len, unheard->len, shown->len ? "; of these:" : "");
	for (guint i = 0; i < shown->len; i++)
		runtext_put_line(out, result, postmortem->hop, "    | ", shown->pdata[i]);
}

char *postmortem_to_text(const Result *result)
{
	g_autofree char *whose = NULL;
	GString *out;

	if (!result->postmortem)
		return NULL;
	whose = postmortem_whose(result->postmortem);
	out = g_string_new(NULL);
	g_string_append_printf(out, "memory of the machine before it was ended: %s\n", whose);
	put_cpus(out, result);
	put_state(out, result->postmortem);
	put_tree(out, result->postmortem);
	put_log(out, result);
	return g_string_free(out, FALSE);
}
