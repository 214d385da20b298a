/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/words.h"

#include "recall/watch/text.h"

#include <math.h>
#include <string.h>

#define LETTER_SHARE_STRICT 0.6 /* of a word's characters that are letters or digits */
#define LATIN_LENGTH_STRICT 3   /* shorter Latin words are icons more often than not */
#define CJK_LENGTH_STRICT 2
#define PROSE_N_WORDS 2
#define CODE_MIN_LENGTH 20
#define MIXED_MIN_LENGTH 8
#define NUMBER_N_DIGITS_MIN 12
#define SETTING_NAME_MIN_LENGTH 3
#define SETTING_VALUE_MIN_LENGTH 4

static void
clear_word(void *word)
{
    g_free(((ReaderWord *)word)->text);
}

GArray *
reader_words_new(void)
{
    GArray *words = g_array_new(FALSE, TRUE, sizeof(ReaderWord));

    g_array_set_clear_func(words, clear_word);
    return words;
}

void
reader_words_add(GArray *self, char *text, const BaseRect *box, float confidence)
{
    ReaderWord word = {text, *box, confidence, FALSE};

    g_array_append_val(self, word);
}

void
reader_words_replace(GArray *self,
                     unsigned start,
                     unsigned n,
                     char *text,
                     const BaseRect *box,
                     float confidence)
{
    ReaderWord word = {text, *box, confidence, FALSE};

    g_array_remove_range(self, start, n);
    g_array_insert_val(self, start, word);
}

void
reader_words_put(GArray *self, unsigned start, unsigned n, GArray *with)
{
    g_array_remove_range(self, start, n);
    g_array_insert_vals(self, start, with->data, with->len);
    g_array_set_clear_func(with, NULL);
    g_array_set_size(with, 0);
}

void
reader_words_append(GArray *self, const GArray *others)
{
    for (unsigned i = 0; i < others->len; i++) {
        ReaderWord word = g_array_index(others, ReaderWord, i);

        word.text = g_strdup(word.text);
        g_array_append_val(self, word);
    }
}

GArray *
reader_words_copy(const GArray *self)
{
    GArray *copy = reader_words_new();

    reader_words_append(copy, self);
    return copy;
}

void
reader_words_shrink(GArray *self, int pad_px, double factor, int width, int height)
{
    for (unsigned i = 0; i < self->len; i++) {
        BaseRect *box = &g_array_index(self, ReaderWord, i).box;
        int left = (int)floor(box->x / factor) - pad_px;
        int top = (int)floor(box->y / factor) - pad_px;
        int right = (int)ceil((box->x + box->width) / factor) - pad_px;
        int bottom = (int)ceil((box->y + box->height) / factor) - pad_px;

        left = CLAMP(left, 0, width - 1);
        top = CLAMP(top, 0, height - 1);
        *box = (BaseRect){left, top, CLAMP(right, left + 1, width) - left,
                          CLAMP(bottom, top + 1, height) - top};
    }
}

/* Full-width punctuation is how Chinese is written, so it stays. */
static char *
normalize(const char *text)
{
    g_autoptr(GString) plain = g_string_new(NULL);

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        g_autofree char *one =
            g_utf8_normalize(text, g_utf8_next_char(text) - text, G_NORMALIZE_ALL_COMPOSE);

        if (one == NULL || (recall_text_is_cjk(c) && g_unichar_ispunct(c)))
            g_string_append_unichar(plain, c);
        else
            g_string_append(plain, one);
    }
    return g_utf8_normalize(plain->str, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

static gboolean
starts_cjk(const ReaderWord *word)
{
    return recall_text_is_cjk(g_utf8_get_char(word->text));
}

static gboolean
ends_cjk(const ReaderWord *word)
{
    const char *end = word->text + strlen(word->text);

    return recall_text_is_cjk(g_utf8_get_char(g_utf8_prev_char(end)));
}

/* Adds @next to the end of @word. */
static void
merge(ReaderWord *word, const ReaderWord *next)
{
    long n = g_utf8_strlen(word->text, -1);
    long n_next = g_utf8_strlen(next->text, -1);
    char *text = g_strconcat(word->text, next->text, NULL);

    g_free(word->text);
    word->text = text;
    word->confidence = (word->confidence * n + next->confidence * n_next) / (n + n_next);
    base_rect_union(&word->box, &next->box, &word->box);
}

void
reader_words_join(GArray *self)
{
    unsigned i = 0;

    while (i < self->len) {
        ReaderWord *word = &g_array_index(self, ReaderWord, i);
        ReaderWord *before = i > 0 ? word - 1 : NULL;
        char *text = normalize(word->text);

        g_free(word->text);
        word->text = text;
        if (before != NULL && ends_cjk(before) && starts_cjk(word)) {
            merge(before, word);
            g_array_remove_index(self, i);
            continue;
        }
        word->is_joined = before != NULL && (ends_cjk(before) || starts_cjk(word));
        i++;
    }
}

static gboolean
has_char(const GArray *words, gboolean (*is_it)(gunichar c))
{
    for (unsigned i = 0; i < words->len; i++)
        for (const char *at = g_array_index(words, ReaderWord, i).text; *at != '\0';
             at = g_utf8_next_char(at))
            if (is_it(g_utf8_get_char(at)))
                return TRUE;
    return FALSE;
}

static gboolean
is_latin(gunichar c)
{
    return g_unichar_isalnum(c) && !recall_text_is_cjk(c);
}

gboolean
reader_words_has_cjk(const GArray *self)
{
    return has_char(self, recall_text_is_cjk);
}

gboolean
reader_words_has_latin(const GArray *self)
{
    return has_char(self, is_latin);
}

gboolean
reader_words_is_cjk(const ReaderWord *word)
{
    return starts_cjk(word) && ends_cjk(word);
}

/* Copies the words of @from whose middle lies between the two columns. */
static GArray *
copy_between(const GArray *from, int left, int right)
{
    GArray *words = reader_words_new();

    for (unsigned i = 0; i < from->len; i++) {
        const ReaderWord *word = &g_array_index(from, ReaderWord, i);
        int middle = word->box.x + word->box.width / 2;

        if (middle >= left && middle < right)
            reader_words_add(words, g_strdup(word->text), &word->box, word->confidence);
    }
    return words;
}

static void
mix_stretch(GArray *self, unsigned start, unsigned *end, const GArray *latin)
{
    const ReaderWord *words = &g_array_index(self, ReaderWord, 0);
    int left = start > 0 ? words[start - 1].box.x + words[start - 1].box.width : G_MININT;
    int right = *end < self->len ? words[*end].box.x : G_MAXINT;
    g_autoptr(GArray) ours = copy_between(self, left, right);
    g_autoptr(GArray) theirs = copy_between(latin, left, right);
    unsigned n = theirs->len;

    if (n == 0 || reader_words_confidence(theirs) < reader_words_confidence(ours))
        return;
    reader_words_put(self, start, *end - start, theirs);
    *end = start + n;
}

/* Returns: the width of the text's first bytes, in letters: a Chinese character is as wide as two
 */
static int
measure(const char *text, const char *end)
{
    int n = 0;

    for (; text < end; text = g_utf8_next_char(text))
        n += recall_text_is_cjk(g_utf8_get_char(text)) ? 2 : 1;
    return n;
}

static gboolean
is_cjk_letter(gunichar c)
{
    return recall_text_is_cjk(c) && g_unichar_isalnum(c);
}

/* Returns: where the run of Chinese, or of no Chinese, ends that begins there; a Chinese comma goes
 * on with either */
static const char *
find_run_end(const char *text)
{
    gboolean is_cjk = recall_text_is_cjk(g_utf8_get_char(text));

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (is_cjk ? !recall_text_is_cjk(c) : is_cjk_letter(c))
            break;
    }
    return text;
}

/* Returns: how many words it became */
static unsigned
part_word(GArray *self, unsigned i)
{
    const ReaderWord *word = &g_array_index(self, ReaderWord, i);
    g_autoptr(GArray) parts = reader_words_new();
    const char *end = word->text + strlen(word->text);
    double letter_px = (double)word->box.width / measure(word->text, end);
    unsigned n;

    for (const char *at = word->text; at < end; at = find_run_end(at)) {
        const char *next = find_run_end(at);
        BaseRect box = {word->box.x + (int)(measure(word->text, at) * letter_px), word->box.y,
                        (int)(measure(at, next) * letter_px), word->box.height};

        reader_words_add(parts, g_strndup(at, next - at), &box, word->confidence);
    }
    n = parts->len;
    reader_words_put(self, i, 1, parts);
    return n;
}

/* The engine joins them when they stand close together: QQ是. */
static void
part_scripts(GArray *self)
{
    for (unsigned i = 0; i < self->len;)
        i += part_word(self, i);
}

void
reader_words_mix(GArray *self, const GArray *latin)
{
    unsigned start = 0;

    part_scripts(self);
    while (start < self->len) {
        unsigned end = start;

        while (end < self->len && !reader_words_is_cjk(&g_array_index(self, ReaderWord, end)))
            end++;
        if (end > start)
            mix_stretch(self, start, &end, latin);
        start = end + 1;
    }
    reader_words_join(self);
}

double
reader_words_confidence(const GArray *self)
{
    double sum = 0;
    long n = 0;

    for (unsigned i = 0; i < self->len; i++) {
        const ReaderWord *word = &g_array_index(self, ReaderWord, i);
        long length = g_utf8_strlen(word->text, -1);

        sum += word->confidence * length;
        n += length;
    }
    return n == 0 ? 0 : sum / n;
}

/* Characters of few strokes: what an icon or a border is most often taken for. */
static gboolean
is_box_like(gunichar c)
{
    return g_utf8_strchr("一二三四口日目回国田工土十丁七八人入丨", -1, c) != NULL;
}

/* Two letters or digits at least, or a character that nothing else looks like. */
static gboolean
tells_something(const ReaderWord *word)
{
    unsigned n_letters = 0;

    for (const char *at = word->text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (recall_text_is_cjk(c) && g_unichar_isalnum(c) && !is_box_like(c))
            return TRUE;
        n_letters += is_latin(c) != 0;
    }
    return n_letters >= 2;
}

static long
count_letters(const GArray *words)
{
    long n = 0;

    for (unsigned i = 0; i < words->len; i++)
        n += g_utf8_strlen(g_array_index(words, ReaderWord, i).text, -1);
    return n;
}

/* A long word's own doubt does not speak against its line, unless it is most of it; a short one may
 * be an icon. Returns: how sure the line is; @n_letters: of all of it */
static double
judge_around(const ReaderWord *word, double line_confidence, long n_letters)
{
    long n = g_utf8_strlen(word->text, -1);

    if (n < LATIN_LENGTH_STRICT || 2 * n > n_letters)
        return line_confidence;
    return MAX(line_confidence,
               (line_confidence * n_letters - word->confidence * n) / (n_letters - n));
}

/* In a line that is sure as a whole a doubtful word is a true one with odd signs in it. */
static gboolean
is_confident(const ReaderWord *word, double line_confidence, gboolean is_strict)
{
    if (line_confidence < READER_WORDS_SURE && g_utf8_strlen(word->text, -1) < LATIN_LENGTH_STRICT)
        return word->confidence >= READER_WORDS_ALONE && tells_something(word); /* among icons */
    if (is_strict)
        return word->confidence >= READER_WORDS_SURE_STRICT;
    return word->confidence >= READER_WORDS_SURE ||
           (line_confidence >= READER_WORDS_LINE_SURE && word->confidence >= READER_WORDS_DOUBTFUL);
}

static gboolean
has_letters(const ReaderWord *word)
{
    long n_letters = 0;
    long n = 0;

    for (const char *at = word->text; *at != '\0'; at = g_utf8_next_char(at)) {
        n++;
        n_letters += g_unichar_isalnum(g_utf8_get_char(at)) != 0;
    }
    return n_letters >= LETTER_SHARE_STRICT * n;
}

static gboolean
looks_like_text(const ReaderWord *word)
{
    long n_cjk = 0;
    long n_telling = 0; /* of the CJK ones */
    long n = 0;

    for (const char *at = word->text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        n++;
        n_cjk += recall_text_is_cjk(c) != 0;
        n_telling += recall_text_is_cjk(c) && !is_box_like(c);
    }
    if (!has_letters(word))
        return FALSE;
    return n_cjk > 0 ? n_cjk >= CJK_LENGTH_STRICT && n_telling > 0 : n >= LATIN_LENGTH_STRICT;
}

/* Among words that are text without a doubt the short ones are words as well, not icons. */
static gboolean
is_prose(const GArray *words, double line_confidence)
{
    unsigned n_sure = 0;

    for (unsigned i = 0; i < words->len; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);

        n_sure += is_confident(word, line_confidence, TRUE) && looks_like_text(word);
    }
    return n_sure >= PROSE_N_WORDS;
}

/* A lone letter is an icon more often than not, and a line of signs tells nothing. */
static gboolean
is_lone_sign(const GArray *words)
{
    long n = 0;
    gunichar last = 0;

    for (unsigned i = 0; i < words->len; i++)
        for (const char *at = g_array_index(words, ReaderWord, i).text; *at != '\0';
             at = g_utf8_next_char(at))
            if (g_unichar_isalnum(g_utf8_get_char(at))) {
                last = g_utf8_get_char(at);
                n++;
            }
    if (n == 1 && recall_text_is_cjk(last))
        return reader_words_confidence(words) < READER_WORDS_ALONE;
    return n == 0 || (n == 1 && !g_unichar_isdigit(last));
}

/* Letters and digits without a space, longer than any word: a token or a key; or the digits of a
 * card. It is hardly ever sure, but whoever drops it leaves a secret unseen. */
static gboolean
is_code(const ReaderWord *word)
{
    size_t n = strlen(word->text);
    size_t n_digits = 0;
    size_t n_letters = 0;

    for (size_t i = 0; i < n; i++) {
        n_digits += g_ascii_isdigit(word->text[i]) != 0;
        n_letters += g_ascii_isalpha(word->text[i]) != 0;
    }
    return n_digits >= NUMBER_N_DIGITS_MIN ||
           (n >= CODE_MIN_LENGTH && n_digits > 0 && n_letters > 0 &&
            n_digits + n_letters >= LETTER_SHARE_STRICT * n);
}

/* Letters with digits or capitals among them, and no sign: a password as like as not. */
static gboolean
is_mixed(const ReaderWord *word)
{
    const char *text = word->text;
    gboolean has_letter = FALSE;
    gboolean has_digit = FALSE;
    gboolean has_capital_within = FALSE;

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (!g_ascii_isalnum(text[i]))
            return FALSE;
        has_letter |= g_ascii_isalpha(text[i]) != 0;
        has_digit |= g_ascii_isdigit(text[i]) != 0;
        has_capital_within |= i > 0 && g_ascii_islower(text[i - 1]) && g_ascii_isupper(text[i]);
    }
    return strlen(text) >= MIXED_MIN_LENGTH && has_letter && (has_digit || has_capital_within);
}

/* What a label names is often no word, and whoever drops it leaves a password unseen. */
static gboolean
is_value(const GArray *words, unsigned at)
{
    const char *label = at > 0 ? g_array_index(words, ReaderWord, at - 1).text : "";

    return g_str_has_suffix(label, ":") || g_str_has_suffix(label, "=") ||
           g_str_has_suffix(label, "：");
}

/* A name with its value in one word; the same holds for it. */
static gboolean
is_setting(const ReaderWord *word)
{
    const char *at = word->text;
    glong n_name = 0;

    while (g_unichar_isalnum(g_utf8_get_char(at)) || *at == '_' || *at == '-') {
        n_name += recall_text_is_cjk(g_utf8_get_char(at)) ? 2 : 1;
        at = g_utf8_next_char(at);
    }
    if (n_name < SETTING_NAME_MIN_LENGTH)
        return FALSE;
    return (*at == '=' || *at == ':' || g_str_has_prefix(at, "：")) &&
           g_utf8_strlen(g_utf8_next_char(at), -1) >= SETTING_VALUE_MIN_LENGTH;
}

void
reader_words_drop_noise(GArray *self, gboolean is_strict)
{
    double line_confidence = reader_words_confidence(self);
    long n_letters = count_letters(self);
    gboolean has_prose;
    unsigned i = 0;

    if (is_lone_sign(self)) {
        g_array_set_size(self, 0);
        return;
    }

    has_prose = is_strict && is_prose(self, line_confidence);
    while (i < self->len) {
        const ReaderWord *word = &g_array_index(self, ReaderWord, i);
        gboolean is_in_prose = has_prose && has_letters(word);

        if (is_code(word) || is_mixed(word) || is_value(self, i) || is_setting(word) ||
            (is_confident(word, judge_around(word, line_confidence, n_letters),
                          is_strict && !is_in_prose) &&
             (!is_strict || is_in_prose || looks_like_text(word))))
            i++;
        else
            g_array_remove_index(self, i);
    }
}
