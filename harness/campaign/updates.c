// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/updates.h>

#include <base/cancel.h>
#include <base/error.h>
#include <base/json.h>

#include <string.h>

/* Of a commit, in what people read. */
#define SHORT 12

const char *update_state_name(UpdateState state)
{
	static const char *const names[] = { "same", "moved", "new", "unreached", "refused" };

	return names[state];
}

static void update_free(gpointer data)
{
	Update *update = data;

	g_free(update->kernel);
	g_free(update->place);
	source_update_clear(&update->update);
	g_free(update->why);
	g_free(update);
}

/* One that was named has to move on; of all, those are taken that do. */
static bool add_source(GPtrArray *sources, const Paths *paths, const char *name, bool named, GError **error)
{
	g_autoptr(Source) source = source_load(paths->patches, name, error);

	if (!source)
		return false;
	if (source->pin)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s: one commit stays what it is; it is the branch that can be brought up to date: %s",
				 name, source->name);
	if (source_moves(source))
		g_ptr_array_add(sources, g_steal_pointer(&source));
	else if (named)
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"%s is one release, Linux %s, and stays what it is: there is nothing to bring up to date", name,
			source->version);
	return true;
}

static GPtrArray *collect(const Paths *paths, char **names, GError **error)
{
	g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
	g_auto(GStrv) all = *names ? g_strdupv(names) : source_list(paths->patches, error);

	for (char **name = all; name && *name; name++)
		if (!add_source(sources, paths, *name, *names != NULL, error))
			return NULL;
	return all ? g_steal_pointer(&sources) : NULL;
}

static UpdateState state_of(const SourceUpdate *update, const GError *failed)
{
	if (failed)
		return g_error_matches(failed, KHOTEST_ERROR, KHOTEST_ERROR_HOST) ? UPDATE_UNREACHED : UPDATE_REFUSED;
	if (!update->was)
		return UPDATE_NEW;
	return strcmp(update->was, update->now) == 0 ? UPDATE_SAME : UPDATE_MOVED;
}

static Update *make_one(const Source *source, const Paths *paths, GCancellable *cancel)
{
	const SourceAlternative *place = source->alternatives->pdata[0];
	g_autoptr(GError) local = NULL;
	Update *update = g_new0(Update, 1);

	update->kernel = g_strdup(source->name);
	update->place = g_strdup_printf("%s %s%s%s", place->kind, place->where, place->branch ? " " : "",
					place->branch ? place->branch : "");
	source_update(source, paths->cache, cancel, &update->update, &local);
	update->state = state_of(&update->update, local);
	update->why = local ? g_strdup(local->message) : NULL;
	return update;
}

GPtrArray *updates_make(const Paths *paths, char **names, GCancellable *cancel, GError **error)
{
	g_autoptr(GPtrArray) sources = collect(paths, names, error);
	g_autoptr(GPtrArray) updates = g_ptr_array_new_with_free_func(update_free);

	for (guint i = 0; sources && i < sources->len; i++) {
		g_ptr_array_add(updates, make_one(sources->pdata[i], paths, cancel));
		if (cancel_check(cancel, error))
			return NULL;
	}
	return sources ? g_steal_pointer(&updates) : NULL;
}

guint updates_count(const GPtrArray *updates, UpdateState state)
{
	guint n = 0;

	for (guint i = 0; i < updates->len; i++)
		n += ((const Update *)updates->pdata[i])->state == state;
	return n;
}

static void put_move(GString *text, const SourceUpdate *update)
{
	g_string_append_printf(text, "%.*s..%.*s", SHORT, update->was, SHORT, update->now);
	if (update->added >= 0)
		g_string_append_printf(text, ", %" G_GINT64_FORMAT " commit%s", update->added,
				       update->added == 1 ? "" : "s");
	if (update->gone > 0)
		g_string_append_printf(text, " (begun anew: %" G_GINT64_FORMAT " of before are not in it)",
				       update->gone);
}

char *updates_to_text(const GPtrArray *updates)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < updates->len; i++) {
		const Update *one = updates->pdata[i];
		const SourceUpdate *update = &one->update;

		g_string_append_printf(text, "%s: ", one->kernel);
		if (one->state == UPDATE_MOVED)
			put_move(text, update);
		else if (update->now)
			g_string_append_printf(text, "%s%.*s",
					       one->state == UPDATE_SAME  ? "still "
					       : one->state == UPDATE_NEW ? "new, "
									  : "still ",
					       SHORT, update->now);
		else
			g_string_append(text, "nothing is there");
		if (update->version)
			g_string_append_printf(text, " (%s)", update->version);
		if (one->why)
			g_string_append_printf(text, "; %s: %s",
					       one->state == UPDATE_UNREACHED ? "NOT REACHED" : "REFUSED", one->why);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

char *updates_to_json(const GPtrArray *updates)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_array(b);
	for (guint i = 0; i < updates->len; i++) {
		const Update *one = updates->pdata[i];

		json_builder_begin_object(b);
		json_put_string(b, "kernel", one->kernel);
		json_put_string(b, "place", one->place);
		json_put_string(b, "state", update_state_name(one->state));
		json_put_string(b, "was", one->update.was);
		json_put_string(b, "now", one->update.now);
		json_put_string(b, "version", one->update.version);
		json_put_int_or_null(b, "commits_added", one->update.added);
		json_put_int_or_null(b, "commits_gone", one->update.gone);
		json_put_string(b, "why", one->why);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	return json_text(b, true);
}
