/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/glyphs.h"

#include "recall/watch/reader/words.h"

#include <string.h>

#define N_CANDIDATES 4
#define VOTES_MIN 3    /* of which a letter is known */
#define SHARE_MIN 0.75 /* of all its votes */
#define VOTES_MAX 200  /* then old votes fade, so that a mistake can be mended */

/* A font has one shape for a letter. One that has it by so large a share owns it; another shape
 * (bold, say) has it only by as many votes and as large a share. */
#define OWNER_SHARE_MIN 0.9
#define RIVAL_VOTES_MIN 5
#define RIVAL_SHARE_MIN 0.9

#define SURE_CONFIDENCE 90 /* the vote of such a word weighs more: */
#define SURE_WEIGHT 1.5f
#define KNOWN_CONFIDENCE 96 /* of a word of known letters */

/* Of a word's letters; then the engine is believed about the others. */
#define MOSTLY_KNOWN_SHARE 0.7
#define MOSTLY_KNOWN_CONFIDENCE 75

typedef struct {
    gunichar c;
    float votes;
} Candidate;

typedef struct {
    uint64_t key;
    int pitch;
    Candidate candidates[N_CANDIDATES]; /* the first has the most votes */
} Glyph;

struct ReaderGlyphs {
    GHashTable *glyphs; /* uint64_t in the Glyph, to Glyph */
    GHashTable *owners; /* key_of() a letter, to the Glyph that has the most votes for it */
    int pitch;
};

ReaderGlyphs *
reader_glyphs_new(void)
{
    ReaderGlyphs *self = g_new0(ReaderGlyphs, 1);

    self->glyphs = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    self->owners = g_hash_table_new(NULL, NULL);
    return self;
}

void
reader_glyphs_free(ReaderGlyphs *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->glyphs);
    g_hash_table_unref(self->owners);
    g_free(self);
}

int
reader_glyphs_pitch(const ReaderGlyphs *self)
{
    return self->pitch;
}

static void *
key_of(int pitch, gunichar c)
{
    return GSIZE_TO_POINTER(c * (size_t)(READER_GRID_PITCH_MAX_PX + 1) + pitch);
}

static Glyph *
find_or_add(ReaderGlyphs *self, uint64_t key, int pitch)
{
    Glyph *glyph = g_hash_table_lookup(self->glyphs, &key);

    if (glyph != NULL)
        return glyph;
    if (g_hash_table_size(self->glyphs) >= READER_GLYPHS_N_MAX) {
        g_hash_table_remove_all(self->glyphs);
        g_hash_table_remove_all(self->owners);
    }
    glyph = g_new0(Glyph, 1);
    glyph->key = key;
    glyph->pitch = pitch;
    g_hash_table_insert(self->glyphs, &glyph->key, glyph);
    return glyph;
}

/* A terminal's font has straight quotes; the engine bends them. */
static gunichar
straighten(gunichar c)
{
    if (c == 0x2018 || c == 0x2019 || c == 0x201a)
        return '\'';
    return c == 0x201c || c == 0x201d || c == 0x201e ? '"' : c;
}

static float
sum_votes(const Glyph *glyph)
{
    float sum = 0;

    for (int i = 0; i < N_CANDIDATES; i++)
        sum += glyph->candidates[i].votes;
    return sum;
}

static void
fade(Glyph *glyph)
{
    if (sum_votes(glyph) < VOTES_MAX)
        return;
    for (int i = 0; i < N_CANDIDATES; i++)
        glyph->candidates[i].votes /= 2;
}

/* Notes the shape as its letter's owner if no other has more votes. */
static void
claim(ReaderGlyphs *self, Glyph *glyph)
{
    void *key = key_of(glyph->pitch, glyph->candidates[0].c);
    const Glyph *owner = g_hash_table_lookup(self->owners, key);

    if (owner == NULL || owner->candidates[0].c != glyph->candidates[0].c ||
        owner->candidates[0].votes < glyph->candidates[0].votes)
        g_hash_table_insert(self->owners, key, glyph);
}

/* A letter that has no place yet takes the last one, of which there are fewest votes. */
static void
vote(ReaderGlyphs *self, uint64_t key, int pitch, gunichar c, float weight)
{
    Glyph *glyph = find_or_add(self, key, pitch);
    Candidate *candidates = glyph->candidates;
    int i = 0;

    while (i < N_CANDIDATES - 1 && candidates[i].c != c && candidates[i].c != 0)
        i++;
    if (candidates[i].c != c)
        candidates[i] = (Candidate){c, 0};
    candidates[i].votes += weight;
    for (; i > 0 && candidates[i].votes > candidates[i - 1].votes; i--) {
        Candidate swap = candidates[i];

        candidates[i] = candidates[i - 1];
        candidates[i - 1] = swap;
    }
    fade(glyph);
    claim(self, glyph);
}

/* Whether another shape is this letter beyond doubt: a font has one shape for each. */
static gboolean
is_owned_by_other(const ReaderGlyphs *self, const Glyph *glyph, gunichar c)
{
    const Glyph *owner = g_hash_table_lookup(self->owners, key_of(glyph->pitch, c));

    return owner != NULL && owner != glyph && owner->candidates[0].c == c &&
           owner->candidates[0].votes >= VOTES_MIN &&
           owner->candidates[0].votes >= OWNER_SHARE_MIN * sum_votes(owner);
}

/* Returns: 0 when it is not known */
static gunichar
get_letter(const ReaderGlyphs *self, uint64_t key)
{
    const Glyph *glyph = g_hash_table_lookup(self->glyphs, &key);
    const Candidate *first;
    float sum;

    if (glyph == NULL)
        return 0;
    first = &glyph->candidates[0];
    sum = first->votes;
    for (int i = 1; i < N_CANDIDATES && glyph->candidates[i].c != 0; i++)
        if (!is_owned_by_other(self, glyph, glyph->candidates[i].c))
            sum += glyph->candidates[i].votes;
    if (is_owned_by_other(self, glyph, first->c) &&
        (first->votes < RIVAL_VOTES_MIN || first->votes < RIVAL_SHARE_MIN * sum))
        return 0;
    return first->votes >= VOTES_MIN && first->votes >= SHARE_MIN * sum ? first->c : 0;
}

/* The words that stand where the token stands. Returns: FALSE when one of them reaches beyond it */
static gboolean
find_words(const GArray *words,
           const ReaderCells *cells,
           const ReaderToken *token,
           unsigned *start,
           unsigned *end)
{
    int left = reader_cells_column(cells, token->start);
    int right = reader_cells_column(cells, token->end);
    int slack = cells->grid.pitch;

    *start = 0;
    while (*start < words->len) {
        const BaseRect *box = &g_array_index(words, ReaderWord, *start).box;

        if (box->x + box->width / 2 >= left)
            break;
        (*start)++;
    }
    for (*end = *start; *end < words->len; (*end)++) {
        const BaseRect *box = &g_array_index(words, ReaderWord, *end).box;

        if (box->x + box->width / 2 >= right)
            break;
        if (box->x < left - slack || box->x + box->width > right + slack)
            return FALSE;
    }
    return *end > *start;
}

/* The cells that a word fills. Returns: FALSE unless it has one letter for each */
static gboolean
find_cells(const ReaderCells *cells, const ReaderWord *word, ReaderToken *out)
{
    int pitch = cells->grid.pitch;

    out->start = MAX(word->box.x - cells->x + pitch / 2, 0) / pitch;
    out->end = MAX(word->box.x + word->box.width - cells->x + pitch / 2, 0) / pitch;
    return out->end > out->start && out->end <= cells->keys->len &&
           (unsigned)g_utf8_strlen(word->text, -1) == out->end - out->start;
}

/* Returns: (transfer full) */
static char *
join_words(const GArray *words, unsigned start, unsigned end)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = start; i < end; i++)
        g_string_append(text, g_array_index(words, ReaderWord, i).text);
    return g_string_free(text, FALSE);
}

/* Returns: how many letters of @text were known as others */
static unsigned
learn_token(ReaderGlyphs *self,
            const ReaderCells *cells,
            const ReaderToken *token,
            const char *text,
            float weight)
{
    unsigned n_others = 0;

    for (unsigned i = token->start; i < token->end; i++, text = g_utf8_next_char(text)) {
        uint64_t key = g_array_index(cells->keys, uint64_t, i);
        gunichar c = straighten(g_utf8_get_char(text));
        gunichar known = get_letter(self, key);

        n_others += known != 0 && known != c;
        vote(self, key, cells->grid.pitch, c, weight);
    }
    self->pitch = cells->grid.pitch;
    return n_others;
}

static float
get_weight(const ReaderWord *word)
{
    return word->confidence >= SURE_CONFIDENCE ? SURE_WEIGHT : 1;
}

/* Of a token of which not every letter was read some words may have theirs. */
static unsigned
learn_words(ReaderGlyphs *self,
            const ReaderCells *cells,
            const GArray *words,
            unsigned start,
            unsigned end)
{
    unsigned n_others = 0;

    for (unsigned i = start; i < end; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);
        ReaderToken part;

        if (find_cells(cells, word, &part))
            n_others += learn_token(self, cells, &part, word->text, get_weight(word));
    }
    return n_others;
}

unsigned
reader_glyphs_learn(ReaderGlyphs *self, const ReaderCells *cells, const GArray *words)
{
    ReaderToken token = {0};
    unsigned n_others = 0;

    while (reader_cells_next_token(cells, token.end, &token)) {
        unsigned start;
        unsigned end;
        g_autofree char *text = NULL;

        if (!find_words(words, cells, &token, &start, &end))
            continue;
        text = join_words(words, start, end);
        if (g_utf8_strlen(text, -1) == token.end - token.start)
            n_others += learn_token(self, cells, &token, text,
                                    get_weight(&g_array_index(words, ReaderWord, start)));
        else if (end - start > 1)
            n_others += learn_words(self, cells, words, start, end);
    }
    return n_others;
}

/* Returns: (transfer full): NULL when a letter is not known. @guess: (nullable): as many letters,
 * used for those */
static char *
spell(const ReaderGlyphs *self,
      const ReaderCells *cells,
      const ReaderToken *token,
      const char *guess)
{
    const uint64_t *keys = (const uint64_t *)(void *)cells->keys->data;
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = token->start; i < token->end; i++) {
        gunichar c = get_letter(self, keys[i]);

        if (c == 0 && guess == NULL)
            return NULL;
        g_string_append_unichar(text, c != 0 ? c : g_utf8_get_char(guess));
        if (guess != NULL)
            guess = g_utf8_next_char(guess);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Whether nothing was read where the token stands. */
static gboolean
is_unread(const GArray *words, const ReaderCells *cells, const ReaderToken *token)
{
    int slack = cells->grid.pitch / 2;

    for (unsigned i = 0; i < words->len; i++) {
        const BaseRect *box = &g_array_index(words, ReaderWord, i).box;

        if (box->x < reader_cells_column(cells, token->end) - slack &&
            box->x + box->width > reader_cells_column(cells, token->start) + slack)
            return FALSE;
    }
    return TRUE;
}

static unsigned
count_known(const ReaderGlyphs *self, const ReaderCells *cells, const ReaderToken *token)
{
    unsigned n = 0;

    for (unsigned i = token->start; i < token->end; i++)
        n += get_letter(self, g_array_index(cells->keys, uint64_t, i)) != 0;
    return n;
}

unsigned
reader_glyphs_count_known(const ReaderGlyphs *self, const ReaderCells *cells)
{
    ReaderToken all = {.start = 0, .end = cells->keys->len};

    return count_known(self, cells, &all);
}

gboolean
reader_glyphs_knows(const ReaderGlyphs *self, const ReaderCells *cells, const ReaderToken *token)
{
    return count_known(self, cells, token) == token->end - token->start;
}

static BaseRect
get_box(const ReaderCells *cells, const ReaderToken *token)
{
    int left = MAX(reader_cells_column(cells, token->start), 0);

    return (BaseRect){left, 0, reader_cells_column(cells, token->end) - left, cells->height};
}

GArray *
reader_glyphs_read(ReaderGlyphs *self, const ReaderCells *cells)
{
    g_autoptr(GArray) words = reader_words_new();
    ReaderToken token = {0};

    while (reader_cells_next_token(cells, token.end, &token)) {
        char *text = spell(self, cells, &token, NULL);
        BaseRect box = get_box(cells, &token);

        if (text == NULL)
            return NULL;
        reader_words_add(words, text, &box, KNOWN_CONFIDENCE);
    }
    return words->len > 0 ? g_steal_pointer(&words) : NULL;
}

/* Returns: (transfer full): the words from @start on as one, of known letters where each of a
 * word's letters has its cell */
static char *
spell_words(const ReaderGlyphs *self,
            const ReaderCells *cells,
            const GArray *words,
            unsigned start,
            unsigned end)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = start; i < end; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);
        ReaderToken part;
        g_autofree char *known =
            find_cells(cells, word, &part) ? spell(self, cells, &part, word->text) : NULL;

        g_string_append(text, known != NULL ? known : word->text);
    }
    return g_string_free(text, FALSE);
}

static float
get_confidence(const ReaderGlyphs *self,
               const ReaderCells *cells,
               const ReaderToken *token,
               const ReaderWord *word)
{
    if (count_known(self, cells, token) >= MOSTLY_KNOWN_SHARE * (token->end - token->start))
        return MAX(word->confidence, MOSTLY_KNOWN_CONFIDENCE);
    return word->confidence;
}

static void
correct_token(ReaderGlyphs *self, const ReaderCells *cells, const ReaderToken *token, GArray *words)
{
    g_autofree char *text = spell(self, cells, token, NULL);
    g_autofree char *read = NULL;
    float confidence = KNOWN_CONFIDENCE;
    BaseRect box = get_box(cells, token);
    unsigned start;
    unsigned end;
    gboolean is_apart = find_words(words, cells, token, &start, &end);

    if (!is_apart && (text == NULL || !is_unread(words, cells, token)))
        return;
    if (text == NULL) {
        confidence = get_confidence(self, cells, token, &g_array_index(words, ReaderWord, start));
        read = join_words(words, start, end);
        text = g_utf8_strlen(read, -1) == token->end - token->start
                   ? spell(self, cells, token, read)
                   : spell_words(self, cells, words, start, end);
    }
    reader_words_replace(words, start, end - start, g_steal_pointer(&text), &box, confidence);
}

void
reader_glyphs_correct(ReaderGlyphs *self, const ReaderCells *cells, GArray *words)
{
    ReaderToken token = {0};

    while (reader_cells_next_token(cells, token.end, &token))
        correct_token(self, cells, &token, words);
}
