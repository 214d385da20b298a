/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-tables.h"

#include "policies/detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LETTER_PX 8
#define LINE_PX 18
#define N_RUNS_MAX 128
#define READ_GAP 3 /* blanks: OCR reads what they part by itself */

/* --- a screen on which each line is one run --- */

typedef struct {
    PolicyDetectRun runs[N_RUNS_MAX];
    char *texts[N_RUNS_MAX]; /* with one blank where there are more */
    GArray *words[N_RUNS_MAX];
    unsigned n;
} Screen;

static void
add_word(GArray *words, GString *text, const char *word, size_t length, int x, int y)
{
    ProtocolSpan span = {
        .length_bytes = length,
        .box = {x, y, LETTER_PX * (int)g_utf8_strlen(word, (gssize)length), LINE_PX - 2}};

    if (text->len > 0)
        g_string_append_c(text, ' ');
    span.start_bytes = text->len;
    g_string_append_len(text, word, (gssize)length);
    g_array_append_val(words, span);
}

/* Returns: where the line goes on */
static const char *
add_run(Screen *screen, const char *line, const char *at, int y, gboolean is_read)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(ProtocolSpan));
    GString *text = g_string_new(NULL);
    const BaseRect *first;
    const BaseRect *last;

    for (size_t gap = 0; *at != '\0' && (!is_read || gap < READ_GAP || words->len == 0);) {
        size_t length = strcspn(at, " ");

        add_word(words, text, at, length, LETTER_PX * (int)g_utf8_strlen(line, at - line), y);
        at += length;
        gap = strspn(at, " ");
        at += gap;
    }
    first = &g_array_index(words, ProtocolSpan, 0).box;
    last = &g_array_index(words, ProtocolSpan, words->len - 1).box;
    g_assert_cmpuint(screen->n, <, N_RUNS_MAX);
    screen->texts[screen->n] = g_string_free(text, FALSE);
    screen->words[screen->n] = words;
    screen->runs[screen->n] = (PolicyDetectRun){
        .text = screen->texts[screen->n],
        .box = {first->x, y, last->x + last->width - first->x, LINE_PX - 2},
        .is_ocr = is_read,
        .words = (const ProtocolSpan *)words->data,
        .n_words = words->len,
    };
    screen->n++;
    return at;
}

/* @is_read: by OCR, in parts where there is room */
static void
screen_init(Screen *screen, const char *shown, gboolean is_read)
{
    g_auto(GStrv) lines = g_strsplit(shown, "\n", -1);

    screen->n = 0;
    for (int i = 0; lines[i] != NULL; i++) {
        const char *at = lines[i] + strspn(lines[i], " ");

        while (*at != '\0')
            at = add_run(screen, lines[i], at, i * LINE_PX, is_read);
    }
}

static void
screen_clear(Screen *screen)
{
    for (unsigned i = 0; i < screen->n; i++) {
        g_array_unref(screen->words[i]);
        g_free(screen->texts[i]);
    }
}

/* Returns: the secrets, each with a blank behind it */
static char *
find_next(PolicyDetectMemory *memory, const char *shown, gboolean is_read)
{
    GString *secrets = g_string_new(NULL);
    g_autoptr(GArray) found = NULL;
    Screen screen;

    screen_init(&screen, shown, is_read);
    found = policy_detect_find_next(screen.runs, screen.n, memory);
    for (unsigned i = 0; found != NULL && i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);

        g_string_append_printf(secrets, "%.*s ", (int)(range->end_bytes - range->start_bytes),
                               screen.texts[range->run] + range->start_bytes);
    }
    screen_clear(&screen);
    return g_string_free(secrets, FALSE);
}

typedef struct {
    const char *shown;
    const char *secrets;
} Case;

static void
check(const Case *cases, unsigned n, gboolean is_read)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *secrets = find_next(NULL, cases[i].shown, is_read);

        if (!g_str_equal(secrets, cases[i].secrets))
            fail_msg("%s\nfound: %s", cases[i].shown, secrets);
    }
}

static void
finds_columns_of_lines(void **state)
{
    static const Case cases[] = {
        {"user     password    host\nada      lovelace    db1.example\ncarol                web\n"
         "bob      swordfish   mail.example",
         "lovelace swordfish "},
        {" usename |  passwd   | host\n---------+-----------+------\n ada     | lovelace  | db1\n"
         " bob     | swordfish | db2\n(2 rows)\nand it | goes | on",
         "lovelace swordfish "},
        {"+------+----------+\n| user | password |\n+------+----------+\n| ada  | lovelace |\n"
         "+------+----------+\n1 row in set",
         "lovelace "},
        {"| Name | Password |\n|------|:--------:|\n| ada | lovelace |\nand then", "lovelace "},
        {"name,url,username,password\nexample,https://example.org/login,ada,lovelace\n"
         "other,https://other.example/,bob,\"sword, fish\"\nThe prose goes, as it does, on, here.",
         "lovelace sword, fish "},
        {"folder,type,name,login_uri,login_username,login_password,login_totp\n"
         ",login,mail,https://mail.example,ada,lovelace,",
         "lovelace "},
        {"user;password;host\nada;lovelace;db1", "lovelace "},
        {"user password host\nada lovelace db1\n$ ls -l", "lovelace "},
        {"-[ RECORD 1 ]-------\nid       | 1\npassword | lovelace\nhost     | db1\n"
         "-[ RECORD 2 ]-------\npassword | swordfish",
         "lovelace swordfish "},
        {"| Key | Value |\n|-----|-------|\n| password | lovelace |", "lovelace "},
        {"'id','login','password'\n1,'ada','lovelace'", "lovelace "},
        {"id  username  password_plain  city\n1   ada       lovelace        Paris", "lovelace "},
        {"user     password  host\nada            lovelace  db1", "lovelace "},
        {"用户名     密码         主机\nzhang      天王盖地虎   db1", "天王盖地虎 "},
    };

    check(cases, G_N_ELEMENTS(cases), FALSE);
}

static void
leaves_lines_that_are_no_table(void **state)
{
    static const char *const texts[] = {
        "The options are user, password and host.\nEach of them is told, once, below.",
        "Your user name, the password, the host\nare needed, in this order, by it.",
        "   password   The password to use\n   user       The name to use\n   port       The port",
        "name,password,host\nThe prose begins, as it does, here.",
        "SSH_PASSWORD | --host | --port\nDAEMON | --disable-users | --all",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *secrets = find_next(NULL, texts[i], FALSE);

        if (*secrets != '\0')
            fail_msg("%s\nfound: %s", texts[i], secrets);
    }
}

/* OCR leaves out lines between the cells, and takes two cells for one. psql centres the heads. */
static void
finds_columns_that_were_read(void **state)
{
    static const Case cases[] = {
        {" id | username |     password                  email            city\n"
         "  1 | ada      | lovelace         | ada@one.example     | Paris\n"
         "  2 | bob      | xq7             | bob@two.example     | Rome",
         "lovelace xq7 "},
        {" username      passwd_plain        city\n ada      | lovelace         | Paris\n"
         " bob      | swordfish        | Rome",
         "lovelace swordfish "},
        {" id | username |     password      |    city\n  1 | ada      | lovelace          | "
         "Paris\n"
         "  2 | bob      | swordfish           Rome\n  3 | carol      aubergine         | Oslo\n"
         "(3 rows)",
         "lovelace swordfish aubergine "},
        {" id |     password\n  1 | lovelace\n 10 | sw0rdfi sh41\n 11 |\n 12 | aubergine",
         "lovelace sw0rdfi sh41 aubergine "},
        {"id   username   password     email      city\n"
         "1    spring     lovelace     a@b.org    Paris\n"
         "2    balancing1 swordfish41  c@d.org    Rome\n"
         "3    glacier    aubergine    c@d.org    Oslo",
         "lovelace swordfish41 aubergine "},
        {"te      rank   |   password\n Paris | 2      | lovelace81\n Rome  | 3      | swordfish\n"
         " Oslo  | 4      | aubergine77",
         "lovelace81 swordfish aubergine77 "},
        {"te      rank   |   password\n Paris | 2      | needed\n Rome  | 3      | unknown", ""},
        {"id,username,password,city\n1,ada,lovelace,Paris\n2,bob.sword41fish,Rome\n"
         "3,carol,aubergine,Oslo",
         "lovelace bob.sword41fish aubergine "},
    };

    check(cases, G_N_ELEMENTS(cases), TRUE);
}

/* --- without the head --- */

#define FIRST_VIEW                                                                                 \
    " id | username |    password     |    city\n----+----------+-----------------+-----------\n"  \
    "  1 | ada      | lovelace81      | Paris\n  2 | bob      | swordfish       | Rome"
#define SECOND_VIEW                                                                                \
    "  7 | grace    | hopper1906      | Paris\n  8 | alan     | turing1912      | Rome\n"          \
    "  9 | edsger   | dijkstra        | Paris\n(9 rows)"
#define FIRST_LIST "name,login,password\nmail,ada,lovelace81\nnews,bob,swordfish"
#define SECOND_LIST "blog,grace,hopper1906\nshop,alan,turing1912\nbank,edsger,dijkstra"

static void
knows_a_table_again(void **state)
{
    static const struct {
        const char *first;
        Case second;
    } cases[] = {
        {FIRST_VIEW, {SECOND_VIEW, "hopper1906 turing1912 dijkstra "}},
        {FIRST_LIST, {SECOND_LIST, "hopper1906 turing1912 dijkstra "}},
        {FIRST_VIEW,
         {"  7 | grace    | admiral         | Paris\n  8 | alan     | fellow "
          "         | Rome",
          ""}},
        {FIRST_LIST, {"The prose goes, as it does, on to house12 and on.\nThen it ends.", ""}},
    };

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        g_autoptr(PolicyDetectMemory) memory = policy_detect_memory_new();
        const Case *second = &cases[i / 2].second;
        g_autofree char *before = find_next(memory, cases[i / 2].first, i % 2);
        g_autofree char *secrets = find_next(memory, second->shown, i % 2);

        assert_string_equal(before, "lovelace81 swordfish ");
        if (!g_str_equal(secrets, second->secrets))
            fail_msg("%s\nfound: %s", second->shown, secrets);
        assert_int_equal(policy_detect_memory_is_seen(memory), *second->secrets != '\0');
    }
}

static void
forgets_a_table(void **state)
{
    g_autoptr(PolicyDetectMemory) memory = policy_detect_memory_new();
    g_autofree char *before = find_next(memory, FIRST_VIEW, TRUE);
    g_autofree char *secrets = NULL;

    policy_detect_memory_clear(memory);
    secrets = find_next(memory, SECOND_VIEW, TRUE);
    assert_string_equal(secrets, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_columns_of_lines),
        cmocka_unit_test(finds_columns_that_were_read),
        cmocka_unit_test(leaves_lines_that_are_no_table),
        cmocka_unit_test(knows_a_table_again),
        cmocka_unit_test(forgets_a_table),
    };

    return cmocka_run_group_tests_name("policies/detect-tables", tests, NULL, NULL);
}
