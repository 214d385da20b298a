/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/command.h"
#include "apps/error.h"
#include "apps/suggest.h"

#include <string.h>

static gboolean
is_help(const char *word)
{
    return g_str_equal(word, "--help") || g_str_equal(word, "-h");
}

/* The values of options are skipped: `--app --help` asks for an application. */
gboolean
app_arguments_ask_help(const AppCommand *command, const char *const *words)
{
    for (; *words != NULL && !g_str_equal(*words, "--"); words++) {
        const AppOption *option = command->options;

        if (is_help(*words))
            return TRUE;
        while (option->name != NULL &&
               (!g_str_has_prefix(*words, "--") || !g_str_equal(*words + 2, option->name)))
            option++;
        if (option->name != NULL && option->kind != APP_VALUE_NONE && words[1] != NULL)
            words++;
    }
    return FALSE;
}

static void
set_unknown_option(GError **error, const AppCommand *command, const char *word)
{
    const char *names[APP_COMMAND_OPTIONS_N_MAX + 2] = {"help"};
    const char *nearest;
    g_autofree char *name = g_strndup(word + 2, strcspn(word + 2, "="));

    for (unsigned i = 0; command->options[i].name != NULL; i++)
        names[i + 1] = command->options[i].name;
    nearest = g_str_has_prefix(word, "--") ? app_suggest(name, names) : NULL;
    if (nearest != NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand %s` has no option %s; did you mean --%s?", command->name, word,
                    nearest);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand %s` has no option %s; `deskhand %s --help` lists them%s.",
                    command->name, word, command->name,
                    command->n_words_max > 0 ? ", and after -- every word is taken as it is" : "");
}

static gboolean
check_value(const AppOption *option, const char *value, GError **error)
{
    if (*value == '\0') {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "--%s needs a value: --%s %s.", option->name,
                    option->name, option->value);
        return FALSE;
    }
    if (option->kind == APP_VALUE_COUNT &&
        !g_ascii_string_to_unsigned(value, 10, 1, option->max, NULL, NULL)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "--%s takes a whole number from 1 to %u, not “%s”.", option->name, option->max,
                    value);
        return FALSE;
    }
    return TRUE;
}

/* Index of the option that @word (with or without =value) names, or -1. */
static int
find_option(const AppCommand *command, const char *word)
{
    size_t length = strcspn(word + 2, "=");

    for (int i = 0; command->options[i].name != NULL; i++) {
        if (strlen(command->options[i].name) == length &&
            strncmp(command->options[i].name, word + 2, length) == 0)
            return i;
    }
    return -1;
}

/* Two values of one option are two wishes: none of them is dropped in silence. */
static gboolean
keep_value(char **kept, const AppOption *option, const char *value, GError **error)
{
    g_autofree char *before = g_steal_pointer(kept);
    g_autofree char *both = NULL;

    if (before != NULL && option->kind == APP_VALUE_QUERY)
        value = both = g_strdup_printf("%s %s", before, value);
    else if (before != NULL && option->kind != APP_VALUE_NONE) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "--%s was given twice; say it once.",
                    option->name);
        return FALSE;
    }
    *kept = option->kind == APP_VALUE_FILE ? g_strdup(value) : g_utf8_make_valid(value, -1);
    return TRUE;
}

/* @words: at the option; moved on when its value is the next word */
static gboolean
take_option(AppArguments *self,
            const AppCommand *command,
            const char *const **words,
            GError **error)
{
    const char *word = **words;
    const char *value = strchr(word, '=');
    int index = find_option(command, word);
    const AppOption *option = &command->options[MAX(index, 0)];

    if (index < 0) {
        set_unknown_option(error, command, word);
        return FALSE;
    }
    if (option->kind == APP_VALUE_NONE && value != NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "--%s takes no value.", option->name);
        return FALSE;
    }
    if (option->kind != APP_VALUE_NONE && value == NULL && (*words)[1] != NULL)
        value = *++*words;
    else if (value != NULL)
        value++;
    if (option->kind == APP_VALUE_NONE)
        value = option->name;
    if (!check_value(option, value != NULL ? value : "", error))
        return FALSE;
    return keep_value(&self->values[index], option, value, error);
}

static gboolean
check_words(const AppArguments *self, const AppCommand *command, GError **error)
{
    if (self->words->len < command->n_words_min) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand %s` needs %s; `deskhand %s --help` shows examples.", command->name,
                    command->arguments, command->name);
        return FALSE;
    }
    if (self->words->len > command->n_words_max) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand %s` does not know what to do with “%s”; `deskhand %s --help` "
                    "shows what it takes.",
                    command->name, (char *)self->words->pdata[command->n_words_max], command->name);
        return FALSE;
    }
    return TRUE;
}

static gboolean
is_option(const AppCommand *command, const char *word)
{
    return word[0] == '-' && word[1] != '\0' && (word[1] == '-' || !command->takes_dash_words);
}

AppArguments *
app_arguments_new(const AppCommand *command, const char *const *words, GError **error)
{
    g_autoptr(AppArguments) self = g_new0(AppArguments, 1);
    gboolean has_ended = FALSE;

    self->options = command->options;
    self->words = g_ptr_array_new_with_free_func(g_free);
    for (; *words != NULL; words++) {
        if (!has_ended && g_str_equal(*words, "--")) {
            has_ended = TRUE;
        } else if (!has_ended && is_option(command, *words)) {
            if (!take_option(self, command, &words, error))
                return NULL;
        } else {
            g_ptr_array_add(self->words, g_utf8_make_valid(*words, -1));
        }
    }
    return check_words(self, command, error) ? g_steal_pointer(&self) : NULL;
}

void
app_arguments_free(AppArguments *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < APP_COMMAND_OPTIONS_N_MAX; i++)
        g_free(self->values[i]);
    g_clear_pointer(&self->words, g_ptr_array_unref);
    g_free(self);
}

const char *
app_arguments_get(const AppArguments *self, const char *name)
{
    for (unsigned i = 0; self->options[i].name != NULL; i++) {
        if (g_str_equal(self->options[i].name, name))
            return self->values[i];
    }
    g_assert_not_reached();
}

char *
app_arguments_dup_sentence(const AppArguments *self)
{
    GString *sentence = g_string_new(NULL);

    for (unsigned i = 0; i < self->words->len; i++)
        g_string_append_printf(sentence, "%s%s", i > 0 ? " " : "", (char *)self->words->pdata[i]);
    return g_string_free(sentence, FALSE);
}

/* Quotes only where a shell would not take the word as it is. */
static void
append_quoted(GString *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,@+-";
    g_autofree char *quoted = g_shell_quote(word);

    g_string_append(out, *word != '\0' && word[strspn(word, plain)] == '\0' ? word : quoted);
}

static void
append_option(GString *out, const AppOption *option, const char *value)
{
    g_string_append_printf(out, " --%s", option->name);
    if (option->kind != APP_VALUE_NONE) {
        g_string_append_c(out, ' ');
        append_quoted(out, value);
    }
}

static gboolean
has_dash_word(const AppArguments *self)
{
    for (unsigned i = 0; i < self->words->len; i++) {
        if (*(const char *)self->words->pdata[i] == '-')
            return TRUE;
    }
    return FALSE;
}

char *
app_arguments_dup_line(const AppArguments *self, const AppCommand *command, const char *left_out)
{
    GString *line = g_string_new("deskhand ");

    g_string_append(line, command->name);
    for (unsigned i = 0; self->options[i].name != NULL; i++) {
        if (self->values[i] != NULL && !g_str_equal(self->options[i].name, left_out))
            append_option(line, &self->options[i], self->values[i]);
    }
    if (has_dash_word(self))
        g_string_append(line, " --");
    for (unsigned i = 0; i < self->words->len; i++) {
        g_string_append_c(line, ' ');
        append_quoted(line, self->words->pdata[i]);
    }
    return g_string_free(line, FALSE);
}
