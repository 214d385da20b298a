/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/recogniser.h"

#include "recall/watch/reader/engine.h"
#include "recall/watch/reader/words.h"

#include <string.h>

/* Measured on rendered pages of known text; see docs/HACKING.md. */
#define PAD_PX 6
#define FACTOR 1.5
#define FACTOR_SHORT 2.0
#define HEIGHT_HARD_PX 52   /* bitmap letters are made so high, 1.5 to 4 times */
#define UNSURE 55           /* confidence: try the other engine */
#define UNSURE_SIZE 75      /* confidence: try another size, */
#define HOPELESS_SIZE 30    /* but not of what is no text, */
#define N_WORDS_AGAIN 3     /* nor of a long line, */
#define N_APART 3           /* but of so many words in it, each by itself */
#define LEAST_CJK_SHAPE 0.6 /* a character's width, of the line's height */
#define LONG_SHAPE 3        /* times as wide as high: no single word in a cell */

struct ReaderRecogniser {
    ReaderEngine *latin; /* either may be NULL, not both */
    ReaderEngine *cjk;
};

static gboolean
is_cjk_language(const char *language)
{
    return g_str_has_prefix(language, "chi_") || g_str_has_prefix(language, "jpn") ||
           g_str_has_prefix(language, "kor");
}

/* Returns: (transfer full): those of @languages that are CJK or are not, "" for none */
static char *
pick_languages(const char *languages, gboolean is_cjk)
{
    g_auto(GStrv) parts = g_strsplit(languages, "+", -1);
    g_autoptr(GString) picked = g_string_new(NULL);

    for (unsigned i = 0; parts[i] != NULL; i++)
        if (is_cjk_language(parts[i]) == is_cjk && *parts[i] != '\0')
            g_string_append_printf(picked, "%s%s", picked->len > 0 ? "+" : "", parts[i]);
    return g_string_free(g_steal_pointer(&picked), FALSE);
}

static gboolean
open_engine(const char *data_path, const char *languages, ReaderEngine **out, GError **error)
{
    if (*languages == '\0')
        return TRUE;
    *out = reader_engine_new(data_path, languages, error);
    return *out != NULL;
}

ReaderRecogniser *
reader_recogniser_new(const char *data_path, const char *languages, GError **error)
{
    g_autoptr(ReaderRecogniser) self = g_new0(ReaderRecogniser, 1);
    g_autofree char *latin = pick_languages(languages, FALSE);
    g_autofree char *cjk = pick_languages(languages, TRUE);

    if (!open_engine(data_path, latin, &self->latin, error) ||
        !open_engine(data_path, cjk, &self->cjk, error))
        return NULL;
    if (self->latin == NULL && self->cjk == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No language to read is set");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
reader_recogniser_free(ReaderRecogniser *self)
{
    if (self == NULL)
        return;
    reader_engine_free(self->latin);
    reader_engine_free(self->cjk);
    g_free(self);
}

typedef struct {
    double factor;
    ReaderKernel kernel;
} Enlargement;

static Enlargement
choose_enlargement(const ReaderCrop *line)
{
    if (reader_crop_is_hard(line))
        return (Enlargement){CLAMP((double)HEIGHT_HARD_PX / line->height, 1.5, 4),
                             READER_KERNEL_SOFT};
    if (line->width < LONG_SHAPE * line->height)
        return (Enlargement){FACTOR_SHORT, READER_KERNEL_LINEAR};
    return (Enlargement){FACTOR, READER_KERNEL_LANCZOS};
}

static GArray *
read_enlarged(ReaderEngine *engine, const ReaderCrop *line, const Enlargement *enlargement)
{
    double factor = enlargement->factor;
    g_autoptr(ReaderCrop) large = reader_crop_enlarge(line, PAD_PX, factor, enlargement->kernel);
    GArray *words = reader_engine_read(engine, large);

    if (words == NULL)
        return reader_words_new();
    reader_words_shrink(words, PAD_PX, factor, line->width, line->height);
    reader_words_join(words);
    return words;
}

/* Of two readings the surer one. */
static GArray *
choose(GArray *a, GArray *b)
{
    gboolean takes_a = reader_words_confidence(a) >= reader_words_confidence(b);

    g_array_unref(takes_a ? b : a);
    return takes_a ? a : b;
}

static const Enlargement usual = {FACTOR, READER_KERNEL_LANCZOS};
static const Enlargement other = {FACTOR_SHORT, READER_KERNEL_LINEAR};

/* Once more in another size when the first try was unsure of what looks like a word. */
static GArray *
read_with(ReaderEngine *engine, const ReaderCrop *line)
{
    Enlargement first = choose_enlargement(line);
    GArray *words = read_enlarged(engine, line, &first);
    double confidence = reader_words_confidence(words);

    if (confidence >= UNSURE_SIZE || confidence < HOPELESS_SIZE || words->len > N_WORDS_AGAIN ||
        first.kernel == READER_KERNEL_SOFT)
        return words;
    return choose(
        words, read_enlarged(engine, line, first.kernel == READER_KERNEL_LINEAR ? &usual : &other));
}

/* Whether there may be Chinese in a line that was read as an alphabet's: a word that makes no sense
 * and is as dense. */
static gboolean
may_hold_cjk(const ReaderCrop *line, const GArray *words)
{
    if (words->len == 0)
        return line->width >= line->height;
    for (unsigned i = 0; i < words->len; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);

        if (word->confidence < UNSURE && word->box.width >= LEAST_CJK_SHAPE * line->height &&
            reader_crop_part_density(line, &word->box) > READER_CROP_CJK_DENSITY)
            return TRUE;
    }
    return FALSE;
}

/* Characters of few strokes are no denser than letters, and make no sense as such. */
static gboolean
is_nonsense(const ReaderCrop *line, const GArray *words)
{
    return line->width >= LONG_SHAPE * line->height && words->len > 0 &&
           reader_words_confidence(words) < UNSURE;
}

/* Returns: the column halfway between two words that stand side by side */
static int
find_middle(const ReaderWord *before, const ReaderWord *after)
{
    return (before->box.x + before->box.width + after->box.x) / 2;
}

/* Reads what lies about one word and none of its neighbours. Returns: (transfer full): of
 * ReaderWord */
static GArray *
read_apart(const ReaderRecogniser *self, const ReaderCrop *line, const GArray *words, unsigned at)
{
    const ReaderWord *word = &g_array_index(words, ReaderWord, at);
    int left = at > 0 ? MIN(find_middle(word - 1, word), word->box.x) : 0;
    int end = word->box.x + MAX(word->box.width, 1);
    int right = at + 1 < words->len ? MAX(find_middle(word, word + 1), end) : line->width;
    g_autoptr(ReaderCrop) part = reader_crop_take_columns(line, left, right);
    GArray *again;

    if (reader_crop_density(part) <= 0)
        return reader_words_new();
    again = read_enlarged(reader_words_is_cjk(word) ? self->cjk : self->latin, part, &other);
    for (unsigned i = 0; i < again->len; i++)
        g_array_index(again, ReaderWord, i).box.x += left;
    return again;
}

/* What a single character was taken for may be an icon. */
static gboolean
is_doubtful(const ReaderWord *word)
{
    return word->confidence < UNSURE_SIZE && g_utf8_strlen(word->text, -1) > 1;
}

/* A sign that an engine does not know, and what stands beside the other script, makes it doubt a
 * word in a line that is sure but for that. Apart and in another size most are read. */
static void
read_doubtful(const ReaderRecogniser *self, const ReaderCrop *line, GArray *words)
{
    unsigned n_apart = 0;

    if (reader_words_confidence(words) < UNSURE || reader_crop_is_hard(line))
        return;
    for (unsigned i = words->len; i > 0 && n_apart < N_APART; i--) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i - 1);
        g_autoptr(GArray) again = NULL;

        if (!is_doubtful(word))
            continue;
        n_apart++;
        again = read_apart(self, line, words, i - 1);
        if (reader_words_confidence(again) > word->confidence)
            reader_words_put(words, i - 1, 1, again);
    }
    reader_words_join(words);
}

/* @latin: (transfer full) */
static GArray *
mix(const ReaderRecogniser *self, const ReaderCrop *line, GArray *cjk, GArray *latin)
{
    if (!reader_words_has_cjk(cjk))
        return choose(cjk, latin);
    reader_words_mix(cjk, latin);
    g_array_unref(latin);
    read_doubtful(self, line, cjk);
    return cjk;
}

/* @latin: (transfer full) */
static GArray *
mix_if_surer(const ReaderRecogniser *self, const ReaderCrop *line, GArray *cjk, GArray *latin)
{
    if (reader_words_confidence(cjk) > reader_words_confidence(latin))
        return mix(self, line, cjk, latin);
    g_array_unref(cjk);
    return latin;
}

GArray *
reader_recogniser_read(ReaderRecogniser *self, const ReaderCrop *line, double density)
{
    GArray *words;

    if (density <= 0) /* no ink: Tesseract has remarks on that */
        return reader_words_new();
    if (self->latin == NULL || self->cjk == NULL)
        return read_with(self->latin != NULL ? self->latin : self->cjk, line);
    if (density > READER_CROP_CJK_DENSITY) {
        words = read_with(self->cjk, line);
        return reader_words_has_latin(words) ? mix(self, line, words, read_with(self->latin, line))
                                             : words;
    }
    words = read_with(self->latin, line);
    if (may_hold_cjk(line, words))
        return mix(self, line, read_with(self->cjk, line), words);
    return is_nonsense(line, words) ? mix_if_surer(self, line, read_with(self->cjk, line), words)
                                    : words;
}
