/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "apps/output.h"

#include <stdint.h>

/* A command of `deskhand` as a value: what it takes and how it is run. The help, the man pages
 * and the completions of the shells are made from it. */

#define APP_COMMAND_OPTIONS_N_MAX 16 /* of one command */

typedef enum {
    APP_VALUE_NONE, /* a flag */
    APP_VALUE_TEXT,
    APP_VALUE_QUERY, /* words: an option that is given again adds to them */
    APP_VALUE_COUNT, /* a whole number from 1 to max */
    APP_VALUE_FILE,
} AppValueKind;

typedef struct {
    const char *name; /* without the two dashes; NULL ends the table */
    AppValueKind kind;
    const char *value; /* what the help calls it, capitals; NULL for a flag */
    unsigned max;      /* of APP_VALUE_COUNT */
    const char *help;  /* a phrase, lower case */
} AppOption;

typedef struct {
    const char *line; /* as typed; NULL ends the table */
    const char *help; /* a phrase, lower case */
} AppExample;

/* What was typed after the command's name, checked against its table. */
typedef struct {
    const AppOption *options;
    char *values[APP_COMMAND_OPTIONS_N_MAX]; /* by index of @options; NULL: not given */
    GPtrArray *words;                        /* of char *, UTF-8: what is not an option */
} AppArguments;

typedef struct {
    const char *name;
    const char *arguments; /* as the help writes them, "QUERY...", or "" */
    unsigned n_words_min;
    unsigned n_words_max;      /* 0: none */
    gboolean takes_dash_words; /* -word is a word, not a mistake: a query may exclude words */
    const char *summary;       /* one line, no full stop */
    const char *description;   /* paragraphs, an empty line between them */
    const AppExample *terms;   /* (nullable): what the last paragraph introduces */
    gboolean takes_terms;      /* one of @terms, as it is: completions offer them */
    const AppOption *options;
    const AppExample *examples;

    /* @cancellable: the person pressed Ctrl-C. What is left in @output is flushed by the caller. */
    gboolean (*run)(const AppArguments *arguments,
                    AppOutput *output,
                    GCancellable *cancellable,
                    GError **error);
} AppCommand;

/* All commands, in the order of the help; ends with NULL. */
extern const AppCommand *const app_commands[];

extern const AppCommand app_doctor_command;
extern const AppCommand app_forget_command;
extern const AppCommand app_help_command;
extern const AppCommand app_key_command;
extern const AppCommand app_lock_command;
extern const AppCommand app_pause_command;
extern const AppCommand app_resume_command;
extern const AppCommand app_search_command;
extern const AppCommand app_show_command;
extern const AppCommand app_status_command;
extern const AppCommand app_timeline_command;
extern const AppCommand app_why_command;
extern const AppCommand app_unlock_command;

/* Returns: (transfer none): NULL when there is none of that name */
const AppCommand *app_command_find(const char *name);

/* Sets APP_ERROR_USAGE with the name that was likely meant. */
void app_command_set_unknown(GError **error, const char *name);

/**
 * app_arguments_new:
 * @words: what follows the command's name, ends with NULL. "--" ends the options; --help and -h
 *   are options of every command. A value may be given once, but for APP_VALUE_QUERY.
 * @error: APP_ERROR_USAGE, a sentence that names the mistake and the way out
 */
AppArguments *
app_arguments_new(const AppCommand *command, const char *const *words, GError **error);
void app_arguments_free(AppArguments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppArguments, app_arguments_free)

/* --help came before any "--". */
gboolean app_arguments_ask_help(const AppCommand *command, const char *const *words);

/* @name: must be in the command's table. Returns: (transfer none): NULL when it was not given;
 * for a flag any text when it was */
const char *app_arguments_get(const AppArguments *self, const char *name);

/* The words joined by spaces. Returns: (transfer full) */
char *app_arguments_dup_sentence(const AppArguments *self);

/* The command line that runs @command again with these words and options, without the option
 * @left_out, quoted for a shell. Returns: (transfer full) */
char *
app_arguments_dup_line(const AppArguments *self, const AppCommand *command, const char *left_out);
