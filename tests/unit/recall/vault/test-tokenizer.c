/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The tokens with a bar after each; with offsets when @with_offsets. */
static char *
cut(const char *text, size_t length_bytes, gboolean with_offsets)
{
    GString *out = g_string_new(NULL);
    RecallToken token = {0};
    size_t position = 0;

    while (recall_tokenizer_next(text, length_bytes, &position, &token)) {
        g_string_append_len(out, token.text, token.length_bytes);
        if (with_offsets)
            g_string_append_printf(out, "@%zu-%zu", token.start_bytes, token.end_bytes);
        g_string_append_c(out, '|');
    }
    return g_string_free(out, FALSE);
}

static void
test_tokens(void **state)
{
    static const struct {
        const char *text;
        const char *tokens;
    } rows[] = {
        {"", ""},
        {" \n\t", ""},
        {"Hello, World", "hello|world|"},
        {"don't", "don|t|"},
        {"C++ zoom.us foo@bar.com", "c|zoom|us|foo|bar|com|"},
        {"¥1,280.00", "1|280|00|"},
        {"snake_case", "snake|case|"},
        {"Café ÀÉÎÕÜ Å", "cafe|aeiou|a|"},
        {"Cafe\u0301", "cafe|"},
        {"Привет ЁЛКА", "привет|ёлка|"},
        {"и\u0306", "й|"},
        {"Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ|σισυφοσ|"},
        {"за\u0301мок x\u0304y", "замок|xy|"},
        {"\u1f00\u03c1\u03c7\u1f74 αρχη Ι\u0308\u0301 ΐ", "αρχη|αρχη|ι|ι|"},
        {"Straße", "straße|"},
        {"电脑桌面", "电|脑|桌|面|"},
        {"用Excel做表2024年", "用|excel|做|表|2024|年|"},
        {"𠀀𰀀", "𠀀|𰀀|"},
        {"かなカナー", "か|な|カ|ナ|ー|"},
        {"か\u3099", "が|"},
        {"ｶﾞｷﾞｸ", "ガ|ギ|ク|"},
        {"한국어", "한|국|어|"},
        {"\u1112\u1161\u11ab", "한|"},
        {"ＡＢＣ　１２３", "abc|123|"},
        {"ｆｏｏ＠ｂａｒ．ｃｏｍ", "foo|bar|com|"},
        {"ﬁle oﬀice", "file|office|"},
        {"𝗯𝗼𝗹𝗱", "bold|"},
        {"exam\u00adple", "example|"},
        {"zero\u200bwidth no\u200dbreak", "zero|width|nobreak|"},
        {"ok👍🏽done", "ok|👍|🏽|done|"},
        {"👨\u200d👩\u200d👧", "👨|👩|👧|"},
        {"🇨🇳", "🇨|🇳|"},
        {"❤\ufe0f", "❤|"},
        {"1\ufe0f\u20e3", "1|"},
        {"हिन्दी", "हिन्दी|"},
        {"\u0915\u093c \u0958 \u0915", "क|क|क|"},
        {"\u0b95\u0bca \u0b95\u0bc6\u0bbe", "\u0b95\u0bc6\u0bbe|\u0b95\u0bc6\u0bbe|"},
        {"ทำ ท\u0e4dา", "ท\u0e4dา|ท\u0e4dา|"},
        {"नमस्ते दुनिया", "नमस्ते|दुनिया|"},
        {"مرحبا", "مرحبا|"},
        {"مَرْحَبًا مـرحـبا \u0640 x", "مرحبا|مرحبا|x|"},
        {"أإآا ا\u0654 ؤ ئ", "اااا|ا|و|ي|"},
        {"\ufee3\ufeae\ufea3\ufe92\ufe8e \ufefb", "مرحبا|لا|"},
        {"שָׁלוֹם \ufb2a\ufb35", "שלום|שו|"},
        {"Ⅷ ½", "ⅷ|½|"},
        {"“引号”、（全角）", "引|号|全|角|"},
        {"─│┌ → ™", ""},
        {"\u0301x", "x|"},
        {"第①章", "第|①|章|"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *tokens = cut(rows[i].text, strlen(rows[i].text), FALSE);

        assert_string_equal(tokens, rows[i].tokens);
    }
}

static void
test_offsets(void **state)
{
    static const struct {
        const char *text;
        const char *tokens;
    } rows[] = {
        {"a bc", "a@0-1|bc@2-4|"},
        {"用Excel做", "用@0-3|excel@3-8|做@8-11|"},
        {"ＡＢ　Ｃ", "ab@0-6|c@9-12|"},
        {"Cafe\u0301!", "cafe@0-6|"},
        {"oﬀice", "office@0-7|"},
        {"ｶﾞ", "ガ@0-6|"},
        {"❤\ufe0f a", "❤@0-3|a@7-8|"},
        {"لَا", "لا@0-6|"},
        {"כֹּ", "כ@0-6|"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *tokens = cut(rows[i].text, strlen(rows[i].text), TRUE);

        assert_string_equal(tokens, rows[i].tokens);
    }
}

/* By the rules of older indexes. */
static void
test_pointed(void **state)
{
    static const char text[] = "Café مَر";
    RecallToken token = {0};
    size_t position = 0;

    assert_true(recall_tokenizer_next_pointed(text, strlen(text), &position, &token));
    assert_memory_equal(token.text, "cafe", 4);
    assert_true(recall_tokenizer_next_pointed(text, strlen(text), &position, &token));
    assert_int_equal(token.length_bytes, strlen("مَر"));
    assert_memory_equal(token.text, "مَر", token.length_bytes);
    assert_false(recall_tokenizer_next_pointed(text, strlen(text), &position, &token));
    position = 0;
    assert_true(recall_tokenizer_next_pointed("x\u0304y", 4, &position, &token));
    assert_int_equal(token.length_bytes, 1); /* the x is lost */
    assert_memory_equal(token.text, "y", 1);
}

static void
test_bytes_that_are_not_utf8(void **state)
{
    static const char text[] = "ab\xff"
                               "cd\0ef\xe4\xb8 g\xf0\x9f\x98";
    g_autofree char *tokens = cut(text, sizeof text - 1, TRUE);

    assert_string_equal(tokens, "ab@0-2|cd@3-5|ef@6-8|g@11-12|");
}

static void
test_long_token_is_cut(void **state)
{
    g_autofree char *text = g_strnfill(1000000, 'x');
    RecallToken token = {0};
    size_t position = 0;

    assert_true(recall_tokenizer_next(text, 1000000, &position, &token));
    assert_in_range(token.length_bytes, RECALL_TOKEN_MAX_BYTES - 6, RECALL_TOKEN_MAX_BYTES);
    assert_int_equal(token.end_bytes, 1000000);
    assert_false(recall_tokenizer_next(text, 1000000, &position, &token));
}

/* Whatever the bytes, offsets grow and lie within, and a token is its own only token. */
static void
test_random_bytes(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (unsigned i = 0; i < 20000; i++) {
        char text[64];
        size_t length = g_rand_int_range(rand, 0, sizeof text);
        size_t position = 0;
        size_t last_end = 0;
        RecallToken token = {0};

        for (size_t j = 0; j < length; j++)
            text[j] = g_rand_int(rand) >> (j % 3 * 8);
        while (recall_tokenizer_next(text, length, &position, &token)) {
            g_autofree char *again = cut(token.text, token.length_bytes, FALSE);
            g_autofree char *same = g_strdup_printf("%.*s|", (int)token.length_bytes, token.text);

            assert_true(token.start_bytes >= last_end && token.end_bytes > token.start_bytes);
            assert_true(token.end_bytes <= length && g_utf8_validate(same, -1, NULL));
            assert_string_equal(again, same);
            last_end = token.end_bytes;
        }
    }
}

static void
exec(sqlite3 *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int
query_int(sqlite3 *db, const char *sql, const char *parameter)
{
    sqlite3_stmt *statement = NULL;
    int value = -1;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static char *
query_text(sqlite3 *db, const char *sql, const char *parameter)
{
    sqlite3_stmt *statement = NULL;
    char *value = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return value;
}

static sqlite3 *
open_memory(void)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_true(recall_tokenizer_register(db, NULL));
    return db;
}

static void
test_fts5_finds_any_substring(void **state)
{
    static const char *const queries[] = {"\"我\"",        "\"的电\"", "\"脑里有\"",
                                          "\"Ｅxcel 表\"", "\"表👍\"",  "\"tab\" * AND 里",
                                          "\"格。😀\""};
    sqlite3 *db = open_memory();

    exec(db, "CREATE VIRTUAL TABLE t USING fts5(text, tokenize='deskhand bare');"
             "INSERT INTO t VALUES('我的电脑里有Excel表👍 Tables 格😀')");
    for (size_t i = 0; i < G_N_ELEMENTS(queries); i++)
        assert_int_equal(query_int(db, "SELECT count(*) FROM t(?1)", queries[i]), 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM t(?1)", "\"电里\""), 0);
    sqlite3_close(db);
}

static void
test_fts5_indexes_pairs(void **state)
{
    static const struct {
        const char *text;
        const char *terms;
    } rows[] = {
        {"我的 x", "x,我,我的,的"}, {"a b", "a,b"}, {"电\n脑", "电,电脑,脑"},
        {"电x脑", "x,电,脑"},       {"👍👍", "👍,👍👍"}, {"。", NULL},
    };
    sqlite3 *db = open_memory();

    exec(db, "CREATE VIRTUAL TABLE t USING fts5(text, tokenize='deskhand bare');"
             "CREATE VIRTUAL TABLE v USING fts5vocab(t, row)");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *terms = NULL;

        exec(db, "DELETE FROM t");
        query_text(db, "INSERT INTO t VALUES(?1)", rows[i].text);
        terms = query_text(db, "SELECT group_concat(term) FROM v", NULL);
        assert_true(g_strcmp0(terms, rows[i].terms) == 0);
    }
    sqlite3_close(db);
}

/* A phrase of any cut of a text finds it, and only where the characters stand so. */
static void
test_fts5_phrases_of_singles_and_words(void **state)
{
    static const char text[] = "他用Excel做了3张表👍好";
    static const char *const misses[] = {"用做", "Excel了", "张做", "了张", "他 Excel", "表好"};
    sqlite3 *db = open_memory();

    exec(db, "CREATE VIRTUAL TABLE t USING fts5(text, tokenize='deskhand bare')");
    query_text(db, "INSERT INTO t VALUES(?1)", text);
    for (const char *from = text; *from != 0; from = g_utf8_next_char(from)) {
        for (const char *to = g_utf8_next_char(from); to == text + strlen(text) || *to != 0;
             to = g_utf8_next_char(to)) {
            gboolean cuts_word =
                (from > text && g_ascii_isalpha(*from) && g_ascii_isalpha(from[-1])) ||
                (g_ascii_isalpha(*to) && g_ascii_isalpha(to[-1]));
            g_autofree char *phrase = g_strdup_printf("\"%.*s\"", (int)(to - from), from);

            assert_int_equal(query_int(db, "SELECT count(*) FROM t(?1)", phrase), !cuts_word);
            if (*to == 0)
                break;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(misses); i++) {
        g_autofree char *phrase = g_strdup_printf("\"%s\"", misses[i]);

        assert_int_equal(query_int(db, "SELECT count(*) FROM t(?1)", phrase), 0);
    }
    sqlite3_close(db);
}

/* A table of a later release is left alone. */
static void
test_fts5_unknown_rules(void **state)
{
    sqlite3 *db = open_memory();

    exec(db, "CREATE VIRTUAL TABLE t USING fts5(text, tokenize='deskhand bare')");
    assert_int_not_equal(
        sqlite3_exec(db, "CREATE VIRTUAL TABLE u USING fts5(text, tokenize='deskhand x')", NULL,
                     NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
}

static void
test_fts5_delete_leaves_a_sound_index(void **state)
{
    sqlite3 *db = open_memory();

    exec(db, "CREATE TABLE c(id INTEGER PRIMARY KEY, text);"
             "CREATE VIRTUAL TABLE t USING fts5(text, content='c', content_rowid='id',"
             " tokenize='deskhand bare');"
             "INSERT INTO c VALUES(1, 'Ａb 电脑 👍 ｶﾞ'); INSERT INTO t(rowid, text) SELECT * FROM c;"
             "INSERT INTO t(t, rowid, text) SELECT 'delete', * FROM c; DELETE FROM c;"
             "INSERT INTO t(t) VALUES('integrity-check')");
    assert_int_equal(query_int(db, "SELECT count(*) FROM t(?1)", "ab"), 0);
    sqlite3_close(db);
}

static void
insert_char(sqlite3 *db, const char *sql, gunichar ch)
{
    sqlite3_stmt *insert = NULL;
    char text[8] = {0};

    g_unichar_to_utf8(ch, text);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &insert, NULL), SQLITE_OK);
    sqlite3_bind_int(insert, 1, ch);
    sqlite3_bind_text(insert, 2, text, -1, SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
}

/* Every letter below U+3000 that both know folds to the same, but for the dotless i, a with two
 * accents, the case pairs that came after Unicode 6.1, letters of Greek and Arabic with a mark of
 * their own and those from India to Tibet that have parts. */
static void
test_folds_as_unicode61(void **state)
{
    sqlite3 *db = open_memory();

    exec(db,
         "CREATE VIRTUAL TABLE ours USING fts5(text, tokenize='deskhand bare');"
         "CREATE VIRTUAL TABLE theirs USING fts5(text, tokenize='unicode61 remove_diacritics 2');"
         "CREATE VIRTUAL TABLE ours_v USING fts5vocab(ours, instance);"
         "CREATE VIRTUAL TABLE theirs_v USING fts5vocab(theirs, instance); BEGIN");
    for (gunichar ch = 1; ch < 0x3000; ch++) {
        insert_char(db, "INSERT INTO ours(rowid, text) VALUES(?1, ?2)", ch);
        insert_char(db, "INSERT INTO theirs(rowid, text) VALUES(?1, ?2)", ch);
    }
    exec(db, "CREATE TEMP TABLE o(doc INTEGER PRIMARY KEY, term);"
             "INSERT OR IGNORE INTO o SELECT doc, term FROM ours_v");
    assert_int_equal(
        query_int(db,
                  "SELECT count(*) FROM theirs_v AS t CROSS JOIN o USING(doc)"
                  " WHERE t.term <> o.term AND doc NOT IN (0x131, 0x1e0, 0x1e1, 0x37f)"
                  " AND doc NOT BETWEEN 0x1f00 AND 0x1fff AND doc NOT BETWEEN 0x386 AND 0x390"
                  " AND doc NOT BETWEEN 0x3aa AND 0x3b0 AND doc NOT BETWEEN 0x3ca AND 0x3ce"
                  " AND doc NOT IN (0x3d3, 0x3d4) AND doc NOT BETWEEN 0x622 AND 0x626 AND doc NOT "
                  "IN (0x6c0, 0x6c2, 0x6d3)"
                  " AND (doc NOT BETWEEN 0x900 AND 0x1026 OR length(o.term) = 1)"
                  " AND doc NOT IN (0x929, 0x931, 0x934) AND doc NOT BETWEEN 0x958 AND 0x95f"
                  " AND doc NOT BETWEEN 0x528 AND 0x52f AND doc NOT BETWEEN 0x13a0 AND 0x13ff"
                  " AND doc NOT BETWEEN 0x1c80 AND 0x1cbf AND doc <> 0x2c2f",
                  NULL),
        0);
    assert_in_range(query_int(db, "SELECT count(*) FROM ours_v", NULL), 5000, 10000);
    sqlite3_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_pointed),
        cmocka_unit_test(test_bytes_that_are_not_utf8),
        cmocka_unit_test(test_long_token_is_cut),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_fts5_finds_any_substring),
        cmocka_unit_test(test_fts5_indexes_pairs),
        cmocka_unit_test(test_fts5_phrases_of_singles_and_words),
        cmocka_unit_test(test_fts5_unknown_rules),
        cmocka_unit_test(test_fts5_delete_leaves_a_sound_index),
        cmocka_unit_test(test_folds_as_unicode61),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
