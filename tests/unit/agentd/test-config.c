/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "agentd/config.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static AgentdConfig *
load(const char *text, size_t n_bytes, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("agentd-XXXXXX.conf", &path, NULL);
    AgentdConfig *config;

    g_assert_true(fd >= 0 && g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, text, n_bytes, NULL));
    config = agentd_config_load(path, error);
    g_unlink(path);
    return config;
}

static void
test_empty_file_has_the_initial_values(void **state)
{
    g_autoptr(AgentdConfig) config = load("", 0, NULL);

    assert_string_equal(config->languages, "eng+chi_sim");
    assert_null(config->data_path);
}

static void
test_values_are_taken(void **state)
{
    const char *text = "[read]\nlanguages=deu+jpn\ndata=/srv/tessdata\n";
    g_autoptr(AgentdConfig) config = load(text, strlen(text), NULL);

    assert_string_equal(config->languages, "deu+jpn");
    assert_string_equal(config->data_path, "/srv/tessdata");
}

static void
test_bad_files_are_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"[read]\nlanguages=../../etc\n", "[read] languages must be"},
        {"[read]\nlanguages=\n", "[read] languages must be"},
        {"[read]\ndata=relative\n", "an absolute path"},
        {"[read]\nlanguage=eng\n", "no setting [read] language"},
        {"[reed]\nlanguages=eng\n", "no setting [reed] languages"},
        {"languages=eng\n", "Cannot use"},
        {"[read\n", "Cannot use"},
        {"[read]\nlanguages=\xff\n", "Cannot use"},
        {"[never]\ntitles[xx]=pay\n", "no setting [never] titles[xx]"},
        {"[never]\napplications=a\n[read]\n[never]\napplications=b\n",
         "[never] applications stands there twice"},
        {"[never]\nusual-applications=false\nusual-applications=true\n",
         "[never] usual-applications stands there twice"},
        {"[read]\nlanguages=eng\nlanguages=deu\n", "[read] languages stands there twice"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(load(cases[i].text, strlen(cases[i].text), &error));
        assert_non_null(strstr(error->message, cases[i].says));
    }
}

static void
test_all_of_a_group_in_two_parts_is_in_force(void **state)
{
    const char *text = "[never]\nsites=bank.example\n[read]\n[never]\ntitles=pay\n";
    g_autoptr(AgentdConfig) config = load(text, strlen(text), NULL);

    assert_true(policy_capture_rules_denies_site(config->never, "https://bank.example/"));
    assert_true(policy_capture_rules_denies_title(config->never, "pay roll"));
}

static void
test_size_is_bounded(void **state)
{
    g_autofree char *text = g_strnfill(AGENTD_CONFIG_MAX_BYTES + 1, '#');
    g_autoptr(AgentdConfig) config = NULL;
    g_autoptr(GError) error = NULL;

    assert_null(load(text, AGENTD_CONFIG_MAX_BYTES + 1, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    config = load(text, AGENTD_CONFIG_MAX_BYTES, NULL);
    assert_non_null(config);
}

static void
test_named_file_must_be_there(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(agentd_config_load("/nonexistent/agentd.conf", &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_file_has_the_initial_values),
        cmocka_unit_test(test_values_are_taken),
        cmocka_unit_test(test_bad_files_are_refused_with_a_sentence),
        cmocka_unit_test(test_all_of_a_group_in_two_parts_is_in_force),
        cmocka_unit_test(test_size_is_bounded),
        cmocka_unit_test(test_named_file_must_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
