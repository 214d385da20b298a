/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/dates.h"

#include "recall/vault/tokenizer.h"

#include <gio/gio.h>
#include <string.h>

#define MINUTE_S INT64_C(60)
#define HOUR_S (60 * MINUTE_S)
#define DAY_S (24 * HOUR_S)
#define EPOCH_JULIAN 719163 /* 1970-01-01 as GDate counts */
#define YEAR_MIN 1970
#define YEAR_MAX 2999

/* The text, folded, and the person's now. Civil seconds and days count from 1970-01-01 00:00 as the
 * clock on the wall shows it, and become instants only at the end. */
typedef struct {
    gunichar chars[RECALL_DATES_N_CHARS_MAX];
    size_t ends[RECALL_DATES_N_CHARS_MAX]; /* byte after each */
    unsigned n_chars;
    unsigned at;
    GTimeZone *zone;
    int64_t now_us;
    int64_t now_s;
    int64_t today;
    gboolean may_be_later; /* a time of day without a day is today's, though it has not begun */
} Reader;

/* How sure it is that a time was meant. */
typedef enum {
    SURE,
    AFTER_PREPOSITION, /* `in november`, `at 14:05` */
    AS_VALUE,          /* only where nothing but a time can stand */
} Sureness;

typedef struct {
    int64_t start; /* civil seconds; microseconds since the epoch when @is_instant */
    int64_t end;
    int64_t bound; /* as an upper bound */
    gboolean is_instant;
    gboolean is_day; /* so a time of day may follow */
    Sureness sureness;
} Moment;

typedef gboolean (*ReadFunc)(Reader *reader, Moment *out);

/* --- characters and numbers --- */

static gunichar
char_at(const Reader *reader, unsigned index)
{
    return index < reader->n_chars ? reader->chars[index] : 0;
}

static gboolean
is_latin(gunichar ch)
{
    return ch < 0x80 && g_ascii_isalnum(ch);
}

static void
skip_spaces(Reader *reader)
{
    while (char_at(reader, reader->at) == ' ')
        reader->at++;
}

/* Takes @word, after any spaces; one that ends in a letter must end there. */
static gboolean
accept(Reader *reader, const char *word)
{
    unsigned start = reader->at;
    gunichar last = 0;

    skip_spaces(reader);
    for (; *word != 0; word = g_utf8_next_char(word)) {
        last = g_utf8_get_char(word);
        if (char_at(reader, reader->at) != last) {
            reader->at = start;
            return FALSE;
        }
        reader->at++;
    }
    if (is_latin(last) && is_latin(char_at(reader, reader->at))) {
        reader->at = start;
        return FALSE;
    }
    return TRUE;
}

/* Returns: the index of the first of @words that stands here, or -1 */
static int
accept_any(Reader *reader, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (accept(reader, words[i]))
            return i;
    }
    return -1;
}

/* Outputs are set on success only. */
static gboolean
read_digits(Reader *reader, unsigned n_digits_max, int *out, unsigned *out_n_digits)
{
    unsigned start = reader->at;
    unsigned n = 0;
    int value = 0;

    skip_spaces(reader);
    for (; n <= n_digits_max && g_unichar_isdigit(char_at(reader, reader->at)); n++)
        value = value * 10 + g_unichar_digit_value(reader->chars[reader->at++]);
    if (n == 0 || n > n_digits_max) {
        reader->at = start;
        return FALSE;
    }
    *out = value;
    *out_n_digits = n;
    return TRUE;
}

static int
han_digit(gunichar ch)
{
    static const gunichar digits[] = {0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db,
                                      0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d}; /* 零 to 九 */

    if (ch == 0x4e24) /* 两 */
        return 2;
    if (ch == 0x3007) /* 〇 */
        return 0;
    for (int i = 0; i < 10; i++) {
        if (ch == digits[i])
            return i;
    }
    return -1;
}

/* 三, 十, 十二, 三十一, 二〇二五 */
static gboolean
read_han_number(Reader *reader, int *out)
{
    unsigned start = 0;
    int value = 0;
    int digit = -1;
    gboolean has_ten = FALSE;

    skip_spaces(reader);
    for (start = reader->at; reader->at - start < 4; reader->at++) {
        gunichar ch = char_at(reader, reader->at);

        digit = han_digit(ch);
        if (ch == 0x5341 && !has_ten) { /* 十 */
            value = value == 0 ? 10 : value * 10;
            has_ten = TRUE;
        } else if (digit >= 0) {
            value = has_ten ? value + digit : value * 10 + digit;
        } else {
            break;
        }
    }
    if (reader->at > start)
        *out = value;
    return reader->at > start;
}

static gboolean
read_number(Reader *reader, unsigned n_digits_max, int *out)
{
    unsigned n_digits = 0;

    return read_digits(reader, n_digits_max, out, &n_digits) || read_han_number(reader, out);
}

/* How many: also `a`, `three` */
static gboolean
read_count(Reader *reader, int *out)
{
    static const char *const words[] = {"a",    "one",    "two",    "three", "four",
                                        "five", "six",    "seven",  "eight", "nine",
                                        "ten",  "eleven", "twelve", "an",    NULL};
    int index = accept_any(reader, words);

    if (index >= 0) {
        *out = index == 0 || words[index + 1] == NULL ? 1 : index;
        return TRUE;
    }
    return read_number(reader, 4, out);
}

static gboolean
accept_connector(Reader *reader)
{
    static const char *const words[] = {"-",     "\u2013", "\u2014", "~",      "\u301c", "to", "..",
                                        "until", "till",   "\u5230", "\u81f3", NULL}; /* 到 至 */

    return accept_any(reader, words) >= 0;
}

/* --- calendar --- */

/* Returns: FALSE when there is no such day */
static gboolean
day_from_date(int year, int month, int day, int64_t *out)
{
    GDate date;

    if (year < YEAR_MIN || year > YEAR_MAX || !g_date_valid_dmy(day, month, year))
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, day, month, year);
    *out = (int64_t)g_date_get_julian(&date) - EPOCH_JULIAN;
    return TRUE;
}

static void
date_from_day(int64_t day, int *out_year, int *out_month, int *out_day)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, day + EPOCH_JULIAN);
    *out_year = g_date_get_year(&date);
    *out_month = g_date_get_month(&date);
    *out_day = g_date_get_day(&date);
}

/* 0 is Monday. */
static int
weekday_of(int64_t day)
{
    return (day + 3) % 7;
}

static void
set_days(Moment *out, int64_t first_day, int64_t n_days)
{
    out->start = first_day * DAY_S;
    out->end = out->bound = (first_day + n_days) * DAY_S;
    out->is_day = n_days == 1;
}

static gboolean
set_date(Moment *out, int year, int month, int day)
{
    int64_t first = 0;

    if (!day_from_date(year, month, day, &first))
        return FALSE;
    set_days(out, first, 1);
    return TRUE;
}

/* @months: counted from the year 0 */
static gboolean
set_months(Moment *out, int64_t months, int n_months)
{
    int64_t first = 0;
    int64_t next = 0;

    if (!day_from_date(months / 12, months % 12 + 1, 1, &first) ||
        !day_from_date((months + n_months) / 12, (months + n_months) % 12 + 1, 1, &next))
        return FALSE;
    set_days(out, first, next - first);
    out->is_day = FALSE;
    return TRUE;
}

static int64_t
this_month(const Reader *reader)
{
    int year = 0;
    int month = 0;
    int day = 0;

    date_from_day(reader->today, &year, &month, &day);
    return year * 12 + month - 1;
}

/* The last such day that has begun. @month: 0 for any */
static gboolean
set_recent_date(const Reader *reader, Moment *out, int month, int day)
{
    int64_t months = this_month(reader);

    for (int i = 0; i < 12 * 8 + 1; i++, months--) { /* a 29 February comes within eight years */
        if (month != 0 && months % 12 + 1 != month)
            continue;
        if (set_date(out, months / 12, months % 12 + 1, day) && out->start <= reader->now_s)
            return TRUE;
    }
    return FALSE;
}

static gboolean
set_recent_month(const Reader *reader, Moment *out, int month, gboolean is_past)
{
    int64_t months = this_month(reader) - (is_past ? 1 : 0);

    while (months % 12 + 1 != month)
        months--;
    return set_months(out, months, 1);
}

/* --- time of day --- */

typedef struct {
    const char *word;
    int from_min;
    int to_min;
} Part;

static const Part parts[] = {
    {"morning", 300, 720}, {"afternoon", 720, 1080}, {"evening", 1080, 1440}, {"night", 1080, 1740},
    {"noon", 660, 840},    {"凌晨", 0, 360},         {"清晨", 300, 540},      {"早上", 300, 720},
    {"早晨", 300, 720},    {"上午", 300, 720},       {"中午", 660, 840},      {"下午", 720, 1080},
    {"傍晚", 1020, 1200},  {"晚上", 1080, 1740},     {"夜里", 1080, 1740},
};

static const Part *
accept_part(Reader *reader)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (accept(reader, parts[i].word))
            return &parts[i];
    }
    return NULL;
}

typedef struct {
    int64_t start_s; /* since midnight */
    int64_t length_s;
    gboolean says_half;    /* am or pm was said */
    gboolean has_fraction; /* of a second, which is cut off */
} Clock;

static void
apply_half(Clock *clock, gboolean is_pm)
{
    int64_t hour = clock->start_s / HOUR_S;

    if (is_pm && hour < 12)
        clock->start_s += 12 * HOUR_S;
    else if (!is_pm && hour == 12)
        clock->start_s -= 12 * HOUR_S;
    clock->says_half = TRUE;
}

static gboolean
accept_half(Reader *reader, Clock *clock)
{
    static const char *const words[] = {"a.m.", "p.m.", "am", "pm", NULL};
    int index = accept_any(reader, words);

    if (index < 0)
        return FALSE;
    apply_half(clock, index % 2 == 1);
    return TRUE;
}

/* What follows a colon: 05, 05:09, 05:09.123 */
static gboolean
read_minutes(Reader *reader, Clock *clock)
{
    int value = 0;
    unsigned n_digits = 0;

    if (!read_digits(reader, 2, &value, &n_digits) || n_digits != 2 || value > 59)
        return FALSE;
    clock->start_s += value * MINUTE_S;
    clock->length_s = MINUTE_S;
    if (accept(reader, ":")) {
        if (!read_digits(reader, 2, &value, &n_digits) || n_digits != 2 || value > 60)
            return FALSE;
        clock->start_s += MIN(value, 59);
        clock->length_s = 1;
        if (char_at(reader, reader->at) == '.' &&
            g_unichar_isdigit(char_at(reader, reader->at + 1))) {
            clock->has_fraction = TRUE;
            for (reader->at++; g_unichar_isdigit(char_at(reader, reader->at));)
                reader->at++;
        }
    }
    return TRUE;
}

/* What follows 点: 半, 一刻, 5分 */
static void
read_han_minutes(Reader *reader, Clock *clock)
{
    static const char *const words[] = {"半", "一刻", "三刻", NULL};
    static const int minutes[] = {30, 15, 45};
    unsigned start = 0;
    int index = accept_any(reader, words);
    int value = 0;

    if (index >= 0) {
        clock->start_s += minutes[index] * MINUTE_S;
        clock->length_s = MINUTE_S;
        return;
    }
    if (accept(reader, "钟"))
        return;
    start = reader->at;
    if (read_number(reader, 2, &value) && value < 60 && accept(reader, "分")) {
        clock->start_s += value * MINUTE_S;
        clock->length_s = MINUTE_S;
        return;
    }
    reader->at = start;
}

static gboolean
read_clock(Reader *reader, Clock *out)
{
    static const char *const hours[] = {"点", "點", "时", NULL};
    unsigned start = reader->at;
    int hour = 0;

    if (!read_number(reader, 2, &hour) || hour > 24) {
        reader->at = start;
        return FALSE;
    }
    *out = (Clock){hour * HOUR_S, HOUR_S, FALSE};
    if (char_at(reader, reader->at) == ':') {
        reader->at++;
        if (read_minutes(reader, out)) {
            accept_half(reader, out);
            return TRUE;
        }
    } else if (accept_half(reader, out)) {
        return TRUE;
    } else if (accept_any(reader, hours) >= 0) {
        read_han_minutes(reader, out);
        return TRUE;
    }
    reader->at = start;
    return FALSE;
}

/* The 2 of `2-3pm` */
static gboolean
read_bare_hour(Reader *reader, Clock *out)
{
    unsigned start = reader->at;
    unsigned n_digits = 0;
    int hour = 0;
    Clock next = {0};

    if (read_digits(reader, 2, &hour, &n_digits) && hour <= 12) {
        unsigned after = reader->at;

        if (accept_connector(reader) && read_clock(reader, &next) && next.says_half) {
            *out = (Clock){hour * HOUR_S, HOUR_S, FALSE};
            apply_half(out, next.start_s > 12 * HOUR_S && hour * HOUR_S < next.start_s);
            if (out->start_s > next.start_s)
                out->start_s -= 12 * HOUR_S;
            reader->at = after;
            return TRUE;
        }
    }
    reader->at = start;
    return FALSE;
}

/* The second time of a range; without its half of the day it is in the first one's. */
static gboolean
read_clock_end(Reader *reader, const Clock *first, Clock *out)
{
    unsigned start = reader->at;
    const Part *part = NULL;

    if (!accept_connector(reader)) {
        reader->at = start;
        return FALSE;
    }
    part = accept_part(reader);
    if (!read_clock(reader, out)) {
        reader->at = start;
        return FALSE;
    }
    if (part != NULL)
        apply_half(out, part->to_min > 720);
    else if (out->start_s < first->start_s && out->start_s + 12 * HOUR_S > first->start_s &&
             first->says_half && !out->says_half)
        out->start_s += 12 * HOUR_S;
    if (out->start_s <= first->start_s)
        out->start_s += DAY_S; /* over midnight */
    return TRUE;
}

/* A time of day on @day: `afternoon`, `下午3点`, `14:05`, `14:05-14:12` */
static gboolean
read_time_of_day(Reader *reader, int64_t day, Moment *out)
{
    Clock first = {0};
    Clock second = {0};
    const Part *part = accept_part(reader);
    gboolean has_clock = read_clock(reader, &first) || read_bare_hour(reader, &first);

    if (part == NULL && !has_clock)
        return FALSE;
    out->is_day = FALSE;
    if (!has_clock) {
        out->start = day * DAY_S + part->from_min * MINUTE_S;
        out->end = out->bound = day * DAY_S + part->to_min * MINUTE_S;
        out->sureness = AS_VALUE;
        return TRUE;
    }
    if (part != NULL)
        apply_half(&first, part->to_min > 720 && first.start_s >= HOUR_S);
    out->start = out->bound = day * DAY_S + first.start_s;
    out->end = out->start + first.length_s;
    out->sureness = part != NULL ? SURE : AFTER_PREPOSITION;
    if (read_clock_end(reader, &first, &second)) {
        out->end = out->bound = day * DAY_S + second.start_s;
        out->sureness = SURE;
    }
    return TRUE;
}

/* --- days and spans of days --- */

static gboolean
read_day_word(Reader *reader, Moment *out)
{
    static const struct {
        const char *word;
        int n_days_back;
        int from_min; /* with to_min: a part of that day */
        int to_min;
    } words[] = {
        {"today", 0},
        {"yesterday", 1},
        {"the day before yesterday", 2},
        {"day before yesterday", 2},
        {"this morning", 0, 300, 720},
        {"this afternoon", 0, 720, 1080},
        {"this evening", 0, 1080, 1440},
        {"tonight", 0, 1080, 1740},
        {"last night", 1, 1080, 1740},
        {"今天", 0},
        {"今日", 0},
        {"昨天", 1},
        {"昨日", 1},
        {"前天", 2},
        {"大前天", 3},
        {"今早", 0, 300, 720},
        {"今晚", 0, 1080, 1740},
        {"昨晚", 1, 1080, 1740},
        {"昨夜", 1, 1080, 1740},
        {"前晚", 2, 1080, 1740},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!accept(reader, words[i].word))
            continue;
        set_days(out, reader->today - words[i].n_days_back, 1);
        if (words[i].to_min != 0) {
            out->end = out->bound = out->start + words[i].to_min * MINUTE_S;
            out->start += words[i].from_min * MINUTE_S;
            out->is_day = FALSE;
        }
        return TRUE;
    }
    return FALSE;
}

typedef enum { MINUTES, HOURS, DAYS, WEEKS, MONTHS, YEARS } Unit;

static gboolean
accept_unit(Reader *reader, Unit *out)
{
    static const struct {
        const char *word;
        Unit unit;
    } words[] = {
        {"minutes", MINUTES}, {"minute", MINUTES}, {"mins", MINUTES}, {"min", MINUTES},
        {"hours", HOURS},     {"hour", HOURS},     {"hrs", HOURS},    {"hr", HOURS},
        {"days", DAYS},       {"day", DAYS},       {"weeks", WEEKS},  {"week", WEEKS},
        {"months", MONTHS},   {"month", MONTHS},   {"years", YEARS},  {"year", YEARS},
        {"分钟", MINUTES},    {"个小时", HOURS},   {"小时", HOURS},   {"个钟头", HOURS},
        {"天", DAYS},         {"日", DAYS},        {"个星期", WEEKS}, {"星期", WEEKS},
        {"个礼拜", WEEKS},    {"礼拜", WEEKS},     {"周", WEEKS},     {"个月", MONTHS},
        {"年", YEARS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (accept(reader, words[i].word)) {
            *out = words[i].unit;
            return TRUE;
        }
    }
    return FALSE;
}

/* The calendar week, month or year so many before this one. */
static gboolean
set_calendar_span(const Reader *reader, Moment *out, Unit unit, int n_back)
{
    int64_t monday = reader->today - weekday_of(reader->today);

    if (unit == WEEKS)
        set_days(out, monday - 7 * (int64_t)n_back, 7);
    else if (unit == MONTHS)
        return set_months(out, this_month(reader) - n_back, 1);
    else if (unit == YEARS)
        return set_months(out, (this_month(reader) / 12 - n_back) * 12, 12);
    else
        set_days(out, reader->today - n_back, 1);
    return TRUE;
}

static gboolean
set_ago(const Reader *reader, Moment *out, int count, Unit unit)
{
    int64_t unit_us = (unit == MINUTES ? MINUTE_S : HOUR_S) * G_USEC_PER_SEC;
    int64_t blur_us = MAX(unit_us / 2, count * unit_us / 5);

    if (unit != MINUTES && unit != HOURS)
        return set_calendar_span(reader, out, unit, count);
    out->is_instant = TRUE;
    out->start = reader->now_us - count * unit_us - blur_us;
    out->end = out->bound = reader->now_us - count * unit_us + blur_us;
    return TRUE;
}

/* `3 days ago`, `half an hour ago`, `三天前`, `半小时前` */
static gboolean
read_ago(Reader *reader, Moment *out)
{
    static const char *const halves[] = {"half an hour", "半个小时", "半小时", NULL};
    static const char *const agos[] = {"ago", "之前", "以前", "前", NULL};
    Unit unit = MINUTES;
    int count = 30;

    if (accept_any(reader, halves) < 0 &&
        (!read_count(reader, &count) || !accept_unit(reader, &unit)))
        return FALSE;
    return accept_any(reader, agos) >= 0 && set_ago(reader, out, count, unit);
}

static gboolean
read_just_now(Reader *reader, Moment *out)
{
    static const char *const words[] = {"just now", "刚才", "刚刚", NULL};

    out->is_instant = TRUE;
    out->start = reader->now_us - 15 * MINUTE_S * G_USEC_PER_SEC;
    out->end = out->bound = reader->now_us + 1;
    return accept_any(reader, words) >= 0;
}

/* The same day of the month so many months earlier, or that month's last day. */
static gboolean
months_before(int64_t day, int n_months, int64_t *out)
{
    GDate date;

    if (n_months >= (YEAR_MAX - YEAR_MIN) * 12)
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, day + EPOCH_JULIAN);
    if (g_date_get_year(&date) - n_months / 12 <= YEAR_MIN)
        return FALSE;
    g_date_subtract_months(&date, n_months);
    *out = (int64_t)g_date_get_julian(&date) - EPOCH_JULIAN;
    return TRUE;
}

static gboolean
set_last_units(const Reader *reader, Moment *out, int count, Unit unit)
{
    int64_t first = reader->today;

    out->end = out->bound = (reader->today + 1) * DAY_S;
    if (unit <= HOURS) {
        out->is_instant = TRUE;
        out->start = reader->now_us - count * (unit == HOURS ? HOUR_S : MINUTE_S) * G_USEC_PER_SEC;
        out->end = out->bound = reader->now_us + 1;
        return TRUE;
    }
    if (unit == DAYS || unit == WEEKS)
        first -= (int64_t)count * (unit == WEEKS ? 7 : 1);
    else if (!months_before(first, count * (unit == YEARS ? 12 : 1), &first))
        return FALSE;
    out->start = first * DAY_S;
    return TRUE;
}

/* From so long ago until now: `last 3 days`, `past hour`, `最近两小时` */
static gboolean
read_last_units(Reader *reader, Moment *out)
{
    static const char *const lasts[] = {"the last", "last", "the past", "past",
                                        "最近",     "过去", "近",       NULL};
    static const char *const tails[] = {"以来", "之内", "以内", "内", "里", NULL};
    Unit unit = DAYS;
    int count = 1;
    int index = accept_any(reader, lasts);
    gboolean has_count = FALSE;

    if (index < 0)
        return FALSE;
    has_count = read_count(reader, &count);
    if (!accept_unit(reader, &unit) || (!has_count && unit > HOURS))
        return FALSE;
    if (index >= 4)
        accept_any(reader, tails);
    return set_last_units(reader, out, count, unit);
}

/* `last week`, `this month`, `上上周`, `本月`, `last weekend` */
static gboolean
read_named_span(Reader *reader, Moment *out)
{
    static const struct {
        const char *word;
        Unit unit;
        int n_back;
    } words[] = {
        {"this week", WEEKS, 0},   {"last week", WEEKS, 1},   {"previous week", WEEKS, 1},
        {"this month", MONTHS, 0}, {"last month", MONTHS, 1}, {"previous month", MONTHS, 1},
        {"this year", YEARS, 0},   {"last year", YEARS, 1},   {"previous year", YEARS, 1},
        {"这个月", MONTHS, 0},     {"本月", MONTHS, 0},       {"这月", MONTHS, 0},
        {"上上个月", MONTHS, 2},   {"上个月", MONTHS, 1},     {"上月", MONTHS, 1},
        {"今年", YEARS, 0},        {"去年", YEARS, 1},        {"前年", YEARS, 2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (accept(reader, words[i].word))
            return set_calendar_span(reader, out, words[i].unit, words[i].n_back);
    }
    return FALSE;
}

static gboolean
read_weekend(Reader *reader, Moment *out)
{
    static const char *const words[] = {"this weekend", "last weekend", "the weekend",
                                        "周末",         "上周末",       NULL};
    int index = accept_any(reader, words);
    int64_t saturday = reader->today - weekday_of(reader->today) + 5;

    if (index < 0)
        return FALSE;
    if (index == 1 || index == 4 || saturday > reader->today)
        saturday -= 7;
    set_days(out, saturday, 2);
    return TRUE;
}

/* `tuesday`, `last tue`: the last one that has begun, or that is over */
static gboolean
read_weekday(Reader *reader, Moment *out)
{
    static const char *const lasts[] = {"last", "this", "past", NULL};
    static const char *const names[] = {"monday",   "tuesday", "wednesday", "thursday", "friday",
                                        "saturday", "sunday",  "mon",       "tue",      "wed",
                                        "thu",      "fri",     "sat",       "sun",      "tues",
                                        "weds",     "thur",    "thurs",     NULL};
    static const int days[] = {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 3};
    int last = accept_any(reader, lasts);
    int index = accept_any(reader, names);
    int n_back = 0;

    if (index < 0)
        return FALSE;
    n_back = (weekday_of(reader->today) - days[index] + 7) % 7;
    if (n_back == 0 && (last == 0 || last == 2))
        n_back = 7;
    set_days(out, reader->today - n_back, 1);
    out->sureness = index < 7 || last >= 0 ? SURE : AS_VALUE;
    return TRUE;
}

/* 上周, 上周二, 这个星期一, 星期天 */
static gboolean
read_han_week(Reader *reader, Moment *out)
{
    static const char *const prefixes[] = {"上上个", "上上", "上个", "上",
                                           "这个",   "这",   "本",   NULL};
    static const int n_back[] = {2, 2, 1, 1, 0, 0, 0};
    static const char *const weeks[] = {"周", "星期", "礼拜", NULL};
    static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日", "天", NULL};
    int64_t monday = reader->today - weekday_of(reader->today);
    int prefix = accept_any(reader, prefixes);
    int day = 0;

    if (accept_any(reader, weeks) < 0)
        return FALSE;
    day = accept_any(reader, days);
    if (day < 0 && prefix < 0)
        return FALSE;
    if (day == 7) /* 天 is 日 */
        day = 6;
    if (day < 0)
        set_days(out, monday - 7 * n_back[prefix], 7);
    else if (prefix >= 0)
        set_days(out, monday - 7 * n_back[prefix] + day, 1);
    else
        set_days(out, monday + day - (monday + day > reader->today ? 7 : 0), 1);
    return TRUE;
}

/* --- dates by number and name --- */

/* `+08:00`, `+0800`, `z` after a time of day */
static gboolean
read_zone(Reader *reader, int64_t *out_offset_s)
{
    unsigned start = reader->at;
    gunichar sign = char_at(reader, reader->at);
    int hours = 0;
    int minutes = 0;
    unsigned n_digits = 0;

    *out_offset_s = 0;
    if (sign == 'z' && !is_latin(char_at(reader, reader->at + 1))) {
        reader->at++;
        return TRUE;
    }
    if (sign != '+' && sign != '-')
        return FALSE;
    reader->at++;
    if (read_digits(reader, 4, &hours, &n_digits) && (n_digits == 4 || n_digits == 2)) {
        if (n_digits == 4) {
            minutes = hours % 100;
            hours /= 100;
        } else if (accept(reader, ":")) {
            read_digits(reader, 2, &minutes, &n_digits);
        }
        *out_offset_s = (hours * HOUR_S + minutes * MINUTE_S) * (sign == '-' ? -1 : 1);
        return hours <= 15 && minutes <= 59;
    }
    reader->at = start;
    return FALSE;
}

/* The time of an ISO date: `t14:05:09z`. Without a zone it is the person's. */
static void
read_iso_time(Reader *reader, Moment *out)
{
    unsigned start = reader->at;
    int64_t day = out->start / DAY_S;
    int64_t offset_s = 0;
    Clock clock = {0};

    if (char_at(reader, reader->at) != 't')
        return;
    reader->at++;
    if (char_at(reader, reader->at) == ' ' || !read_clock(reader, &clock)) {
        reader->at = start;
        return;
    }
    out->start = day * DAY_S + clock.start_s;
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
read_iso_date(Reader *reader, Moment *out)
{
    static const char *const separators[] = {"-", "/", ".", NULL};
    int year = 0;
    int month = 0;
    int day = 0;
    unsigned n_digits = 0;
    int separator = -1;

    if (read_digits(reader, 8, &year, &n_digits) && n_digits == 8) {
        out->sureness = AS_VALUE;
        if (!set_date(out, year / 10000, year / 100 % 100, year % 100))
            return FALSE;
        read_iso_time(reader, out);
        return TRUE;
    }
    separator = n_digits == 4 ? accept_any(reader, separators) : -1;
    if (separator < 0 || !read_digits(reader, 2, &month, &n_digits))
        return FALSE;
    if (char_at(reader, reader->at) != (gunichar)separators[separator][0]) {
        out->sureness = AS_VALUE;
        return month >= 1 && month <= 12 && set_months(out, year * 12 + month - 1, 1);
    }
    reader->at++;
    if (!read_digits(reader, 2, &day, &n_digits) || !set_date(out, year, month, day))
        return FALSE;
    read_iso_time(reader, out);
    return TRUE;
}

/* The second day of `nov 3-5` and `11月3日到5日` */
static void
read_last_day(Reader *reader, Moment *out)
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

    date_from_day(out->start / DAY_S, &year, &month, &first);
    if (accept_connector(reader) && read_digits(reader, 2, &last, &n_digits) && last > first &&
        day_from_date(year, month, last, &ignored)) {
        gboolean has_tail = accept_any(reader, tails) >= 0;

        next = char_at(reader, reader->at);
        if (has_tail || next == 0 || next == ' ' || next == ',') {
            set_days(out, out->start / DAY_S, last - first + 1);
            return;
        }
    }
    reader->at = start;
}

static gboolean
accept_day_tail(Reader *reader)
{
    static const char *const tails[] = {"日", "号", "號", NULL};

    return accept_any(reader, tails) >= 0;
}

/* 今年, 去年, 2025年, 上个月, 本月 before a month or day. @out_months: counted from the year 0 */
static gboolean
read_han_year(Reader *reader, int64_t *out_months, gboolean *out_has_month)
{
    static const char *const words[] = {"今年",   "去年",   "前年", "本月",
                                        "这个月", "上个月", "上月", NULL};
    static const int n_months_back[] = {0, 12, 24, 0, 0, 1, 1};
    unsigned start = reader->at;
    int index = accept_any(reader, words);
    int year = 0;

    *out_has_month = index >= 3;
    if (index >= 0) {
        *out_months = this_month(reader) - n_months_back[index];
        return TRUE;
    }
    if (read_number(reader, 4, &year) && year >= YEAR_MIN && year <= YEAR_MAX &&
        accept(reader, "年")) {
        *out_months = year * 12;
        return TRUE;
    }
    reader->at = start;
    return FALSE;
}

static gboolean
read_han_month(Reader *reader, int *out_month)
{
    unsigned start = reader->at;

    if (read_number(reader, 2, out_month) && *out_month >= 1 && *out_month <= 12 &&
        (accept(reader, "月份") || accept(reader, "月")))
        return TRUE;
    reader->at = start;
    return FALSE;
}

/* 2025年11月3日, 去年11月, 11月3号, 上个月3号, 11月, 3号, 2025年 */
static gboolean
read_han_date(Reader *reader, Moment *out)
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
    if (!read_number(reader, 2, &day) || !accept_day_tail(reader)) {
        reader->at = start;
        day = 0;
    }
    if (day == 0) {
        out->sureness = has_year ? SURE : AFTER_PREPOSITION;
        if (!has_month)
            out->sureness = AS_VALUE;
        if (!has_month)
            return has_year && set_months(out, months / 12 * 12, 12);
        return has_year ? set_months(out, months, 1) : set_recent_month(reader, out, month, FALSE);
    }
    if (has_year && !has_month)
        return FALSE;
    out->sureness = has_month ? SURE : AS_VALUE;
    if (!(has_year ? set_date(out, months / 12, months % 12 + 1, day)
                   : set_recent_date(reader, out, says_month ? month : 0, day)))
        return FALSE;
    read_last_day(reader, out);
    return TRUE;
}

static const char *const month_names[] = {
    "january", "february", "march",    "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan",   "feb", "mar",  "apr",  "may",    "jun",
    "jul",     "aug",      "sep",      "oct",   "nov", "dec",  "sept", NULL};

static gboolean
read_month_name(Reader *reader, int *out_month, gboolean *out_is_short)
{
    int index = accept_any(reader, month_names);

    if (index < 0)
        return FALSE;
    *out_is_short = index >= 12;
    *out_month = index == 24 ? 9 : index % 12 + 1;
    if (*out_is_short && char_at(reader, reader->at) == '.')
        reader->at++;
    return TRUE;
}

static gboolean
read_year(Reader *reader, int *out_year)
{
    unsigned start = reader->at;
    unsigned n_digits = 0;
    int year = 0;

    accept(reader, ",");
    if (read_digits(reader, 4, &year, &n_digits) && n_digits == 4 && year >= YEAR_MIN &&
        year <= YEAR_MAX && char_at(reader, reader->at) != ':') {
        *out_year = year;
        return TRUE;
    }
    reader->at = start;
    return FALSE;
}

/* 3, 3rd; not the 3 of 3pm or 3:15 */
static gboolean
read_day_number(Reader *reader, int *out_day)
{
    static const char *const tails[] = {"st", "nd", "rd", "th", NULL};
    unsigned start = reader->at;
    unsigned n_digits = 0;
    gunichar next = 0;

    if (read_digits(reader, 2, out_day, &n_digits) && *out_day >= 1 && *out_day <= 31) {
        accept_any(reader, tails);
        next = char_at(reader, reader->at);
        if (!is_latin(next) && next != ':')
            return TRUE;
    }
    reader->at = start;
    return FALSE;
}

static gboolean
set_named_date(const Reader *reader, Moment *out, int year, int month, int day)
{
    return year != 0 ? set_date(out, year, month, day) : set_recent_date(reader, out, month, day);
}

/* `november 3`, `nov 3rd, 2025`, `nov 3-5`, `november 2025`, `november` */
static gboolean
read_month_day(Reader *reader, Moment *out)
{
    int year = 0;
    int month = 0;
    int day = 0;
    gboolean is_short = FALSE;

    if (!read_month_name(reader, &month, &is_short))
        return FALSE;
    if (read_year(reader, &year))
        return set_months(out, year * 12 + month - 1, 1);
    if (!read_day_number(reader, &day)) {
        out->sureness = is_short ? AS_VALUE : AFTER_PREPOSITION;
        return set_recent_month(reader, out, month, FALSE);
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
read_day_month(Reader *reader, Moment *out)
{
    int year = 0;
    int month = 0;
    int day = 0;
    gboolean is_short = FALSE;

    accept(reader, "the");
    if (!read_day_number(reader, &day))
        return FALSE;
    accept(reader, "of");
    if (!read_month_name(reader, &month, &is_short))
        return FALSE;
    read_year(reader, &year);
    return set_named_date(reader, out, year, month, day);
}

static gboolean
read_last_month_name(Reader *reader, Moment *out)
{
    int month = 0;
    gboolean is_short = FALSE;

    return accept(reader, "last") && read_month_name(reader, &month, &is_short) &&
           set_recent_month(reader, out, month, TRUE);
}

static gboolean
read_bare_year(Reader *reader, Moment *out)
{
    int year = 0;

    out->sureness = AS_VALUE;
    return read_year(reader, &year) && set_months(out, year * 12, 12);
}

/* --- the whole expression --- */

/* `yesterday` may go on `at 3pm`, `afternoon`, `下午` */
static void
read_time_of_that_day(Reader *reader, Moment *moment)
{
    unsigned start = reader->at;
    Moment timed = {0};

    if (!moment->is_day || moment->is_instant)
        return;
    if (!accept(reader, "at") && !accept(reader, "in the") && !accept(reader, ","))
        accept(reader, "的");
    if (read_time_of_day(reader, moment->start / DAY_S, &timed)) {
        timed.sureness = moment->sureness;
        *moment = timed;
    } else {
        reader->at = start;
    }
}

static gboolean
read_longest(Reader *reader, const ReadFunc *readers, Moment *out)
{
    unsigned start = reader->at;
    unsigned best = start;

    for (; *readers != NULL; readers++) {
        Moment moment = {0};

        reader->at = start;
        if (!(*readers)(reader, &moment))
            continue;
        read_time_of_that_day(reader, &moment);
        if (reader->at > best) {
            best = reader->at;
            *out = moment;
        }
    }
    reader->at = best;
    return best > start;
}

static const ReadFunc day_readers[] = {
    read_day_word,        read_just_now, read_ago,       read_last_units,
    read_named_span,      read_weekend,  read_weekday,   read_han_week,
    read_iso_date,        read_han_date, read_month_day, read_day_month,
    read_last_month_name, NULL,
};

/* `14:05`, `3pm yesterday`, `afternoon of nov 3`; without a day the last one when it had begun */
static gboolean
read_clock_first(Reader *reader, Moment *out)
{
    unsigned start = reader->at;
    unsigned end = 0;
    Moment day = {0};

    if (!read_time_of_day(reader, reader->today, out))
        return FALSE;
    end = reader->at;
    if (!accept(reader, "on"))
        accept(reader, "of");
    if (read_longest(reader, day_readers, &day) && day.is_day && day.sureness != AS_VALUE) {
        end = reader->at;
        reader->at = start;
        read_time_of_day(reader, day.start / DAY_S, out);
        out->sureness = SURE;
    } else if (out->start > reader->now_s && !reader->may_be_later) {
        out->start -= DAY_S;
        out->end -= DAY_S;
        out->bound -= DAY_S;
    }
    reader->at = end;
    return TRUE;
}

static gboolean
read_moment(Reader *reader, Moment *out)
{
    static const ReadFunc other_readers[] = {read_clock_first, read_bare_year, NULL};
    unsigned start = reader->at;
    unsigned end = 0;
    Moment other = {0};
    gboolean is_day = read_longest(reader, day_readers, out);

    end = reader->at;
    reader->at = start;
    if (read_longest(reader, other_readers, &other) && reader->at > end) {
        *out = other;
        return TRUE;
    }
    reader->at = end;
    return is_day;
}

static int64_t
to_instant(const Reader *reader, const Moment *moment, int64_t value, gboolean is_end)
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
    Sureness sureness;
} Span;

static Span
span_from_moment(const Reader *reader, const Moment *moment)
{
    Span span = {
        to_instant(reader, moment, moment->start, FALSE),
        to_instant(reader, moment, moment->end, TRUE),
        to_instant(reader, moment, moment->bound, TRUE),
        moment->sureness,
    };

    if (span.until_us <= span.since_us) /* an hour that the clocks skip */
        span.until_us = span.since_us + (moment->end - moment->start) * G_USEC_PER_SEC;
    return span;
}

/* `... to wednesday`; a weekday that would lie before the start is the one after it */
static void
read_range_end(Reader *reader, gboolean is_between, Span *span)
{
    unsigned start = reader->at;
    Moment moment = {0};

    if ((accept_connector(reader) || (is_between && accept(reader, "and"))) &&
        read_moment(reader, &moment)) {
        Span end = span_from_moment(reader, &moment);

        for (int i = 0; i < 2 && end.bound_us <= span->since_us && moment.is_day; i++)
            end.bound_us += 7 * DAY_S * G_USEC_PER_SEC;
        if (end.bound_us > span->since_us) {
            span->until_us = span->bound_us = end.bound_us;
            span->sureness =
                is_between ? SURE : MIN(MAX(span->sureness, end.sureness), AFTER_PREPOSITION);
            return;
        }
    }
    reader->at = start;
}

typedef enum { ON, FROM, BETWEEN, BEFORE, AFTER, UNTIL } Preposition;

static int
accept_preposition(Reader *reader)
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
        if (accept(reader, words[i].word))
            return words[i].preposition;
    }
    return -1;
}

static int
accept_suffix(Reader *reader)
{
    static const char *const words[] = {"之前", "以前", "之后", "以后", "以来", NULL};
    int index = accept_any(reader, words);

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
ends_here(Reader *reader, RecallDatesContext context)
{
    gunichar next = char_at(reader, reader->at);
    gunichar after = char_at(reader, reader->at + 1);
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
read_span(Reader *reader, RecallDatesContext context, Span *out)
{
    unsigned start = reader->at;
    int preposition = accept_preposition(reader);
    Moment moment = {0};

    if (!read_moment(reader, &moment)) {
        reader->at = start;
        return FALSE;
    }
    *out = span_from_moment(reader, &moment);
    if (preposition <= BETWEEN)
        read_range_end(reader, preposition == BETWEEN, out);
    apply_preposition(out, preposition >= 0 ? preposition : accept_suffix(reader));
    if (context == RECALL_DATES_VALUE)
        return TRUE;
    return out->sureness == SURE || (out->sureness == AFTER_PREPOSITION && preposition >= 0);
}

static void
init_reader(Reader *reader, const char *text, size_t length_bytes, GDateTime *now)
{
    size_t at = 0;

    reader->zone = g_date_time_get_timezone(now);
    reader->now_us = g_date_time_to_unix(now) * G_USEC_PER_SEC + g_date_time_get_microsecond(now);
    reader->now_s = g_date_time_to_unix(now) + g_date_time_get_utc_offset(now) / G_USEC_PER_SEC;
    reader->today = reader->now_s / DAY_S;
    while (at < length_bytes && reader->n_chars < RECALL_DATES_N_CHARS_MAX) {
        gunichar folded[RECALL_TOKENIZER_FOLD_N_MAX] = {0};
        gunichar ch = 0;

        at += recall_tokenizer_decode(text + at, length_bytes - at, &ch);
        if (recall_tokenizer_fold(ch, folded) == 0)
            continue;
        reader->chars[reader->n_chars] = g_unichar_isspace(folded[0]) ? ' ' : folded[0];
        if (folded[0] == 0)
            reader->chars[reader->n_chars] = G_MAXUINT32; /* 0 is the end */
        reader->ends[reader->n_chars++] = at;
    }
}

static size_t
match(const char *text,
      size_t length_bytes,
      RecallDatesContext context,
      gboolean may_be_later,
      GDateTime *now,
      Span *out)
{
    Reader reader = {.may_be_later = may_be_later};

    init_reader(&reader, text, length_bytes, now);
    if (char_at(&reader, 0) == ' ' || !read_span(&reader, context, out) ||
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
