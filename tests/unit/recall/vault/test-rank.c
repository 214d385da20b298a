/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/rank.h"

#include "recall/vault/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
test_shares(void **state)
{
    double once = recall_rank_share(1, 2, 100, 100);

    assert_true(recall_rank_share(2, 2, 100, 100) > once);
    assert_true(recall_rank_share(1, 3, 100, 100) > once);
    assert_true(recall_rank_share(1, 2, 50, 100) > once);
    assert_true(recall_rank_share(1, 2, 500, 100) < once);
    assert_true(recall_rank_share(1000, 2, 100, 100) < 2 * 2.2);
    assert_true(recall_rank_share(0, 2, 100, 100) == 0);
    assert_true(recall_rank_share(1, 2, 0, 0) > 0);
}

static void
test_rarities(void **state)
{
    assert_true(recall_rank_rarity(1000, 1) > recall_rank_rarity(1000, 10));
    assert_true(recall_rank_rarity(1000, 10) > recall_rank_rarity(1000, 900));
    assert_true(recall_rank_rarity(1000, 1000) > 0);
    assert_true(recall_rank_rarity(0, 0) >= 0);
}

static sqlite3 *
open_table(void)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_true(recall_tokenizer_register(db, NULL) && recall_rank_register(db, NULL));
    assert_int_equal(
        sqlite3_exec(db,
                     "CREATE VIRTUAL TABLE scene_fts USING fts5(text, title, app, url, file, actor,"
                     " tokenize='deskhand bare');"
                     "INSERT INTO scene_fts(rowid, text, title, actor) VALUES"
                     "(1, 'rare word here', '', 'x'), (2, 'word word word', '', 'x'),"
                     "(3, 'nothing', 'rare', 'x'), (4, 'word', '', 'x'), (5, 'other', '', 'x')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    return db;
}

/* Rows that match, the weightiest first. */
static char *
list(sqlite3 *db, const char *fts)
{
    sqlite3_stmt *statement = NULL;
    GString *out = g_string_new(NULL);

    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT rowid FROM scene_fts(?1) ORDER BY deskhand_weigh(scene_fts,"
                           " (SELECT deskhand_norms(scene_fts) FROM scene_fts(?1) LIMIT 1)) DESC",
                           -1, &statement, NULL),
        SQLITE_OK);
    sqlite3_bind_text(statement, 1, fts, -1, SQLITE_STATIC);
    while (sqlite3_step(statement) == SQLITE_ROW)
        g_string_append_printf(out, "%d ", sqlite3_column_int(statement, 0));
    sqlite3_finalize(statement);
    return g_string_free(out, FALSE);
}

static void
test_functions(void **state)
{
    sqlite3 *db = open_table();
    g_autofree char *word = list(db, "word");
    g_autofree char *rare = list(db, "rare");
    g_autofree char *either = list(db, "rare OR word");

    assert_string_equal(word, "2 4 1 ");
    assert_string_equal(rare, "3 1 ");
    assert_true(g_str_has_prefix(either, "3 1 "));
    sqlite3_close(db);
}

static void
test_misuse_is_an_error(void **state)
{
    sqlite3 *db = open_table();

    assert_int_not_equal(
        sqlite3_exec(db, "SELECT deskhand_weigh(scene_fts, 'x') FROM scene_fts('word')", NULL, NULL,
                     NULL),
        SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(db, "SELECT deskhand_weigh(scene_fts) FROM scene_fts('word')",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
    sqlite3_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_rarities),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_misuse_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
