/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/datenames.h"

#include "recall/vault/daytime.h"

/* `+08:00`, `+0800`, `z` after a time of day */
static gboolean
read_zone(RecallDatetext *reader, int64_t *out_offset_s)
{
    unsigned start = reader->at;
    gunichar sign = recall_datetext_get(reader, reader->at);
    int hours = 0;
    int minutes = 0;
    unsigned n_digits = 0;

    *out_offset_s = 0;
    if (sign == 'z' && !recall_datetext_is_latin(recall_datetext_get(reader, reader->at + 1))) {
        reader->at++;
        return TRUE;
    }
    if (sign != '+' && sign != '-')
        return FALSE;
    reader->at++;
    if (recall_datetext_read_digits(reader, 4, &hours, &n_digits) &&
        (n_digits == 4 || n_digits == 2)) {
        if (n_digits == 4) {
            minutes = hours % 100;
            hours /= 100;
        } else if (recall_datetext_accept(reader, ":")) {
            recall_datetext_read_digits(reader, 2, &minutes, &n_digits);
        }
        *out_offset_s =
            (hours * RECALL_HOUR_S + minutes * RECALL_MINUTE_S) * (sign == '-' ? -1 : 1);
        return hours <= 15 && minutes <= 59;
    }
    reader->at = start;
    return FALSE;
}

/* The time of an ISO date: `t14:05:09z`. Without a zone it is the person's. */
static void
read_iso_time(RecallDatetext *reader, RecallMoment *out)
{
    unsigned start = reader->at;
    int64_t day = out->start / RECALL_DAY_S;
    int64_t offset_s = 0;
    RecallClock clock = {0};

    if (recall_datetext_get(reader, reader->at) != 't')
        return;
    reader->at++;
    if (recall_datetext_get(reader, reader->at) == ' ' ||
        !recall_daytime_read_clock(reader, &clock)) {
        reader->at = start;
        return;
    }
    out->start = day * RECALL_DAY_S + clock.start_s;
    out->end = out->start + clock.length_s;
    out->bound = clock.has_fraction ? out->end : out->start;
    out->is_day = FALSE;
    if (read_zone(reader, &offset_s)) {
        out->is_instant = TRUE;
        out->start = (out->start - offset_s) * G_USEC_PER_SEC;
        out->bound = (out->bound - offset_s) * G_USEC_PER_SEC;
        out->end = (out->end - offset_s) * G_USEC_PER_SEC;
    }
}

/* 2025-11-03, 2025/11/3, 2025.11.3, 20251103, 2025-11 */
static gboolean
read_iso_date(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const separators[] = {"-", "/", ".", NULL};
    int year = 0;
    int month = 0;
    int day = 0;
    unsigned n_digits = 0;
    int separator = -1;

    if (recall_datetext_read_digits(reader, 8, &year, &n_digits) && n_digits == 8) {
        out->sureness = RECALL_SURE_AS_VALUE;
        if (!recall_moment_set_date(out, year / 10000, year / 100 % 100, year % 100))
            return FALSE;
        read_iso_time(reader, out);
        return TRUE;
    }
    separator = n_digits == 4 ? recall_datetext_accept_any(reader, separators) : -1;
    if (separator < 0 || !recall_datetext_read_digits(reader, 2, &month, &n_digits))
        return FALSE;
    if (recall_datetext_get(reader, reader->at) != (gunichar)separators[separator][0]) {
        out->sureness = RECALL_SURE_AS_VALUE;
        return month >= 1 && month <= 12 && recall_moment_set_months(out, year * 12 + month - 1, 1);
    }
    reader->at++;
    if (!recall_datetext_read_digits(reader, 2, &day, &n_digits) ||
        !recall_moment_set_date(out, year, month, day))
        return FALSE;
    read_iso_time(reader, out);
    return TRUE;
}

/* /2025 behind 11/25. Returns: FALSE when another number follows */
static gboolean
read_slash_year(RecallDatetext *reader, int *out_year)
{
    unsigned n_digits = 0;

    *out_year = 0;
    if (recall_datetext_get(reader, reader->at) != '/')
        return TRUE;
    reader->at++;
    return recall_datetext_read_digits(reader, 4, out_year, &n_digits) && n_digits == 4;
}

/* 11/25, 11/25/2025: the month first, as in Chinese; the day first where nothing else is possible
 */
static gboolean
read_slash_date(RecallDatetext *reader, RecallMoment *out)
{
    unsigned n_digits = 0;
    int month = 0;
    int day = 0;
    int year = 0;

    if (!recall_datetext_read_digits(reader, 2, &month, &n_digits) ||
        recall_datetext_get(reader, reader->at) != '/')
        return FALSE;
    reader->at++;
    if (!recall_datetext_read_digits(reader, 2, &day, &n_digits) || !read_slash_year(reader, &year))
        return FALSE;
    if (month > 12) {
        int swapped = month;

        month = day;
        day = swapped;
    }
    out->sureness = RECALL_SURE_AS_VALUE;
    if (year > 0)
        return recall_moment_set_date(out, year, month, day);
    return month >= 1 && day >= 1 && recall_moment_set_recent_date(reader, out, month, day);
}

/* 3.11.2025 */
static gboolean
read_dotted_date(RecallDatetext *reader, RecallMoment *out)
{
    unsigned n_digits = 0;
    int day = 0;
    int month = 0;
    int year = 0;

    if (!recall_datetext_read_digits(reader, 2, &day, &n_digits) ||
        recall_datetext_get(reader, reader->at) != '.')
        return FALSE;
    reader->at++;
    if (!recall_datetext_read_digits(reader, 2, &month, &n_digits) ||
        recall_datetext_get(reader, reader->at) != '.')
        return FALSE;
    reader->at++;
    out->sureness = RECALL_SURE_AS_VALUE;
    return recall_datetext_read_digits(reader, 4, &year, &n_digits) && n_digits == 4 &&
           recall_moment_set_date(out, year, month, day);
}

/* The second day of `nov 3-5` and `11月3日到5日` */
static void
read_last_day(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const tails[] = {"日", "号", "th", "st", "nd", "rd", NULL};
    unsigned start = reader->at;
    unsigned n_digits = 0;
    int year = 0;
    int month = 0;
    int first = 0;
    int last = 0;
    int64_t ignored = 0;
    gunichar next = 0;

    recall_moment_split_day(out->start / RECALL_DAY_S, &year, &month, &first);
    if (recall_datetext_accept_connector(reader) &&
        recall_datetext_read_digits(reader, 2, &last, &n_digits) && last > first &&
        recall_moment_find_day(year, month, last, &ignored)) {
        gboolean has_tail = recall_datetext_accept_any(reader, tails) >= 0;

        next = recall_datetext_get(reader, reader->at);
        if (has_tail || next == 0 || next == ' ' || next == ',') {
            recall_moment_set_days(out, out->start / RECALL_DAY_S, last - first + 1);
            return;
        }
    }
    reader->at = start;
}

static gboolean
accept_day_tail(RecallDatetext *reader)
{
    static const char *const tails[] = {"日", "号", "號", NULL};

    return recall_datetext_accept_any(reader, tails) >= 0;
}

/* 今年, 去年, 2025年, 上个月, 本月 before a month or day. @out_months: counted from the year 0 */
static gboolean
read_han_year(RecallDatetext *reader, int64_t *out_months, gboolean *out_has_month)
{
    static const char *const words[] = {"今年",   "去年",   "前年", "本月",
                                        "这个月", "上个月", "上月", NULL};
    static const int n_months_back[] = {0, 12, 24, 0, 0, 1, 1};
    unsigned start = reader->at;
    int index = recall_datetext_accept_any(reader, words);
    int year = 0;

    *out_has_month = index >= 3;
    if (index >= 0) {
        *out_months = recall_moment_this_month(reader) - n_months_back[index];
        return TRUE;
    }
    if (recall_datetext_read_number(reader, 4, &year) && year >= RECALL_MOMENT_YEAR_MIN &&
        year <= RECALL_MOMENT_YEAR_MAX && recall_datetext_accept(reader, "年")) {
        *out_months = year * 12;
        return TRUE;
    }
    reader->at = start;
    return FALSE;
}

static gboolean
read_han_month(RecallDatetext *reader, int *out_month)
{
    unsigned start = reader->at;

    if (recall_datetext_read_number(reader, 2, out_month) && *out_month >= 1 && *out_month <= 12 &&
        (recall_datetext_accept(reader, "月份") || recall_datetext_accept(reader, "月")))
        return TRUE;
    reader->at = start;
    return FALSE;
}

/* 2025年11月3日, 去年11月, 11月3号, 上个月3号, 11月, 3号, 2025年 */
static gboolean
read_han_date(RecallDatetext *reader, RecallMoment *out)
{
    int64_t months = 0;
    gboolean has_month = FALSE;
    gboolean has_year = read_han_year(reader, &months, &has_month);
    gboolean says_month = FALSE;
    unsigned start = 0;
    int month = 0;
    int day = 0;

    if (!has_month && read_han_month(reader, &month)) {
        months = months / 12 * 12 + month - 1;
        has_month = says_month = TRUE;
    }
    start = reader->at;
    if (!recall_datetext_read_number(reader, 2, &day) || !accept_day_tail(reader)) {
        reader->at = start;
        day = 0;
    }
    if (day == 0) {
        out->sureness = has_year ? RECALL_SURE : RECALL_SURE_AFTER_PREPOSITION;
        if (!has_month)
            out->sureness = RECALL_SURE_AS_VALUE;
        if (!has_month)
            return has_year && recall_moment_set_months(out, months / 12 * 12, 12);
        return has_year ? recall_moment_set_months(out, months, 1)
                        : recall_moment_set_recent_month(reader, out, month, FALSE);
    }
    if (has_year && !has_month)
        return FALSE;
    out->sureness = has_month ? RECALL_SURE : RECALL_SURE_AS_VALUE;
    if (!(has_year ? recall_moment_set_date(out, months / 12, months % 12 + 1, day)
                   : recall_moment_set_recent_date(reader, out, says_month ? month : 0, day)))
        return FALSE;
    read_last_day(reader, out);
    return TRUE;
}

static const char *const month_names[] = {
    "january", "february", "march",    "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan",   "feb", "mar",  "apr",  "may",    "jun",
    "jul",     "aug",      "sep",      "oct",   "nov", "dec",  "sept", NULL};

static gboolean
read_month_name(RecallDatetext *reader, int *out_month, gboolean *out_is_short)
{
    int index = recall_datetext_accept_any(reader, month_names);

    if (index < 0)
        return FALSE;
    *out_is_short = index >= 12;
    *out_month = index == 24 ? 9 : index % 12 + 1;
    if (*out_is_short && recall_datetext_get(reader, reader->at) == '.')
        reader->at++;
    return TRUE;
}

static gboolean
read_year(RecallDatetext *reader, int *out_year)
{
    unsigned start = reader->at;
    unsigned n_digits = 0;
    int year = 0;

    recall_datetext_accept(reader, ",");
    if (recall_datetext_read_digits(reader, 4, &year, &n_digits) && n_digits == 4 &&
        year >= RECALL_MOMENT_YEAR_MIN && year <= RECALL_MOMENT_YEAR_MAX &&
        recall_datetext_get(reader, reader->at) != ':') {
        *out_year = year;
        return TRUE;
    }
    reader->at = start;
    return FALSE;
}

/* 3, 3rd; not the 3 of 3pm or 3:15 */
static gboolean
read_day_number(RecallDatetext *reader, int *out_day)
{
    static const char *const tails[] = {"st", "nd", "rd", "th", NULL};
    unsigned start = reader->at;
    unsigned n_digits = 0;
    gunichar next = 0;

    if (recall_datetext_read_digits(reader, 2, out_day, &n_digits) && *out_day >= 1 &&
        *out_day <= 31) {
        recall_datetext_accept_any(reader, tails);
        next = recall_datetext_get(reader, reader->at);
        if (!recall_datetext_is_latin(next) && next != ':')
            return TRUE;
    }
    reader->at = start;
    return FALSE;
}

static gboolean
set_named_date(const RecallDatetext *reader, RecallMoment *out, int year, int month, int day)
{
    return year != 0 ? recall_moment_set_date(out, year, month, day)
                     : recall_moment_set_recent_date(reader, out, month, day);
}

/* `november 3`, `nov 3rd, 2025`, `nov 3-5`, `november 2025`, `november` */
static gboolean
read_month_day(RecallDatetext *reader, RecallMoment *out)
{
    int year = 0;
    int month = 0;
    int day = 0;
    gboolean is_short = FALSE;

    if (!read_month_name(reader, &month, &is_short))
        return FALSE;
    if (read_year(reader, &year))
        return recall_moment_set_months(out, year * 12 + month - 1, 1);
    if (!read_day_number(reader, &day)) {
        out->sureness = is_short ? RECALL_SURE_AS_VALUE : RECALL_SURE_AFTER_PREPOSITION;
        return recall_moment_set_recent_month(reader, out, month, FALSE);
    }
    read_year(reader, &year);
    if (!set_named_date(reader, out, year, month, day))
        return FALSE;
    if (year == 0)
        read_last_day(reader, out);
    return TRUE;
}

/* `3 november`, `3rd of nov 2025`, `the 3rd of november` */
static gboolean
read_day_month(RecallDatetext *reader, RecallMoment *out)
{
    int year = 0;
    int month = 0;
    int day = 0;
    gboolean is_short = FALSE;

    recall_datetext_accept(reader, "the");
    if (!read_day_number(reader, &day))
        return FALSE;
    recall_datetext_accept(reader, "of");
    if (!read_month_name(reader, &month, &is_short))
        return FALSE;
    read_year(reader, &year);
    return set_named_date(reader, out, year, month, day);
}

static gboolean
read_last_month_name(RecallDatetext *reader, RecallMoment *out)
{
    int month = 0;
    gboolean is_short = FALSE;

    return recall_datetext_accept(reader, "last") && read_month_name(reader, &month, &is_short) &&
           recall_moment_set_recent_month(reader, out, month, TRUE);
}

gboolean
recall_datenames_read_bare_year(RecallDatetext *reader, RecallMoment *out)
{
    int year = 0;

    out->sureness = RECALL_SURE_AS_VALUE;
    return read_year(reader, &year) && recall_moment_set_months(out, year * 12, 12);
}

const RecallMomentFunc recall_datenames_readers[] = {
    read_iso_date,  read_slash_date, read_dotted_date,     read_han_date,
    read_month_day, read_day_month,  read_last_month_name, NULL,
};
