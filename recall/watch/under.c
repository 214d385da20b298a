/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/under.h"

#include "recall/watch/letters.h"

#define CORE_SHARE 5 /* a box without so much of its height above and below holds the letters */
#define SIDE_PX 4    /* boxes of words are guesses, to so much */
#define ACROSS_SHARE 4
#define LINE_SHARE 3 /* of its height a word that was read is off at most */
#define EDGE_PX 6    /* letters reach beyond their boxes */
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
    gboolean is_under;
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

/* Returns: around those that were read and lie across others that were not */
static BaseRect
find_across(GArray *words)
{
    BaseRect above = {0};

    for (unsigned i = 0; i < words->len; i++) {
        Word *word = &g_array_index(words, Word, i);

        for (unsigned k = 0; word->is_missed && k < words->len; k++) {
            const Word *other = &g_array_index(words, Word, k);

            if (!other->is_read || other->run == word->run || !lies_across(&word->box, &other->box))
                continue;
            word->is_under = TRUE;
            base_rect_union(&above, &other->box, &above);
        }
    }
    return above;
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

/* Grows @rect on one side by a pixel a step, as long as nothing stands there. */
static void
spread_side(RecallFrame *frame, BaseRect *rect, int dx, int dy)
{
    uint32_t width_px;
    uint32_t height_px;
    BaseRect window = {0};

    recall_frame_get_size(frame, &width_px, &height_px);
    window.width = (int)width_px;
    window.height = (int)height_px;
    for (unsigned i = 0; i < SPREAD_MAX_PX; i++) {
        BaseRect strip = {dx > 0 ? rect->x + rect->width : rect->x + dx,
                          dy > 0 ? rect->y + rect->height : rect->y + dy, dx != 0 ? 1 : rect->width,
                          dy != 0 ? 1 : rect->height};

        if (!base_rect_contains(&window, &strip) || recall_frame_has_ink(frame, &strip))
            return;
        base_rect_union(rect, &strip, rect);
    }
}

/* What lies above others is larger than its words: to where something else stands. */
static BaseRect
spread(RecallFrame *frame, const BaseRect *words)
{
    BaseRect rect = base_rect_grow(words, EDGE_PX);

    spread_side(frame, &rect, -1, 0);
    spread_side(frame, &rect, 1, 0);
    spread_side(frame, &rect, 0, -1);
    spread_side(frame, &rect, 0, 1);
    return rect;
}

/* Who goes on under it, and who is not there. */
static void
find_around(GArray *words, const BaseRect *above, RecallFrame *frame, unsigned step)
{
    for (unsigned n = 0; n < words->len; n++) {
        unsigned at = step == BACK ? n : words->len - 1 - n;
        Word *word = &g_array_index(words, Word, at);
        BaseRect core = recall_under_get_core(&word->box);

        if (word->is_missed && goes_on_under(words, at, step))
            word->is_under = TRUE;
        else if (word->is_missed || (!word->is_read && base_rect_contains(above, &core)))
            word->is_under |= !recall_frame_has_ink(frame, &core);
    }
}

GArray *
recall_under_find(const GPtrArray *told,
                  const BaseRect *area,
                  RecallFrame *frame,
                  const GPtrArray *read)
{
    GArray *under = new_words();
    g_autoptr(GArray) words = collect_words(told, area, read);
    BaseRect above = find_across(words);

    if (base_rect_is_empty(&above))
        return under;
    above = spread(frame, &above);
    find_around(words, &above, frame, BACK);
    find_around(words, &above, frame, 1);
    for (unsigned i = 0; i < words->len; i++)
        add_under(under, &g_array_index(words, Word, i));
    return under;
}
