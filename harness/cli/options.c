// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/setting.h>
#include <base/units.h>
#include <campaign/resolve.h>
#include <machine/machineword.h>
#include <store/results.h>

#include <stdlib.h>
#include <string.h>

#define DEFAULT_HOPS 2

bool options_parse_share(const char *option, const char *text, double *ret_share, GError **error)
{
	if (units_parse_share(text, ret_share, error))
		return true;
	g_prefix_error(error, "%s: ", option);
	return false;
}

/* The words that plans have too. */
static bool interpret_guest(Options *o, GError **error)
{
	Machine *guest = &o->request.guest;
	bool counted = g_strcmp0(o->mode, "counted") == 0;
	g_autofree char *numa = o->numa ? g_strjoinv("+", o->numa) : NULL;
	g_autofree char *devices = o->devices ? g_strjoinv("+", o->devices) : NULL;
	/* a setting is not as strong as what goes before it here */
	const char *memory = o->memory ? o->memory : o->numa ? NULL : setting_get("memory");
	const char *accel = o->accel ? o->accel : counted ? NULL : setting_get("accel");
	const struct {
		const char *option, *key, *word;
	} words[] = {
		{ "-m", "memory", g_strcmp0(memory, "auto") == 0 ? NULL : memory },
		{ "--numa", "numa", numa },
		{ "--memory-dir", "memory-dir", o->memory_dir },
		{ "--device", "device", devices },
		{ "--accel", "accel", accel },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (words[i].word && !machineword_set(guest, words[i].key, words[i].word, error)) {
			g_prefix_error(error, "%s: ", words[i].option);
			return false;
		}
	guest->prefault = o->prefault;
	guest->cpus = o->cpus ? (guint)o->cpus : machine_default_cpus(counted);
	return true;
}

/* --chain names kernels itself. */
static bool check_chain(const Options *o, GError **error)
{
	g_autoptr(GPtrArray) links = NULL;

	if (!o->chain)
		return true;
	if (o->kernel || o->series || o->tree || o->image || o->hops)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--chain names each kernel itself: --kernel, --series, --tree, --image and --hops do "
				 "not go with it");
	links = chain_parse(o->chain, error);
	return links != NULL;
}

/* One tree is what kernels are of; several are sides of a comparison. */
static bool settle_trees(Options *o, GError **error)
{
	guint n = o->trees ? g_strv_length(o->trees) : 0;

	if (n > 1 && !o->many_trees)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--tree is given %u times: only 'khotest compare' takes several", n);
	if (n == 1)
		o->tree = g_strdup(o->trees[0]);
	return true;
}

/* Takes the parsed words to what they mean. */
static bool interpret(Options *o, GError **error)
{
	RunRequest *request = &o->request;

	if (o->quiet)
		log_set_level(LOG_QUIET);
	else if (o->verbose)
		log_set_level(LOG_VERBOSE);
	if (o->exit_style && !exit_style_set(o->exit_style, error))
		return false;
	o->emitter = emitter_find(o->format_name, o->quiet, o->writes, error);
	if (!o->emitter || (o->dry && !emitter_check_dry(o->emitter, true, error)))
		return false;
	if (o->timeout) {
		if (!units_parse_duration(o->timeout, &request->timeout_ns, error)) {
			g_prefix_error(error, "--timeout: ");
			return false;
		}
		if (!request->timeout_ns)
			return error_set(error, KHOTEST_ERROR_INPUT, "--timeout 0: a run needs time");
	}
	if (o->mode && strcmp(o->mode, "wall") != 0 && strcmp(o->mode, "counted") != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "--mode %s: wall and counted are possible", o->mode);
	if (!check_chain(o, error))
		return false;
	if (!o->hops)
		o->hops = DEFAULT_HOPS;
	if (o->hops > PLAN_HOPS_MOST)
		return error_set(error, KHOTEST_ERROR_INPUT, "--hops %d: 1 to %d kernels are possible", o->hops,
				 PLAN_HOPS_MOST);
	if (o->profile && strcmp(o->profile, "check") != 0 && strcmp(o->profile, "timing") != 0)
		return error_set(error, KHOTEST_ERROR_INPUT, "--profile %s: check and timing are possible", o->profile);
	if (o->image && (o->kernel || o->tree || o->series || o->profile || o->fragments || o->config))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--image is a finished kernel: --kernel, --tree, --series, --profile, -f and --config "
				 "do not go with it");
	return checks_choose(NULL, (const char *const *)o->check, (const char *const *)o->no_check, &o->checks,
			     error) &&
	       interpret_guest(o, error);
}

/*
 * A branch is the commit that it means now, for as long as it takes: whoever fetches meanwhile, and whoever goes on
 * with it later, has the same kernel. The word for it stands behind those that were typed, and the last one counts.
 */
static void pin_kernel(Options *o, const Cli *cli)
{
	const char *typed = o->chain ? o->chain : o->kernel;
	g_autofree char *pinned = NULL;
	guint n = g_strv_length(cli->asked);

	o->request.asked = (const char *const *)cli->asked;
	if (!typed || o->tree || o->image)
		return;
	pinned = o->chain ? resolve_pin_chain(&cli->paths, typed, cli->cancel)
			  : resolve_pin(&cli->paths, typed, cli->cancel);
	if (strcmp(pinned, typed) == 0)
		return;
	o->asked = g_new0(char *, n + 2);
	for (guint i = 0; i < n; i++)
		o->asked[i] = g_strdup(cli->asked[i]);
	o->asked[n] = g_strdup_printf("%s=%s", o->chain ? "--chain" : "--kernel", pinned);
	o->request.asked = (const char *const *)o->asked;
	g_free(o->chain ? o->chain : o->kernel);
	*(o->chain ? &o->chain : &o->kernel) = g_steal_pointer(&pinned);
}

gboolean options_results(const char *name, const char *value, gpointer data, GError **error)
{
	setting_give("results", value);
	return *value || error_set(error, KHOTEST_ERROR_INPUT, "--results is empty: give DIR, or leave it out");
}

/* Numbers as they are before options are parsed; 0 for other options. Caller frees. */
static int *numbers_of(const GOptionEntry *entries, guint n)
{
	int *numbers = g_new0(int, n);

	for (guint i = 0; i < n; i++)
		if (entries[i].arg == G_OPTION_ARG_INT)
			numbers[i] = *(int *)entries[i].arg_data;
	return numbers;
}

/* By what parsing has left where options are kept. A number that is what it was without it counts as not given. */
static bool was_given(const GOptionEntry *entry, int number)
{
	switch (entry->arg) {
	case G_OPTION_ARG_NONE:
		return *(gboolean *)entry->arg_data;
	case G_OPTION_ARG_INT:
		return *(int *)entry->arg_data != number;
	case G_OPTION_ARG_CALLBACK:
		return false;
	default:
		return *(gpointer *)entry->arg_data != NULL;
	}
}

/* numbers NULL: they were 0. */
static char **names_given(const GOptionEntry *entries, guint n, const int *numbers)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (guint i = 0; i < n; i++)
		if (was_given(&entries[i], numbers ? numbers[i] : 0))
			g_strv_builder_add(names, entries[i].long_name);
	return g_strv_builder_end(names);
}

static bool only(char **given, const char *const *fitting, const char *what, GError **error)
{
	for (char **name = given; *name; name++)
		if (!g_strv_contains(fitting, *name))
			return error_set(error, KHOTEST_ERROR_INPUT, "--%s does not go with %s", *name, what);
	return true;
}

bool options_only(const Options *o, const char *const *fitting, const char *what, GError **error)
{
	return only(o->given, fitting, what, error);
}

bool options_beside(const GOptionEntry *entries, const char *const *fitting, const char *what, GError **error)
{
	guint n = 0;
	g_auto(GStrv) given = NULL;

	while (entries[n].long_name)
		n++;
	given = names_given(entries, n, NULL);
	return !g_strv_contains((const char *const *)given, fitting[0]) || only(given, fitting, what, error);
}

bool options_trust(bool trust, bool resume, GError **error)
{
	return !trust || resume ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "--trust goes with --resume alone: it is about the directory that is gone on with");
}

static bool is_taken(const Options *o, const char *name)
{
	return (!o->takes || g_strv_contains(o->takes, name)) && (!o->refuses || !g_strv_contains(o->refuses, name));
}

bool options_parse(Options *o, Cli *cli, const char *usage, const char *summary, int argc, char **argv,
		   char ***ret_rest, GError **error)
{
	const GOptionEntry entries[] = {
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &o->kernel, "Kernel, as 'khotest list' names it (7.1)", "NAME" },
		{ "series", 0, 0, G_OPTION_ARG_STRING, &o->series,
		  "Series of patches: a name, a folder, a patch or an mbox (stock; none with --tree)", "NAME|PATH" },
		{ "tree", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->trees,
		  "Your own kernel tree, never touched; what git does not track there is left out", "DIR[@REF]" },
		{ "image", 0, 0, G_OPTION_ARG_FILENAME, &o->image, "A finished kernel image", "FILE" },
		{ "fragment", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->fragments, "One more kconfig fragment", "FILE" },
		{ "config", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->config, "One kconfig symbol", "SYMBOL=VALUE" },
		{ "profile", 0, 0, G_OPTION_ARG_STRING, &o->profile,
		  "check (debug options) or timing (none); check is the default", "NAME" },
		{ "mode", 0, 0, G_OPTION_ARG_STRING, &o->mode,
		  "wall (time as it passes), or counted: instructions, the same in every run (one CPU, emulated)",
		  "NAME" },
		{ "hops", 0, 0, G_OPTION_ARG_INT, &o->hops,
		  "Kernels one after the other (2); 1: one boot, and nothing is handed over", "N" },
		{ "memory", 'm', 0, G_OPTION_ARG_STRING, &o->memory,
		  "Guest memory; auto: 100G, or the largest that fits", "SIZE" },
		OPTION_MEMORY_DIR(&o->memory_dir),
		{ "prefault", 0, 0, G_OPTION_ARG_NONE, &o->prefault,
		  "Give the guest all of its memory before it starts, so that no time is the host's for doing it",
		  NULL },
		{ "cpus", 'p', 0, G_OPTION_ARG_INT, &o->cpus, "Guest CPUs (2; 1 when counted)", "N" },
		{ "numa", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->numa,
		  "NUMA nodes: a count, or once for each node its size (0: CPUs without memory)",
		  "N|SIZE[,cpus=LIST]" },
		{ "device", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->devices, "A device more: intel-iommu", "NAME" },
		{ "append", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &o->appends, "More kernel arguments; again for more",
		  "ARGS" },
		{ "payload", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->payloads,
		  "What runs in user space of each kernel ('khotest list'); may be given several times", "NAME|DIR" },
		{ "break", 0, 0, G_OPTION_ARG_STRING, &o->break_what,
		  "Have payloads do damage on purpose: data, or pressure", "WHAT" },
		OPTIONS_CHECK(&o->check, &o->no_check),
		{ "accel", 0, 0, G_OPTION_ARG_STRING, &o->accel, "auto, kvm or tcg", "NAME" },
		{ "connect", 0, 0, G_OPTION_ARG_STRING, &o->connect, "libvirt URI (embed: in-process, no daemon)",
		  "URI" },
		{ "timeout", 0, 0, G_OPTION_ARG_STRING, &o->timeout,
		  "Longest time for one run, as 300s or 5m (by memory and host)", "TIME" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Where run directories go (runs/ in the folder of results)", "DIR" },
		OPTION_RESULTS,
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format_name, emitter_help(o->writes), "NAME" },
		{ "exit-style", 0, 0, G_OPTION_ARG_STRING, &o->exit_style, "khotest, kselftest or bisect", "NAME" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs, "Jobs for building", "N" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet,
		  "The result in a line or two, and what went wrong; nothing else", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &o->verbose, "Every detail", NULL },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry, "Check and say what would be done, no more", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GArray) all = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));
	g_autofree int *numbers = NULL;
	RunRequest *request = &o->request;

	g_array_append_vals(all, entries, G_N_ELEMENTS(entries) - 1);
	for (const GOptionEntry *entry = o->extra; entry && entry->long_name; entry++)
		g_array_append_vals(all, entry, 1);
	/* parsed all the same: whoever gives one is told more than that it is unknown */
	for (guint i = 0; i < all->len; i++)
		if (!is_taken(o, g_array_index(all, GOptionEntry, i).long_name))
			g_array_index(all, GOptionEntry, i).flags |= G_OPTION_FLAG_HIDDEN;
	o->jobs = setting_get("jobs") ? atoi(setting_get("jobs")) : (int)g_get_num_processors();
	numbers = numbers_of((const GOptionEntry *)all->data, all->len);
	if (!options_parse_entries((const GOptionEntry *)all->data, usage, summary, argc, argv, ret_rest, error))
		return false;
	o->given = names_given((const GOptionEntry *)all->data, all->len, numbers);
	if (!settle_trees(o, error) || !interpret(o, error))
		return false;
	o->output_given = o->output;
	if (!o->output)
		o->output = paths_results(RUNS_FOLDER);
	o->dry_run = o->dry;
	o->append = o->appends ? g_strjoinv(" ", o->appends) : NULL;
	pin_kernel(o, cli);
	request->kernel = o->kernel ? o->kernel : "7.1";
	request->series = o->series || o->tree ? o->series : "stock";
	request->tree = o->tree;
	request->image = o->image;
	request->fragments = (const char *const *)o->fragments;
	request->config = (const char *const *)o->config;
	request->profile = o->profile ? o->profile : "check";
	request->mode = o->mode ? o->mode : "wall";
	request->chain = o->chain;
	request->hops = (guint)o->hops;
	request->append = o->append;
	request->payloads = (const char *const *)o->payloads;
	request->break_what = o->break_what;
	request->checks = (const char *const *)o->checks;
	request->connect = o->connect ? o->connect : setting_get("connect") ? setting_get("connect") : VMHOST_EMBEDDED;
	request->jobs = (guint)o->jobs;
	request->output = o->output;
	request->cancel = cli->cancel;
	return true;
}

GPtrArray *options_again(char **asked, int argc, char **argv)
{
	GPtrArray *all = g_ptr_array_new();

	for (char **word = asked + 1; *word; word++)
		g_ptr_array_add(all, *word);
	for (int i = 1; i < argc; i++)
		g_ptr_array_add(all, argv[i]);
	g_ptr_array_add(all, NULL);
	return all;
}

void options_clear(Options *o)
{
	char **strings[] = { &o->chain,	 &o->kernel, &o->series,      &o->tree,	      &o->image,     &o->profile,
			     &o->memory, &o->append, &o->accel,	      &o->connect,    &o->timeout,   &o->memory_dir,
			     &o->mode,	 &o->output, &o->format_name, &o->exit_style, &o->break_what };

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_clear_pointer(strings[i], g_free);
	g_clear_pointer(&o->trees, g_strfreev);
	g_clear_pointer(&o->fragments, g_strfreev);
	g_clear_pointer(&o->config, g_strfreev);
	g_clear_pointer(&o->numa, g_strfreev);
	g_clear_pointer(&o->appends, g_strfreev);
	g_clear_pointer(&o->devices, g_strfreev);
	g_clear_pointer(&o->payloads, g_strfreev);
	g_clear_pointer(&o->check, g_strfreev);
	g_clear_pointer(&o->no_check, g_strfreev);
	g_clear_pointer(&o->checks, g_strfreev);
	g_clear_pointer(&o->asked, g_strfreev);
	g_clear_pointer(&o->given, g_strfreev);
	machine_clear(&o->request.guest);
}
