// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of checks, and what comes out of them. */
#include "look.h"

#include <string.h>

/* A row for each check, NAME standing for check_NAME of check-NAME.c. */
#define CHECKS(ROW)                                                                                                    \
	ROW(records)                                                                                                   \
	ROW(identity)                                                                                                  \
	ROW(log)                                                                                                       \
	ROW(commandline)                                                                                               \
	ROW(handover)                                                                                                  \
	ROW(scratch)                                                                                                   \
	ROW(pageblocks)                                                                                                \
	ROW(harm)                                                                                                      \
	ROW(zones)                                                                                                     \
	ROW(deferral)                                                                                                  \
	ROW(testdata)                                                                                                  \
	ROW(payloads)                                                                                                  \
	ROW(next)                                                                                                      \
	ROW(endurance)

#define DECLARE(name) extern const Check check_##name;
#define POINT(name) &check_##name,

CHECKS(DECLARE)

static const Check *const checks[] = { CHECKS(POINT) };

const Check *const *checks_all(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(checks);
	return checks;
}

guint check_find(const char *id)
{
	for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
		if (strcmp(checks[i]->id, id) == 0)
			return i;
	g_assert_not_reached();
}

static void row_clear(gpointer data)
{
	g_free(((CheckRow *)data)->where);
}

GArray *checkrows_new(void)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(CheckRow));

	g_array_set_clear_func(rows, row_clear);
	return rows;
}

void checkrows_add(GArray *rows, char *where, const char *what, guint64 expected, guint64 found, guint64 excess)
{
	CheckRow row = { where, what, expected, found, excess };

	g_array_append_val(rows, row);
}

const CheckRow *checkrows_find(const GArray *rows, const char *where)
{
	for (guint i = 0; rows && i < rows->len; i++)
		if (strcmp(g_array_index(rows, CheckRow, i).where, where) == 0)
			return &g_array_index(rows, CheckRow, i);
	return NULL;
}

bool checkrow_is_met(const CheckRow *row)
{
	return row->found == row->expected && !row->excess;
}

char *checkrow_text(const CheckRow *row)
{
	g_autofree char *more = row->excess ? g_strdup_printf(" and %" G_GUINT64_FORMAT " more", row->excess) : NULL;

	return g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "%s", row->found, row->expected,
			       more ? more : "");
}

void checks_count(Judge *judge)
{
	for (guint i = 0; i < judge->evidence->hops->len; i++) {
		const Hop *hop = judge->evidence->hops->pdata[i];

		for (guint c = 0; c < G_N_ELEMENTS(checks); c++)
			if (checks[c]->rows)
				judge_result(judge, hop->index, c)->rows = checks[c]->rows(judge->evidence, hop);
	}
}

void checks_run(Judge *judge, const Hop *hop)
{
	g_auto(Look) look = look_at(judge, hop);

	for (guint c = 0; c < G_N_ELEMENTS(checks); c++) {
		look.result = judge_result(judge, hop->index, c);
		/* that it is not asked was settled before */
		if (checks[c]->scope > look.scope || look.result->state != CHECK_UNSEEN)
			continue;
		judge->check = checks[c];
		judge->hop = (guint)hop->index;
		checks[c]->run(&look);
	}
	judge->check = NULL;
}
