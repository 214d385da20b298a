/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Times as a person says them, in English and Chinese: `yesterday`, `last tuesday`, `3 days ago`,
 * `this morning`, `last week`, `nov 3 2pm-3pm`, `2025-11-03T14:05`, `昨天`, `上周二`,
 * `11月3日下午`, `最近三天`, `from monday to wednesday`, `周一到周三`, `before 14:05`, `昨天之前`.
 * Pure: no clock, no locale. Weeks begin on Monday; a day without a year is the last one that has
 * begun; a day lasts from local midnight to local midnight, however long the clocks make it. */

/* From @since_us up to but without @until_us, microseconds since the epoch, UTC. */
typedef struct {
    int64_t since_us;
    int64_t until_us;
} RecallTimeRange;

#define RECALL_TIME_RANGE_ALL ((RecallTimeRange){G_MININT64, G_MAXINT64})

/* Characters of a text that are looked at. */
#define RECALL_DATES_N_CHARS_MAX 96

typedef enum {
    RECALL_DATES_PLAIN, /* among other words: only what is hardly ever meant as text */
    RECALL_DATES_LOOSE, /* also `november`, `14:05`, `2025`, `mon`, and Chinese text may follow
                           without a space: 昨天发票 */
    RECALL_DATES_VALUE, /* where a time must stand: the same, but for that text */
} RecallDatesContext;

/**
 * recall_dates_match:
 * @text: not terminated; a time is looked for at its very start, and may be followed by more
 * @now: also says the person's time zone
 * @out_range: set on a match only
 *
 * Returns: the length of the longest time expression at the start of @text in bytes, 0 for none
 */
size_t recall_dates_match(const char *text,
                          size_t length_bytes,
                          RecallDatesContext context,
                          GDateTime *now,
                          RecallTimeRange *out_range);

/* Whether all of @text is a Chinese year and nothing else (`2025年`, `去年`), which among other
 * words is text more often than not. @out_range: set on success only */
gboolean recall_dates_match_year(const char *text,
                                 size_t length_bytes,
                                 GDateTime *now,
                                 RecallTimeRange *out_range);

/* What a bound of a search says: @text is a whole time. As a lower bound the start of the time
 * counts (`since yesterday` includes yesterday), as an upper bound the end of a day, week, month
 * or year, but a time of day itself (`until 14:05`); without a day it is today's, so that
 * `since 9:00`, `until 18:00` is the whole of a working day that has not ended yet.
 * @error: G_IO_ERROR_INVALID_ARGUMENT with a sentence */
gboolean recall_dates_parse_since(const char *text,
                                  GDateTime *now,
                                  int64_t *out_since_us,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean recall_dates_parse_until(const char *text,
                                  GDateTime *now,
                                  int64_t *out_until_us,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Both of them. @since, @until: (nullable): that bound stays as it is. @range: in and out;
 * undefined on failure. @error: as above; or the time ends before it begins */
gboolean recall_dates_parse_bounds(const char *since,
                                   const char *until,
                                   GDateTime *now,
                                   RecallTimeRange *range,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
