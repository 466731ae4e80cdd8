// SPDX-License-Identifier: GPL-2.0-or-later
#include "postmortemtext.h"

#include <evaluate/places.h>
#include <evaluate/unheard.h>

/* Addresses go beyond what many readers of JSON take for a number. */
static void put_address(JsonBuilder *b, const char *name, guint64 address)
{
	g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", address);

	json_put_string(b, name, text);
}

static void put_cpu(JsonBuilder *b, const Result *result, const PostmortemCpu *cpu)
{
	json_builder_begin_object(b);
	put_address(b, "pc", cpu->cpu.pc);
	put_address(b, "sp", cpu->cpu.sp);
	json_put_bool(b, "user", cpu->cpu.user);
	json_put_bool(b, "halted", cpu->cpu.halted);
	json_begin_array(b, "frames");
	for (guint i = 0; i < cpu->frames->len; i++) {
		const ArchFrame *frame = &g_array_index(cpu->frames, ArchFrame, i);
		g_autofree char *place = result_place(result, result->postmortem->hop, cpu->names[i]);

		json_builder_begin_object(b);
		put_address(b, "pc", frame->pc);
		json_put_string(b, "name", cpu->names[i]);
		json_put_bool(b, "sure", frame->sure);
		json_put_string(b, "place", place);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
}

static void put_state(JsonBuilder *b, const Postmortem *postmortem)
{
	json_begin_array(b, "scratch");
	for (guint i = 0; postmortem->scratch && i < postmortem->scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(postmortem->scratch, ScratchRegion, i);

		json_builder_begin_object(b);
		json_put_int(b, "phys", (gint64)region->phys);
		json_put_int(b, "bytes", (gint64)region->bytes);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_begin_array(b, "nodes");
	for (guint i = 0; postmortem->nodes && i < postmortem->nodes->len; i++) {
		const PostmortemNode *node = &g_array_index(postmortem->nodes, PostmortemNode, i);

		json_builder_begin_object(b);
		json_put_int(b, "node", node->node);
		json_put_int_or_null(b, "first_deferred_pfn", node->pfn > G_MAXINT64 ? -1 : (gint64)node->pfn);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

void postmortem_put_json(JsonBuilder *b, const Result *result)
{
	const Postmortem *postmortem = result->postmortem;
	g_autoptr(GPtrArray) unheard = NULL;

	if (!postmortem)
		return;
	unheard = result_unheard(result);
	json_begin_object(b, "postmortem");
	json_put_int_or_null(b, "hop", postmortem->hop);
	json_put_string(b, "why", postmortem->why);
	json_put_int(b, "moved_bytes", postmortem->offset);
	json_begin_array(b, "cpus");
	for (guint i = 0; i < postmortem->cpus->len; i++)
		put_cpu(b, result, postmortem->cpus->pdata[i]);
	json_builder_end_array(b);
	put_state(b, postmortem);
	json_put_string(b, "tree", postmortem->fdt);
	json_put_int_or_null(b, "log_records", postmortem->log ? (gint64)postmortem->log->lines->len : -1);
	json_put_string(b, "no_log", postmortem->no_log);
	json_put_texts(b, "unheard", unheard);
	json_builder_end_object(b);
}
