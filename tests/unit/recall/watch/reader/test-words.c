/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* @line: words as "text/confidence", side by side, 10 px each */
static GArray *
make_words(const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, " ", -1);
    GArray *words = reader_words_new();

    for (unsigned i = 0; parts[i] != NULL; i++) {
        char *slash = g_strrstr(parts[i], "/");
        BaseRect box = {10 * (int)i, 5, 10, 8};

        reader_words_add(words, g_strndup(parts[i], slash - parts[i]), &box,
                         g_ascii_strtod(slash + 1, NULL));
    }
    return words;
}

static char *
join_text(const GArray *words)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < words->len; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);

        g_string_append_printf(text, "%s%s", i > 0 && !word->is_joined ? " " : "", word->text);
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *words;
    unsigned n_words;
    const char *text;
} join_cases[] = {
    {"plain/90 words/90", 2, "plain words"},
    {"你/90 好/90 世界/90", 1, "你好世界"},
    {"打/90 开/90 Chromium/90 浏/90 览/90", 3, "打开Chromium浏览"},
    {"full/90 ｗｉｄｅ/90", 2, "full wide"},
    {"ﬁle/90", 1, "file"},
    {"中，/90 文。/90", 1, "中，文。"},
};

static void
test_join(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(join_cases); i++) {
        g_autoptr(GArray) words = make_words(join_cases[i].words);
        g_autofree char *text = NULL;

        reader_words_join(words);
        text = join_text(words);
        assert_string_equal(text, join_cases[i].text);
        assert_int_equal(words->len, join_cases[i].n_words);
    }
}

static void
test_join_keeps_boxes(void **state)
{
    g_autoptr(GArray) words = make_words("a/90 你/80 好/60");
    const ReaderWord *word;

    reader_words_join(words);
    word = &g_array_index(words, ReaderWord, 1);
    assert_int_equal(word->box.x, 10);
    assert_int_equal(word->box.width, 20);
    assert_true(word->confidence > 69.9 && word->confidence < 70.1);
}

static const struct {
    const char *words;
    const char *plain; /* what is kept */
    const char *strict;
} noise_cases[] = {
    {"sure/90 words/61", "sure words", "sure"},
    {"noise/59", "", ""},
    {"sure/95 sure/95 -rw-r--/50", "sure sure -rw-r--", "sure sure"}, /* odd, in a sure line */
    {"sure/95 sure/95 wild/10", "sure sure", "sure sure"},
    {"sum/95 of/95 ¥18,450.00/27 due/95 now/95", "sum of ¥18,450.00 due now",
     "sum of ¥18,450.00 due now"},
    {"sum/95 of/95 ¥18,450.00/27 due/95", "sum of due", "sum of due"}, /* most of its line */
    {"四/26 Go/90", "Go", ""},                                         /* an icon before a link */
    {"@@#ab/95", "@@#ab", ""},
    {"ok/95 it/95 yes/95", "ok it yes", "yes"},
    {"中/95", "中", ""}, /* a button */
    {"供应/95", "供应", "供应"},
    {"口一/95", "口一", ""},
    {"herons/95 of/70 fens/95", "herons of fens", "herons of fens"},
    {"Q/95", "", ""}, /* a magnifying glass */
    {"7/95", "7", ""},
    /* Whoever drops a token leaves it in the picture. */
    {"eyJhbGci0iJIUzI1NiJ9.eyJzdWIi/20 x/20", "eyJhbGci0iJIUzI1NiJ9.eyJzdWIi",
     "eyJhbGci0iJIUzI1NiJ9.eyJzdWIi"},
    {"{password:/90 Starfish21w/20", "{password: Starfish21w", "{password: Starfish21w"},
    {"passwd=Starfish21w/20", "passwd=Starfish21w", "passwd=Starfish21w"},
    {"口令：Starfish21w/20", "口令：Starfish21w", "口令：Starfish21w"},
    {"gqaklcZkGuJ1/20", "gqaklcZkGuJ1", "gqaklcZkGuJ1"},
    {"jrtgaeScUHWM/20", "jrtgaeScUHWM", "jrtgaeScUHWM"},
    {"Starfishes/20", "", ""},
    {"l1I|1l/20", "", ""},
    {"a=Starfish/20", "", ""},
    {"11010119491001001X/20", "11010119491001001X", "11010119491001001X"},
    {"41111111111/20", "", ""},
    {"passwd=St/20", "", ""},
    {"---/95 +/95", "", ""},
    {"a/95 b/95", "a b", ""},
    {"了本/70 xq/20", "", ""}, /* icons in a row: what is short and of few strokes is none, */
    {"丨/95 人/90 B/88 zz/20 wv/10 qk/5", "", ""},
    {"四口/90 zz/20 wv/10", "", ""},
    {"否/90 zz/20 wv/10", "否", ""}, /* and what nothing else looks like is a word */
};

static void
test_noise(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(noise_cases); i++) {
        g_autoptr(GArray) words = make_words(noise_cases[i].words);
        g_autoptr(GArray) strict = reader_words_copy(words);
        g_autofree char *text = NULL;
        g_autofree char *strict_text = NULL;

        reader_words_drop_noise(words, FALSE);
        text = join_text(words);
        assert_string_equal(text, noise_cases[i].plain);
        reader_words_drop_noise(strict, TRUE);
        strict_text = join_text(strict);
        assert_string_equal(strict_text, noise_cases[i].strict);
    }
}

static void
test_shrink(void **state)
{
    g_autoptr(GArray) words = reader_words_new();
    BaseRect inside = {15, 12, 30, 15};
    BaseRect outside = {-5, 0, 3000, 2};

    reader_words_add(words, g_strdup("in"), &inside, 90);
    reader_words_add(words, g_strdup("out"), &outside, 90);
    reader_words_shrink(words, 6, 1.5, 100, 20);
    inside = (BaseRect){4, 2, 20, 10};
    assert_true(base_rect_equal(&g_array_index(words, ReaderWord, 0).box, &inside));
    outside = (BaseRect){0, 0, 100, 1};
    assert_true(base_rect_equal(&g_array_index(words, ReaderWord, 1).box, &outside));
}

/* A reading as Chinese: one word, 10 px a letter; two words of the same line as an alphabet. */
static const struct {
    const char *cjk;
    int width_px;
    const char *first;
    const char *second;
    const char *text;
} mix_cases[] = {
    {"00是常用的软件,", 150, "QQ", "ZSRAMARE", "QQ是常用的软件,"},
    {"2O26，年度", 100, "2026,", "SER", "2026,年度"},
    {"年度预算", 80, "SERA", "FIR", "年度预算"},
};

static void
test_mix_keeps_chinese_beside_letters(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mix_cases); i++) {
        g_autoptr(GArray) cjk = reader_words_new();
        g_autoptr(GArray) latin = reader_words_new();
        g_autofree char *text = NULL;
        int first_px = 10 * (int)strlen(mix_cases[i].first);
        BaseRect all = {0, 5, mix_cases[i].width_px, 8};
        BaseRect first = {0, 5, first_px, 8};
        BaseRect second = {first_px + 10, 5, all.width - first_px - 20, 8};

        reader_words_add(cjk, g_strdup(mix_cases[i].cjk), &all, 70);
        reader_words_add(latin, g_strdup(mix_cases[i].first), &first, 95);
        reader_words_add(latin, g_strdup(mix_cases[i].second), &second, 95);
        reader_words_mix(cjk, latin);
        text = join_text(cjk);
        assert_string_equal(text, mix_cases[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_join_keeps_boxes),
        cmocka_unit_test(test_mix_keeps_chinese_beside_letters),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_shrink),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
