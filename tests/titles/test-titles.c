// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What recorded runs are called: results/titles/README.md has a row for each of them, which is made here from the
 * recordings alone. With KHOTEST_REGENERATE=1 it is written anew. And one failure has one title: that of another
 * build (NAME+OTHER), and that of the same at other addresses.
 *
 * Arguments: the archive of recordings (record.sh), the page.
 */
#include <base/files.h>
#include <base/spawn.h>
#include <evaluate/result.h>
#include <measure/title.h>
#include <proto/frame.h>

#include <string.h>

#define EVIDENCE_LINES 4
/* Behind this line the page is made; what is before it is typed. */
#define MADE_BELOW "<!-- made by tests/titles/test-titles.c -->\n"

static const char *archive, *page;
static char *folder; /* the recordings, unpacked */

typedef struct {
	char *name, *how;
	Result *result;
} Recording;

static void recording_free(gpointer data)
{
	Recording *recording = data;

	g_free(recording->name);
	g_free(recording->how);
	result_free(recording->result);
	g_free(recording);
}

static Result *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

static TitleClass class_of(const Result *result)
{
	for (TitleClass class = 0; class < TITLES; class ++)
		if (strcmp(title_class_id(class), result->verdict->title_class) == 0)
			return class;
	g_assert_not_reached();
}

static int compare(gconstpointer a, gconstpointer b)
{
	const Recording *one = *(Recording *const *)a, *other = *(Recording *const *)b;
	int by_class = (int)class_of(one->result) - (int)class_of(other->result);

	return by_class ? by_class : strcmp(one->name, other->name);
}

static GPtrArray *load_all(void)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(recording_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *how = g_build_filename(path, "how", NULL);
		Recording *recording = g_new0(Recording, 1);

		recording->name = g_strdup(name);
		recording->result = load(path);
		if (g_file_get_contents(how, &recording->how, NULL, NULL))
			g_strchomp(recording->how);
		g_ptr_array_add(all, recording);
	}
	g_ptr_array_sort(all, compare);
	return all;
}

/* Text in a cell of a Markdown table. */
static char *cell(const char *text)
{
	g_autoptr(GString) out = g_string_new(text ? text : "");

	g_string_replace(out, "|", "\\|", 0);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Where the heading of a recording is to be found, as sites that show Markdown make it. */
static char *anchor(const char *name)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (; *name; name++)
		if (g_ascii_isalnum(*name) || *name == '-')
			g_string_append_c(out, *name);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void put_row(GString *out, const Recording *recording)
{
	const Verdict *verdict = recording->result->verdict;
	g_autofree char *title = cell(verdict->title), *at = anchor(recording->name);

	g_string_append_printf(out, "| `%s` | %s | `%s` | %s | `%s` | [%s](#%s) |\n", verdict->title_class,
			       title_class_meaning(class_of(recording->result)), title,
			       verdict_kind_name(verdict->kind), ((const Reason *)verdict->reasons->pdata[0])->id,
			       recording->name, at);
}

/* One row for each recording, by class; no class may be without a row. */
static void put_table(GString *out, const GPtrArray *all)
{
	g_string_append(out, "| class | what it is | title | verdict | reason | recording |\n"
			     "| --- | --- | --- | --- | --- | --- |\n");
	for (TitleClass class = TITLE_NONE + 1; class < TITLES; class ++) {
		guint n = 0;

		for (guint i = 0; i < all->len; i++) {
			const Recording *recording = all->pdata[i];

			if (class_of(recording->result) == class && ++n)
				put_row(out, recording);
		}
		if (!n && !g_getenv("KHOTEST_REGENERATE"))
			g_error("class %s is nowhere recorded", title_class_id(class));
	}
}

/* What a matrix gives each of its runs. */
static bool is_of_recording(const char *word)
{
	return strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0 || g_str_has_prefix(word, "--output=") ||
	       g_str_has_prefix(word, "--format=") || g_str_has_prefix(word, "--jobs=");
}

/* The command, without where khotest and its results were. */
static char *command_of(const Plan *plan)
{
	GString *out = g_string_new("khotest");

	for (char **word = plan->asked + 1; plan->asked[0] && *word; word++) {
		g_autofree char *quoted = strpbrk(*word, " []'*") ? g_shell_quote(*word) : g_strdup(*word);

		if (strcmp(*word, "-o") == 0 && word[1])
			word++;
		else if (!is_of_recording(*word))
			g_string_append_printf(out, " %s", quoted);
	}
	return g_string_free(out, FALSE);
}

/* From the line that the title was made from on; if that is not on the console, its end. */
static guint excerpt_begin(const Verdict *verdict)
{
	guint n = verdict->last_lines->len;

	for (guint i = 0; i < n; i++)
		if (strstr(verdict->last_lines->pdata[i], verdict->title_evidence))
			return i + 1;
	return n > EVIDENCE_LINES ? n - EVIDENCE_LINES : 0;
}

/* How it was recorded, and what its title was made from. */
static void put_evidence(GString *out, const Recording *recording)
{
	const Verdict *verdict = recording->result->verdict;
	g_autofree char *command = command_of(recording->result->plan);
	guint begin = excerpt_begin(verdict);

	g_string_append_printf(out, "\n### %s\n\n`%s`%s%s\n\n```\n%s\n", recording->name, command,
			       recording->how ? ", " : "", recording->how ? recording->how : "",
			       verdict->title_evidence);
	for (guint i = begin; i < MIN(verdict->last_lines->len, begin + EVIDENCE_LINES); i++)
		g_string_append_printf(out, "%s\n", (const char *)verdict->last_lines->pdata[i]);
	g_string_append(out, "```\n");
}

static void test_page(void)
{
	g_autoptr(GPtrArray) all = load_all();
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	const char *below;

	g_assert_true(g_file_get_contents(page, &text, NULL, NULL));
	below = strstr(text, MADE_BELOW);
	g_assert_nonnull(below);
	below += strlen(MADE_BELOW);
	g_string_append_len(out, text, below - text);
	g_string_append_c(out, '\n');
	put_table(out, all);
	g_string_append(out, "\n## What each was made from\n");
	for (guint i = 0; i < all->len; i++)
		put_evidence(out, all->pdata[i]);
	if (g_getenv("KHOTEST_REGENERATE"))
		g_assert_true(files_write(page, out->str, out->len, &error));
	else
		g_assert_cmpstr(text, ==, out->str);
}

static void assert_same(const Result *one, const Result *other, const char *name)
{
	g_test_message("%s: %s", name, other->verdict->title);
	g_assert_cmpstr(one->verdict->title, ==, other->verdict->title);
	g_assert_cmpstr(one->verdict->title_class, ==, other->verdict->title_class);
}

/* NAME+OTHER is the failure of NAME in another kernel. */
static void test_other_builds(void)
{
	g_autoptr(GPtrArray) all = load_all();
	guint n = 0;

	for (guint i = 0; i < all->len; i++)
		for (guint j = 0; j < all->len; j++) {
			const Recording *one = all->pdata[i], *other = all->pdata[j];
			const char *plus = strchr(other->name, '+');

			if (!plus || strlen(one->name) != (gsize)(plus - other->name) ||
			    !g_str_has_prefix(other->name, one->name))
				continue;
			assert_same(one->result, other->result, other->name);
			g_assert_cmpstr(plan_hop(one->result->plan, 0)->sha256, !=,
					plan_hop(other->result->plan, 0)->sha256);
			n++;
		}
	g_assert_cmpuint(n, >, 0);
}

/* Another digit for each, so that the length is the same. */
static gboolean shift(const GMatchInfo *match, GString *out, gpointer data)
{
	g_autofree char *text = g_match_info_fetch(match, 0);

	for (char *at = text; *at; at++)
		if (g_ascii_isdigit(*at) && !(*at == '0' && at[1] == 'x'))
			*at = (char)('1' + (*at - '0') % 9);
	g_string_append(out, text);
	return FALSE;
}

/* Offsets, sizes, addresses, lines of files, processes and processors: what differs between builds and runs. */
static void shift_file(const char *path)
{
	g_autoptr(GRegex) numbers =
		g_regex_new("[+/]0x[0-9a-f]+|\\b[0-9a-f]{16}\\b|(?<=\\.[chS]:)[0-9]+|(?<=PID: )[0-9]+|"
			    "(?<=CPU#)[0-9]+|(?<=sh:)[0-9]+|(?<=sh/)[0-9]+",
			    G_REGEX_RAW, 0, NULL);
	g_autofree char *text = NULL, *shifted = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, NULL) || strlen(text) != length)
		return;
	shifted = g_regex_replace_eval(numbers, text, (gssize)length, 0, 0, shift, NULL, NULL);
	g_assert_cmpuint(strlen(shifted), ==, length);
	g_assert_true(g_file_set_contents(path, shifted, (gssize)length, NULL));
}

/* The manifest as the guest would have sent it, had its log been this. */
static void seal(const char *hop, const char *record)
{
	g_autofree char *path = g_build_filename(hop, record, NULL), *content = NULL, *text = NULL;
	g_autofree char *manifest = g_build_filename(hop, FRAME_MANIFEST, NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	gsize length;

	if (!g_file_get_contents(path, &content, &length, NULL) || !g_file_get_contents(manifest, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		bool is_its = g_str_has_prefix(*line, record) && (*line)[strlen(record)] == ' ';

		if (is_its)
			g_string_append_printf(out, "%s %" G_GSIZE_FORMAT " %08x%s", record, length,
					       frame_crc32(0, content, (uint32_t)length), line[1] ? "\n" : "");
		else
			g_string_append_printf(out, "%s%s", *line, line[1] ? "\n" : "");
	}
	g_assert_true(g_file_set_contents(manifest, out->str, -1, NULL));
}

static void shift_run(const char *path, guint hops)
{
	g_autofree char *console = g_build_filename(path, "console.log", NULL);

	shift_file(console);
	for (guint hop = 0; hop < hops; hop++) {
		g_autofree char *of_hop = g_strdup_printf("%s/hops/%u", path, hop);
		g_autofree char *log = g_build_filename(of_hop, FRAME_KMSG, NULL);
		g_autofree char *later = g_build_filename(of_hop, FRAME_KMSG_REST, NULL);

		shift_file(log);
		shift_file(later);
		seal(of_hop, FRAME_KMSG);
		seal(of_hop, FRAME_KMSG_REST);
	}
}

/* The last of all: the recordings are not what they were afterwards. */
static void test_other_addresses(void)
{
	g_autoptr(GPtrArray) all = load_all();

	for (guint i = 0; i < all->len; i++) {
		const Recording *recording = all->pdata[i];
		g_autofree char *path = g_build_filename(folder, recording->name, NULL);
		g_autoptr(Result) shifted = NULL;

		shift_run(path, recording->result->hops->len);
		shifted = load(path);
		assert_same(recording->result, shifted, recording->name);
	}
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	int failed;

	g_test_init(&argc, &argv, NULL);
	archive = argv[1];
	page = argv[2];
	folder = g_dir_make_tmp("khotest-titles-XXXXXX", &error);
	g_assert_no_error(error);
	spawn_check((const char *const[]){ "tar", "-C", folder, "-xJf", archive, NULL }, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	g_test_add_func("/titles/page", test_page);
	g_test_add_func("/titles/other-builds", test_other_builds);
	g_test_add_func("/titles/other-addresses", test_other_addresses);
	failed = g_test_run();
	files_remove_tree(folder, NULL);
	g_free(folder);
	return failed;
}
