/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include <glib.h>
#include <stdbool.h>

/*
 * What users set once and not with every command. Each setting KEY is, from the strongest to the weakest:
 *
 *   an option of the command line   (setting_give())
 *   the variable KHOTEST_KEY        in capital letters, '-' as '_'; an empty one is one that is not set
 *   KEY=VALUE in a file             $XDG_CONFIG_HOME/khotest/config, then khotest/config in each of $XDG_CONFIG_DIRS
 *   a default                       (setting_default())
 *
 * A new setting is one row of rows[] in setting.c; help, man page, completion and 'khotest config' follow. Not for use
 * by several threads at once before settings_load() is over.
 */

/* What a value has to look like. */
typedef enum {
	SETTING_FOLDER,	  /* in a file: an absolute path, or one that begins with ~/ */
	SETTING_FILE,	  /* the same */
	SETTING_SIZE,	  /* "8G" */
	SETTING_DURATION, /* "30s" */
	SETTING_COUNT,	  /* 1 or more */
	SETTING_TEXT,	  /* what is right is known where it is used */
} SettingKind;

typedef struct {
	const char *key;      /* "sources" */
	const char *variable; /* "KHOTEST_SOURCES" */
	SettingKind kind;
	const char *words;   /* the words that are possible besides, separated by blanks; or NULL */
	const char *option;  /* the option that is stronger, as in --help; or NULL */
	const char *meaning; /* a line for people */
	const char *without; /* what holds without it, for people */
} Setting;

/* All of them, in the order in which they are shown. */
const Setting *settings_all(guint *ret_n);

/*
 * Reads the files, and looks whether all values are possible ones. Errors: INPUT: a key that there is not, with the
 * nearest ones; a value that cannot be; a file that cannot be read.
 */
bool settings_load(GError **error);

/* The files that settings_load() reads where they are there, the strongest first. Caller frees. */
char **settings_files(void);

/* The value, or NULL if there is none. It is valid until the setting or the environment changes. */
const char *setting_get(const char *key);

/* Who says so: "--results", "KHOTEST_RESULTS", the path of a file, or "default"; "-" without a value. Borrowed. */
const char *setting_from(const char *key);

/* For errors: "KHOTEST_STALL=5", or "stall=5 in /etc/xdg/khotest/config". Caller frees. */
char *setting_text(const char *key);

/* The value of the command line, and the one that holds if nobody says anything. Copied; NULL: none. */
void setting_give(const char *key, const char *value);
void setting_default(const char *key, const char *value);

#endif
