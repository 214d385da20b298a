/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/tokenizer.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
    gunichar first;
    gunichar last;
} Range;

/* Characters that are a token each; sorted. */
static const Range single_ranges[] = {
    {0x1100, 0x11ff},   /* Hangul letters */
    {0x2194, 0x2199},   /* arrows that are emoji */
    {0x21a9, 0x21aa},   /* arrows that are emoji */
    {0x231a, 0x231b},   /* watch, hourglass */
    {0x2328, 0x2328},   /* keyboard */
    {0x23cf, 0x23cf},   /* eject */
    {0x23e9, 0x23fa},   /* player buttons, clocks */
    {0x25aa, 0x25ab},   /* squares that are emoji */
    {0x25b6, 0x25b6},   /* play */
    {0x25c0, 0x25c0},   /* reverse */
    {0x25fb, 0x25fe},   /* squares that are emoji */
    {0x2600, 0x27bf},   /* miscellaneous symbols, dingbats */
    {0x2934, 0x2935},   /* curved arrows */
    {0x2b05, 0x2b07},   /* arrows that are emoji */
    {0x2b1b, 0x2b1c},   /* squares that are emoji */
    {0x2b50, 0x2b55},   /* star, circle */
    {0x2e80, 0x2fdf},   /* radicals */
    {0x3004, 0x3007},   /* repetition marks, zero */
    {0x3021, 0x302f},   /* Hangzhou numerals */
    {0x3031, 0x303d},   /* kana repetition marks, numerals */
    {0x3041, 0x3098},   /* Hiragana */
    {0x309d, 0x309f},   /* Hiragana marks */
    {0x30a1, 0x30fa},   /* Katakana */
    {0x30fc, 0x312f},   /* Katakana marks, Bopomofo */
    {0x3131, 0x318e},   /* Hangul letters */
    {0x31a0, 0x4dbf},   /* Bopomofo, strokes, enclosed and squared forms, extension A */
    {0x4e00, 0x9fff},   /* unified ideographs */
    {0xa000, 0xa4c6},   /* Yi */
    {0xa960, 0xa97f},   /* Hangul letters */
    {0xac00, 0xd7fb},   /* Hangul syllables */
    {0xf900, 0xfaff},   /* compatibility ideographs */
    {0x16fe0, 0x18d8f}, /* Tangut, Khitan */
    {0x1aff0, 0x1b2ff}, /* kana supplements, Nushu */
    {0x1f000, 0x1faff}, /* emoji */
    {0x20000, 0x3fffd}, /* extensions B and on */
};

/* Characters that neither part a word nor count in it; sorted. */
static const Range ignored_ranges[] = {
    {0xad, 0xad},       /* soft hyphen */
    {0x300, 0x36f},     /* accents that did not compose */
    {0x200c, 0x200d},   /* joiners */
    {0x2060, 0x2060},   /* word joiner */
    {0x20d0, 0x20ff},   /* marks for symbols, keycap */
    {0x3099, 0x309a},   /* voicing marks */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xe0000, 0xe01ef}, /* tags, variation selectors */
};

/* What a word is written with or without: points, and what draws it out; sorted. */
static const Range point_ranges[] = {
    {0x591, 0x5bd}, /* Hebrew */
    {0x5bf, 0x5bf}, /* Hebrew */
    {0x5c1, 0x5c2}, /* Hebrew */
    {0x5c4, 0x5c5}, /* Hebrew */
    {0x5c7, 0x5c7}, /* Hebrew */
    {0x610, 0x61a}, /* Arabic */
    {0x640, 0x640}, /* Arabic: tatweel */
    {0x64b, 0x65f}, /* Arabic: vowels, shadda, hamza */
    {0x670, 0x670}, /* Arabic: small alef */
    {0x6d6, 0x6dc}, /* Arabic: of the Quran */
    {0x6df, 0x6e4}, /* Arabic: of the Quran */
    {0x6e7, 0x6e8}, /* Arabic: of the Quran */
    {0x6ea, 0x6ed}, /* Arabic: of the Quran */
    {0x711, 0x711}, /* Syriac */
    {0x730, 0x74a}, /* Syriac */
    {0x8d3, 0x8e1}, /* Arabic: of the Quran */
    {0x8e3, 0x8ff}, /* Arabic: of the Quran */
    {0x93c, 0x93c}, /* Devanagari: nukta */
};

static int
compare_range(const void *key, const void *element)
{
    gunichar ch = *(const gunichar *)key;
    const Range *range = element;

    return ch < range->first ? -1 : ch > range->last;
}

static gboolean
is_in(gunichar ch, const Range *ranges, size_t n_ranges)
{
    return bsearch(&ch, ranges, n_ranges, sizeof *ranges, compare_range) != NULL;
}

static gboolean
is_point(gunichar ch)
{
    return ch >= 0x591 && ch <= 0x93c && is_in(ch, point_ranges, G_N_ELEMENTS(point_ranges));
}

gboolean
recall_tokenizer_is_single(gunichar ch)
{
    if (ch >= 0x4e00 && ch <= 0x9fff)
        return TRUE;
    return ch >= 0x1100 && is_in(ch, single_ranges, G_N_ELEMENTS(single_ranges));
}

unsigned
recall_tokenizer_decode(const char *text, size_t length_bytes, gunichar *out_ch)
{
    unsigned char lead = text[0];
    gunichar ch = 0;
    unsigned length = 0;

    *out_ch = lead;
    if (lead < 0x80)
        return 1;
    ch = g_utf8_get_char_validated(text, length_bytes);
    if (ch >= 0x110000) {
        *out_ch = G_MAXUINT32;
        return 1;
    }
    length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    *out_ch = ch;
    return length;
}

/* By what rules an index was filled: it is damaged by a delete by any others. */
typedef enum {
    RULES_POINTED, /* up to schema 2: a word with points is another word */
    RULES_BARE,
} Rules;

/* Letters of India, Thailand and so on whose parts may be typed one by one, and letters of Hebrew
 * and Arabic with their points, or as a printer shapes them. */
static gboolean
has_parts(gunichar ch)
{
    return (ch >= 0x622 && ch <= 0x626) || (ch >= 0x6c0 && ch <= 0x6d3) ||
           (ch >= 0x900 && ch <= 0x1026) || (ch >= 0xfb1d && ch <= 0xfdc7) ||
           (ch >= 0xfe70 && ch <= 0xfefc);
}

/* Full-width, half-width, ligature and mathematical forms to the plain characters.
 * Returns: how many, at most RECALL_TOKENIZER_FOLD_N_MAX */
static unsigned
map_form(gunichar ch, Rules rules, gunichar *out)
{
    out[0] = ch;
    if (ch == 0x3000)
        out[0] = ' ';
    else if ((ch >= 0xfb00 && ch <= 0xfb06) || (ch >= 0xff01 && ch <= 0xffee) ||
             (ch >= 0x1d400 && ch <= 0x1d7ff) || (ch >= 0xf900 && ch <= 0xfaff) ||
             (rules == RULES_BARE && has_parts(ch)))
        return MIN(g_unichar_fully_decompose(ch, TRUE, out, RECALL_TOKENIZER_FOLD_N_MAX),
                   RECALL_TOKENIZER_FOLD_N_MAX);
    return 1;
}

static gboolean
is_composing(gunichar ch)
{
    return (ch >= 0x300 && ch <= 0x36f) || (ch >= 0x1161 && ch <= 0x11ff) ||
           (ch >= 0x3099 && ch <= 0x309a);
}

/* The next character with the loose marks that compose with it, as plain characters.
 * Returns: bytes read */
static size_t
read_plain(const char *text, size_t length_bytes, Rules rules, gunichar *out, unsigned *out_n)
{
    gunichar ch = 0;
    size_t n_read = recall_tokenizer_decode(text, length_bytes, &ch);

    *out_n = ch < 0x80 ? 1 : map_form(ch, rules, out);
    if (ch < 0x80)
        out[0] = ch;
    while (n_read < length_bytes && (unsigned char)text[n_read] >= 0xcc) {
        gunichar mark[RECALL_TOKENIZER_FOLD_N_MAX] = {0};
        gunichar composed = 0;
        unsigned length = recall_tokenizer_decode(text + n_read, length_bytes - n_read, &mark[0]);

        if (map_form(mark[0], rules, mark) != 1 || !is_composing(mark[0]))
            break;
        if (!g_unichar_compose(out[*out_n - 1], mark[0], &composed)) {
            if (rules == RULES_POINTED) /* by which such a letter was lost */
                out[*out_n - 1] = 0;
            break;
        }
        out[*out_n - 1] = composed;
        n_read += length;
    }
    return n_read;
}

static gboolean
is_greek(gunichar ch)
{
    return (ch >= 0x370 && ch < 0x400) || (ch >= 0x1f00 && ch < 0x2000);
}

/* Case goes, and so do accents on Latin letters and, by the later rules, on Greek ones. */
static gunichar
fold_letter(gunichar ch, Rules rules)
{
    gunichar folded = 0;
    gunichar parts[2] = {0};

    if (ch < 0x80)
        return g_ascii_tolower(ch);
    if (ch == G_MAXUINT32 || recall_tokenizer_is_single(ch))
        return ch;
    if (ch >= 0x2160 && ch <= 0x216f) /* Roman numerals, which GLib has no lower case for */
        return ch + 0x10;
    folded = g_unichar_tolower(g_unichar_toupper(ch));
    if (folded < 0x250 || (folded >= 0x1e00 && folded < 0x1f00)) {
        if (g_unichar_fully_decompose(folded, FALSE, parts, 2) > 1 && parts[0] < 0x80 &&
            g_ascii_isalpha(parts[0]))
            return parts[0];
    }
    if (rules == RULES_BARE && is_greek(folded) &&
        g_unichar_fully_decompose(folded, FALSE, parts, 2) > 1)
        return parts[0];
    return folded;
}

unsigned
recall_tokenizer_fold(gunichar ch, gunichar *out)
{
    unsigned n_mapped = map_form(ch, RULES_BARE, out);
    unsigned n = 0;

    if (is_in(ch, ignored_ranges, G_N_ELEMENTS(ignored_ranges)))
        return 0;
    for (unsigned i = 0; i < n_mapped; i++) {
        if (!is_point(out[i]))
            out[n++] = fold_letter(out[i], RULES_BARE);
    }
    return n;
}

typedef enum {
    CLASS_SEPARATOR,
    CLASS_IGNORED,
    CLASS_SINGLE,
    CLASS_LETTER,
    CLASS_MARK, /* belongs to a word, begins none */
} Class;

static Class
classify(gunichar ch)
{
    if (ch < 0x80)
        return g_ascii_isalnum(ch) ? CLASS_LETTER : CLASS_SEPARATOR;
    if (ch == G_MAXUINT32)
        return CLASS_SEPARATOR;
    if (recall_tokenizer_is_single(ch))
        return CLASS_SINGLE;
    if (is_in(ch, ignored_ranges, G_N_ELEMENTS(ignored_ranges)))
        return CLASS_IGNORED;
    if (g_unichar_isalnum(ch) || g_unichar_type(ch) == G_UNICODE_PRIVATE_USE)
        return CLASS_LETTER;
    switch (g_unichar_type(ch)) {
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
        return CLASS_LETTER;
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
        return CLASS_MARK;
    default:
        return CLASS_SEPARATOR;
    }
}

static void
append(RecallToken *token, const gunichar *chars, unsigned n_chars, Rules rules)
{
    for (unsigned i = 0; i < n_chars; i++) {
        gunichar ch = fold_letter(chars[i], rules);

        if (rules == RULES_BARE && is_point(ch))
            continue;
        if (token->length_bytes + 6 > RECALL_TOKEN_MAX_BYTES)
            return;
        if (ch < 0x80)
            token->text[token->length_bytes++] = ch;
        else
            token->length_bytes += g_unichar_to_utf8(ch, token->text + token->length_bytes);
    }
}

static gboolean
next_token(const char *text,
           size_t length_bytes,
           Rules rules,
           size_t *position,
           RecallToken *out_token)
{
    size_t at = *position;
    size_t end = 0;
    gboolean is_single = FALSE;

    out_token->length_bytes = 0;
    while (at < length_bytes) {
        gunichar chars[RECALL_TOKENIZER_FOLD_N_MAX] = {0};
        unsigned n_chars = 0;
        size_t n_read = read_plain(text + at, length_bytes - at, rules, chars, &n_chars);
        Class class = classify(chars[0]);
        gboolean is_inside = out_token->length_bytes > 0;

        if (is_inside && (class == CLASS_SEPARATOR || class == CLASS_SINGLE))
            break;
        if (class == CLASS_LETTER || class == CLASS_SINGLE || (class == CLASS_MARK && is_inside)) {
            if (!is_inside)
                out_token->start_bytes = at;
            append(out_token, chars, n_chars, rules);
            end = at + n_read;
        }
        at += n_read;
        is_single = class == CLASS_SINGLE;
        if (is_single)
            break;
    }
    *position = at;
    out_token->end_bytes = end;
    out_token->is_single = is_single;
    return out_token->length_bytes > 0;
}

gboolean
recall_tokenizer_next(const char *text,
                      size_t length_bytes,
                      size_t *position,
                      RecallToken *out_token)
{
    return next_token(text, length_bytes, RULES_BARE, position, out_token);
}

gboolean
recall_tokenizer_next_pointed(const char *text,
                              size_t length_bytes,
                              size_t *position,
                              RecallToken *out_token)
{
    return next_token(text, length_bytes, RULES_POINTED, position, out_token);
}

/* The rules stand with the table: tokenize='deskhand bare'. */
static int
create(void *user_data, const char **arguments, int n_arguments, Fts5Tokenizer **out)
{
    static Rules rules[] = {RULES_POINTED, RULES_BARE};

    if (n_arguments > 1 || (n_arguments == 1 && strcmp(arguments[0], "bare") != 0))
        return SQLITE_ERROR; /* of a later release */
    *out = (Fts5Tokenizer *)&rules[n_arguments];
    return SQLITE_OK;
}

static void
destroy(Fts5Tokenizer *tokenizer)
{
}

typedef int (*TokenFunc)(void *, int, const char *, int, int, int);

static int
emit(const RecallToken *token, int flags, TokenFunc on_token, void *user_data)
{
    return on_token(user_data, flags, token->text, token->length_bytes, token->start_bytes,
                    token->end_bytes);
}

static int
emit_pair(const RecallToken *first,
          const RecallToken *second,
          int flags,
          TokenFunc on_token,
          void *user_data)
{
    char text[2 * RECALL_TOKEN_MAX_BYTES];

    memcpy(text, first->text, first->length_bytes);
    memcpy(text + first->length_bytes, second->text, second->length_bytes);
    return on_token(user_data, flags, text, first->length_bytes + second->length_bytes,
                    first->start_bytes, second->end_bytes);
}

/* Documents have each single character and, at its place, its pair with the next; queries ask for
 * the pair where there is one, and for a last character only when a word follows it. */
static int
tokenize(Fts5Tokenizer *tokenizer,
         void *user_data,
         int flags,
         const char *text,
         int length_bytes,
         TokenFunc on_token)
{
    Rules rules = *(const Rules *)tokenizer;
    RecallToken tokens[2] = {0};
    size_t position = 0;
    gboolean is_query = (flags & FTS5_TOKENIZE_QUERY) != 0;
    gboolean was_pair = FALSE;
    gboolean has_token = next_token(text, length_bytes, rules, &position, &tokens[0]);
    int result = SQLITE_OK;

    for (unsigned i = 0; has_token && result == SQLITE_OK; i ^= 1) {
        const RecallToken *token = &tokens[i];
        const RecallToken *next = &tokens[i ^ 1];
        gboolean is_pair = FALSE;

        has_token = next_token(text, length_bytes, rules, &position, &tokens[i ^ 1]);
        is_pair = has_token && token->is_single && next->is_single;
        if (!is_query || (!is_pair && (!was_pair || has_token)))
            result = emit(token, 0, on_token, user_data);
        if (is_pair && result == SQLITE_OK)
            result =
                emit_pair(token, next, is_query ? 0 : FTS5_TOKEN_COLOCATED, on_token, user_data);
        was_pair = is_pair;
    }
    return result;
}

static fts5_api *
get_fts5(sqlite3 *db)
{
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

gboolean
recall_tokenizer_register(sqlite3 *db, GError **error)
{
    static fts5_tokenizer tokenizer = {create, destroy, tokenize};
    fts5_api *api = get_fts5(db);

    if (api == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                            "This SQLite has no full-text search (FTS5)");
        return FALSE;
    }
    if (api->xCreateTokenizer(api, "deskhand", NULL, &tokenizer, NULL) != SQLITE_OK) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot register the tokenizer: %s",
                    sqlite3_errmsg(db));
        return FALSE;
    }
    return TRUE;
}
