/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-tokens.h"

#include "policies/detect-token-kinds.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#define BEGINNING_MIN 6
#define BEGINNING_REACH 300 /* a token that is longer has long been told by then */
#define CUT_OFF_PREFIX_MIN 4
#define CUT_OFF_REST_MIN 8
#define ALIKE_PREFIX_MIN 4 /* shorter ones are found too often when letters vary */
#define RANDOM_N_MIN 24
#define RANDOM_N_CHANGES_MIN 8
#define PART_N_MIN 10
#define MISREAD_REST_MIN 12

/* All kinds in one pattern each, and which two bytes they begin with. */
typedef struct {
    pcre2_code *exact;
    pcre2_code *lenient; /* for OCR, which loses or mistakes the signs in a prefix */
    pcre2_match_context *context;
    uint8_t pairs[65536 / 8];
    uint8_t lenient_pairs[65536 / 8]; /* those of @pairs, too */
    uint8_t alike_pairs[65536 / 8];   /* the first two letters of prefixes, folded */
    uint8_t firsts[256];
} Matcher;

/* Letters that OCR takes for each other: it is good at shapes and bad at sizes. */
static const char *const alike[] = {"oO0", "lI1|", "xX", "sS", "kK", "pP", "cC", "vV", "zZ", "wW"};

/* Returns: @c and those that it may be taken for */
static const char *
get_alike(char c)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(alike); i++) {
        if (strchr(alike[i], c) != NULL)
            return alike[i];
    }
    return NULL;
}

/* A letter of a prefix as a pattern. */
static void
append_letter(GString *pattern, char c, gboolean is_lenient, gboolean is_varied)
{
    const char *letters = is_varied ? get_alike(c) : NULL;

    if (letters != NULL)
        g_string_append_printf(pattern, "[%s]", letters);
    else if (g_ascii_isalnum(c))
        g_string_append_c(pattern, c);
    else if (is_lenient && (c == '_' || c == '-' || c == '.'))
        g_string_append(pattern, "[-_. ,~]{0,2}");
    else
        g_string_append_printf(pattern, "\\x%02x", (guchar)c);
}

/* Thin letters (l, I, J, f, t) are taken for brackets and strokes. */
static void
append_rest(GString *pattern, const char *rest, gboolean is_lenient)
{
    for (const char *c = rest; *c != '\0'; c++) {
        g_string_append_c(pattern, *c);
        if (is_lenient && *c == '[')
            g_string_append(pattern, "\\]\\[|!(){}$");
    }
}

static pcre2_code *
compile(gboolean is_lenient)
{
    g_autoptr(GString) pattern = g_string_new("(?:");
    pcre2_code *code;
    PCRE2_SIZE offset;
    int number;

    for (unsigned i = 0; i < policy_n_token_kinds; i++) {
        const PolicyTokenKind *kind = &policy_token_kinds[i];
        gboolean is_varied = is_lenient && strlen(kind->prefix) >= ALIKE_PREFIX_MIN;

        if (i > 0)
            g_string_append_c(pattern, '|');
        for (const char *c = kind->prefix; *c != '\0'; c++)
            append_letter(pattern, *c, is_lenient, is_varied);
        append_rest(pattern, kind->rest, is_lenient);
    }
    g_string_append_c(pattern, ')');
    code = pcre2_compile((PCRE2_SPTR)pattern->str, pattern->len, PCRE2_ANCHORED, &number, &offset,
                         NULL);
    g_assert(code != NULL);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_SOFT); /* or without, slower */
    return code;
}

static void
set_pair(uint8_t *pairs, char first, char second)
{
    unsigned pair = (guchar)first | (unsigned)(guchar)second << 8;

    pairs[pair / 8] |= 1 << (pair % 8);
}

static gboolean
has_pair(const uint8_t *pairs, const char *at)
{
    unsigned pair = (guchar)at[0] | (unsigned)(guchar)at[1] << 8;

    return (pairs[pair / 8] & (1 << (pair % 8))) != 0;
}

/* Letters that OCR takes for each other as one; 0: a sign, which it may leave out. */
static char
fold(char c)
{
    c = g_ascii_tolower(c);
    if (c == 'l' || c == 'i' || c == '|')
        return '1';
    return c == 'o' ? '0' : g_ascii_isalnum(c) ? c : '\0';
}

static void
add_alike_pair(Matcher *matcher, const char *prefix)
{
    char letters[2] = {0};

    for (unsigned n = 0; *prefix != '\0' && n < G_N_ELEMENTS(letters); prefix++) {
        if (fold(*prefix) != '\0')
            letters[n++] = fold(*prefix);
    }
    set_pair(matcher->alike_pairs, letters[0], letters[1]);
}

static void
add_prefix(Matcher *matcher, const char *prefix)
{
    const char own[2][2] = {{prefix[0]}, {prefix[1]}};
    gboolean is_varied = strlen(prefix) >= ALIKE_PREFIX_MIN;
    const char *first = is_varied ? get_alike(prefix[0]) : NULL;
    const char *seconds = is_varied ? get_alike(prefix[1]) : NULL;

    set_pair(matcher->pairs, prefix[0], prefix[1]);
    add_alike_pair(matcher, prefix);
    for (first = first != NULL ? first : own[0]; *first != '\0'; first++) {
        matcher->firsts[(guchar)*first] = 1;
        for (const char *second = seconds != NULL ? seconds : own[1]; *second != '\0'; second++)
            set_pair(matcher->lenient_pairs, *first, *second);
    }
}

static const Matcher *
get_matcher(void)
{
    static Matcher *matcher;

    if (g_once_init_enter(&matcher)) {
        Matcher *made = g_new0(Matcher, 1);

        made->exact = compile(FALSE);
        made->lenient = compile(TRUE);
        made->context = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(made->context, POLICY_TOKEN_MATCH_STEPS_MAX);
        for (unsigned i = 0; i < policy_n_token_kinds; i++)
            add_prefix(made, policy_token_kinds[i].prefix);
        g_once_init_leave(&matcher, made);
    }
    return matcher;
}

static gboolean
may_start(const Matcher *matcher, const PolicyDetectText *text, size_t at)
{
    const char *flat = text->flat->str;

    return has_pair(matcher->lenient_pairs, flat + at) &&
           (!g_ascii_isalnum(flat[at]) || policy_detect_text_is_start(text, at)) &&
           (has_pair(matcher->pairs, flat + at) || policy_detect_text_is_ocr(text, at));
}

/* @start: where the prefix is; then, where the token begins. Returns: its end, or @start */
static size_t
match(const Matcher *matcher, const PolicyDetectText *text, size_t *start, pcre2_match_data *data)
{
    gboolean is_ocr = policy_detect_text_is_ocr(text, *start);
    int n = pcre2_match(is_ocr ? matcher->lenient : matcher->exact, (PCRE2_SPTR)text->flat->str,
                        text->flat->len, *start, 0, data, matcher->context);

    if (n <= 0)
        return *start;
    while (pcre2_get_mark(data) != NULL && *start > 0 &&
           g_ascii_isalnum(text->flat->str[*start - 1]))
        (*start)--;
    return pcre2_get_ovector_pointer(data)[1];
}

/* --- what OCR read --- */

static unsigned
get_class(char c)
{
    return g_ascii_isdigit(c) ? 1 : g_ascii_isupper(c) ? 2 : g_ascii_islower(c) ? 3 : 0;
}

/* A long word in which digits, capitals and small letters alternate: its prefix was misread. */
static gboolean
is_random(const char *word, size_t length)
{
    unsigned n_changes = 0;
    unsigned n_of[4] = {0};

    if (length < RANDOM_N_MIN)
        return FALSE;
    for (size_t i = 0; i < length; i++) {
        n_of[get_class(word[i])]++;
        n_changes += i > 0 && get_class(word[i]) != get_class(word[i - 1]);
    }
    return n_changes >= RANDOM_N_CHANGES_MIN && n_of[1] >= 2 && n_of[2] >= 3 && n_of[3] >= 3 &&
           n_of[0] * 6 < length;
}

static size_t
find_word_end(const char *flat, size_t at)
{
    while (g_ascii_isalnum(flat[at]) || (flat[at] != '\0' && strchr("_-+/=.", flat[at]) != NULL))
        at++;
    return at;
}

/* Behind a word in which OCR takes letters for signs and for those of other alphabets. */
static size_t
find_read_word_end(const char *flat, size_t at)
{
    while (g_ascii_isalnum(flat[at]) || (guchar)flat[at] >= 0x80 ||
           (flat[at] != '\0' && strchr("_-+/=.!|)(][}{@$*", flat[at]) != NULL))
        at++;
    return at;
}

/* OCR parts a token, or leaves something of its middle out: words with digits that are as long as
 * no others belong to it. */
static size_t
skip_parts(const char *flat, size_t at, size_t end)
{
    while (at + PART_N_MIN < end && flat[at] == ' ') {
        size_t word_end = MIN(find_read_word_end(flat, at + 1), end);

        if (word_end - at <= PART_N_MIN ||
            strcspn(flat + at + 1, "0123456789") >= word_end - at - 1)
            break;
        at = word_end;
    }
    return at;
}

/* Returns: how many bytes of @at look like @prefix, 0 when it begins otherwise */
static size_t
match_alike(const char *at, const char *end, const char *prefix)
{
    const char *begin = at;
    unsigned n = 0;

    for (; *prefix != '\0'; prefix++) {
        if (fold(*prefix) == '\0')
            continue;
        while (at < end && n > 0 && fold(*at) == '\0')
            at++;
        if (at >= end || fold(*at++) != fold(*prefix))
            return 0;
        n++;
    }
    return n >= ALIKE_PREFIX_MIN ? (size_t)(at - begin) : 0;
}

/* Whether a prefix may begin so; a sign may stand between its letters. */
static gboolean
may_be_alike(const Matcher *matcher, const char *at)
{
    const char letters[2] = {fold(at[0]), fold(at[1])};

    return letters[1] == '\0' || has_pair(matcher->alike_pairs, letters);
}

/* A word that begins as a token does, if its signs and letters were misread. Returns: its end, or
 * @at */
static size_t
match_misread(const char *flat, size_t at, size_t end)
{
    if (!may_be_alike(get_matcher(), flat + at))
        return at;
    for (unsigned i = 0; i < policy_n_token_kinds; i++) {
        size_t length = match_alike(flat + at, flat + end, policy_token_kinds[i].prefix);
        size_t word_end = length > 0 ? MIN(find_read_word_end(flat, at + length), end) : 0;

        if (length > 0 && word_end - at >= length + MISREAD_REST_MIN &&
            strcspn(flat + at + length, "0123456789") < word_end - at - length)
            return word_end;
    }
    return at;
}

static void
find_random_words(PolicyDetectText *text, const PolicySegment *segment)
{
    const char *flat = text->flat->str;
    size_t at = segment->start;

    while (at < segment->end) {
        size_t end = MIN(find_read_word_end(flat, at), segment->end);

        size_t misread_end = match_misread(flat, at, segment->end);

        if (misread_end > at)
            end = skip_parts(flat, misread_end, segment->end);
        if (misread_end > at || is_random(flat + at, end - at)) {
            policy_detect_text_add(text, at, end, POLICY_SECRET_TOKEN);
            policy_detect_text_add_parts(text, segment, POLICY_SECRET_TOKEN);
        }
        at = MAX(end, at + 1);
    }
}

/* A token that is cut off where its run ends (the end of a cell, an ellipsis) is too short for its
 * pattern, but its beginning is distinct. Returns: its end, or @at */
static size_t
match_cut_off(const PolicyDetectText *text, size_t at)
{
    const char *flat = text->flat->str;
    const PolicySegment *segment =
        &g_array_index(text->segments, PolicySegment, policy_detect_text_find(text, at));
    size_t end = MIN(find_word_end(flat, at), segment->end);

    if (policy_detect_text_is_ocr(text, at))
        end = skip_parts(flat, MIN(find_read_word_end(flat, at), segment->end), segment->end);
    else if (end != segment->end && !g_str_has_prefix(flat + end, "…"))
        return at;
    for (unsigned i = 0; i < policy_n_token_kinds; i++) {
        size_t length = strlen(policy_token_kinds[i].prefix);

        if (length >= CUT_OFF_PREFIX_MIN && end - at >= length + CUT_OFF_REST_MIN &&
            strncmp(flat + at, policy_token_kinds[i].prefix, length) == 0 &&
            strcspn(flat + at + length, "0123456789") < end - at - length)
            return end;
    }
    return at;
}

/* Where a word that ends at @at goes on in the line below, behind a backslash, a frame, an indent.
 * Returns: NULL when it does not */
static const PolicySegment *
find_below(const PolicyDetectText *text, size_t at, size_t *out_start)
{
    const char *flat = text->flat->str;
    unsigned i = policy_detect_text_find(text, at - 1);
    const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);
    const PolicySegment *below = segment + 1;

    at += strspn(flat + at, "\\ |");
    if (i + 1 >= text->segments->len || at < segment->end ||
        (below->joint != POLICY_JOINT_WRAP && below->joint != POLICY_JOINT_LINE))
        return NULL;
    *out_start = below->start + strspn(flat + below->start, " |");
    return below;
}

/* The same for one that is too short without the word in the line below. */
static size_t
match_continued(const Matcher *matcher,
                const PolicyDetectText *text,
                size_t at,
                pcre2_match_data *data)
{
    const char *flat = text->flat->str;
    const PolicySegment *segment =
        &g_array_index(text->segments, PolicySegment, policy_detect_text_find(text, at));
    size_t end = MIN(find_word_end(flat, at), segment->end);
    size_t start = 0;
    const PolicySegment *below = end > at ? find_below(text, end, &start) : NULL;
    g_autofree char *joined = NULL;

    if (below == NULL || start >= below->end)
        return at;
    joined =
        g_strdup_printf("%.*s%.*s", (int)(end - at), flat + at,
                        (int)(MIN(find_word_end(flat, start), below->end) - start), flat + start);
    if (pcre2_match(policy_detect_text_is_ocr(text, at) ? matcher->lenient : matcher->exact,
                    (PCRE2_SPTR)joined, strlen(joined), 0, 0, data, matcher->context) <= 0)
        return at;
    return start + pcre2_get_ovector_pointer(data)[1] - (end - at);
}

/* A token takes in the first letters of the one in the line below when its own is full: look again
 * from there. Returns: where to go on behind what begins at @at */
static size_t
find_next(const PolicyDetectText *text, size_t at, size_t end)
{
    const uint8_t *edge = end > at + 1 ? memchr(text->edges + at + 1, 1, end - at - 1) : NULL;

    return edge != NULL ? (size_t)(edge - text->edges) : MAX(end, at + 1);
}

void
policy_detect_tokens(PolicyDetectText *text)
{
    const Matcher *matcher = get_matcher();
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    const char *flat = text->flat->str;

    for (size_t at = 0; at + 1 < text->flat->len; at++) {
        size_t start = at;
        size_t end;

        if (!matcher->firsts[(guchar)flat[at]] || !may_start(matcher, text, at))
            continue;
        end = match(matcher, text, &start, data);
        if (end == at)
            end = match_continued(matcher, text, at, data);
        if (end == at)
            end = match_cut_off(text, at);
        if (end > at)
            policy_detect_text_add(text, start, end, POLICY_SECRET_TOKEN);
        at = find_next(text, at, end) - 1;
    }
    pcre2_match_data_free(data);
    for (unsigned i = 0; i < text->segments->len; i++) {
        const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);

        if (text->runs[segment->run].is_ocr)
            find_random_words(text, segment);
    }
}

/* Letters of a prefix that is not whole, and small ones behind it, are words. */
static gboolean
may_become_token(const char *word, size_t length)
{
    if (strspn(word, "abcdefghijklmnopqrstuvwxyz-.") >= length)
        return FALSE;
    for (unsigned i = 0; i < policy_n_token_kinds; i++) {
        size_t n = strlen(policy_token_kinds[i].prefix);

        if (n < length && strncmp(word, policy_token_kinds[i].prefix, n) == 0)
            return TRUE;
    }
    return FALSE;
}

void
policy_detect_token_beginning(PolicyDetectText *text, size_t end)
{
    const Matcher *matcher = get_matcher();
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);

    for (size_t at = end > BEGINNING_REACH ? end - BEGINNING_REACH : 0; at + BEGINNING_MIN <= end;
         at++) {
        if (!may_start(matcher, text, at) || !may_become_token(text->flat->str + at, end - at) ||
            pcre2_match(matcher->exact, (PCRE2_SPTR)text->flat->str, end, at, PCRE2_PARTIAL_SOFT,
                        data, matcher->context) != PCRE2_ERROR_PARTIAL)
            continue;
        policy_detect_text_add_beginning(text, at, end, POLICY_SECRET_TOKEN);
        break;
    }
    pcre2_match_data_free(data);
}

unsigned
policy_detect_n_token_kinds(void)
{
    return policy_n_token_kinds;
}

const char *
policy_detect_token_name(unsigned kind)
{
    g_assert(kind < policy_n_token_kinds);
    return policy_token_kinds[kind].name;
}
