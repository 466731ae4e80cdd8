// SPDX-License-Identifier: GPL-2.0-or-later
#include "timelinejson.h"

void timelinejson_put_phases(JsonBuilder *b, const Phases *phases)
{
	json_builder_set_member_name(b, "phases");
	if (!phases) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_array(b);
	for (guint i = 0; i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "id", phase->id);
		json_put_int_or_null(b, "node", phase->node);
		json_put_string(b, "within", phase->within);
		json_put_string(b, "clock", phase_clock_name(phase->clock));
		json_put_int_or_null(b, "ns", phase_ns(phase));
		json_put_int_or_null(b, "begin_ns", phase->begin_ns);
		json_put_int_or_null(b, "end_ns", phase->end_ns);
		json_put_string(b, "from", phase->from);
		json_put_string(b, "to", phase->to);
		json_put_string(b, "why", phase->why);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_spans(JsonBuilder *b, const Timeline *timeline)
{
	json_begin_array(b, "spans");
	for (guint i = 0; i < timeline->spans->len; i++) {
		const TimelineSpan *span = timeline->spans->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "id", span->id);
		json_put_int(b, "hop", span->hop);
		json_put_int(b, "begin_ns", span->begin_ns);
		json_put_int(b, "end_ns", span->end_ns);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

static void put_bars(JsonBuilder *b, const Timeline *timeline)
{
	json_begin_array(b, "bars");
	for (guint i = 0; i < timeline->bars->len; i++) {
		const TimelineBar *bar = timeline->bars->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "id", bar->phase->id);
		json_put_int(b, "hop", bar->hop);
		json_put_int_or_null(b, "node", bar->phase->node);
		json_put_int(b, "begin_ns", bar->begin_ns);
		json_put_int(b, "end_ns", bar->end_ns);
		json_put_int_or_null(b, "error_ns", bar->error_ns);
		json_put_bool(b, "placed", bar->placed);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

void timelinejson_put(JsonBuilder *b, const Timeline *timeline)
{
	json_builder_set_member_name(b, "timeline");
	if (!timeline) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	json_begin_array(b, "events");
	for (guint i = 0; i < timeline->events->len; i++) {
		const TimelineEvent *event = timeline->events->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "id", event->id);
		json_put_int(b, "hop", event->hop);
		json_put_int(b, "ns", event->at_ns);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	put_spans(b, timeline);
	put_bars(b, timeline);
	json_put_int_or_null(b, "end_ns", timeline->end_ns);
	json_builder_end_object(b);
}
