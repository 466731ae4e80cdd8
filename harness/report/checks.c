// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <measure/check.h>
#include <report/checks.h>
#include <report/table.h>

static Table *table_of_checks(void)
{
	Table *table =
		table_new((const char *const[]){ "check", "looks at", "needs", "proves", "does not prove", NULL });
	guint n;
	const Check *const *checks = checks_all(&n);

	for (guint i = 0; i < n; i++)
		TABLE_ROW(table, g_strdup(checks[i]->id), g_strdup(checks[i]->title), g_strdup(checks[i]->needs),
			  g_strdup(checks[i]->proves), g_strdup(checks[i]->not_proves));
	return table;
}

char *checks_to_text(void)
{
	g_autoptr(Table) table = table_of_checks();

	return table_to_text(table);
}

char *checks_to_markdown(void)
{
	g_autoptr(Table) table = table_of_checks();

	table_set_markdown(table);
	return table_to_markdown(table);
}

char *checks_to_json(void)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	guint n;
	const Check *const *checks = checks_all(&n);

	json_builder_begin_object(b);
	json_begin_array(b, "checks");
	for (guint i = 0; i < n; i++) {
		json_builder_begin_object(b);
		json_put_string(b, "id", checks[i]->id);
		json_put_string(b, "title", checks[i]->title);
		json_put_string(b, "needs", checks[i]->needs);
		json_put_string(b, "proves", checks[i]->proves);
		json_put_string(b, "not_proves", checks[i]->not_proves);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}
