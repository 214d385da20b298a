/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/moment.h"

#define EPOCH_JULIAN 719163 /* 1970-01-01 as GDate counts */

/* Returns: FALSE when there is no such day */
gboolean
recall_moment_find_day(int year, int month, int day, int64_t *out)
{
    GDate date;

    if (year < RECALL_MOMENT_YEAR_MIN || year > RECALL_MOMENT_YEAR_MAX ||
        !g_date_valid_dmy(day, month, year))
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, day, month, year);
    *out = (int64_t)g_date_get_julian(&date) - EPOCH_JULIAN;
    return TRUE;
}

void
recall_moment_split_day(int64_t day, int *out_year, int *out_month, int *out_day)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, day + EPOCH_JULIAN);
    *out_year = g_date_get_year(&date);
    *out_month = g_date_get_month(&date);
    *out_day = g_date_get_day(&date);
}

/* 0 is Monday. */
int
recall_moment_weekday(int64_t day)
{
    return (day + 3) % 7;
}

void
recall_moment_set_days(RecallMoment *out, int64_t first_day, int64_t n_days)
{
    out->start = first_day * RECALL_DAY_S;
    out->end = out->bound = (first_day + n_days) * RECALL_DAY_S;
    out->is_day = n_days == 1;
}

gboolean
recall_moment_set_date(RecallMoment *out, int year, int month, int day)
{
    int64_t first = 0;

    if (!recall_moment_find_day(year, month, day, &first))
        return FALSE;
    recall_moment_set_days(out, first, 1);
    return TRUE;
}

/* @months: counted from the year 0 */
gboolean
recall_moment_set_months(RecallMoment *out, int64_t months, int n_months)
{
    int64_t first = 0;
    int64_t next = 0;

    if (!recall_moment_find_day(months / 12, months % 12 + 1, 1, &first) ||
        !recall_moment_find_day((months + n_months) / 12, (months + n_months) % 12 + 1, 1, &next))
        return FALSE;
    recall_moment_set_days(out, first, next - first);
    out->is_day = FALSE;
    return TRUE;
}

int64_t
recall_moment_this_month(const RecallDatetext *reader)
{
    int year = 0;
    int month = 0;
    int day = 0;

    recall_moment_split_day(reader->today, &year, &month, &day);
    return year * 12 + month - 1;
}

/* The last such day that has begun. @month: 0 for any */
gboolean
recall_moment_set_recent_date(const RecallDatetext *reader, RecallMoment *out, int month, int day)
{
    int64_t months = recall_moment_this_month(reader);

    for (int i = 0; i < 12 * 8 + 1; i++, months--) { /* a 29 February comes within eight years */
        if (month != 0 && months % 12 + 1 != month)
            continue;
        if (recall_moment_set_date(out, months / 12, months % 12 + 1, day) &&
            out->start <= reader->now_s)
            return TRUE;
    }
    return FALSE;
}

gboolean
recall_moment_set_recent_month(const RecallDatetext *reader,
                               RecallMoment *out,
                               int month,
                               gboolean is_past)
{
    int64_t months = recall_moment_this_month(reader) - (is_past ? 1 : 0);

    while (months % 12 + 1 != month)
        months--;
    return recall_moment_set_months(out, months, 1);
}

/* The same day of the month so many months earlier, or that month's last day. */
gboolean
recall_moment_go_months_back(int64_t day, int n_months, int64_t *out)
{
    GDate date;

    if (n_months >= (RECALL_MOMENT_YEAR_MAX - RECALL_MOMENT_YEAR_MIN) * 12)
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, day + EPOCH_JULIAN);
    if (g_date_get_year(&date) - n_months / 12 <= RECALL_MOMENT_YEAR_MIN)
        return FALSE;
    g_date_subtract_months(&date, n_months);
    *out = (int64_t)g_date_get_julian(&date) - EPOCH_JULIAN;
    return TRUE;
}
