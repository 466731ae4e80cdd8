// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfigtree.h"

#include <stdbool.h>
#include <string.h>

#define MOST_FILES 5000

/* --- expressions: '||' under '&&' under '!', comparisons, parentheses --- */

#define DEPTH_MOST 100 /* no condition is nested so deeply; the stack is not without an end */

typedef struct {
	const char *at;
	GHashTable *config;
	guint depth;
} Expression;

static int parse_or(Expression *e);

static void skip_space(Expression *e)
{
	while (g_ascii_isspace(*e->at))
		e->at++;
}

static bool take(Expression *e, const char *token)
{
	skip_space(e);
	if (!g_str_has_prefix(e->at, token))
		return false;
	e->at += strlen(token);
	return true;
}

/* A symbol or constant, as text; NULL where there is none. quoted: it was a constant in quotes. */
static char *take_word(Expression *e, bool *ret_quoted)
{
	const char *start;
	char quote;

	skip_space(e);
	quote = *e->at;
	*ret_quoted = quote == '"' || quote == '\'';
	if (*ret_quoted) {
		start = ++e->at;
		while (*e->at && *e->at != quote)
			e->at++;
		return g_strndup(start, (gsize)((*e->at ? e->at++ : e->at) - start));
	}
	start = e->at;
	while (g_ascii_isalnum(*e->at) || *e->at == '_' || *e->at == '-')
		e->at++;
	return e->at > start ? g_strndup(start, (gsize)(e->at - start)) : NULL;
}

static const char *value_of(Expression *e, const char *word, bool quoted)
{
	const char *value = quoted ? word : g_hash_table_lookup(e->config, word);

	if (value)
		return value;
	/* constants and numbers stand for themselves */
	if (strcmp(word, "y") == 0 || strcmp(word, "m") == 0 || strcmp(word, "n") == 0 || g_ascii_isdigit(*word))
		return word;
	return "n";
}

static int parse_atom(Expression *e)
{
	g_autofree char *left = NULL, *right = NULL;
	bool left_quoted, right_quoted, equal, differs;
	int value;

	if (e->depth < DEPTH_MOST && take(e, "(")) {
		e->depth++;
		value = parse_or(e);
		e->depth--;
		take(e, ")");
		return value;
	}
	if (take(e, "$(")) {
		for (int depth = 1; *e->at && depth > 0; e->at++)
			depth += (*e->at == '(') - (*e->at == ')');
		return -1;
	}
	left = take_word(e, &left_quoted);
	if (!left) {
		e->at += strlen(e->at);
		return -1;
	}
	differs = take(e, "!=");
	equal = !differs && take(e, "=");
	skip_space(e);
	if (!differs && !equal) {
		const char *text = value_of(e, left, left_quoted);

		if (*e->at == '<' || *e->at == '>') {
			e->at += strcspn(e->at, "&|)");
			return -1;
		}
		return strcmp(text, "y") == 0 || strcmp(text, "m") == 0;
	}
	if (*e->at == '$') {
		e->at += strcspn(e->at, "&|");
		return -1;
	}
	right = take_word(e, &right_quoted);
	if (!right)
		return -1;
	value = strcmp(value_of(e, left, left_quoted), value_of(e, right, right_quoted)) == 0;
	return differs ? !value : value;
}

static int parse_not(Expression *e)
{
	bool negated = false;
	int value;

	while (take(e, "!"))
		negated = !negated;
	value = parse_atom(e);
	return value < 0 || !negated ? value : !value;
}

static int parse_and(Expression *e)
{
	int value = parse_not(e);

	while (take(e, "&&")) {
		int other = parse_not(e);

		value = value == 0 || other == 0 ? 0 : value < 0 || other < 0 ? -1 : 1;
	}
	return value;
}

static int parse_or(Expression *e)
{
	int value = parse_and(e);

	while (take(e, "||")) {
		int other = parse_and(e);

		value = value > 0 || other > 0 ? 1 : value < 0 || other < 0 ? -1 : 0;
	}
	return value;
}

int kconfigtree_evaluate(const char *expression, GHashTable *config)
{
	Expression e = { .at = expression, .config = config };

	return parse_or(&e);
}

/* --- files --- */

typedef struct {
	char *condition;
	char *where; /* "kernel/liveupdate/Kconfig:8" */
} Dependency;

static void dependency_free(gpointer data)
{
	Dependency *dependency = data;

	g_free(dependency->condition);
	g_free(dependency->where);
	g_free(dependency);
}

/* The walk through the files. open: what surrounds the line being read; NULL entries mark where each block begins. */
typedef struct {
	const Arch *arch;
	const char *tree;
	const char *symbol;
	GHashTable *config;
	GPtrArray *open;
	GPtrArray *own; /* of the entry being read, if it is the symbol's; else NULL */
	GString *found;
	guint definitions;
	guint files;
} Walk;

static void add(GPtrArray *list, const char *condition, const char *file, guint line)
{
	Dependency *dependency = g_new0(Dependency, 1);

	dependency->condition = g_strdup(condition);
	dependency->where = g_strdup_printf("%s:%u", file, line);
	g_ptr_array_add(list, dependency);
}

/* Names the symbols of a condition with their values: ", and PCI=n, NUMA=n". */
static void append_values(Walk *walk, const char *condition)
{
	g_autoptr(GRegex) regex = g_regex_new("[A-Z0-9_]*[A-Z_][A-Z0-9_]*", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const char *separator = ", and ";

	g_regex_match(regex, condition, 0, &match);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
		char *word = g_match_info_fetch(match, 0);
		const char *value = g_hash_table_lookup(walk->config, word);

		if (!g_hash_table_contains(seen, word)) {
			g_string_append_printf(walk->found, "%s%s=%s", separator, word, value ? value : "n");
			separator = ", ";
		}
		g_hash_table_add(seen, word);
	}
}

static void judge(Walk *walk, GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++) {
		Dependency *dependency = list->pdata[i];

		if (!dependency || kconfigtree_evaluate(dependency->condition, walk->config) != 0)
			continue;
		g_string_append_printf(walk->found, "%sdepends on %s (%s)", walk->found->len ? "; " : "",
				       dependency->condition, dependency->where);
		append_values(walk, dependency->condition);
	}
}

/* The entry being read ends: if it was the symbol's, its dependencies and those around it are judged. */
static void end_entry(Walk *walk)
{
	if (!walk->own)
		return;
	walk->definitions++;
	judge(walk, walk->open);
	judge(walk, walk->own);
	g_clear_pointer(&walk->own, g_ptr_array_unref);
}

static void open_block(Walk *walk)
{
	g_ptr_array_add(walk->open, NULL);
}

static void close_block(Walk *walk)
{
	while (walk->open->len > 0) {
		gpointer last = walk->open->pdata[walk->open->len - 1];

		g_ptr_array_set_size(walk->open, (gint)walk->open->len - 1);
		if (!last)
			return;
	}
}

static void walk_file(Walk *walk, const char *file);

static void walk_source(Walk *walk, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\"", 3);
	g_autofree char *name = NULL;
	g_auto(GStrv) pieces = NULL;

	if (g_strv_length(parts) < 2)
		return;
	/* the one variable that the kernel's source lines use */
	pieces = g_strsplit(parts[1], "$(SRCARCH)", -1);
	name = g_strjoinv(walk->arch->kbuild, pieces);
	walk_file(walk, name);
}

/* "word rest": true and ret_rest if the line begins with that keyword. */
static bool keyword(const char *line, const char *word, const char **ret_rest)
{
	gsize length = strlen(word);

	if (strncmp(line, word, length) != 0 || (line[length] && !g_ascii_isspace(line[length]) && line[length] != '"'))
		return false;
	*ret_rest = line + length;
	while (g_ascii_isspace(**ret_rest))
		(*ret_rest)++;
	return true;
}

static void walk_line(Walk *walk, const char *line, const char *file, guint number, bool *in_block_head)
{
	const char *rest;

	if (keyword(line, "config", &rest) || keyword(line, "menuconfig", &rest)) {
		end_entry(walk);
		*in_block_head = false;
		if (strcmp(rest, walk->symbol) == 0)
			walk->own = g_ptr_array_new_with_free_func(dependency_free);
	} else if (keyword(line, "menu", &rest) || keyword(line, "choice", &rest)) {
		end_entry(walk);
		open_block(walk);
		*in_block_head = true;
	} else if (keyword(line, "if", &rest)) {
		end_entry(walk);
		open_block(walk);
		add(walk->open, rest, file, number);
		*in_block_head = false;
	} else if (keyword(line, "endif", &rest) || keyword(line, "endmenu", &rest) ||
		   keyword(line, "endchoice", &rest)) {
		end_entry(walk);
		close_block(walk);
		*in_block_head = false;
	} else if (keyword(line, "source", &rest)) {
		end_entry(walk);
		walk_source(walk, rest);
		*in_block_head = false;
	} else if (keyword(line, "comment", &rest)) {
		end_entry(walk);
		*in_block_head = false;
	} else if (keyword(line, "depends", &rest) && g_str_has_prefix(rest, "on ")) {
		if (walk->own)
			add(walk->own, rest + strlen("on "), file, number);
		else if (*in_block_head)
			add(walk->open, rest + strlen("on "), file, number);
	} else if (walk->own && (keyword(line, "bool", &rest) || keyword(line, "tristate", &rest) ||
				 keyword(line, "prompt", &rest))) {
		/* a prompt's own condition decides whether the symbol can be set at all */
		const char *condition = strstr(rest, "\" if ");

		if (condition)
			add(walk->own, condition + strlen("\" if "), file, number);
	}
}

static void walk_file(Walk *walk, const char *file)
{
	g_autofree char *path = g_build_filename(walk->tree, file, NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	bool in_block_head = false, in_help = false;

	if (++walk->files > MOST_FILES || !g_file_get_contents(path, &text, NULL, NULL))
		return;
	lines = g_strsplit_set(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		guint number = i + 1;
		g_autoptr(GString) line = g_string_new(lines[i]);
		bool indented = g_ascii_isspace(*lines[i]);

		while (line->len && line->str[line->len - 1] == '\\' && lines[i + 1]) {
			g_string_truncate(line, line->len - 1);
			g_string_append(line, g_strstrip(lines[++i]));
		}
		g_strstrip(line->str);
		/* help ends where something stands at the left margin again */
		if (in_help && (indented || !*line->str))
			continue;
		in_help = strcmp(line->str, "help") == 0;
		if (*line->str && *line->str != '#' && !in_help)
			walk_line(walk, line->str, file, number, &in_block_head);
	}
	end_entry(walk);
}

static void open_entry_free(gpointer data)
{
	if (data)
		dependency_free(data);
}

/* Walks all files. Returns whether the symbol is defined anywhere; ret_why: its unmet dependencies. */
static bool walk_tree(const Arch *arch, const char *tree, const char *symbol, GHashTable *config, GString *ret_why)
{
	Walk walk = { .arch = arch, .tree = tree, .symbol = symbol, .config = config, .found = ret_why };

	walk.open = g_ptr_array_new_with_free_func(open_entry_free);
	walk_file(&walk, "Kconfig");
	g_ptr_array_unref(walk.open);
	return walk.definitions > 0 || walk.files <= 1;
}

char *kconfigtree_explain(const Arch *arch, const char *tree, const char *symbol, GHashTable *config)
{
	g_autoptr(GString) why = g_string_new(NULL);

	if (!walk_tree(arch, tree, symbol, config, why))
		g_string_assign(why, "this kernel has no such symbol");
	return g_string_free(g_steal_pointer(&why), FALSE);
}

bool kconfigtree_knows(const Arch *arch, const char *tree, const char *symbol)
{
	g_autoptr(GHashTable) empty = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GString) why = g_string_new(NULL);

	return walk_tree(arch, tree, symbol, empty, why);
}
