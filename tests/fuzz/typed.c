// SPDX-License-Identifier: GPL-2.0-or-later
/* What a plan, a configuration, a series, a payload or a command line of somebody else's says. */
#include "buildfiles.h"
#include "mailbox.h"
#include "targets.h"
#include "thread.h"
#include "touched.h"

#include <base/text.h>
#include <base/units.h>
#include <build/kconfig.h>
#include <campaign/planfile.h>
#include <campaign/sweepplan.h>
#include <measure/check.h>
#include <measure/cmdlineoption.h>
#include <run/topology.h>
#include <store/chain.h>

#include <string.h>

static bool take_cell(Cell *cell, gpointer data, const char **ret_key, GError **error)
{
	cell->expect = g_strdup("PASS");
	return true;
}

void fuzz_planfile(const guint8 *data, gsize length)
{
	g_autoptr(PlanFile) plan =
		planfile_parse("fuzz.plan", (const char *)data, (gssize)length, take_cell, NULL, NULL);
}

void fuzz_kconfig(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();

	kconfig_parse(text, "fuzz.config", wishes, NULL);
}

void fuzz_chain(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GPtrArray) links = chain_parse(text, NULL);
}

void fuzz_words(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *clean = text_clean(text);
	guint64 size;
	gint64 duration;
	g_autoptr(SweepRange) range = sweeprange_parse(text, 5, false, NULL);

	g_assert_true(g_utf8_validate(clean, -1, NULL));
	units_parse_size(text, &size, NULL);
	units_parse_duration(text, &duration, NULL);
}

/* A command line, and the configuration that it meets. */
void fuzz_cmdline(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *line = NULL, *config = NULL, *advice = NULL;
	g_auto(GStrv) words = NULL, unmet = NULL;

	fuzz_split(text, &line, &config);
	words = cmdline_words(line);
	unmet = cmdline_option_unmet(line, config);
	advice = cmdline_option_advice(line);
}

/* Words of --numa, one a line. */
void fuzz_numa(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	Machine machine = { .cpus = 8, .numa = g_strsplit(text, "\n", -1) };

	topology_resolve(&machine, NULL);
	machine_clear(&machine);
}

void fuzz_check_choice(const guint8 *data, gsize length)
{
	static const char *const none[] = { NULL };
	g_autofree char *text = fuzz_text(data, length), *first = NULL, *second = NULL;
	g_auto(GStrv) only = NULL, without = NULL, chosen = NULL;

	fuzz_split(text, &first, &second);
	only = g_strsplit(first, "\n", -1);
	without = g_strsplit(second, "\n", -1);
	checks_choose(none, (const char *const *)only, (const char *const *)without, &chosen, NULL);
}

void fuzz_series(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Series) series = series_plain();

	seriesfile_parse(series, text, "/nonexistent", "fuzz", NULL);
}

/* What is asked of a file that is a patch, or several mails. */
void fuzz_patch(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *mails = g_strndup((const char *)data, length);
	g_autoptr(GHashTable) functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	touched_add(text, functions);
	mailbox_text_is_many(mails, length);
}

/* The choice in the first line; then mails, with a line "--" between: a subject, and a header. */
void fuzz_thread(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_auto(GStrv) parts = g_strsplit(text, "\n--\n", 64);
	g_auto(ThreadChoice) choice = { 0 };
	g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func((GDestroyNotify)mail_free);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free), chosen = NULL;
	const char *title;
	guint version;

	if (!parts[0] || (*parts[0] && !threadchoice_parse(parts[0], &choice, NULL)))
		return;
	for (char **part = parts + 1; *part; part++) {
		g_auto(GStrv) halves = g_strsplit(*part, "\n", 2);
		Mail *mail = mail_new();

		g_ptr_array_add(mails, mail);
		mail->position = mails->len;
		mail_read_subject(mail, halves[0] ? halves[0] : "");
		mail_read_head(mail, halves[0] && halves[1] ? halves[1] : "");
		mail->diff = !strstr(*part, "words");
	}
	chosen = thread_choose(mails, &choice, "fuzz", notes, &title, &version, NULL);
	g_assert_true(!chosen || chosen->len <= mails->len);
}

void fuzz_source(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Source) source = sourcefile_parse(text, "fuzz", NULL);
}

void fuzz_payload(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(Payload) payload = payload_plain();

	if (payloadfile_parse(payload, text, "fuzz", NULL))
		payload_check_kernel(payload, "7.1", NULL);
}
