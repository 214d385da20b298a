/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/command.h"
#include "apps/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const AppOption options[] = {
    {"limit", APP_VALUE_COUNT, "N", 1000, "at most so many"},
    {"app", APP_VALUE_TEXT, "A", 0, "only this one"},
    {"mark", APP_VALUE_QUERY, "Q", 0, "frame this"},
    {"json", APP_VALUE_NONE, NULL, 0, "JSON"},
    {NULL},
};

static const AppCommand finder = {
    .name = "find",
    .arguments = "WORD...",
    .n_words_min = 1,
    .n_words_max = 3,
    .takes_dash_words = TRUE,
    .options = options,
};

static const AppCommand strict = {.name = "strict", .arguments = "", .options = options};

static AppArguments *
parse(const AppCommand *command, const char *line, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);

    return app_arguments_new(command, (const char *const *)words, error);
}

static void
test_good_lines(void **state)
{
    static const struct {
        const char *line;
        const char *limit;
        const char *app;
        gboolean is_json;
        const char *sentence;
    } cases[] = {
        {"one two", NULL, NULL, FALSE, "one two"},
        {"--limit 5 one --json", "5", NULL, TRUE, "one"},
        {"--limit=1000 --app=x=y one", "1000", "x=y", FALSE, "one"},
        {"--app --json one", NULL, "--json", FALSE, "one"},
        {"one -two", NULL, NULL, FALSE, "one -two"},
        {"-x", NULL, NULL, FALSE, "-x"},
        {"-", NULL, NULL, FALSE, "-"},
        {"-- --json -- x", NULL, NULL, FALSE, "--json -- x"},
        {"--json C++ --json", NULL, NULL, TRUE, "C++"},
        {"zoom.us", NULL, NULL, FALSE, "zoom.us"},
        {"\xff", NULL, NULL, FALSE, "�"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(AppArguments) arguments = parse(&finder, cases[i].line, &error);
        g_autofree char *sentence = NULL;

        if (arguments == NULL)
            fail_msg("“%s”: %s", cases[i].line, error->message);
        sentence = app_arguments_dup_sentence(arguments);
        assert_string_equal(sentence, cases[i].sentence);
        assert_int_equal(g_strcmp0(app_arguments_get(arguments, "limit"), cases[i].limit), 0);
        assert_int_equal(g_strcmp0(app_arguments_get(arguments, "app"), cases[i].app), 0);
        assert_int_equal(app_arguments_get(arguments, "json") != NULL, cases[i].is_json);
    }
}

/* What is looked for adds up. */
static void
test_query_given_again(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AppArguments) arguments = parse(&finder, "--mark a x --mark=b", &error);

    assert_non_null(arguments);
    assert_string_equal(app_arguments_get(arguments, "mark"), "a b");
}

static void
test_bad_lines(void **state)
{
    static const struct {
        const AppCommand *command;
        const char *line;
        const char *mentions;
    } cases[] = {
        {&finder, "--json", "needs WORD..."},
        {&finder, "--", "needs WORD..."},
        {&finder, "a b c d", "“d”"},
        {&finder, "--limit 0 x", "1 to 1000"},
        {&finder, "--limit 1001 x", "1 to 1000"},
        {&finder, "--limit -1 x", "1 to 1000"},
        {&finder, "--limit 1x x", "1 to 1000"},
        {&finder, "x --limit", "needs a value: --limit N"},
        {&finder, "x --app", "--app A"},
        {&finder, "x --app=", "--app A"},
        {&finder, "--json=yes x", "takes no value"},
        {&finder, "--limit 5 x --limit 6", "--limit was given twice"},
        {&finder, "--limt 5 x", "--limit?"},
        {&finder, "--lim=5 x", "--limit?"},
        {&finder, "--nonsense x", "after --"},
        {&strict, "-x", "no option -x"},
        {&strict, "word", "“word”"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(AppArguments) arguments = parse(cases[i].command, cases[i].line, &error);

        if (arguments != NULL)
            fail_msg("“%s” was taken", cases[i].line);
        assert_true(g_error_matches(error, APP_ERROR, APP_ERROR_USAGE));
        if (strstr(error->message, cases[i].mentions) == NULL)
            fail_msg("“%s”: %s", cases[i].line, error->message);
    }
}

static void
test_help(void **state)
{
    static const struct {
        const char *line;
        gboolean asks;
    } cases[] = {
        {"--help", TRUE},      {"x -h", TRUE},       {"--nonsense --help", TRUE},
        {"x", FALSE},          {"-- --help", FALSE}, {"--app --help x", FALSE},
        {"--json -h x", TRUE}, {"--app", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) words = g_strsplit(cases[i].line, " ", -1);

        if (app_arguments_ask_help(&finder, (const char *const *)words) != cases[i].asks)
            fail_msg("%s", cases[i].line);
    }
}

static void
test_line_again(void **state)
{
    static const char *const words[] = {"--limit", "5",          "--app", "a b", "--json",
                                        "--",      "it's $HOME", "-x",    NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(AppArguments) arguments = app_arguments_new(&finder, words, &error);
    g_autofree char *line = app_arguments_dup_line(arguments, &finder, "json");
    g_auto(GStrv) again = NULL;

    assert_string_equal(line, "deskhand find --limit 5 --app 'a b' -- 'it'\\''s $HOME' -x");
    assert_true(g_shell_parse_argv(line, NULL, &again, NULL));
    assert_string_equal(again[7], "it's $HOME");
}

static void
test_commands_are_whole(void **state)
{
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        const AppCommand *command = app_commands[i];
        unsigned n = 0;

        assert_ptr_equal(app_command_find(command->name), command);
        assert_non_null(command->run);
        assert_non_null(command->examples[0].line);
        while (command->options[n].name != NULL)
            n++;
        assert_true(n <= APP_COMMAND_OPTIONS_N_MAX);
    }
    assert_null(app_command_find("nonsense"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_lines), cmocka_unit_test(test_query_given_again),
        cmocka_unit_test(test_bad_lines),  cmocka_unit_test(test_help),
        cmocka_unit_test(test_line_again), cmocka_unit_test(test_commands_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
