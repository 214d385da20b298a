/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
test_round_trip(void **state)
{
    static const RecallCursor cursors[] = {
        {FALSE, 0, 0, 0, 0},
        {TRUE, RECALL_CURSOR_ATTEMPT_MAX, INT64_C(1795392000000000), G_MAXINT64,
         RECALL_CURSOR_N_TO_SKIP_MAX},
        {FALSE, 3, 7, INT64_C(3186000000000), 20},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cursors); i++) {
        g_autofree char *text = recall_cursor_to_text(&cursors[i]);
        RecallCursor again = {0};

        assert_true(recall_cursor_from_text(text, &again, NULL));
        assert_int_equal(again.is_best, cursors[i].is_best);
        assert_int_equal(again.attempt, cursors[i].attempt);
        assert_int_equal(again.now_us, cursors[i].now_us);
        assert_int_equal(again.before_id, cursors[i].before_id);
        assert_int_equal(again.n_to_skip, cursors[i].n_to_skip);
    }
}

static void
test_what_is_no_cursor(void **state)
{
    static const char *const texts[] = {"",
                                        "newest",
                                        "newest-0-0-0",
                                        "newest-8-0-0-0",
                                        "newest-0-0-0-100001",
                                        "newest-0-0-9223372036854775808-0",
                                        "newest-0-0-0-0-0",
                                        "newest-0-0-0-",
                                        "newest-0-0-0-0x",
                                        "newest-0- 1-0-0",
                                        "oldest-0-0-0-0",
                                        "NEWEST-0-0-0-0"};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        RecallCursor cursor = {.n_to_skip = 77};

        if (recall_cursor_from_text(texts[i], &cursor, &error))
            fail_msg("%s", texts[i]);
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
        assert_int_equal(cursor.n_to_skip, 77);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_what_is_no_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
