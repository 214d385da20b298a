/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/query.h"

#include "recall/vault/fts-expression.h"
#include "recall/vault/hint.h"
#include "recall/vault/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A Wednesday. */
static GDateTime *
make_now(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");

    return g_date_time_new(zone, 2025, 11, 12, 15, 30, 0);
}

static RecallQuery *
parse(const char *text)
{
    g_autoptr(GDateTime) now = make_now();

    return recall_query_parse(text, strlen(text), now, FALSE);
}

#define ANY "{text title app url file} : "

/* What the index is asked, reading by reading, and the literals. */
static void
test_words(void **state)
{
    static const struct {
        const char *text;
        const char *fts;      /* NULL: all scenes */
        const char *literals; /* joined with | */
        const char *parts;    /* NULL: there is no such reading */
    } rows[] = {
        {"", NULL, ""},
        {"   \t\n", NULL, ""},
        {"invoice", ANY "(\"invoice\")", ""},
        {"Invoice  PAID", ANY "(\"invoice\" AND \"paid\")", ""},
        {"a a A", ANY "(\"a\")", ""},
        {"\"to be\"", ANY "(\"to be\")", ""},
        {"\"to be", ANY "(\"to be\")", ""},
        {"\u201cto be\u201d \u300c电脑\u300d", ANY "(\"to be\" AND \"电 脑\")", ""},
        {"inv*", ANY "(\"inv\" *)", ""},
        {"inv\uff0a", ANY "(\"inv\" *)", ""},
        {"\"to b\"*", ANY "(\"to b\" *)", ""},
        {"电*", ANY "(\"电\")", ""},
        {"*", NULL, ""},
        {"-draft", NULL, ""},
        {"a -b", "(" ANY "(\"a\")) NOT (" ANY "(\"b\"))", ""},
        {"a -\"b c\" -d", "(" ANY "(\"a\")) NOT (" ANY "(\"b c\" OR \"d\"))", ""},
        {"a \uff0db", "(" ANY "(\"a\")) NOT (" ANY "(\"b\"))", ""},
        {"a - b", ANY "(\"a\" AND \"b\")", ""},
        {"a AND b OR c NOT d NEAR e",
         ANY "(\"a\" AND \"and\" AND \"b\" AND \"or\" AND \"c\" AND"
             " \"not\" AND \"d\" AND \"near\" AND \"e\")",
         ""},
        {"zoom.us", ANY "(\"zoom us\")", "zoom.us", ANY "(\"zoom\" AND \"us\")"},
        {"a:b", ANY "(\"a b\")", "a:b", ANY "(\"a\" AND \"b\")"},
        {"C++", ANY "(\"c\")", "c++"},
        {"Ｃ＋＋", ANY "(\"c\")", "c++"},
        {"#channel", ANY "(\"channel\")", "#channel"},
        {"foo@bar.com", ANY "(\"foo bar com\")", "foo@bar.com",
         ANY "(\"foo\" AND \"bar\" AND \"com\")"},
        {"¥1,280.00", ANY "(\"1 280 00\")", "¥1,280.00", ANY "(\"1\" AND \"280\" AND \"00\")"},
        {"￥1,280.00", ANY "(\"1 280 00\")", "¥1,280.00", ANY "(\"1\" AND \"280\" AND \"00\")"},
        {"https://zoom.us/j/1", ANY "(\"zoom us j 1\")", "zoom.us/j/1",
         ANY "(\"zoom\" AND \"us\" AND \"j\" AND \"1\")"},
        {"https://zoom.us/", ANY "(\"zoom us\")", "zoom.us", ANY "(\"zoom\" AND \"us\")"},
        {"https://", ANY "(\"https\")", "https://"},
        {"don\u2019t", ANY "(\"don t\")", "don't", ANY "(\"don\" AND \"t\")"},
        {"hello, world!", ANY "(\"hello\" AND \"world\")", ""},
        {"--force", ANY "(\"force\")", "--force"},
        {"*.txt", ANY "(\"txt\")", ".txt"},
        {"a + b & c | d", ANY "(\"a\" AND \"b\" AND \"c\" AND \"d\")", ""},
        {"\"", NULL, ""},
        {"\"\"", NULL, ""},
        {"-", NULL, ""},
        {":", NULL, ""},
        {"'", NULL, ""},
        {"()", NULL, ""},
        {"\u201c", NULL, ""},
        {"¥", NULL, "¥"},
        {"?!", NULL, "?!"},
        {"？！", NULL, "?!"},
        {"...", NULL, "..."},
        {"?! -", NULL, "?!"},
        {"title:?", NULL, "?"},
        {"-- **", NULL, ""},
        {"a ?!", ANY "(\"a\")", ""},
        {"a ¥", ANY "(\"a\")", ""},
        {"a \"¥\"", ANY "(\"a\")", "¥"},
        {"电脑桌面", ANY "(\"电 脑 桌 面\")", ""},
        {"电脑，桌面", ANY "(\"电 脑 桌 面\")", "电脑,桌面", ANY "(\"电 脑\" AND \"桌 面\")"},
        {"用Excel做表", ANY "(\"用 excel 做 表\")", "", ANY "(\"用\" AND \"excel\" AND \"做 表\")"},
        {"👍", ANY "(\"👍\")", ""},
        {"ok 👍🏽", ANY "(\"ok\" AND \"👍 🏽\")", ""},
        {"app:chromium", "app : (\"chromium\")", ""},
        {"APP：\"LibreOffice Calc\" a", ANY "(\"a\") AND app : (\"libreoffice calc\")", ""},
        {"ａｐｐ:x", "app : (\"x\")", ""},
        {"title: report", "title : (\"report\")", ""},
        {"site:zoom.us", "url : (\"zoom us\")", "zoom.us", "url : (\"zoom\" AND \"us\")"},
        {"url:https://a.b/c", "url : (\"a b c\")", "a.b/c", "url : (\"a\" AND \"b\" AND \"c\")"},
        {"file:///home/a.txt", ANY "(\"home a txt\")", "/home/a.txt",
         ANY "(\"home\" AND \"a\" AND \"txt\")"},
        {"file:/home/a.txt", "file : (\"home a txt\")", "/home/a.txt",
         "file : (\"home\" AND \"a\" AND \"txt\")"},
        {"file:x* actor:run-7", "file : (\"x\" *) AND actor : (\"run 7\")", "run-7",
         "file : (\"x\" *) AND actor : (\"run\" AND \"7\")"},
        {"text:a title:b title:c", "text : (\"a\") AND title : (\"b\" AND \"c\")", ""},
        {"a -app:b", "(" ANY "(\"a\")) NOT (app : (\"b\"))", ""},
        {"app:", NULL, ""},
        {"-title: ", NULL, ""},
        {"before:", NULL, ""},
        {"a until:", ANY "(\"a\")", ""},
        {"foo:bar", ANY "(\"foo bar\")", "foo:bar", ANY "(\"foo\" AND \"bar\")"},
        {"on:foo", ANY "(\"on foo\")", "on:foo", ANY "(\"on\" AND \"foo\")"},
        {"-C++ a", ANY "(\"a\")", ""},
        {"\"yesterday\" news", ANY "(\"yesterday\" AND \"news\")", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);
        g_autofree char *fts = recall_fts_expression_make(query, RECALL_READING_LITERAL);
        g_autofree char *parts = NULL;
        g_autoptr(GString) literals = g_string_new(NULL);

        if (g_strcmp0(fts, rows[i].fts) != 0)
            fail_msg("%s: %s, not %s", rows[i].text, fts, rows[i].fts);
        for (unsigned j = 0; j < query->terms->len; j++) {
            RecallTerm *term = g_ptr_array_index(query->terms, j);

            if (term->literal != NULL && !term->is_negative)
                g_string_append_printf(literals, "%s%s", literals->len > 0 ? "|" : "",
                                       term->literal);
        }
        assert_string_equal(literals->str, rows[i].literals);
        if (query->has_parts != (rows[i].parts != NULL))
            fail_msg("%s: parts", rows[i].text);
        parts = recall_fts_expression_make(query, RECALL_READING_PARTS);
        if (rows[i].parts != NULL)
            assert_string_equal(parts, rows[i].parts);
        assert_int_equal(query->range.since_us, G_MININT64);
        assert_int_equal(query->range.until_us, G_MAXINT64);
    }
}

static void
test_negatives_alone(void **state)
{
    static const struct {
        const char *text;
        const char *negative;
    } rows[] = {
        {"-x", ANY "(\"x\")"},
        {"-x -title:y", ANY "(\"x\") OR title : (\"y\")"},
        {"-C++", NULL},
        {"a", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);
        g_autofree char *negative = recall_fts_expression_make_negative(query);

        assert_true(g_strcmp0(negative, rows[i].negative) == 0);
        assert_int_equal(query->has_negative_literals, strcmp(rows[i].text, "-C++") == 0);
    }
}

static char *
show(int64_t at_us)
{
    g_autoptr(GDateTime) now = make_now();
    g_autoptr(GDateTime) utc = NULL;
    g_autoptr(GDateTime) local = NULL;

    if (at_us == G_MININT64 || at_us == G_MAXINT64)
        return g_strdup("-");
    utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
    local = g_date_time_to_timezone(utc, g_date_time_get_timezone(now));
    return g_date_time_format(local, "%m-%d %H:%M");
}

static void
test_times(void **state)
{
    static const struct {
        const char *text;
        const char *fts;
        const char *since;
        const char *until;
    } rows[] = {
        {"invoice yesterday", ANY "(\"invoice\")", "11-11 00:00", "11-12 00:00"},
        {"yesterday invoice", ANY "(\"invoice\")", "11-11 00:00", "11-12 00:00"},
        {"yesterday", NULL, "11-11 00:00", "11-12 00:00"},
        {"last tuesday report", ANY "(\"report\")", "11-11 00:00", "11-12 00:00"},
        {"发票 昨天", ANY "(\"发 票\")", "11-11 00:00", "11-12 00:00"},
        {"昨天的发票", ANY "(\"发 票\")", "11-11 00:00", "11-12 00:00"},
        {"昨天发票", ANY "(\"昨 天 发 票\")", "-", "-"},
        {"11月3日下午 会议", ANY "(\"会 议\")", "11-03 12:00", "11-03 18:00"},
        {"before:yesterday a", ANY "(\"a\")", "-", "11-11 00:00"},
        {"after:yesterday a", ANY "(\"a\")", "11-11 00:00", "-"},
        {"since:2025-11-03 until:2025-11-05", NULL, "11-03 00:00", "11-06 00:00"},
        {"on:\"last tuesday\" a", ANY "(\"a\")", "11-11 00:00", "11-12 00:00"},
        {"on:last tuesday a", ANY "(\"a\")", "11-11 00:00", "11-12 00:00"},
        {"after:3 days ago before:yesterday", NULL, "11-09 00:00", "11-11 00:00"},
        {"on: monday a", ANY "(\"a\")", "11-10 00:00", "11-11 00:00"},
        {"on：昨天", NULL, "11-11 00:00", "11-12 00:00"},
        {"until:14:05", NULL, "-", "11-12 14:05"},
        {"before:now", NULL, "-", "11-12 15:30"},
        {"until:tomorrow", NULL, "-", "11-14 00:00"},
        {"on:3.11.2025 x", ANY "(\"x\")", "11-03 00:00", "11-04 00:00"},
        {"two minutes ago x", ANY "(\"x\")", "11-12 15:27", "11-12 15:28"},
        {"tomorrow now", ANY "(\"tomorrow\" AND \"now\")", "-", "-"},
        {"on:november x", ANY "(\"x\")", "11-01 00:00", "12-01 00:00"},
        {"november x", ANY "(\"november\" AND \"x\")", "-", "-"},
        {"yesterday 14:00-15:00", NULL, "11-11 14:00", "11-11 15:00"},
        {"yesterday this week", NULL, "11-11 00:00", "11-12 00:00"},
        {"monday tuesday", NULL, "11-10 00:00", "11-12 00:00"},
        {"before:\"soon\" x", ANY "(\"before soon\" AND \"x\")", "-", "-"},
        {"-yesterday x", "(" ANY "(\"x\")) NOT (" ANY "(\"yesterday\"))", "-", "-"},
        {"2025-11-03", NULL, "11-03 00:00", "11-04 00:00"},
        {"去年", NULL, "01-01 00:00", "01-01 00:00"},
        {" 2025年 ", NULL, "01-01 00:00", "01-01 00:00"},
        {"2025年 报告", ANY "(\"2025 年\" AND \"报 告\")", "-", "-"},
        {"2025-11-03-draft", ANY "(\"2025 11 03 draft\")", "-", "-"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);
        g_autofree char *fts = recall_fts_expression_make(query, RECALL_READING_LITERAL);
        g_autofree char *since = show(query->range.since_us);
        g_autofree char *until = show(query->range.until_us);

        if (g_strcmp0(fts, rows[i].fts) != 0)
            fail_msg("%s: %s, not %s", rows[i].text, fts, rows[i].fts);
        assert_string_equal(since, rows[i].since);
        assert_string_equal(until, rows[i].until);
    }
}

static void
test_no_time(void **state)
{
    static const struct {
        const char *text;
        const char *untimed;
    } rows[] = {
        {"before:yesterday", NULL}, {"before:nonsense", "before"},
        {"a after: b", "after"},    {"on:", NULL},
        {"\"on:fire\"", NULL},      {"app:x", NULL},
        {"-before:x", NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);

        if (rows[i].untimed == NULL)
            assert_null(query->untimed);
        else
            assert_string_equal(query->untimed, rows[i].untimed);
    }
}

static void
test_operators_with_gaps(void **state)
{
    static const struct {
        const char *text;
        const char *parted;
        const char *begun;
    } rows[] = {
        {"app:x", NULL, NULL},
        {"app: x", "app", NULL},
        {"app:", NULL, "app"},
        {"x -title:  ", NULL, "title"},
        {"site:", NULL, "url"},
        {"x before:", NULL, "before"},
        {"title: x file:", "title", "file"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);

        assert_true(g_strcmp0(query->parted, rows[i].parted) == 0);
        assert_true(g_strcmp0(query->begun, rows[i].begun) == 0);
    }
}

static void
test_loose(void **state)
{
    g_autoptr(GDateTime) now = make_now();
    g_autoptr(RecallQuery) query = recall_query_parse("昨天发票", strlen("昨天发票"), now, TRUE);
    g_autofree char *fts = recall_fts_expression_make(query, RECALL_READING_LITERAL);

    assert_string_equal(fts, ANY "(\"发 票\")");
    assert_true(query->range.since_us > G_MININT64);
}

/* Text first; a time when nothing has it as text. */
static void
test_loose_month(void **state)
{
    g_autoptr(GDateTime) now = make_now();
    g_autoptr(RecallQuery) strict = parse("november invoice");
    g_autoptr(RecallQuery) loose = recall_query_parse("november invoice", 16, now, TRUE);

    assert_int_equal(strict->terms->len, 2);
    assert_int_equal(loose->terms->len, 1);
    assert_true(loose->range.since_us > G_MININT64 && loose->range.until_us < G_MAXINT64);
}

static void
test_dated(void **state)
{
    static const struct {
        const char *text;
        const char *dated;
        gboolean is_maybe_text;
    } rows[] = {
        {"2025-11-03 kakapo", "2025-11-03", FALSE},
        {"kakapo yesterday", "yesterday", FALSE},
        {"\"2025-11-03\" kakapo", NULL, FALSE},
        {"on:2025-11-03 kakapo", NULL, FALSE},
        {"on:2025-11-03", NULL, TRUE},
        {"yesterday", "yesterday", TRUE},
        {"周五之前", "周五之前", TRUE},
        {"三天前", "三天前", TRUE},
        {"去年", "去年", TRUE},
        {"昨天 会议", "昨天", FALSE},
        {"昨天的会议", "昨天的", TRUE},
        {"昨天会议", NULL, FALSE},
        {"昨天 上周二", "昨天", TRUE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);

        assert_true(g_strcmp0(query->dated, rows[i].dated) == 0);
        assert_int_equal(query->is_maybe_text, rows[i].is_maybe_text);
    }
}

/* What the person is told of it. */
static void
test_hint(void **state)
{
    g_autoptr(GDateTime) now = make_now();
    g_autoptr(RecallQuery) surely = parse("kakapo yesterday");
    g_autoptr(RecallQuery) maybe = parse("周五之前");
    g_autoptr(RecallQuery) loose = recall_query_parse("昨天发票", strlen("昨天发票"), now, TRUE);
    g_autofree char *of_surely = recall_hint_make(surely, RECALL_READING_LITERAL, FALSE);
    g_autofree char *of_fruitless = recall_hint_make(surely, RECALL_READING_LITERAL, TRUE);
    g_autofree char *of_maybe = recall_hint_make(maybe, RECALL_READING_LITERAL, FALSE);
    g_autofree char *of_loose = recall_hint_make(loose, RECALL_READING_LITERAL, FALSE);

    assert_null(of_surely);
    assert_non_null(strstr(of_fruitless, "from 2025-11-11 00:00 to 2025-11-12 00:00"));
    assert_string_equal(of_maybe, "\"周五之前\" was read as a time, when it was seen: before"
                                  " 2025-11-07 00:00; to search for the words, quote them for the"
                                  " shell, too: '\"周五之前\"'");
    assert_non_null(strstr(of_loose, "\"昨天\" was read as a time"));
}

/* What was found has less than was typed. */
static void
test_hint_of_reading(void **state)
{
    static const struct {
        const char *text;
        RecallReading reading;
        const char *hint; /* or NULL */
    } rows[] = {
        {"C++ walrus", RECALL_READING_LITERAL, NULL},
        {"C++ walrus", RECALL_READING_PHRASES,
         "Nothing was found that has \"C++\" as it stands; these have it without its signs."},
        {"100% -a.b \"C++ x\"", RECALL_READING_PHRASES,
         "Nothing was found that has \"100%\", \"C++ x\" as they stand; these have them without"
         " their signs."},
        {"《合同》", RECALL_READING_PHRASES,
         "Nothing was found that has \"《合同》\" as it stands; these have it without its signs."},
        {"Excel表 b", RECALL_READING_PARTS,
         "Nothing was found that has \"Excel表\" as it stands; these have the parts."},
        {"\"Excel表\"", RECALL_READING_PARTS, NULL},
        {"\"C+\xff\"", RECALL_READING_PHRASES,
         "Nothing was found that has \"C+\uFFFD\" as it stands; these have it without its signs."},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);
        g_autofree char *hint = recall_hint_make(query, rows[i].reading, FALSE);
        g_autofree char *fruitless = recall_hint_make(query, rows[i].reading, TRUE);

        if (g_strcmp0(hint, rows[i].hint) != 0)
            fail_msg("%s: %s", rows[i].text, hint);
        assert_null(fruitless);
    }
}

static void
test_hint_of_long_term(void **state)
{
    for (unsigned n = RECALL_HINT_TERM_MAX_CHARS; n <= RECALL_HINT_TERM_MAX_CHARS + 1; n++) {
        g_autofree char *text = g_strnfill(n, 'c');
        g_autoptr(RecallQuery) query = NULL;
        g_autofree char *hint = NULL;

        text[1] = '+';
        query = parse(text);
        hint = recall_hint_make(query, RECALL_READING_PHRASES, FALSE);
        assert_int_equal(strstr(hint, "…") == NULL, n == RECALL_HINT_TERM_MAX_CHARS);
        text[RECALL_HINT_TERM_MAX_CHARS] = '\0';
        assert_non_null(strstr(hint, text));
    }
}

static void
test_readings(void **state)
{
    static const struct {
        const char *text;
        int after_literal;
        int after_phrases;
    } rows[] = {
        {"word", -1, -1},
        {"C++", RECALL_READING_PHRASES, -1},
        {"a.b", RECALL_READING_PHRASES, RECALL_READING_PARTS},
        {"\"a.b\"", RECALL_READING_PHRASES, -1},
        {"-a.b", -1, -1},
        {"Excel表", RECALL_READING_PARTS, RECALL_READING_PARTS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallQuery) query = parse(rows[i].text);

        assert_int_equal(recall_query_next_reading(query, RECALL_READING_LITERAL),
                         rows[i].after_literal);
        assert_int_equal(recall_query_next_reading(query, RECALL_READING_PHRASES),
                         rows[i].after_phrases);
        assert_int_equal(recall_query_next_reading(query, RECALL_READING_PARTS), -1);
    }
}

static void
test_add_phrase(void **state)
{
    g_autoptr(RecallQuery) query = parse("a");
    g_autofree char *fts = NULL;

    recall_query_add_phrase(query, RECALL_FIELD_APP, "LibreOffice \"Calc\" -x");
    recall_query_add_phrase(query, RECALL_FIELD_APP, "");
    fts = recall_fts_expression_make(query, RECALL_READING_LITERAL);
    assert_string_equal(fts, ANY "(\"a\") AND app : (\"libreoffice calc x\")");
}

static void
test_maxima(void **state)
{
    g_autoptr(GString) words = g_string_new(NULL);
    g_autoptr(GString) phrase = g_string_new("\"");
    g_autoptr(RecallQuery) query = NULL;
    g_autoptr(RecallQuery) long_phrase = NULL;

    for (unsigned i = 0; i < 500; i++)
        g_string_append_printf(words, "w%u ", i);
    query = parse(words->str);
    assert_int_equal(query->terms->len, RECALL_QUERY_N_TERMS_MAX);
    g_string_append(phrase, words->str);
    long_phrase = parse(phrase->str);
    assert_int_equal(long_phrase->terms->len, 1);
    assert_int_equal(((RecallTerm *)g_ptr_array_index(long_phrase->terms, 0))->tokens->len,
                     RECALL_TERM_N_TOKENS_MAX);
}

static void
test_text_that_is_too_long(void **state)
{
    g_autoptr(GDateTime) now = make_now();
    g_autofree char *text = g_strnfill(RECALL_QUERY_MAX_BYTES + 10, ' ');
    g_autoptr(RecallQuery) at_max = NULL;
    g_autoptr(RecallQuery) beyond = NULL;

    text[RECALL_QUERY_MAX_BYTES - 1] = 'x';
    at_max = recall_query_parse(text, RECALL_QUERY_MAX_BYTES + 10, now, FALSE);
    assert_int_equal(at_max->terms->len, 1);
    text[RECALL_QUERY_MAX_BYTES - 1] = ' ';
    text[RECALL_QUERY_MAX_BYTES] = 'x';
    beyond = recall_query_parse(text, RECALL_QUERY_MAX_BYTES + 10, now, FALSE);
    assert_int_equal(beyond->terms->len, 0);
}

/* --- whatever is typed, SQLite takes what comes out --- */

static sqlite3 *
open_table(void)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_true(recall_tokenizer_register(db, NULL));
    assert_int_equal(
        sqlite3_exec(db,
                     "CREATE VIRTUAL TABLE scene_fts USING fts5(text, title, app, url, file, actor,"
                     " tokenize='deskhand bare');"
                     "INSERT INTO scene_fts(text, title) VALUES('a b c', 'd'), ('电脑', 'x')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    return db;
}

static void
run_fts(sqlite3_stmt *statement, const char *fts)
{
    int code = SQLITE_ROW;

    if (fts == NULL)
        return;
    sqlite3_bind_text(statement, 1, fts, -1, SQLITE_STATIC);
    while (code == SQLITE_ROW)
        code = sqlite3_step(statement);
    if (code != SQLITE_DONE)
        fail_msg("%s: %s", fts, sqlite3_errmsg(sqlite3_db_handle(statement)));
    sqlite3_reset(statement);
}

static void
check_query(sqlite3_stmt *statement, const char *text, size_t length, GDateTime *now)
{
    for (int loose = 0; loose < 2; loose++) {
        g_autoptr(RecallQuery) query = recall_query_parse(text, length, now, loose);
        g_autofree char *negative = recall_fts_expression_make_negative(query);

        for (int reading = RECALL_READING_LITERAL; reading <= RECALL_READING_PARTS; reading++) {
            g_autofree char *fts = recall_fts_expression_make(query, reading);

            run_fts(statement, fts);
        }
        run_fts(statement, negative);
    }
}

static void
test_random_strings(void **state)
{
    static const char *const pieces[] = {
        "a",      "b",      "电",   "脑",       " ",   " ",       "\"",     "-",
        ":",      "*",      "(",    ")",        "AND", "OR",      "NOT",    "NEAR",
        "^",      "+",      "app:", "title:",   "on:", "before:", "昨天",   "3 days ago",
        "\u201c", "\u300d", "　",   "：",       "'",   "\\",      "{text}", "\xff",
        "\xe4",   "\x01",   "C++",  "https://", ".",   "👍",       "\u200d", "\u0301",
        "{",      "}",      ",",    ";",        "--",  "%",       "é",      "1,280.00",
        "ﬁ",      "\u00ad", "ｶﾞ"};
    g_autoptr(GDateTime) now = make_now();
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    sqlite3 *db = open_table();
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, "SELECT rowid FROM scene_fts(?1) ORDER BY rowid DESC",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    for (unsigned i = 0; i < 5000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (int n = g_rand_int_range(rand, 0, 12); n > 0; n--)
            g_string_append(text, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
        if (g_rand_int_range(rand, 0, 10) == 0)
            g_string_insert_c(text, 0, '\0');
        check_query(statement, text->str, text->len, now);
    }
    for (unsigned i = 0; i < 2000; i++) {
        char bytes[80];
        size_t length = g_rand_int_range(rand, 0, sizeof bytes);

        for (size_t j = 0; j < length; j++)
            bytes[j] = g_rand_int(rand);
        check_query(statement, bytes, length, now);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static void
test_ten_thousand_of_anything(void **state)
{
    static const char *const pieces[] = {"\"",    "-",    "(",      "a",    "a ",   "电",
                                         "电 ",   "*",    ":",      "\xff", "app:", "昨",
                                         "昨天 ", "C++ ", "\"a\" ", "a.",   "-a "};
    g_autoptr(GDateTime) now = make_now();
    sqlite3 *db = open_table();
    sqlite3_stmt *statement = NULL;

    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT rowid FROM scene_fts(?1)", -1, &statement, NULL), SQLITE_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);

        while (text->len < 10000)
            g_string_append(text, pieces[i]);
        check_query(statement, text->str, text->len, now);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_negatives_alone),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_loose),
        cmocka_unit_test(test_loose_month),
        cmocka_unit_test(test_dated),
        cmocka_unit_test(test_hint),
        cmocka_unit_test(test_hint_of_reading),
        cmocka_unit_test(test_hint_of_long_term),
        cmocka_unit_test(test_no_time),
        cmocka_unit_test(test_operators_with_gaps),
        cmocka_unit_test(test_readings),
        cmocka_unit_test(test_add_phrase),
        cmocka_unit_test(test_maxima),
        cmocka_unit_test(test_text_that_is_too_long),
        cmocka_unit_test(test_random_strings),
        cmocka_unit_test(test_ten_thousand_of_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
