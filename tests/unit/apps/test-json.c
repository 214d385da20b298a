/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct {
    GString *out;
    AppJson json;
} Fixture;

static int
set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->out = g_string_new(NULL);
    app_json_init(&fixture->json, fixture->out);
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *fixture = *state;

    g_string_free(fixture->out, TRUE);
    g_free(fixture);
    return 0;
}

static void
test_strings(void **state)
{
    static const struct {
        const char *text;
        const char *json;
    } cases[] = {
        {"plain", "\"plain\""},
        {"", "\"\""},
        {NULL, "null"},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"a\nb\tc\r", "\"a\\nb\\tc\\u000d\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
        {"\x1b]0;title\x07", "\"\\u001b]0;title\\u0007\""},
        {"\xc2\x9b"
         "31m",
         "\"\\u009b31m\""}, /* C1 */
        {"\xe2\x80\xa8\xe2\x80\xae", "\"\\u2028\\u202e\""},
        {"报价 é 😀", "\"报价 é 😀\""},
        {"bad \xff\xc3", "\"bad \xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* half a surrogate pair */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        AppJson json;

        app_json_init(&json, out);
        app_json_string(&json, cases[i].text);
        assert_string_equal(out->str, cases[i].json);
    }
}

static void
test_commas(void **state)
{
    Fixture *fixture = *state;
    AppJson *json = &fixture->json;

    app_json_begin_object(json);
    app_json_key(json, "list");
    app_json_begin_array(json);
    app_json_integer(json, 1);
    app_json_boolean(json, FALSE);
    app_json_begin_object(json);
    app_json_end_object(json);
    app_json_begin_array(json);
    app_json_end_array(json);
    app_json_string(json, "x");
    app_json_end_array(json);
    app_json_key(json, "least");
    app_json_integer(json, INT64_MIN);
    app_json_end_object(json);
    assert_string_equal(fixture->out->str,
                        "{\"list\":[1,false,{},[],\"x\"],\"least\":-9223372036854775808}");
}

/* A stream takes what is there and goes on. */
static void
test_taking_from_the_front(void **state)
{
    Fixture *fixture = *state;

    app_json_begin_array(&fixture->json);
    app_json_integer(&fixture->json, 1);
    g_string_truncate(fixture->out, 0);
    app_json_integer(&fixture->json, 2);
    app_json_end_array(&fixture->json);
    assert_string_equal(fixture->out->str, ",2]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test_setup_teardown(test_commas, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_taking_from_the_front, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
