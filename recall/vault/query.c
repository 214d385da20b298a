/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/query.h"

#include "recall/vault/tokenizer.h"

#include <string.h>

typedef struct {
    const char *text;
    size_t length;
    size_t at;
    GDateTime *now;
    RecallDatesContext context;
    RecallQuery *query;
    GHashTable *seen; /* keys of the terms */
    gboolean has_plain_range;
} Parser;

void
recall_query_free(RecallQuery *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->terms);
    g_time_zone_unref(self->zone);
    g_free(self->dated);
    g_free(self);
}

/* --- characters --- */

/* The character at byte @at, signs as their ASCII forms; 0 at the end. @out_length: its bytes */
static gunichar
peek(const Parser *parser, size_t at, unsigned *out_length)
{
    gunichar folded[RECALL_TOKENIZER_FOLD_N_MAX] = {0};
    gunichar ch = 0;

    *out_length = 0;
    if (at >= parser->length)
        return 0;
    *out_length = recall_tokenizer_decode(parser->text + at, parser->length - at, &ch);
    if (ch == 0 || ch == G_MAXUINT32 || g_unichar_isspace(ch) || g_unichar_iscntrl(ch))
        return ' ';
    return recall_tokenizer_fold(ch, folded) == 1 ? folded[0] : ch;
}

static gboolean
is_quote(gunichar ch)
{
    static const gunichar quotes[] = {'"',    0x201c, 0x201d, 0x201e, 0x201f, 0x300c,
                                      0x300d, 0x300e, 0x300f, 0xab,   0xbb}; /* “”„‟「」『』«» */

    for (size_t i = 0; i < G_N_ELEMENTS(quotes); i++) {
        if (ch == quotes[i])
            return TRUE;
    }
    return FALSE;
}

static void
skip_spaces(Parser *parser)
{
    unsigned length = 0;

    while (peek(parser, parser->at, &length) == ' ')
        parser->at += length;
}

/* Byte where the word that begins at @at ends. */
static size_t
find_word_end(const Parser *parser, size_t at)
{
    unsigned length = 0;
    gunichar ch = 0;

    while ((ch = peek(parser, at, &length)) != 0 && ch != ' ')
        at += length;
    return at;
}

static size_t
find_quote_end(const Parser *parser, size_t at)
{
    unsigned length = 0;
    gunichar ch = 0;

    while ((ch = peek(parser, at, &length)) != 0 && !is_quote(ch))
        at += length;
    return at;
}

/* --- terms --- */

/* @term: (transfer full) */
static void
add_term(RecallQuery *query, GHashTable *seen, RecallTerm *term)
{
    if (recall_term_is_empty(term) || query->terms->len >= RECALL_QUERY_N_TERMS_MAX ||
        !g_hash_table_add(seen, recall_term_dup_key(term))) {
        recall_term_free(term);
        return;
    }
    g_ptr_array_add(query->terms, term);
}

static void
read_term(Parser *parser, RecallField field, gboolean is_negative)
{
    unsigned length = 0;
    gboolean is_quoted = is_quote(peek(parser, parser->at, &length));
    size_t start = parser->at + (is_quoted ? length : 0);
    size_t end = is_quoted ? find_quote_end(parser, start) : find_word_end(parser, start);
    RecallTerm *term = recall_term_new(parser->text + start, end - start, is_quoted);

    parser->at = end;
    if (is_quoted) {
        peek(parser, parser->at, &length);
        parser->at += length;
        if (peek(parser, parser->at, &length) == '*') {
            term->is_prefix = term->tokens->len > 0;
            parser->at += length;
        }
    }
    term->field = field;
    term->is_negative = is_negative;
    add_term(parser->query, parser->seen, term);
}

/* --- operators --- */

typedef enum {
    OPERATOR_NONE = -1,
    OPERATOR_BEFORE = RECALL_N_FIELDS,
    OPERATOR_AFTER,
    OPERATOR_ON,
    OPERATOR_UNTIL
} Operator;

static const struct {
    const char *name;
    int operator; /* or RecallField */
} operators[] = {
    {"app", RECALL_FIELD_APP},   {"title", RECALL_FIELD_TITLE}, {"url", RECALL_FIELD_URL},
    {"site", RECALL_FIELD_URL},  {"file", RECALL_FIELD_FILE},   {"actor", RECALL_FIELD_ACTOR},
    {"text", RECALL_FIELD_TEXT}, {"before", OPERATOR_BEFORE},   {"after", OPERATOR_AFTER},
    {"since", OPERATOR_AFTER},   {"on", OPERATOR_ON},           {"until", OPERATOR_UNTIL},
};

static const char *
get_operator_name(int operator)
{
    unsigned i = 0;

    while (operators[i].operator!= operator)
        i++;
    return operators[i].name;
}

static gboolean
has_text_at(const Parser *parser, size_t at, const char *text)
{
    return parser->length - at >= strlen(text) &&
           memcmp(parser->text + at, text, strlen(text)) == 0;
}

/* @out_end: byte after the name and its colon */
static int
match_operator(const Parser *parser, size_t at, size_t *out_end)
{
    char name[16] = {0};
    unsigned length = 0;
    unsigned n = 0;
    gunichar ch = 0;

    for (; n + 1 < sizeof name; n++) {
        ch = peek(parser, at, &length);
        at += length;
        if (ch >= 0x80 || !g_ascii_isalpha(ch))
            break;
        name[n] = ch;
    }
    if (ch != ':' || n == 0)
        return OPERATOR_NONE;
    if (strcmp(name, "file") == 0 && has_text_at(parser, at, "//"))
        return OPERATOR_NONE; /* an address: file:///home/... */
    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (strcmp(operators[i].name, name) == 0) {
            *out_end = at;
            return operators[i].operator;
        }
    }
    return OPERATOR_NONE;
}

static void
limit_range(RecallQuery *query, RecallTimeRange range)
{
    query->range.since_us = MAX(query->range.since_us, range.since_us);
    query->range.until_us = MIN(query->range.until_us, range.until_us);
}

/* Takes the time at @at. @out_end: byte after it */
static gboolean
apply_time(Parser *parser, int operator, size_t at, size_t length, size_t *out_end)
{
    RecallTimeRange range = {0};
    g_autofree char *text = NULL;
    size_t n =
        recall_dates_match(parser->text + at, length, RECALL_DATES_VALUE, parser->now, &range);

    if (n == 0)
        return FALSE;
    text = g_strndup(parser->text + at, n);
    if (operator== OPERATOR_BEFORE)
        range = (RecallTimeRange){G_MININT64, range.since_us};
    else if (operator== OPERATOR_AFTER)
        range.until_us = G_MAXINT64;
    else if (operator== OPERATOR_UNTIL) {
        range.since_us = G_MININT64;
        if (!recall_dates_parse_until(text, parser->now, &range.until_us, NULL))
            return FALSE;
    }
    limit_range(parser->query, range);
    *out_end = at + n;
    return TRUE;
}

/* before:yesterday, on:"last tuesday", after:3 days ago. Returns: FALSE when it is no time */
static gboolean
read_time(Parser *parser, int operator, size_t at)
{
    unsigned length = 0;
    size_t end = 0;
    size_t time_end = 0;

    while (peek(parser, at, &length) == ' ')
        at += length;
    if (!is_quote(peek(parser, at, &length))) {
        if (!apply_time(parser, operator, at, parser->length - at, &end))
            return FALSE;
        parser->at = end;
        return TRUE;
    }
    at += length;
    end = find_quote_end(parser, at);
    if (!apply_time(parser, operator, at, end - at, &time_end) || time_end != end)
        return FALSE;
    peek(parser, end, &length);
    parser->at = end + length;
    return TRUE;
}

static void
read_field(Parser *parser, RecallField field, gboolean is_negative)
{
    size_t start = parser->at;

    skip_spaces(parser);
    if (parser->at > start)
        parser->query->parted = get_operator_name(field);
    read_term(parser, field, is_negative);
}

/* Whether nothing follows an operator's name: such a query is only begun. */
static gboolean
ends_at(const Parser *parser, size_t at)
{
    unsigned length = 0;

    while (peek(parser, at, &length) == ' ')
        at += length;
    return at >= parser->length;
}

static gboolean
read_operator(Parser *parser, gboolean is_negative)
{
    size_t at = 0;
    int operator= match_operator(parser, parser->at, &at);

    if (operator== OPERATOR_NONE)
        return FALSE;
    if (ends_at(parser, at)) {
        parser->query->begun = get_operator_name(operator);
        parser->at = parser->length;
        return TRUE;
    }
    if (operator<RECALL_N_FIELDS) {
        parser->at = at;
        read_field(parser, operator, is_negative);
        return TRUE;
    }
    if (is_negative)
        return FALSE;
    if (!read_time(parser, operator, at)) {
        parser->query->untimed = get_operator_name(operator);
        return FALSE;
    }
    return TRUE;
}

/* @text: a time. Whether it ends as text does that goes on: in 的, or, where any text may follow,
 * so. */
static gboolean
touches_text(const Parser *parser, const char *text)
{
    return parser->context == RECALL_DATES_LOOSE || g_str_has_suffix(text, "的");
}

static void
note_dated(Parser *parser, const char *text, size_t length)
{
    g_autofree char *dated = g_strndup(text, length);

    parser->query->is_maybe_text |= touches_text(parser, dated);
    if (parser->query->dated == NULL)
        parser->query->dated = g_steal_pointer(&dated);
}

/* Two times among the words: `yesterday morning` is both, `monday tuesday` is from one to other. */
static gboolean
read_plain_time(Parser *parser)
{
    RecallTimeRange *known = &parser->query->range;
    RecallTimeRange range = {0};
    size_t n = recall_dates_match(parser->text + parser->at, parser->length - parser->at,
                                  parser->context, parser->now, &range);

    if (n == 0)
        return FALSE;
    if (parser->has_plain_range &&
        (range.since_us >= known->until_us || range.until_us <= known->since_us)) {
        known->since_us = MIN(known->since_us, range.since_us);
        known->until_us = MAX(known->until_us, range.until_us);
    } else {
        limit_range(parser->query, range);
    }
    parser->has_plain_range = TRUE;
    note_dated(parser, parser->text + parser->at, n);
    parser->at += n;
    return TRUE;
}

static void
read_item(Parser *parser)
{
    unsigned length = 0;
    unsigned next_length = 0;
    gunichar ch = peek(parser, parser->at, &length);
    gunichar next = peek(parser, parser->at + length, &next_length);
    gboolean is_negative = ch == '-' && next != 0 && next != ' ' && next != '-';

    if (is_negative)
        parser->at += length;
    if (read_operator(parser, is_negative) || (!is_negative && read_plain_time(parser)))
        return;
    read_term(parser, RECALL_FIELD_ANY, is_negative);
}

/* --- the whole query --- */

/* `foo - bar` means foo and bar; signs alone are looked for when nothing else is, or quoted. */
static void
drop_signs(RecallQuery *query)
{
    gboolean has_words = FALSE;

    for (unsigned i = 0; i < query->terms->len; i++) {
        RecallTerm *term = g_ptr_array_index(query->terms, i);

        has_words = has_words || term->tokens->len > 0;
    }
    for (unsigned i = query->terms->len; i-- > 0;) {
        RecallTerm *term = g_ptr_array_index(query->terms, i);
        gboolean is_operator = strspn(term->literal != NULL ? term->literal : "", "-+*:\"'()|&") ==
                               strlen(term->literal != NULL ? term->literal : "");

        if (term->tokens->len == 0 && !term->is_quoted && (has_words || is_operator))
            g_ptr_array_remove_index(query->terms, i);
    }
}

static void
note_readings(RecallQuery *query)
{
    for (unsigned i = 0; i < query->terms->len; i++) {
        RecallTerm *term = g_ptr_array_index(query->terms, i);

        if (term->is_negative) {
            query->has_negative_literals = query->has_negative_literals || term->literal != NULL;
            continue;
        }
        query->has_literals = query->has_literals || term->literal != NULL;
        query->has_signs = query->has_signs || term->tokens->len == 0;
        query->has_parts = query->has_parts || (!term->is_quoted && term->breaks->len > 0);
    }
}

static RecallQuery *
new_query(GDateTime *now)
{
    RecallQuery *query = g_new0(RecallQuery, 1);

    query->terms = g_ptr_array_new_with_free_func((GDestroyNotify)recall_term_free);
    query->range = RECALL_TIME_RANGE_ALL;
    query->zone = g_time_zone_ref(g_date_time_get_timezone(now));
    return query;
}

RecallQuery *
recall_query_parse(const char *text, size_t length_bytes, GDateTime *now, gboolean is_loose)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Parser parser = {text,
                     MIN(length_bytes, RECALL_QUERY_MAX_BYTES),
                     0,
                     now,
                     is_loose ? RECALL_DATES_LOOSE : RECALL_DATES_PLAIN,
                     new_query(now),
                     seen,
                     FALSE};

    if (recall_dates_match_year(text, parser.length, now, &parser.query->range)) {
        note_dated(&parser, text, parser.length);
        parser.at = parser.length;
    }
    for (skip_spaces(&parser); parser.at < parser.length; skip_spaces(&parser))
        read_item(&parser);
    drop_signs(parser.query);
    note_readings(parser.query);
    parser.query->is_maybe_text |= parser.query->terms->len == 0;
    return parser.query;
}

void
recall_query_add_phrase(RecallQuery *self, RecallField field, const char *text)
{
    RecallTerm *term = recall_term_new(text, MIN(strlen(text), RECALL_QUERY_MAX_BYTES), TRUE);

    term->field = field;
    if (recall_term_is_empty(term)) {
        recall_term_free(term);
        return;
    }
    g_ptr_array_add(self->terms, term);
    note_readings(self);
}

int
recall_query_next_reading(const RecallQuery *self, RecallReading reading)
{
    if (self->has_signs) /* without its literal such a term would say nothing */
        return -1;
    if (reading < RECALL_READING_PHRASES && self->has_literals)
        return RECALL_READING_PHRASES;
    return reading < RECALL_READING_PARTS && self->has_parts ? RECALL_READING_PARTS : -1;
}
