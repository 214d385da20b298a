/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/columns.h"

#include "policies/detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROW_PX 20
#define COLUMN_PX 200
#define SECOND_US ((int64_t)G_USEC_PER_SEC)

/* Rows by newline, cells by '|'. */
static GPtrArray *
make_runs(const char *text, int x)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_auto(GStrv) rows = g_strsplit(text, "\n", -1);

    for (int row = 0; rows[row] != NULL; row++) {
        g_auto(GStrv) cells = g_strsplit(rows[row], "|", -1);

        for (int i = 0; cells[i] != NULL; i++) {
            BaseRect box = {x + i * COLUMN_PX, row * ROW_PX, 8 * (int)strlen(cells[i]), ROW_PX - 4};

            if (*cells[i] != '\0')
                g_ptr_array_add(
                    runs, recall_run_new(g_strdup(cells[i]), &box, PROTOCOL_SOURCE_ACCESSIBLE));
        }
    }
    return runs;
}

/* What is found in the view, with spaces between; it is noted. */
static char *
view_at(RecallColumns *columns, const char *text, int x, int64_t now_us)
{
    g_autoptr(GPtrArray) runs = make_runs(text, x);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));
    GString *secrets = g_string_new(NULL);

    recall_columns_find(columns, runs, found);
    recall_columns_note(columns, runs, found, now_us);
    for (unsigned i = 0; i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);
        const RecallRun *run = runs->pdata[range->run];

        assert_int_equal(range->start_bytes, 0);
        assert_int_equal(range->end_bytes, strlen(run->text));
        g_string_append_printf(secrets, "%s%s", i > 0 ? " " : "", run->text);
    }
    return g_string_free(secrets, FALSE);
}

static void
check(RecallColumns *columns, const char *text, int64_t now_us, const char *expected)
{
    g_autofree char *found = view_at(columns, text, 10, now_us);

    assert_string_equal(found, expected);
}

/* As the detector finds below a head: the runs @first and @second of the view. */
static RecallColumns *
new_columns(const char *text, unsigned first, unsigned second)
{
    RecallColumns *columns = recall_columns_new();
    g_autoptr(GPtrArray) runs = make_runs(text, 10);
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(PolicySecretRange));

    g_array_set_size(found, 2);
    g_array_index(found, PolicySecretRange, 0) =
        (PolicySecretRange){.run = first, .end_bytes = 5, .is_in_column = TRUE};
    g_array_index(found, PolicySecretRange, 1) =
        (PolicySecretRange){.run = second, .end_bytes = 5, .is_in_column = TRUE};
    recall_columns_note(columns, runs, found, 0);
    return columns;
}

#define HEAD "Name|Password\nada|swordfish\nbob|lovelace"

static void
finds_what_follows_on_a_value(void **state)
{
    g_autoptr(RecallColumns) columns = new_columns(HEAD, 3, 5);

    check(columns, "bob|lovelace\ncarol|seahorse\ndan|barracuda\nnothing|of the kind\nEnd|ordinary",
          SECOND_US, "lovelace seahorse barracuda");
    check(columns, "dan|barracuda\neve|stickleback", 2 * SECOND_US, "barracuda stickleback");
    check(columns, "ada|swordfish", 3 * SECOND_US, "swordfish");
}

static void
finds_random_words_after_a_jump(void **state)
{
    g_autoptr(RecallColumns) columns = new_columns(HEAD, 3, 5);

    check(columns, "fay|hunter2\ngus|xK7mQ2pL\nhal|ordinary", SECOND_US,
          "hunter2 xK7mQ2pL ordinary");
    check(columns, "fay1234|of it\ngus5678|of it", 2 * SECOND_US, "");
    check(columns, "ida|many\njoe|words\nkim|here\nlea|xK7mQ2pM\nmia|xK7mQ2pN", 3 * SECOND_US, "");
}

static void
leaves_other_columns(void **state)
{
    g_autoptr(RecallColumns) columns = new_columns(HEAD, 3, 5);

    check(columns, "lovelace|of it\nhunter2|for the\nxK7mQ2pL|rest", SECOND_US, "");
}

static void
leaves_what_the_head_tells(void **state)
{
    g_autoptr(RecallColumns) columns = new_columns(HEAD, 3, 5);
    g_autoptr(GPtrArray) runs = make_runs(HEAD, 10);
    PolicySecretRange told = {.run = 3, .end_bytes = 9, .is_in_column = TRUE};
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));

    g_array_append_val(found, told);
    recall_columns_find(columns, runs, found);
    assert_int_equal(found->len, 1);
}

static void
forgets_columns(void **state)
{
    g_autoptr(RecallColumns) columns = new_columns(HEAD, 3, 5);

    check(columns, "nothing", RECALL_COLUMNS_GONE_US - 1, "");
    check(columns, "bob|lovelace", RECALL_COLUMNS_GONE_US - 1, "lovelace");
    check(columns, "nothing", 2 * RECALL_COLUMNS_GONE_US - 1, "");
    check(columns, "bob|lovelace", 2 * RECALL_COLUMNS_GONE_US, "");
    g_clear_pointer(&columns, recall_columns_free);
    columns = new_columns(HEAD, 3, 5);
    recall_columns_clear(columns);
    check(columns, "bob|lovelace", SECOND_US, "");
}

/* One at the maximum, none beyond it. */
static void
keeps_bounds(void **state)
{
    g_autoptr(RecallColumns) columns = recall_columns_new();

    for (int i = 0; i <= RECALL_COLUMNS_N_MAX; i++) {
        g_autoptr(GPtrArray) runs = make_runs("swordfish", i * COLUMN_PX);
        PolicySecretRange value = {.end_bytes = 9, .is_in_column = TRUE};
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));

        g_array_append_val(found, value);
        recall_columns_note(columns, runs, found, 0);
    }
    for (int i = RECALL_COLUMNS_N_MAX - 1; i <= RECALL_COLUMNS_N_MAX; i++) {
        g_autofree char *found = view_at(columns, "swordfish", i * COLUMN_PX, SECOND_US);

        assert_string_equal(found, i < RECALL_COLUMNS_N_MAX ? "swordfish" : "");
    }
}

static void
keeps_bound_of_values(void **state)
{
    g_autoptr(RecallColumns) columns = new_columns(HEAD, 3, 5);
    g_autofree char *last = NULL;

    for (unsigned i = 0; i < RECALL_COLUMNS_N_VALUES_MAX - 2; i++) {
        g_autofree char *rows = g_strdup_printf("|%s\n|value%u", i == 0 ? "lovelace" : last, i);
        g_autofree char *found = view_at(columns, rows, 10, SECOND_US);

        g_free(last);
        last = g_strdup_printf("value%u", i);
    }
    check(columns, "|swordfish", SECOND_US, "swordfish");
    check(columns, "|swordfish\n|another", SECOND_US, "swordfish another");
    check(columns, "|lovelace", SECOND_US, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_follows_on_a_value),
        cmocka_unit_test(finds_random_words_after_a_jump),
        cmocka_unit_test(leaves_other_columns),
        cmocka_unit_test(leaves_what_the_head_tells),
        cmocka_unit_test(forgets_columns),
        cmocka_unit_test(keeps_bounds),
        cmocka_unit_test(keeps_bound_of_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
