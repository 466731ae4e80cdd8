// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <report/night.h>

static const char *const kinds[] = {
	[NIGHT_WRONG] = "verdict",	   [NIGHT_NEW_TITLE] = "title",	  [NIGHT_SLOWER] = "slower",
	[NIGHT_MENDED] = "mended",	   [NIGHT_FASTER] = "faster",	  [NIGHT_NOTE] = "noted",
	[NIGHT_UNCOMPARED] = "uncompared", [NIGHT_UNJUDGED] = "unjudged",
};

static void put_figure(JsonBuilder *b, const NightChange *change)
{
	const NightFigure *now = nightcell_figure(change->cell, change->metric);
	const NightFigure *before = change->before ? nightcell_figure(change->before, change->metric) : NULL;

	json_put_string(b, "metric", change->metric->id);
	json_put_string(b, "unit", change->metric->unit);
	json_put_double(b, "before", change->was);
	json_put_double(b, "now", change->is);
	json_put_double(b, "change", change->change.estimate);
	json_put_double(b, "low", change->change.low);
	json_put_double(b, "high", change->change.high);
	json_put_string(b, "interval", interval_kind_name(change->change.kind));
	json_put_int(b, "runs_before", before ? before->values->len : 0);
	json_put_int(b, "runs_now", now ? now->values->len : 0);
	json_put_texts(b, "parts", change->parts);
}

static void put_range(JsonBuilder *b, const NightRange *range)
{
	json_begin_object(b, "since");
	json_put_string(b, "source", range->source);
	json_put_string(b, "from", range->from);
	json_put_string(b, "to", range->to);
	json_put_int_or_null(b, "commits", range->commits);
	json_put_bool(b, "other_kernel", range->other_kernel);
	json_builder_end_object(b);
}

static void put_change(JsonBuilder *b, const NightVerdict *verdict, const NightChange *change)
{
	const NightCell *cell = change->cell;
	g_autofree char *sure = nightchange_sure(change), *bisect = nightchange_bisect(verdict, change);

	json_builder_begin_object(b);
	json_put_string(b, "kind", kinds[change->kind]);
	json_put_string(b, "cell", cell->name);
	json_put_string(b, "verdict", cell->verdict);
	json_put_string(b, "expected", cell->expected);
	json_put_string(b, "reason", cell->reason);
	json_put_string(b, "title", change->title ? change->title : cell->title);
	json_put_string(b, "why", change->why);
	json_put_string(b, "run", cell->run);
	json_put_int(b, "runs", cell->runs);
	json_put_int(b, "not_as_expected", cell->unmet);
	json_put_string(b, "night_before", change->night_before ? change->night_before->facts->id : NULL);
	if (change->metric)
		put_figure(b, change);
	put_range(b, &change->range);
	json_put_string(b, "sure", change->kind == NIGHT_UNJUDGED || change->kind == NIGHT_UNCOMPARED ? NULL : sure);
	json_put_string(b, "bisect", bisect);
	json_builder_end_object(b);
}

static void put_changes(JsonBuilder *b, const char *name, const NightVerdict *verdict, const GPtrArray *changes)
{
	json_begin_array(b, name);
	for (guint i = 0; i < changes->len; i++)
		put_change(b, verdict, changes->pdata[i]);
	json_builder_end_array(b);
}

static void put_sources(JsonBuilder *b, const NightFacts *facts)
{
	json_begin_array(b, "sources");
	for (guint i = 0; i < facts->sources->len; i++) {
		const NightSource *source = facts->sources->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "name", source->name);
		json_put_string(b, "before", source->before);
		json_put_string(b, "now", source->now);
		json_put_int_or_null(b, "commits", source->added);
		json_put_string(b, "problem", source->problem);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_left_out(JsonBuilder *b, const NightVerdict *verdict)
{
	const NightFacts *facts = verdict->night->facts;

	json_begin_array(b, "left_out");
	for (guint i = 0; i < facts->choices->len; i++) {
		const NightChoice *choice = facts->choices->pdata[i];
		const NightCell *cell = choice->chosen ? night_cell(verdict->night, choice->name) : NULL;

		if (choice->chosen && (!cell || cell->state != CELL_NOT_RUN))
			continue;
		json_builder_begin_object(b);
		json_put_string(b, "cell", choice->name);
		json_put_string(b, "why", choice->chosen ? "the time was over" : choice->why);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

char *night_to_json(const NightVerdict *verdict)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	const NightFacts *facts = verdict->night->facts;
	g_autofree char *subject = night_subject(verdict);

	json_builder_begin_object(b);
	json_put_int(b, "schema", NIGHT_SCHEMA);
	json_put_string(b, "night", facts->id);
	json_put_string(b, "verdict", verdict_kind_name(verdict->kind));
	json_put_string(b, "subject", subject);
	json_put_string(b, "plan", facts->plan);
	json_put_string(b, "begun", facts->begun);
	json_put_string(b, "ended", facts->ended);
	json_put_string(b, "accepted", facts->accepted);
	json_put_string(b, "last_good", verdict->good ? verdict->good->facts->id : NULL);
	json_put_double(b, "threshold", facts->threshold);
	json_put_int(b, "judged", verdict->judged);
	json_put_int(b, "as_expected", night_count(verdict->night, CELL_MET));
	put_changes(b, "worse", verdict, verdict->worse);
	put_changes(b, "better", verdict, verdict->better);
	put_changes(b, "unjudged", verdict, verdict->unjudged);
	put_changes(b, "notes", verdict, verdict->notes);
	put_sources(b, facts);
	put_left_out(b, verdict);
	json_put_string(b, "khotest", facts->khotest);
	json_put_string(b, "qemu", verdict->night->qemu);
	json_put_string(b, "host", facts->host);
	json_builder_end_object(b);
	return json_text(b, true);
}
