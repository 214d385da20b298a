/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
test_names(void **state)
{
    static const struct {
        int code;
        const char *name;
    } cases[] = {
        {G_IO_ERROR_INVALID_DATA, PROTOCOL_ERROR_USAGE},
        {G_IO_ERROR_INVALID_ARGUMENT, PROTOCOL_ERROR_USAGE},
        {G_IO_ERROR_NOT_FOUND, PROTOCOL_ERROR_NOT_FOUND},
        {G_IO_ERROR_BUSY, PROTOCOL_ERROR_BUSY},
        {G_IO_ERROR_NO_SPACE, PROTOCOL_ERROR_FULL},
        {G_IO_ERROR_READ_ONLY, PROTOCOL_ERROR_READ_ONLY},
        {G_IO_ERROR_PERMISSION_DENIED, PROTOCOL_ERROR_LOCKED},
        {G_IO_ERROR_FAILED, PROTOCOL_ERROR_FAILED},
    };
    g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, G_FILE_ERROR_EXIST, "x");

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = g_error_new(G_IO_ERROR, cases[i].code, "x");

        assert_string_equal(protocol_error_get_name(error), cases[i].name);
    }
    assert_string_equal(protocol_error_get_name(foreign), PROTOCOL_ERROR_FAILED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
