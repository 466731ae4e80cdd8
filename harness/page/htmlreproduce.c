// SPDX-License-Identifier: GPL-2.0-or-later
/* How to get the same again: what was asked for, what went in, and where it ran. */
#include "htmlparts.h"

#include <base/spawn.h>
#include <base/units.h>

void html_to_copy(HtmlPage *page, const char *markdown, const char *csv)
{
	htmlpage_section(page, "copy", "To copy");
	html_copy(page->w, "Markdown, for a mail or an issue", markdown);
	if (csv) {
		html_open(page->w, "details", "class", "raw", NULL);
		html_element(page->w, "summary", "CSV: every figure of every run", NULL);
		html_copy(page->w, "CSV", csv);
		html_close(page->w);
	}
	html_close(page->w);
}

void html_reproduce_many(HtmlPage *page, char **asked, const char *verb, const char *path)
{
	g_autofree char *command = spawn_describe((const char *const *)asked);
	g_autofree char *again = g_strdup_printf("khotest %s --report %s", verb, path);

	htmlpage_section(page, "reproduce", "How to reproduce");
	html_copy(page->w, "The command", command);
	html_copy(page->w, "The same figures from the same runs", again);
	html_close(page->w);
}

static void put_fact(HtmlWriter *w, const char *name, const char *value)
{
	html_element(w, "dt", name, NULL);
	html_element(w, "dd", value && *value ? value : "-", NULL);
}

static void put_number(HtmlWriter *w, const char *name, gint64 value, char *text, const char *member)
{
	html_element(w, "dt", name, NULL);
	html_open(w, "dd", NULL);
	html_figure(w, value, text, "%s", member);
	html_close(w);
}

/* Of a chain whose kernels are alike this is said once. */
static void put_kernel(HtmlWriter *w, const Result *result, guint hop)
{
	const PlanHop *kernel = plan_hop(result->plan, hop);
	g_autofree char *abi = kernel->abi ? g_strjoinv(" ", kernel->abi) : NULL;
	g_autofree char *name = plan_kernel(result->plan, hop);

	if (plan_is_mixed(result->plan)) {
		put_fact(w, hop_name((int)hop), name);
		put_fact(w, "ABI strings that it carries", abi);
		if (hop)
			put_fact(w, "handover to it, as expected of these", kernel->handover);
	}
	put_fact(w, "kernel", kernel->name);
	put_fact(w, "series", kernel->series);
	put_fact(w, "profile", kernel->profile);
	put_fact(w, "source", kernel->source);
	put_fact(w, "SHA-256 of the kernel", kernel->sha256);
	put_fact(w, "command line of the kernel", kernel->cmdline);
}

static void put_plan(HtmlWriter *w, const Result *result)
{
	const Plan *plan = result->plan;
	g_autofree char *accelerator = g_strdup_printf(
		"%s%s%s%s", plan->accelerator ? plan->accelerator : "-", plan->accelerator_why ? " (" : "",
		plan->accelerator_why ? plan->accelerator_why : "", plan->accelerator_why ? ")" : "");

	for (guint i = 0; i < (plan_is_mixed(plan) ? plan_hops(plan) : 1); i++)
		put_kernel(w, result, i);
	put_fact(w, "mode", plan->mode);
	put_fact(w, "SHA-256 of the initramfs", plan->initramfs_sha256);
	put_number(w, "memory", (gint64)plan->guest.memory_bytes, units_format_size(plan->guest.memory_bytes),
		   "guest.memory_bytes");
	put_number(w, "CPUs", plan->guest.cpus, NULL, "guest.cpus");
	put_number(w, "nodes", machine_nodes(&plan->guest), NULL, "guest.nodes");
	put_fact(w, "machine", plan->machine);
	put_fact(w, "accelerator, as executed", accelerator);
	put_fact(w, "QEMU", result->qemu);
}

/* host.json as it is: docs/rundir.md has what is in it */
static void put_host(HtmlWriter *w, JsonObject *host)
{
	JsonObjectIter iter;
	const char *name;
	JsonNode *node;

	if (!host)
		return;
	json_object_iter_init_ordered(&iter, host);
	while (json_object_iter_next_ordered(&iter, &name, &node)) {
		g_autofree char *words = g_strdelimit(g_strdup(name), "_", ' ');
		g_autofree char *label = g_strdup_printf("host: %s", words);
		g_autofree char *value = json_node_is_null(node) ? NULL : json_to_string(node, FALSE);

		if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
			put_fact(w, label, json_node_get_string(node));
		else
			put_fact(w, label, value);
	}
}

static char *asked(const Result *result)
{
	return result->plan && result->plan->asked ? spawn_describe((const char *const *)result->plan->asked) : NULL;
}

void html_reproduce(HtmlWriter *w, const Result *result)
{
	g_autofree char *command = asked(result);
	g_autofree char *again = g_strdup_printf("khotest report %s", result->path);

	if (command)
		html_copy(w, "The command", command);
	html_copy(w, "Judge the same run again", again);
	if (result->reproduce) {
		html_open(w, "details", NULL);
		html_element(w, "summary", "reproduce.sh: the same machine with nothing but QEMU", NULL);
		html_copy(w, "reproduce.sh", result->reproduce);
		html_close(w);
	}
	html_open(w, "details", NULL);
	html_element(w, "summary", "What went in, and where it ran", NULL);
	html_open(w, "dl", NULL);
	if (result->plan)
		put_plan(w, result);
	if (result->host)
		put_host(w, result->host);
	put_fact(w, "run directory", result->path);
	html_close(w);
	html_close(w);
}

void html_reproduce_brief(HtmlWriter *w, const Result *result)
{
	g_autofree char *command = asked(result);

	html_open(w, "p", "class", "note", NULL);
	if (command) {
		html_text(w, "Command: ");
		html_element(w, "code", command, NULL);
		html_text(w, ". ");
	}
	html_textf(w, "Kernel: %s", plan_hop(result->plan, 0)->sha256 ? plan_hop(result->plan, 0)->sha256 : "-");
	html_textf(w, ". Run directory, with reproduce.sh: %s", result->path);
	html_close(w);
}
