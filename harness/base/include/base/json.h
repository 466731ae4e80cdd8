/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/*
 * The little that everybody who writes or reads JSON needs. Unknown is null:
 * writing a NULL string or a negative "unknown" number writes null, and reading
 * null or a missing member gives NULL or -1.
 */
void json_add_string(JsonBuilder *builder, const char *value); /* to an array; what is no UTF-8 becomes U+FFFD */
void json_put_string(JsonBuilder *builder, const char *name, const char *value);
void json_put_int(JsonBuilder *builder, const char *name, gint64 value);
void json_put_int_or_null(JsonBuilder *builder, const char *name, gint64 value); /* negative: null */
void json_put_double(JsonBuilder *builder, const char *name, double value);	 /* NAN: null */
void json_put_bool(JsonBuilder *builder, const char *name, bool value);
void json_put_strings(JsonBuilder *builder, const char *name, const char *const *values); /* NULL: empty array */

void json_put_texts(JsonBuilder *builder, const char *name, const GPtrArray *texts); /* of char * */

/* A member that is an array or an object, which its builder function ends. */
void json_begin_array(JsonBuilder *builder, const char *name);
void json_begin_object(JsonBuilder *builder, const char *name);

/* The finished document as text; pretty: indented, with a newline at the end; else one line without. Caller frees. */
char *json_text(JsonBuilder *builder, bool pretty);

/* Parses an object. Errors: FAILED with the parser's words and what (a file name). */
JsonObject *json_parse_object(const char *text, gssize length, const char *what, GError **error);

/* The member "schema": 1 to most. Errors: FAILED (none: it is damaged), INPUT (newer than this khotest). */
bool json_check_schema(JsonObject *object, int most, const char *what, GError **error);

const char *json_get_string(JsonObject *object, const char *name); /* borrowed */
/* The same of what names one file or folder in a place that is known: NULL if it would lead elsewhere. */
const char *json_get_name(JsonObject *object, const char *name);
gint64 json_get_int(JsonObject *object, const char *name);
bool json_get_bool(JsonObject *object, const char *name);
JsonObject *json_get_object(JsonObject *object, const char *name); /* borrowed; NULL if missing or not an object */
JsonArray *json_get_array(JsonObject *object, const char *name);   /* same */
char **json_get_strings(JsonObject *object, const char *name);	   /* caller frees; empty if missing */
/* double: what is no number is NAN. Caller unrefs; empty if missing. */
GArray *json_get_doubles(JsonObject *object, const char *name);

#endif
