/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/under.h"

#include "recall/watch/letters.h"

#define CORE_SHARE 5 /* a box without so much of its height above and below holds the letters */
#define SIDE_PX 4    /* boxes of words are guesses, to so much */
#define ACROSS_SHARE 4
#define LINE_SHARE 3 /* of its height a word that was read is off at most */
#define NEAR_PX 48   /* what lies above others is larger than its words, but has no wider gaps */
#define SPREAD_MAX_PX 400
#define ALIKE_PERCENT 60
#define N_LETTERS_WITHIN 4 /* so many in a row are no accident */
#define BACK G_MAXUINT     /* a step to the one before */

/* A word that was told. */
typedef struct {
    RecallRun *run; /* borrowed */
    BaseRect box;
    gboolean is_missed; /* it was looked for and not read */
    gboolean is_read;
    gboolean is_above; /* it was read across one that was not */
    gboolean is_under;
    gboolean is_inked; /* something stands there */
} Word;

static void
clear_word(void *data)
{
    recall_run_unref(((RecallUnderWord *)data)->run);
}

static GArray *
new_words(void)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(RecallUnderWord));

    g_array_set_clear_func(words, clear_word);
    return words;
}

static void
add_under(GArray *under, const Word *word)
{
    RecallUnderWord copy = {word->run, word->box};

    if (!word->is_under)
        return;
    recall_run_ref(copy.run);
    g_array_append_val(under, copy);
}

BaseRect
recall_under_get_core(const BaseRect *box)
{
    int side = MIN(SIDE_PX, box->width / 4);
    int leading = box->height / CORE_SHARE;

    return (BaseRect){box->x + side, box->y + leading, box->width - 2 * side,
                      box->height - 2 * leading};
}

static gboolean
is_like(const gunichar *told, unsigned n_told, const char *text)
{
    gunichar letters[RECALL_LETTERS_N_MAX];
    unsigned n = recall_letters_fold(text, letters);
    unsigned n_common = recall_letters_count_common(told, n_told, letters, n);

    return n_common > 0 && ((n_common == n_told && n_told >= N_LETTERS_WITHIN) ||
                            200 * n_common >= ALIKE_PERCENT * (n_told + n));
}

/* Whether @read stands in the line of @told. */
static gboolean
is_in_line(const BaseRect *told, const BaseRect *read)
{
    int off = (2 * told->y + told->height - 2 * read->y - read->height) / 2;
    BaseRect around = {told->x - SIDE_PX, read->y, told->width + 2 * SIDE_PX, read->height};

    return ABS(off) * LINE_SHARE <= told->height && base_rect_has_centre(&around, read);
}

/* The words of OCR in @box, from left to right. */
static char *
dup_read(const GPtrArray *read, const BaseRect *box)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < read->len; i++) {
        const RecallRun *run = read->pdata[i];

        for (unsigned k = 0; k < run->words->len; k++) {
            const ProtocolSpan *word = &g_array_index(run->words, ProtocolSpan, k);

            if (is_in_line(box, &word->box))
                g_string_append_len(text, run->text + word->start_bytes, word->length_bytes);
        }
    }
    return g_string_free(text, FALSE);
}

static gboolean
is_read(const RecallRun *run, const ProtocolSpan *word, const GPtrArray *read)
{
    g_autofree char *told = g_strndup(run->text + word->start_bytes, word->length_bytes);
    g_autofree char *text = dup_read(read, &word->box);
    gunichar letters[RECALL_LETTERS_N_MAX];
    unsigned n = recall_letters_fold(told, letters);

    return n > 0 && is_like(letters, n, text);
}

static void
add_words(GArray *words, RecallRun *run, const BaseRect *area, const GPtrArray *read)
{
    for (unsigned i = 0; i < run->words->len && words->len < RECALL_UNDER_N_WORDS_MAX; i++) {
        const ProtocolSpan *span = &g_array_index(run->words, ProtocolSpan, i);
        Word word = {.run = run, .box = span->box};

        if (base_rect_intersect(area, &span->box, NULL))
            word.is_read = is_read(run, span, read);
        word.is_missed = !word.is_read && base_rect_contains(area, &span->box);
        g_array_append_val(words, word);
    }
}

/* Returns: of Word: those of @told in whose lines OCR read something, or could have */
static GArray *
collect_words(const GPtrArray *told, const BaseRect *area, const GPtrArray *read)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(Word));

    for (unsigned i = 0; i < told->len; i++) {
        RecallRun *run = told->pdata[i];
        BaseRect around = base_rect_grow(area, SPREAD_MAX_PX);

        if (base_rect_intersect(&around, &run->box, NULL))
            add_words(words, run, area, read);
    }
    return words;
}

static gboolean
lies_across(const BaseRect *a, const BaseRect *b)
{
    BaseRect common;

    return base_rect_intersect(a, b, &common) &&
           common.width >= MIN(MIN(a->width, b->width) / ACROSS_SHARE, 2 * SIDE_PX) &&
           common.height * ACROSS_SHARE >= MIN(a->height, b->height);
}

/* Finds those that were read and lie across others that were not. Returns: whether there are any */
static gboolean
find_across(GArray *words)
{
    gboolean is_any = FALSE;

    for (unsigned i = 0; i < words->len; i++) {
        Word *word = &g_array_index(words, Word, i);

        for (unsigned k = 0; word->is_missed && k < words->len; k++) {
            Word *other = &g_array_index(words, Word, k);

            if (!other->is_read || other->run == word->run || !lies_across(&word->box, &other->box))
                continue;
            word->is_under = other->is_above = is_any = TRUE;
        }
    }
    return is_any;
}

/* Whether the word before or after it in its line lies under something. */
static gboolean
goes_on_under(GArray *words, unsigned at, unsigned step)
{
    const Word *word = &g_array_index(words, Word, at);
    const Word *next = NULL;

    if (at + step >= words->len)
        return FALSE;
    next = &g_array_index(words, Word, at + step);
    return next->run == word->run && next->is_under;
}

static void
look_for_ink(Word *word, RecallFrame *frame)
{
    BaseRect core = recall_under_get_core(&word->box);

    word->is_inked = recall_frame_has_ink(frame, &core);
    word->is_under |= !word->is_inked;
}

/* Who goes on under it, and who was looked for where nothing is. */
static void
find_around(GArray *words, RecallFrame *frame, unsigned step)
{
    for (unsigned n = 0; n < words->len; n++) {
        unsigned at = step == BACK ? n : words->len - 1 - n;
        Word *word = &g_array_index(words, Word, at);

        if (word->is_missed && goes_on_under(words, at, step))
            word->is_under = TRUE;
        else if (word->is_missed && !word->is_inked)
            look_for_ink(word, frame);
    }
}

/* Who is told where nothing is, near @known. Adds those to @found, by their place in @words. */
static void
spread_from(GArray *words, BaseRect known, RecallFrame *frame, GArray *found)
{
    known = base_rect_grow(&known, NEAR_PX);
    for (unsigned i = 0; i < words->len; i++) {
        Word *word = &g_array_index(words, Word, i);

        if (word->is_read || word->is_under || word->is_inked ||
            !base_rect_intersect(&known, &word->box, NULL))
            continue;
        look_for_ink(word, frame);
        if (word->is_under)
            g_array_append_val(found, i);
    }
}

/* What lies above others is larger than its words. */
static void
spread(GArray *words, RecallFrame *frame)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(unsigned));

    for (unsigned i = 0; i < words->len; i++) {
        const Word *word = &g_array_index(words, Word, i);

        if (word->is_above || word->is_under)
            g_array_append_val(found, i);
    }
    for (unsigned i = 0; i < found->len; i++)
        spread_from(words, g_array_index(words, Word, g_array_index(found, unsigned, i)).box, frame,
                    found);
}

GArray *
recall_under_find(const GPtrArray *told,
                  const BaseRect *area,
                  RecallFrame *frame,
                  const GPtrArray *read)
{
    GArray *under = new_words();
    g_autoptr(GArray) words = collect_words(told, area, read);

    if (!find_across(words))
        return under;
    find_around(words, frame, BACK);
    find_around(words, frame, 1);
    spread(words, frame);
    for (unsigned i = 0; i < words->len; i++)
        add_under(under, &g_array_index(words, Word, i));
    return under;
}
