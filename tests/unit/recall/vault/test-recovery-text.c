/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/recovery-text.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
fill_key(RecallKey *key, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

    for (unsigned i = 0; i < RECALL_KEY_BYTES; i++)
        key[i] = (uint8_t)g_rand_int_range(rand, 0, 256);
}

static void
test_round(void **state)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) back = recall_key_new();

    for (unsigned seed = 0; seed < 200; seed++) {
        char *text;

        fill_key(key, seed);
        text = recall_recovery_text_from_key(key);
        assert_int_equal(strlen(text), 14 * 4 + 13);
        assert_true(recall_recovery_text_to_key(text, back));
        assert_memory_equal(key, back, RECALL_KEY_BYTES);
        recall_secret_free_text(text);
    }
}

static void
test_how_people_type(void **state)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) back = recall_key_new();
    char *text = recall_recovery_text_from_key(key);
    g_autofree char *lower = g_ascii_strdown(text, -1);
    g_autofree char *dashed = g_strdelimit(g_strdup(text), " ", '-');
    g_autofree char *letters = g_strdelimit(g_strdup(text), "0", 'o');
    g_autofree char *lines = g_strconcat("\t", text, " \r\n", NULL);

    assert_true(recall_recovery_text_to_key(lower, back));
    assert_true(recall_recovery_text_to_key(dashed, back));
    assert_true(recall_recovery_text_to_key(letters, back));
    assert_true(recall_recovery_text_to_key(lines, back));
    assert_memory_equal(key, back, RECALL_KEY_BYTES);
    recall_secret_free_text(text);
}

/* One sign that is another one, and two that changed places. */
static void
test_slips(void **state)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) back = recall_key_new();
    const uint8_t zeros[RECALL_KEY_BYTES] = {0};
    unsigned n_missed = 0;
    char *text;

    fill_key(key, 1);
    text = recall_recovery_text_from_key(key);
    for (unsigned i = 0; text[i] != '\0'; i++) {
        char right = text[i];

        if (right == ' ')
            continue;
        text[i] = right == 'A' ? 'B' : 'A';
        memset(back, 1, RECALL_KEY_BYTES);
        n_missed += recall_recovery_text_to_key(text, back);
        if (back[0] != 1)
            assert_memory_equal(back, zeros, RECALL_KEY_BYTES);
        text[i] = right;
    }
    assert_int_equal(n_missed, 0);
    recall_secret_free_text(text);
}

static void
test_wrong(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "0",
        "hello",
        "U",
        "\xff\xfe",
        "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000",
        "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0",
    };
    g_autoptr(RecallKey) back = recall_key_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_false(recall_recovery_text_to_key(texts[i], back));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_how_people_type),
        cmocka_unit_test(test_slips),
        cmocka_unit_test(test_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
