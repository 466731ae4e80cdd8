// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/json.h>

#include <math.h>
#include <string.h>

#define DEPTH_MOST 100 /* far more than any document of ours is nested */

/* json-glib writes bytes as they are, and what is no UTF-8 would make the whole document none. */
void json_add_string(JsonBuilder *builder, const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);

	json_builder_add_string_value(builder, valid);
}

void json_put_string(JsonBuilder *builder, const char *name, const char *value)
{
	json_builder_set_member_name(builder, name);
	if (value)
		json_add_string(builder, value);
	else
		json_builder_add_null_value(builder);
}

void json_put_int(JsonBuilder *builder, const char *name, gint64 value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}

void json_put_int_or_null(JsonBuilder *builder, const char *name, gint64 value)
{
	json_builder_set_member_name(builder, name);
	if (value < 0)
		json_builder_add_null_value(builder);
	else
		json_builder_add_int_value(builder, value);
}

void json_put_double(JsonBuilder *builder, const char *name, double value)
{
	json_builder_set_member_name(builder, name);
	if (isnan(value))
		json_builder_add_null_value(builder);
	else
		json_builder_add_double_value(builder, value);
}

void json_put_bool(JsonBuilder *builder, const char *name, bool value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_boolean_value(builder, value);
}

void json_put_strings(JsonBuilder *builder, const char *name, const char *const *values)
{
	json_begin_array(builder, name);
	for (; values && *values; values++)
		json_add_string(builder, *values);
	json_builder_end_array(builder);
}

void json_put_texts(JsonBuilder *builder, const char *name, const GPtrArray *texts)
{
	json_begin_array(builder, name);
	for (guint i = 0; i < texts->len; i++)
		json_add_string(builder, texts->pdata[i]);
	json_builder_end_array(builder);
}

void json_begin_array(JsonBuilder *builder, const char *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
}

void json_begin_object(JsonBuilder *builder, const char *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_object(builder);
}

char *json_text(JsonBuilder *builder, bool pretty)
{
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autoptr(JsonNode) root = json_builder_get_root(builder);
	g_autofree char *text = NULL;

	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, pretty);
	text = json_generator_to_data(generator, NULL);
	return pretty ? g_strconcat(text, "\n", NULL) : g_steal_pointer(&text);
}

/* Behind a string that begins at a quotation mark. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\';
	return MIN(at + 1, end);
}

/*
 * json-glib before 1.10 goes down into what is nested without a limit, until its stack is at an end. What it takes
 * beyond JSON, comments and single quotes, could hide brackets from us: it is not let through.
 */
static bool is_shallow(const char *text, gsize length)
{
	const char *end = text + length;
	guint depth = 0;

	for (const char *at = text; at < end && *at;) {
		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (strchr("/'#", *at) || ((*at == '[' || *at == '{') && ++depth > DEPTH_MOST))
			return false;
		depth -= depth && (*at == ']' || *at == '}');
		at++;
	}
	return true;
}

JsonObject *json_parse_object(const char *text, gssize length, const char *what, GError **error)
{
	g_autoptr(JsonParser) parser = NULL;
	g_autoptr(GError) local = NULL;
	JsonNode *root;

	if (!is_shallow(text, length < 0 ? strlen(text) : (gsize)length)) {
		error_set(error, KHOTEST_ERROR_FAILED,
			  "%s is not JSON: it is nested more than %d times, or has comments in it", what, DEPTH_MOST);
		return NULL;
	}
	parser = json_parser_new();
	if (!json_parser_load_from_data(parser, text, length, &local)) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s is not JSON: %s", what, local->message);
		return NULL;
	}
	root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
		error_set(error, KHOTEST_ERROR_FAILED, "%s does not hold a JSON object", what);
		return NULL;
	}
	return json_node_dup_object(root);
}

/* The member if it is there and is a value of the given type, else NULL. */
static JsonNode *value_member(JsonObject *object, const char *name, GType type)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type ? node : NULL;
}

const char *json_get_string(JsonObject *object, const char *name)
{
	JsonNode *node = value_member(object, name, G_TYPE_STRING);

	return node ? json_node_get_string(node) : NULL;
}

const char *json_get_name(JsonObject *object, const char *name)
{
	const char *text = json_get_string(object, name);

	return text && *text && !strchr(text, '/') && strcmp(text, ".") != 0 && strcmp(text, "..") != 0 ? text : NULL;
}

gint64 json_get_int(JsonObject *object, const char *name)
{
	JsonNode *node = value_member(object, name, G_TYPE_INT64);

	return node ? json_node_get_int(node) : -1;
}

bool json_get_bool(JsonObject *object, const char *name)
{
	JsonNode *node = value_member(object, name, G_TYPE_BOOLEAN);

	return node && json_node_get_boolean(node);
}

JsonObject *json_get_object(JsonObject *object, const char *name)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *json_get_array(JsonObject *object, const char *name)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

char **json_get_strings(JsonObject *object, const char *name)
{
	g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
	JsonArray *array = json_get_array(object, name);

	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
			g_ptr_array_add(strings, g_strdup(json_node_get_string(node)));
	}
	g_ptr_array_add(strings, NULL);
	return (char **)g_ptr_array_steal(strings, NULL);
}

GArray *json_get_doubles(JsonObject *object, const char *name)
{
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(double));
	JsonArray *array = json_get_array(object, name);

	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);
		GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;
		bool is_number = type == G_TYPE_DOUBLE || type == G_TYPE_INT64;
		double number = is_number ? json_node_get_double(node) : NAN;

		g_array_append_val(numbers, number);
	}
	return numbers;
}

bool json_check_schema(JsonObject *object, int most, const char *what, GError **error)
{
	gint64 schema = json_get_int(object, "schema");

	if (schema < 1)
		return error_set(error, KHOTEST_ERROR_FAILED, "%s does not say which schema it has: it is damaged",
				 what);
	return schema <= most ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "%s has schema %" G_GINT64_FORMAT ", this khotest reads up to %d: use a newer khotest", what,
			 schema, most);
}
