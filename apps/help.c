/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/help.h"

#include <string.h>

#define WIDTH 80
#define OPTION_COLUMN 22
#define EXAMPLE_INDENT 4

static const AppOption no_options[] = {{NULL}};

static const AppExample examples[] = {
    {"deskhand help", "all commands"},
    {"deskhand help search", "one of them; also deskhand search --help"},
    {NULL},
};

/* Breaks @text at spaces so that no line is longer than WIDTH where that can be. */
static void
append_wrapped(GString *out, const char *text, unsigned indent, unsigned column)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gboolean is_first = TRUE;

    for (unsigned i = 0; words[i] != NULL; i++) {
        unsigned width = (unsigned)g_utf8_strlen(words[i], -1);

        if (!is_first && column + 1 + width > WIDTH) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, words[i]);
        column += width;
        is_first = FALSE;
    }
    g_string_append_c(out, '\n');
}

static void
append_entry(GString *out, const char *name, const char *help)
{
    unsigned length = (unsigned)g_utf8_strlen(name, -1);

    g_string_append_printf(out, "  %-*s", OPTION_COLUMN - 2, name);
    if (length + 2 >= OPTION_COLUMN)
        g_string_append_printf(out, "\n%*s", OPTION_COLUMN, "");
    append_wrapped(out, help, OPTION_COLUMN, OPTION_COLUMN);
}

void
app_help_append_overview(GString *out)
{
    g_string_append(out, "Usage: deskhand COMMAND ...\n\n"
                         "Finds again what was on this desktop's screen.\n\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++)
        append_entry(out, app_commands[i]->name, app_commands[i]->summary);
    g_string_append(out, "\n");
    append_entry(out, "--version", "print the version");
    g_string_append(out, "\n`deskhand COMMAND --help` says more, with examples.\n");
}

static void
append_options(GString *out, const AppOption *option)
{
    g_string_append(out, "\nOptions:\n");
    for (; option->name != NULL; option++) {
        g_autofree char *name =
            g_strdup_printf("--%s%s%s", option->name, option->value != NULL ? " " : "",
                            option->value != NULL ? option->value : "");

        append_entry(out, name, option->help);
    }
    append_entry(out, "--help", "print this");
}

static void
append_examples(GString *out, const AppExample *example)
{
    g_string_append(out, "\nExamples:\n");
    for (; example->line != NULL; example++)
        g_string_append_printf(out, "  %s\n%*s%s\n", example->line, EXAMPLE_INDENT + 2, "",
                               example->help);
}

static void
append_terms(GString *out, const AppExample *term)
{
    for (; term != NULL && term->line != NULL; term++)
        append_entry(out, term->line, term->help);
}

static void
append_paragraphs(GString *out, const char *text)
{
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n\n", -1);

    for (unsigned i = 0; paragraphs[i] != NULL; i++) {
        g_string_append_c(out, '\n');
        append_wrapped(out, paragraphs[i], 0, 0);
    }
}

void
app_help_append_command(GString *out, const AppCommand *command)
{
    g_string_append_printf(out, "Usage: deskhand %s%s%s%s\n\n", command->name,
                           command->options->name != NULL ? " [OPTIONS]" : "",
                           *command->arguments != '\0' ? " " : "", command->arguments);
    g_string_append_printf(out, "%c%s.\n", g_ascii_toupper(*command->summary),
                           command->summary + 1);
    append_paragraphs(out, command->description);
    append_terms(out, command->terms);
    append_options(out, command->options);
    append_examples(out, command->examples);
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    const char *name = arguments->words->len > 0 ? arguments->words->pdata[0] : NULL;
    const AppCommand *command = name != NULL ? app_command_find(name) : NULL;

    if (name == NULL) {
        app_help_append_overview(output->text);
        return TRUE;
    }
    if (command == NULL) {
        app_command_set_unknown(error, name);
        return FALSE;
    }
    app_help_append_command(output->text, command);
    return TRUE;
}

const AppCommand app_help_command = {
    .name = "help",
    .arguments = "[COMMAND]",
    .n_words_max = 1,
    .summary = "explain the commands",
    .description = "The same is in the man pages: deskhand(1), deskhand-search(1) and so on.",
    .options = no_options,
    .examples = examples,
    .run = run,
};
