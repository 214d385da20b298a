/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/dates.h"

#include "recall/vault/datenames.h"
#include "recall/vault/dayspans.h"
#include "recall/vault/daytime.h"

#include <gio/gio.h>
#include <string.h>

/* `yesterday` may go on `at 3pm`, `afternoon`, `下午` */
static void
read_time_of_that_day(RecallDatetext *reader, RecallMoment *moment)
{
    unsigned start = reader->at;
    RecallMoment timed = {0};

    if (!moment->is_day || moment->is_instant)
        return;
    if (!recall_datetext_accept(reader, "at") && !recall_datetext_accept(reader, "in the") &&
        !recall_datetext_accept(reader, ","))
        recall_datetext_accept(reader, "的");
    if (recall_daytime_read(reader, moment->start / RECALL_DAY_S, &timed)) {
        timed.sureness = moment->sureness;
        timed.is_to_come = moment->is_to_come;
        *moment = timed;
    } else {
        reader->at = start;
    }
}

/* Takes what goes furthest of all that @readers can read here, if it goes beyond *@best. */
static void
try_readers(RecallDatetext *reader,
            const RecallMomentFunc *readers,
            unsigned start,
            unsigned *best,
            RecallMoment *out)
{
    for (; *readers != NULL; readers++) {
        RecallMoment moment = {0};

        reader->at = start;
        if (!(*readers)(reader, &moment))
            continue;
        read_time_of_that_day(reader, &moment);
        if (reader->at > *best) {
            *best = reader->at;
            *out = moment;
        }
    }
}

static gboolean
read_day(RecallDatetext *reader, RecallMoment *out)
{
    unsigned start = reader->at;
    unsigned best = start;

    try_readers(reader, recall_dayspans_readers, start, &best, out);
    try_readers(reader, recall_datenames_readers, start, &best, out);
    reader->at = best;
    return best > start;
}

/* `14:05`, `3pm yesterday`, `afternoon of nov 3`; without a day the last one when it had begun */
static gboolean
read_clock_first(RecallDatetext *reader, RecallMoment *out)
{
    unsigned start = reader->at;
    unsigned end = 0;
    RecallMoment day = {0};

    if (!recall_daytime_read(reader, reader->today, out))
        return FALSE;
    end = reader->at;
    if (!recall_datetext_accept(reader, "on"))
        recall_datetext_accept(reader, "of");
    if (read_day(reader, &day) && day.is_day && day.sureness != RECALL_SURE_AS_VALUE) {
        end = reader->at;
        reader->at = start;
        recall_daytime_read(reader, day.start / RECALL_DAY_S, out);
        out->sureness = RECALL_SURE;
    } else if (out->start > reader->now_s && !reader->may_be_later) {
        out->start -= RECALL_DAY_S;
        out->end -= RECALL_DAY_S;
        out->bound -= RECALL_DAY_S;
    }
    reader->at = end;
    return TRUE;
}

static gboolean
read_moment(RecallDatetext *reader, RecallMoment *out)
{
    static const RecallMomentFunc other_readers[] = {read_clock_first,
                                                     recall_datenames_read_bare_year, NULL};
    unsigned start = reader->at;
    unsigned best = start;

    if (read_day(reader, out))
        best = reader->at;
    try_readers(reader, other_readers, start, &best, out);
    reader->at = best;
    return best > start;
}

static int64_t
to_instant(const RecallDatetext *reader, const RecallMoment *moment, int64_t value, gboolean is_end)
{
    int64_t local_s = value;
    int interval = 0;

    if (moment->is_instant)
        return value;
    /* of an hour that the clocks show twice a range takes both */
    interval = g_time_zone_adjust_time(
        reader->zone, is_end ? G_TIME_TYPE_STANDARD : G_TIME_TYPE_DAYLIGHT, &local_s);
    return (local_s - g_time_zone_get_offset(reader->zone, interval)) * G_USEC_PER_SEC;
}

typedef struct {
    int64_t since_us;
    int64_t until_us;
    int64_t bound_us; /* when it stands for the end of something */
    RecallSureness sureness;
    gboolean is_to_come;
} Span;

static Span
span_from_moment(const RecallDatetext *reader, const RecallMoment *moment)
{
    Span span = {
        to_instant(reader, moment, moment->start, FALSE),
        to_instant(reader, moment, moment->end, TRUE),
        to_instant(reader, moment, moment->bound, TRUE),
        moment->sureness,
        moment->is_to_come,
    };

    if (span.until_us <= span.since_us) /* an hour that the clocks skip */
        span.until_us = span.since_us + (moment->end - moment->start) * G_USEC_PER_SEC;
    return span;
}

/* `... to wednesday`; a weekday that would lie before the start is the one after it */
static void
read_range_end(RecallDatetext *reader, gboolean is_between, Span *span)
{
    unsigned start = reader->at;
    RecallMoment moment = {0};

    if ((recall_datetext_accept_connector(reader) ||
         (is_between && recall_datetext_accept(reader, "and"))) &&
        read_moment(reader, &moment)) {
        Span end = span_from_moment(reader, &moment);

        for (int i = 0; i < 2 && end.bound_us <= span->since_us && moment.is_day; i++)
            end.bound_us += 7 * RECALL_DAY_S * G_USEC_PER_SEC;
        if (end.bound_us > span->since_us) {
            span->until_us = span->bound_us = end.bound_us;
            span->sureness =
                is_between ? RECALL_SURE
                           : MIN(MAX(span->sureness, end.sureness), RECALL_SURE_AFTER_PREPOSITION);
            return;
        }
    }
    reader->at = start;
}

typedef enum { ON, FROM, BETWEEN, BEFORE, AFTER, UNTIL } Preposition;

static int
accept_preposition(RecallDatetext *reader)
{
    static const struct {
        const char *word;
        Preposition preposition;
    } words[] = {
        {"on", ON},       {"in", ON},       {"at", ON},           {"during", ON},
        {"from", FROM},   {"从", FROM},     {"between", BETWEEN}, {"before", BEFORE},
        {"after", AFTER}, {"since", AFTER}, {"until", UNTIL},     {"till", UNTIL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (recall_datetext_accept(reader, words[i].word))
            return words[i].preposition;
    }
    return -1;
}

static int
accept_suffix(RecallDatetext *reader)
{
    static const char *const words[] = {"之前", "以前", "之后", "以后", "以来", NULL};
    int index = recall_datetext_accept_any(reader, words);

    return index < 0 ? -1 : index < 2 ? BEFORE : AFTER;
}

static void
apply_preposition(Span *span, int preposition)
{
    if (preposition == BEFORE || preposition == UNTIL) {
        span->until_us = preposition == UNTIL ? span->bound_us : span->since_us;
        span->since_us = G_MININT64;
    } else if (preposition == AFTER) {
        span->until_us = G_MAXINT64;
    }
}

/* What follows is no part of it: `2025-11-03-draft`, `yesterday's` and `今天气温` are text. */
static gboolean
ends_here(RecallDatetext *reader, RecallDatesContext context)
{
    gunichar next = recall_datetext_get(reader, reader->at);
    gunichar after = recall_datetext_get(reader, reader->at + 1);
    gboolean is_han_end = reader->at > 0 && reader->chars[reader->at - 1] >= 0x80;

    if (next == 0 || next == ' ')
        return TRUE;
    if (next == 0x7684 && is_han_end) { /* 的 */
        reader->at++;
        return TRUE;
    }
    if (context == RECALL_DATES_VALUE)
        return FALSE;
    if (context == RECALL_DATES_LOOSE && is_han_end)
        return TRUE;
    return next < 0x80 && strchr(",;.!?)", next) != NULL && (after == 0 || after == ' ');
}

static gboolean
read_span(RecallDatetext *reader, RecallDatesContext context, Span *out)
{
    unsigned start = reader->at;
    int preposition = accept_preposition(reader);
    RecallMoment moment = {0};

    if (!read_moment(reader, &moment)) {
        reader->at = start;
        return FALSE;
    }
    *out = span_from_moment(reader, &moment);
    if (preposition <= BETWEEN)
        read_range_end(reader, preposition == BETWEEN, out);
    apply_preposition(out, preposition >= 0 ? preposition : accept_suffix(reader));
    if (context != RECALL_DATES_PLAIN)
        return TRUE;
    return out->sureness == RECALL_SURE ||
           (out->sureness == RECALL_SURE_AFTER_PREPOSITION && preposition >= 0);
}

static size_t
match(const char *text,
      size_t length_bytes,
      RecallDatesContext context,
      gboolean may_be_later,
      GDateTime *now,
      Span *out)
{
    RecallDatetext reader = {.may_be_later = may_be_later};

    recall_datetext_init(&reader, text, length_bytes, now);
    if (recall_datetext_get(&reader, 0) == ' ' || !read_span(&reader, context, out) ||
        !ends_here(&reader, context))
        return 0;
    return reader.ends[reader.at - 1];
}

size_t
recall_dates_match(const char *text,
                   size_t length_bytes,
                   RecallDatesContext context,
                   GDateTime *now,
                   RecallTimeRange *out_range)
{
    Span span = {0};
    size_t length = match(text, length_bytes, context, FALSE, now, &span);

    if (length > 0)
        *out_range = (RecallTimeRange){span.since_us, span.until_us};
    return length;
}

gboolean
recall_dates_match_year(const char *text,
                        size_t length_bytes,
                        GDateTime *now,
                        RecallTimeRange *out_range)
{
    g_autofree char *stripped = g_strstrip(g_strndup(text, length_bytes));

    return g_str_has_suffix(stripped, "年") &&
           recall_dates_match(stripped, strlen(stripped), RECALL_DATES_VALUE, now, out_range) ==
               strlen(stripped);
}

static gboolean
parse_bound(const char *text, gboolean is_upper, GDateTime *now, Span *out, GError **error)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    size_t length = strlen(stripped);

    if (length > 0 && match(stripped, length, RECALL_DATES_VALUE, is_upper, now, out) == length)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "Cannot read the time \"%.60s\"; say for example yesterday, 3 days ago, 14:05 or"
                " 2025-11-03",
                stripped);
    return FALSE;
}

gboolean
recall_dates_parse_since(const char *text, GDateTime *now, int64_t *out_since_us, GError **error)
{
    Span span = {0};

    if (!parse_bound(text, FALSE, now, &span, error))
        return FALSE;
    if (span.is_to_come) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "Nothing is remembered yet from \"%.60s\" on; say for example yesterday, 3 days"
                    " ago, 14:05 or 2025-11-03",
                    text);
        return FALSE;
    }
    *out_since_us = span.since_us;
    return TRUE;
}

gboolean
recall_dates_parse_until(const char *text, GDateTime *now, int64_t *out_until_us, GError **error)
{
    Span span = {0};

    if (!parse_bound(text, TRUE, now, &span, error))
        return FALSE;
    *out_until_us = span.bound_us;
    return TRUE;
}

gboolean
recall_dates_parse_bounds(const char *since,
                          const char *until,
                          GDateTime *now,
                          RecallTimeRange *range,
                          GError **error)
{
    if (since != NULL && !recall_dates_parse_since(since, now, &range->since_us, error))
        return FALSE;
    if (until == NULL)
        return TRUE;
    if (!recall_dates_parse_until(until, now, &range->until_us, error))
        return FALSE;
    if (range->since_us < range->until_us)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "Nothing lies between these times: \"%.60s\" is where it ends, and that is not "
                "after where it begins",
                until);
    return FALSE;
}
