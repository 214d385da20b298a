/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TEXT_MAX_BYTES 5

static const RecallOption table[] = {
    {"limit", "u"},
    {"text", "s", TEXT_MAX_BYTES},
    {"word", "s", TEXT_MAX_BYTES, TRUE},
    {NULL},
};

typedef struct {
    const char *options;
    const char *sentence; /* NULL: it is good */
} Case;

static const Case cases[] = {
    {"@a{sv} {}", NULL},
    {"{'limit': <uint32 3>, 'text': <'12345'>, 'word': <'1'>}", NULL},
    {"{'text': <''>}", NULL},
    {"{'text': <'123456'>}", "The option \"text\" is longer than 5 bytes"},
    {"{'word': <'12345'>}", NULL},
    {"{'word': <'123456'>}", "The option \"word\" is empty or longer than 5 bytes"},
    {"{'word': <''>}", "The option \"word\" is empty or longer than 5 bytes"},
    {"{'limit': <3>}", "The option \"limit\" must be of type u"},
    {"{'text': <b'12345'>}", "The option \"text\" must be of type s"},
    {"{'limits': <uint32 3>}", "There is no option \"limits\" here"},
    {"{'limit': <uint32 3>, '': <uint32 3>}", "There is no option \"\" here"},
};

static void
test_check(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GVariant) options =
            g_variant_parse(G_VARIANT_TYPE_VARDICT, cases[i].options, NULL, NULL, NULL);
        g_autoptr(GError) error = NULL;
        gboolean is_good = recall_options_check(options, table, &error);

        assert_int_equal(is_good, cases[i].sentence == NULL);
        if (cases[i].sentence == NULL)
            continue;
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
        assert_string_equal(error->message, cases[i].sentence);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_check)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
