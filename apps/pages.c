/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/command.h"

#include <string.h>
#include <unistd.h>

/* Prints what is made from the table of commands at build time, on standard output:
 *   make-pages man [COMMAND]     a man page
 *   make-pages bash|zsh|fish     a completion */

#define PAGE_DATE "November 23, 2026"

/* Of a line of mdoc source. */
#define LINE_MAX_BYTES 78

/* A backslash is an escape in mdoc, and a dash alone may become a typographic one. */
static void
append_word(GString *out, const char *word)
{
    for (; *word != '\0'; word++) {
        if (*word == '\\' || *word == '-')
            g_string_append(out, *word == '-' ? "\\-" : "\\e");
        else
            g_string_append_c(out, *word);
    }
}

/* The arguments of a macro; \& keeps the first from being taken for another macro. */
static void
append_line(GString *out, const char *macro, const char *text)
{
    g_string_append_printf(out, ".%s \\&", macro);
    append_word(out, text);
    g_string_append_c(out, '\n');
}

/* Source lines are short and end where a sentence does; one that begins with a point or an
 * apostrophe would be a macro. */
static void
append_prose(GString *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    size_t start = out->len;

    for (unsigned i = 0; words[i] != NULL; i++) {
        gboolean is_new = i > 0 && (g_str_has_suffix(words[i - 1], ".") ||
                                    out->len - start + strlen(words[i]) > LINE_MAX_BYTES);

        if (i > 0)
            g_string_append_c(out, is_new ? '\n' : ' ');
        if (is_new)
            start = out->len;
        if (out->len == start && (*words[i] == '.' || *words[i] == '\''))
            g_string_append(out, "\\&");
        append_word(out, words[i]);
    }
}

/* A phrase as a sentence of its own, up to what ends it. */
static void
append_capitalised(GString *out, const char *phrase)
{
    g_autofree char *sentence = g_strdup(phrase);

    *sentence = g_ascii_toupper(*sentence);
    append_prose(out, sentence);
}

static void
append_head(GString *out, const char *title, const char *name, const char *summary)
{
    g_string_append_printf(out,
                           ".\\\" SPDX-" /* apart, or they would speak of this file */
                           "FileCopyrightText: 2026 The Deskhand authors\n"
                           ".\\\" SPDX-"
                           "License-Identifier: Apache-2.0\n"
                           ".Dd %s\n.Dt %s 1\n.Os Deskhand %s\n.Sh NAME\n.Nm %s\n.Nd ",
                           PAGE_DATE, title, DESKHAND_VERSION, name);
    append_word(out, summary);
    g_string_append(out, "\n.Sh SYNOPSIS\n");
}

/* "QUERY..." is an argument that repeats, "[DURATION]" one that may be left out. */
static void
append_synopsis_arguments(GString *out, const char *arguments)
{
    g_autofree char *name = g_strdup(arguments);
    gboolean is_optional = *arguments == '[';

    if (*arguments == '\0')
        return;
    g_strdelimit(name, "[]", ' ');
    g_strstrip(name);
    if (g_str_has_suffix(name, "..."))
        name[strlen(name) - strlen("...")] = '\0';
    g_string_append_printf(out, ".%sAr %s%s\n", is_optional ? "Op " : "", name,
                           g_str_has_suffix(arguments, "...") ? " ..." : "");
}

static void
append_synopsis(GString *out, const AppCommand *command)
{
    g_string_append_printf(out, ".Nm deskhand %s\n", command->name);
    for (const AppOption *option = command->options; option->name != NULL; option++) {
        g_string_append_printf(out, ".Op Fl Fl %s", option->name);
        if (option->value != NULL)
            g_string_append_printf(out, " Ar %s", option->value);
        g_string_append_c(out, '\n');
    }
    append_synopsis_arguments(out, command->arguments);
}

static void
append_paragraphs(GString *out, const char *text)
{
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n\n", -1);

    for (unsigned i = 0; paragraphs[i] != NULL; i++) {
        g_string_append(out, i > 0 ? ".Pp\n" : "");
        append_prose(out, paragraphs[i]);
        g_string_append_c(out, '\n');
    }
}

static void
append_options(GString *out, const AppOption *option)
{
    g_string_append(out, ".Pp\nThe options are:\n.Bl -tag -width Ds\n");
    for (; option->name != NULL; option++) {
        g_string_append_printf(out, ".It Fl Fl %s", option->name);
        if (option->value != NULL)
            g_string_append_printf(out, " Ar %s", option->value);
        g_string_append_c(out, '\n');
        append_capitalised(out, option->help);
        g_string_append(out, ".\n");
    }
    g_string_append(out, ".It Fl Fl help\nPrint a summary of this page.\n.El\n");
}

static void
append_exit_codes(GString *out)
{
    g_string_append(out, ".Sh EXIT STATUS\n"
                         ".Bl -tag -width Ds -compact\n"
                         ".It 0\nIt was done.\n"
                         ".It 1\nIt failed.\n"
                         ".It 2\nThe command line cannot be understood.\n"
                         ".It 3\nA policy denies it.\n"
                         ".It 4\nThe history is locked.\n"
                         ".It 5\nThe daemon is not there, or does not answer.\n"
                         ".El\n.Pp\n"
                         "A sentence on standard error says what is wrong and what to do.\n");
}

static void
append_examples(GString *out, const AppExample *example)
{
    g_string_append(out, ".Sh EXAMPLES\n");
    for (gboolean is_first = TRUE; example->line != NULL; example++, is_first = FALSE) {
        g_string_append(out, is_first ? "" : ".Pp\n");
        append_capitalised(out, example->help);
        g_string_append(out, ":\n");
        append_line(out, "Dl", example->line);
    }
}

/* Into the table of terms of a command, if it has one. */
static void
append_terms(GString *out, const AppExample *term)
{
    if (term == NULL)
        return;
    g_string_append(out, ".Bl -tag -width Ds\n");
    for (; term->line != NULL; term++) {
        append_line(out, "It Li", term->line);
        append_capitalised(out, term->help);
        g_string_append(out, ".\n");
    }
    g_string_append(out, ".El\n");
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
append_see_also(GString *out, const AppCommand *self)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    g_ptr_array_add(names, (void *)"agentd");
    g_ptr_array_add(names, (void *)"vault");
    for (unsigned i = 0; self == NULL && app_commands[i] != NULL; i++)
        g_ptr_array_add(names, (void *)app_commands[i]->name);
    g_ptr_array_sort(names, compare_names);
    g_string_append(out, ".Sh SEE ALSO\n");
    if (self != NULL)
        g_string_append(out, ".Xr deskhand 1 ,\n");
    for (unsigned i = 0; i < names->len; i++)
        g_string_append_printf(out, ".Xr deskhand-%s 1%s\n", (char *)names->pdata[i],
                               i + 1 < names->len ? " ," : "");
}

static void
append_command_page(GString *out, const AppCommand *command)
{
    g_autofree char *title = g_ascii_strup(command->name, -1);
    g_autofree char *full_title = g_strconcat("DESKHAND-", title, NULL);
    g_autofree char *name = g_strconcat("deskhand-", command->name, NULL);

    append_head(out, full_title, name, command->summary);
    append_synopsis(out, command);
    g_string_append(out, ".Sh DESCRIPTION\n");
    append_paragraphs(out, command->description);
    append_terms(out, command->terms);
    append_options(out, command->options);
    append_exit_codes(out);
    append_examples(out, command->examples);
    append_see_also(out, command);
}

static void
append_overview_page(GString *out)
{
    append_head(out, "DESKHAND", "deskhand", "find again what was on the screen");
    g_string_append(out, ".Nm\n.Ar command\n.Op Ar arguments\n.Nm\n.Fl Fl version\n"
                         ".Sh DESCRIPTION\n"
                         "Deskhand remembers what was shown on an X11 desktop,\n"
                         "as text and as pictures, so that a person finds it again.\n.Pp\n"
                         "The commands are:\n.Bl -tag -width timeline\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        append_line(out, "It Ic", app_commands[i]->name);
        append_capitalised(out, app_commands[i]->summary);
        g_string_append_printf(out, "; see\n.Xr deskhand-%s 1 .\n", app_commands[i]->name);
    }
    g_string_append(out, ".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
                         ".It Ev NO_COLOR\nWhen set, nothing is printed in bold.\n"
                         ".It Ev XDG_RUNTIME_DIR\nThe folder that holds the sockets.\n.El\n"
                         ".Sh FILES\n.Bl -tag -width Ds\n"
                         ".It Pa $XDG_RUNTIME_DIR/deskhand/recall.sock\n"
                         "The vault answers there, and only to the user it keeps the history of.\n"
                         ".El\n");
    append_exit_codes(out);
    append_see_also(out, NULL);
}

/* The first words of the terms that a command takes (help takes the commands), or those that follow
 * @first. Returns: (transfer full): with a space before each */
static char *
dup_words(const AppCommand *command, const char *first)
{
    GString *words = g_string_new(NULL);

    for (unsigned i = 0; command == &app_help_command && first == NULL && app_commands[i] != NULL;
         i++)
        g_string_append_printf(words, " %s", app_commands[i]->name);
    for (const AppExample *term = command->terms;
         command->takes_terms && term != NULL && term->line != NULL; term++) {
        g_auto(GStrv) parts = g_strsplit(term->line, " ", 2);

        if (first == NULL && !g_str_has_suffix(words->str, parts[0]))
            g_string_append_printf(words, " %s", parts[0]);
        else if (g_strcmp0(first, parts[0]) == 0 && parts[1] != NULL)
            g_string_append_printf(words, " %s", parts[1]);
    }
    return g_string_free(words, FALSE);
}

/* Calls @append for each first word that others follow. */
static void
for_first_words(GString *out,
                const AppCommand *command,
                void (*append)(GString *, const AppCommand *, const char *, const char *))
{
    g_autofree char *words = dup_words(command, NULL);
    g_auto(GStrv) firsts = g_strsplit(words, " ", -1);

    for (unsigned i = 0; firsts[i] != NULL; i++) {
        g_autofree char *seconds = *firsts[i] != '\0' ? dup_words(command, firsts[i]) : NULL;

        if (seconds != NULL && *seconds != '\0')
            append(out, command, firsts[i], seconds + 1);
    }
}

static void
append_bash_words(GString *out, const AppCommand *command, const char *first, const char *seconds)
{
    g_string_append_printf(out,
                           "        '%s %s')\n"
                           "            mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\")\n"
                           "            return ;;\n",
                           command->name, first, seconds);
}

static void
append_bash(GString *out)
{
    g_string_append(out,
                    "# bash completion of deskhand; made from its table of commands\n"
                    "_deskhand() {\n"
                    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "    local words=''\n"
                    "    COMPREPLY=()\n"
                    "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words='");
    for (unsigned i = 0; app_commands[i] != NULL; i++)
        g_string_append_printf(out, "%s ", app_commands[i]->name);
    g_string_append(out,
                    "--version --help'\n    else\n        case \"${COMP_WORDS[1]} $before\" in\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        for (const AppOption *o = app_commands[i]->options; o->name != NULL; o++) {
            if (o->kind == APP_VALUE_FILE)
                g_string_append_printf(out,
                                       "        '%s --%s')\n"
                                       "            compopt -o filenames\n"
                                       "            mapfile -t COMPREPLY < <(compgen -f -- "
                                       "\"$word\")\n            return ;;\n",
                                       app_commands[i]->name, o->name);
            else if (o->kind != APP_VALUE_NONE)
                g_string_append_printf(out, "        '%s --%s') return ;;\n", app_commands[i]->name,
                                       o->name);
        }
        for_first_words(out, app_commands[i], append_bash_words);
    }
    g_string_append(out, "        esac\n        case ${COMP_WORDS[1]} in\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        g_autofree char *words = dup_words(app_commands[i], NULL);

        g_string_append_printf(out, "        %s) words='", app_commands[i]->name);
        for (const AppOption *o = app_commands[i]->options; o->name != NULL; o++)
            g_string_append_printf(out, "--%s ", o->name);
        g_string_append_printf(out, "--help%s' ;;\n", words);
    }
    g_string_append(out, "        esac\n    fi\n"
                         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                         "}\ncomplete -F _deskhand deskhand\n");
}

/* Inside single quotes, for any of the shells; brackets and colons are zsh's. */
static void
append_quoted(GString *out, const char *text, const char *escaped)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            g_string_append(out, "’");
        else if (strchr(escaped, *text) != NULL)
            g_string_append_printf(out, "\\%c", *text);
        else
            g_string_append_c(out, *text);
    }
}

static void
append_zsh_option(GString *out, const AppOption *option)
{
    g_string_append_printf(out, " \\\n                '--%s[", option->name);
    append_quoted(out, option->help, "[]:");
    g_string_append_c(out, ']');
    if (option->value != NULL)
        g_string_append_printf(out, ":%s:%s", option->value,
                               option->kind == APP_VALUE_FILE ? "_files" : "");
    g_string_append_c(out, '\'');
}

static void
append_zsh_words(GString *out, const AppCommand *command, const char *first, const char *seconds)
{
    g_string_append_printf(out, " \\\n                '2:%s:(%s)'", first, seconds);
}

static void
append_zsh(GString *out)
{
    g_string_append(out, "#compdef deskhand\n"
                         "# zsh completion of deskhand; made from its table of commands\n"
                         "_deskhand() {\n    local -a commands=(\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        g_string_append_printf(out, "        '%s:", app_commands[i]->name);
        append_quoted(out, app_commands[i]->summary, "[]:");
        g_string_append(out, "'\n");
    }
    g_string_append(out, "    )\n"
                         "    local -a options=('--version:print the version' "
                         "'--help:list the commands')\n"
                         "    if (( CURRENT == 2 )); then\n"
                         "        _describe command commands\n        _describe -o option options\n"
                         "        return\n    fi\n"
                         "    local command=$words[2]\n"
                         "    shift words\n    (( CURRENT-- ))\n"
                         "    case $command in\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        g_autofree char *words = dup_words(app_commands[i], NULL);

        g_string_append_printf(out, "        %s) _arguments", app_commands[i]->name);
        for (const AppOption *o = app_commands[i]->options; o->name != NULL; o++)
            append_zsh_option(out, o);
        if (*words != '\0')
            g_string_append_printf(out, " \\\n                '1:word:(%s)'", words + 1);
        for_first_words(out, app_commands[i], append_zsh_words);
        g_string_append(out, " \\\n                '--help[print a summary]' '*: :' ;;\n");
    }
    g_string_append(out, "    esac\n}\n_deskhand \"$@\"\n");
}

static void
append_fish_words(GString *out, const AppCommand *command, const char *first, const char *seconds)
{
    g_string_append_printf(out,
                           "complete -c deskhand -n '__fish_seen_subcommand_from %s; and "
                           "__fish_seen_subcommand_from %s' -a '%s'\n",
                           command->name, first, seconds);
}

static void
append_fish(GString *out)
{
    g_string_append(out, "# fish completion of deskhand; made from its table of commands\n"
                         "complete -c deskhand -f\n"
                         "complete -c deskhand -n __fish_use_subcommand -l version -d 'print the "
                         "version'\n"
                         "complete -c deskhand -l help -d 'print a summary'\n");
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        const char *name = app_commands[i]->name;
        g_autofree char *words = dup_words(app_commands[i], NULL);

        g_string_append_printf(out, "complete -c deskhand -n __fish_use_subcommand -a %s -d '",
                               name);
        append_quoted(out, app_commands[i]->summary, "\\");
        g_string_append(out, "'\n");
        for (const AppOption *o = app_commands[i]->options; o->name != NULL; o++) {
            g_string_append_printf(
                out, "complete -c deskhand -n '__fish_seen_subcommand_from %s' -l %s%s -d '", name,
                o->name,
                o->kind == APP_VALUE_FILE   ? " -rF"
                : o->kind != APP_VALUE_NONE ? " -x"
                                            : "");
            append_quoted(out, o->help, "\\");
            g_string_append(out, "'\n");
        }
        if (*words != '\0')
            g_string_append_printf(out,
                                   "complete -c deskhand -n '__fish_seen_subcommand_from %s; and "
                                   "test (count (commandline -opc)) = 2' -a '%s'\n",
                                   name, words + 1);
        for_first_words(out, app_commands[i], append_fish_words);
    }
}

static gboolean
append_page(GString *out, const char *kind, const char *name)
{
    const AppCommand *command = name != NULL ? app_command_find(name) : NULL;

    if (g_str_equal(kind, "man") && command != NULL)
        append_command_page(out, command);
    else if (g_str_equal(kind, "man") && name == NULL)
        append_overview_page(out);
    else if (g_str_equal(kind, "bash"))
        append_bash(out);
    else if (g_str_equal(kind, "zsh"))
        append_zsh(out);
    else if (g_str_equal(kind, "fish"))
        append_fish(out);
    return out->len > 0;
}

int
main(int argc, char **argv)
{
    g_auto(AppOutput) output = {0};

    app_output_init(&output, STDOUT_FILENO);
    if (argc < 2 || !append_page(output.text, argv[1], argv[2])) {
        app_output_say("Usage: make-pages man [COMMAND] | bash | zsh | fish");
        return 2;
    }
    return app_output_flush(&output, NULL) ? 0 : 1;
}
