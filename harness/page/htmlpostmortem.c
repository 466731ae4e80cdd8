// SPDX-License-Identifier: GPL-2.0-or-later
/* What the memory of a machine that failed told. */
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/places.h>
#include <evaluate/unheard.h>
#include <report/postmortem.h>

static void put_frame(HtmlWriter *w, const Result *result, const PostmortemCpu *cpu, guint frame)
{
	g_autofree char *place = result_place_after(result, result->postmortem->hop, cpu->names[frame], "  ");

	html_textf(w, "%s%s%s\n", g_array_index(cpu->frames, ArchFrame, frame).sure ? "" : "? ", cpu->names[frame],
		   place);
}

static void put_cpu(HtmlWriter *w, const Result *result, const PostmortemCpu *cpu, guint number)
{
	g_autofree char *words = postmortem_cpu_words(cpu, number);

	html_element(w, "p", words, NULL);
	if (cpu->frames->len < 2)
		return;
	html_open(w, "pre", "class", "console", NULL);
	for (guint i = 0; i < cpu->frames->len; i++)
		put_frame(w, result, cpu, i);
	html_close(w);
}

static void put_state(HtmlWriter *w, const Postmortem *postmortem)
{
	html_open(w, "ul", NULL);
	for (guint i = 0; postmortem->nodes && i < postmortem->nodes->len; i++) {
		const PostmortemNode *node = &g_array_index(postmortem->nodes, PostmortemNode, i);
		g_autofree char *words = postmortem_node_words(node);

		html_open(w, "li", NULL);
		html_textf(w, "node %u: %s", node->node, words);
		html_close(w);
	}
	for (guint i = 0; postmortem->scratch && i < postmortem->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(postmortem->scratch, ScratchRegion, i);
		g_autofree char *size = units_format_size(region->bytes);

		html_open(w, "li", NULL);
		html_textf(w, "scratch: %s at 0x%" G_GINT64_MODIFIER "x", size, region->phys);
		html_close(w);
	}
	if (postmortem->scratch && !postmortem->scratch->len)
		html_element(w, "li", "scratch: it has none by then", NULL);
	html_close(w);
	if (!postmortem->fdt)
		return;
	html_element(w, "p", "What was handed over to it:", NULL);
	html_element(w, "pre", postmortem->fdt, "class", "console", NULL);
}

static void put_log(HtmlWriter *w, const Result *result)
{
	const Postmortem *postmortem = result->postmortem;
	g_autoptr(GPtrArray) unheard = result_unheard(result);

	html_open(w, "p", NULL);
	if (postmortem->log)
		html_textf(w, "Its log: %u records; %u lines of it never came over the console%s",
			   postmortem->log->lines->len, unheard->len, unheard->len ? ":" : ".");
	else
		html_textf(w, "Its log: %s", postmortem->no_log);
	html_close(w);
	if (!unheard->len)
		return;
	html_open(w, "pre", "class", "console", NULL);
	for (guint i = 0; i < unheard->len; i++)
		html_textf(w, "%s\n", (const char *)unheard->pdata[i]);
	html_close(w);
}

void html_postmortem(HtmlPage *page, const Result *result)
{
	const Postmortem *postmortem = result->postmortem;
	g_autofree char *whose = postmortem ? postmortem_whose(postmortem) : NULL;

	if (!postmortem)
		return;
	htmlpage_section(page, "memory", "Memory of the machine");
	html_open(page->w, "p", NULL);
	html_textf(page->w, "Read before it was ended: %s", whose);
	html_close(page->w);
	for (guint i = 0; i < postmortem->cpus->len; i++)
		put_cpu(page->w, result, postmortem->cpus->pdata[i], i);
	put_state(page->w, postmortem);
	put_log(page->w, result);
	html_close(page->w);
}
