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
#define RANDOM_N_MIN 24
#define RANDOM_N_CHANGES_MIN 8

/* All kinds in one pattern each, and which two bytes they begin with. */
typedef struct {
    pcre2_code *exact;
    pcre2_code *lenient; /* for OCR, which loses or mistakes the signs in a prefix */
    pcre2_match_context *context;
    uint8_t pairs[65536 / 8];
    uint8_t firsts[256];
} Matcher;

/* A letter of a prefix as a pattern. */
static void
append_letter(GString *pattern, char c, gboolean is_lenient)
{
    if (g_ascii_isalnum(c))
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

        if (i > 0)
            g_string_append_c(pattern, '|');
        for (const char *c = kind->prefix; *c != '\0'; c++)
            append_letter(pattern, *c, is_lenient);
        append_rest(pattern, kind->rest, is_lenient);
    }
    g_string_append_c(pattern, ')');
    code = pcre2_compile((PCRE2_SPTR)pattern->str, pattern->len, PCRE2_ANCHORED, &number, &offset,
                         NULL);
    g_assert(code != NULL);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_SOFT); /* or without, slower */
    return code;
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
        for (unsigned i = 0; i < policy_n_token_kinds; i++) {
            const guchar *prefix = (const guchar *)policy_token_kinds[i].prefix;
            unsigned pair = prefix[0] | (unsigned)prefix[1] << 8;

            made->firsts[prefix[0]] = 1;
            made->pairs[pair / 8] |= 1 << (pair % 8);
        }
        g_once_init_leave(&matcher, made);
    }
    return matcher;
}

static gboolean
may_start(const Matcher *matcher, const PolicyDetectText *text, size_t at)
{
    const guchar *bytes = (const guchar *)text->flat->str + at;
    unsigned pair = bytes[0] | (unsigned)bytes[1] << 8;

    return (matcher->pairs[pair / 8] & (1 << (pair % 8))) != 0 &&
           (!g_ascii_isalnum(bytes[0]) || policy_detect_text_is_start(text, at));
}

/* Returns: the end of the token that begins at @at, or @at */
static size_t
match(const Matcher *matcher, const PolicyDetectText *text, size_t at, pcre2_match_data *data)
{
    gboolean is_ocr = policy_detect_text_is_ocr(text, at);
    int n = pcre2_match(is_ocr ? matcher->lenient : matcher->exact, (PCRE2_SPTR)text->flat->str,
                        text->flat->len, at, 0, data, matcher->context);

    return n > 0 ? pcre2_get_ovector_pointer(data)[1] : at;
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

static void
find_random_words(PolicyDetectText *text, const PolicySegment *segment)
{
    const char *flat = text->flat->str;
    size_t at = segment->start;

    while (at < segment->end) {
        size_t end = MIN(find_word_end(flat, at), segment->end);

        if (is_random(flat + at, end - at))
            policy_detect_text_add(text, at, end, POLICY_SECRET_TOKEN);
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

    if (end != segment->end && !g_str_has_prefix(flat + end, "…"))
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
        size_t end;

        if (!matcher->firsts[(guchar)flat[at]] || !may_start(matcher, text, at))
            continue;
        end = match(matcher, text, at, data);
        if (end == at)
            end = match_cut_off(text, at);
        if (end > at)
            policy_detect_text_add(text, at, end, POLICY_SECRET_TOKEN);
        at = find_next(text, at, end) - 1;
    }
    pcre2_match_data_free(data);
    for (unsigned i = 0; i < text->segments->len; i++) {
        const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);

        if (text->runs[segment->run].is_ocr)
            find_random_words(text, segment);
    }
}

void
policy_detect_token_beginning(PolicyDetectText *text, size_t end)
{
    const Matcher *matcher = get_matcher();
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);

    for (size_t at = end > BEGINNING_REACH ? end - BEGINNING_REACH : 0; at + BEGINNING_MIN <= end;
         at++) {
        if (!may_start(matcher, text, at) ||
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
