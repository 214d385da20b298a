/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/datetext.h"

/* A time that was read, and the calendar it stands in. */

#define RECALL_MOMENT_YEAR_MIN 1970
#define RECALL_MOMENT_YEAR_MAX 2999

/* How sure it is that a time was meant. */
typedef enum {
    RECALL_SURE,
    RECALL_SURE_AFTER_PREPOSITION, /* `in november`, `at 14:05` */
    RECALL_SURE_AS_VALUE,          /* only where nothing but a time can stand */
} RecallSureness;

typedef struct {
    int64_t start; /* civil seconds; microseconds since the epoch when @is_instant */
    int64_t end;
    int64_t bound; /* as an upper bound */
    gboolean is_instant;
    gboolean is_day; /* so a time of day may follow */
    gboolean is_to_come;
    RecallSureness sureness;
} RecallMoment;

/* Reads one kind of time. @out: all zero */
typedef gboolean (*RecallMomentFunc)(RecallDatetext *reader, RecallMoment *out);

/* Returns: FALSE when there is no such day */
gboolean recall_moment_find_day(int year, int month, int day, int64_t *out);
void recall_moment_split_day(int64_t day, int *out_year, int *out_month, int *out_day);
/* 0 is Monday. */
int recall_moment_weekday(int64_t day);
/* The same day of the month so many months earlier, or that month's last day. */
gboolean recall_moment_go_months_back(int64_t day, int n_months, int64_t *out);
/* Counted from the year 0 */
int64_t recall_moment_this_month(const RecallDatetext *reader);

void recall_moment_set_days(RecallMoment *out, int64_t first_day, int64_t n_days);
gboolean recall_moment_set_date(RecallMoment *out, int year, int month, int day);
/* @months: counted from the year 0 */
gboolean recall_moment_set_months(RecallMoment *out, int64_t months, int n_months);
/* The last such day that has begun. @month: 0 for any */
gboolean
recall_moment_set_recent_date(const RecallDatetext *reader, RecallMoment *out, int month, int day);
/* @is_past: not the one that lasts */
gboolean recall_moment_set_recent_month(const RecallDatetext *reader,
                                        RecallMoment *out,
                                        int month,
                                        gboolean is_past);
