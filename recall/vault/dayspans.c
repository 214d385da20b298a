/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/dayspans.h"

static gboolean
read_day_word(RecallDatetext *reader, RecallMoment *out)
{
    static const struct {
        const char *word;
        int n_days_back;
        int from_min; /* with to_min: a part of that day */
        int to_min;
    } words[] = {
        {"today", 0},
        {"tomorrow", -1},
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
        {"明天", -1},
        {"明日", -1},
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
        if (!recall_datetext_accept(reader, words[i].word))
            continue;
        recall_moment_set_days(out, reader->today - words[i].n_days_back, 1);
        if (words[i].to_min != 0) {
            out->end = out->bound = out->start + words[i].to_min * RECALL_MINUTE_S;
            out->start += words[i].from_min * RECALL_MINUTE_S;
            out->is_day = FALSE;
        }
        out->is_to_come = words[i].n_days_back < 0;
        out->sureness = out->is_to_come ? RECALL_SURE_AS_VALUE : RECALL_SURE;
        return TRUE;
    }
    return FALSE;
}

typedef enum { SECONDS, MINUTES, HOURS, DAYS, WEEKS, MONTHS, YEARS } Unit;

static gboolean
accept_unit(RecallDatetext *reader, Unit *out)
{
    static const struct {
        const char *word;
        Unit unit;
    } words[] = {
        {"seconds", SECONDS}, {"second", SECONDS}, {"secs", SECONDS},    {"sec", SECONDS},
        {"秒钟", SECONDS},    {"秒", SECONDS},     {"minutes", MINUTES}, {"minute", MINUTES},
        {"mins", MINUTES},    {"min", MINUTES},    {"hours", HOURS},     {"hour", HOURS},
        {"hrs", HOURS},       {"hr", HOURS},       {"days", DAYS},       {"day", DAYS},
        {"weeks", WEEKS},     {"week", WEEKS},     {"months", MONTHS},   {"month", MONTHS},
        {"years", YEARS},     {"year", YEARS},     {"分钟", MINUTES},    {"个小时", HOURS},
        {"小时", HOURS},      {"个钟头", HOURS},   {"天", DAYS},         {"日", DAYS},
        {"个星期", WEEKS},    {"星期", WEEKS},     {"个礼拜", WEEKS},    {"礼拜", WEEKS},
        {"周", WEEKS},        {"个月", MONTHS},    {"年", YEARS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (recall_datetext_accept(reader, words[i].word)) {
            *out = words[i].unit;
            return TRUE;
        }
    }
    return FALSE;
}

/* The calendar week, month or year so many before this one. */
static gboolean
set_calendar_span(const RecallDatetext *reader, RecallMoment *out, Unit unit, int n_back)
{
    int64_t monday = reader->today - recall_moment_weekday(reader->today);

    if (unit == WEEKS)
        recall_moment_set_days(out, monday - 7 * (int64_t)n_back, 7);
    else if (unit == MONTHS)
        return recall_moment_set_months(out, recall_moment_this_month(reader) - n_back, 1);
    else if (unit == YEARS)
        return recall_moment_set_months(out, (recall_moment_this_month(reader) / 12 - n_back) * 12,
                                        12);
    else
        recall_moment_set_days(out, reader->today - n_back, 1);
    return TRUE;
}

/* Of what is shorter than a day. */
static int64_t
get_unit_us(Unit unit)
{
    return (unit == HOURS ? RECALL_HOUR_S : unit == MINUTES ? RECALL_MINUTE_S : 1) * G_USEC_PER_SEC;
}

static gboolean
set_ago(const RecallDatetext *reader, RecallMoment *out, int count, Unit unit)
{
    int64_t unit_us = get_unit_us(unit);
    int64_t blur_us = MAX(unit_us / 2, count * unit_us / 5);

    if (unit > HOURS)
        return set_calendar_span(reader, out, unit, count);
    out->is_instant = TRUE;
    out->start = reader->now_us - count * unit_us - blur_us;
    out->end = out->bound = reader->now_us - count * unit_us + blur_us;
    return TRUE;
}

/* `3 days ago`, `half an hour ago`, `三天前`, `半小时前` */
static gboolean
read_ago(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const halves[] = {"half an hour", "半个小时", "半小时", NULL};
    static const char *const agos[] = {"ago", "之前", "以前", "前", NULL};
    Unit unit = MINUTES;
    int count = 30;

    if (recall_datetext_accept_any(reader, halves) < 0 &&
        (!recall_datetext_read_count(reader, &count) || !accept_unit(reader, &unit)))
        return FALSE;
    return recall_datetext_accept_any(reader, agos) >= 0 && set_ago(reader, out, count, unit);
}

/* As other programs write it, from so long ago until now: `10s`, `5m ago`, `2h`, `3d`, `1w` */
static gboolean
read_short_ago(RecallDatetext *reader, RecallMoment *out)
{
    static const struct {
        char letter;
        int seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 24 * 3600}, {'w', 7 * 24 * 3600}};
    unsigned n_digits = 0;
    gunichar letter = 0;
    int count = 0;

    if (!recall_datetext_read_digits(reader, 5, &count, &n_digits))
        return FALSE;
    letter = recall_datetext_get(reader, reader->at);
    if (recall_datetext_is_latin(recall_datetext_get(reader, reader->at + 1)))
        return FALSE;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (letter != (gunichar)units[i].letter)
            continue;
        reader->at++;
        recall_datetext_accept(reader, "ago");
        out->is_instant = TRUE;
        out->start = out->bound =
            reader->now_us - (int64_t)count * units[i].seconds * G_USEC_PER_SEC;
        out->end = reader->now_us + 1;
        out->sureness = RECALL_SURE_AS_VALUE;
        return TRUE;
    }
    return FALSE;
}

static gboolean
read_now(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const words[] = {"now", "现在", NULL};

    out->is_instant = TRUE;
    out->start = reader->now_us;
    out->end = out->bound = reader->now_us + 1;
    out->sureness = RECALL_SURE_AS_VALUE;
    return recall_datetext_accept_any(reader, words) >= 0;
}

static gboolean
read_just_now(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const words[] = {"just now", "刚才", "刚刚", NULL};

    out->is_instant = TRUE;
    out->start = reader->now_us - 15 * RECALL_MINUTE_S * G_USEC_PER_SEC;
    out->end = out->bound = reader->now_us + 1;
    return recall_datetext_accept_any(reader, words) >= 0;
}

static gboolean
set_last_units(const RecallDatetext *reader, RecallMoment *out, int count, Unit unit)
{
    int64_t first = reader->today;

    out->end = out->bound = (reader->today + 1) * RECALL_DAY_S;
    if (unit <= HOURS) {
        out->is_instant = TRUE;
        out->start = reader->now_us - count * get_unit_us(unit);
        out->end = out->bound = reader->now_us + 1;
        return TRUE;
    }
    if (unit == DAYS || unit == WEEKS)
        first -= (int64_t)count * (unit == WEEKS ? 7 : 1);
    else if (!recall_moment_go_months_back(first, count * (unit == YEARS ? 12 : 1), &first))
        return FALSE;
    out->start = first * RECALL_DAY_S;
    return TRUE;
}

/* From so long ago until now: `last 3 days`, `past hour`, `最近两小时` */
static gboolean
read_last_units(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const lasts[] = {"the last", "last", "the past", "past",
                                        "最近",     "过去", "近",       NULL};
    static const char *const tails[] = {"以来", "之内", "以内", "内", "里", NULL};
    Unit unit = DAYS;
    int count = 1;
    int index = recall_datetext_accept_any(reader, lasts);
    gboolean has_count = FALSE;

    if (index < 0)
        return FALSE;
    has_count = recall_datetext_read_count(reader, &count);
    if (!accept_unit(reader, &unit) || (!has_count && unit != MINUTES && unit != HOURS))
        return FALSE;
    if (index >= 4)
        recall_datetext_accept_any(reader, tails);
    return set_last_units(reader, out, count, unit);
}

/* `last week`, `this month`, `上上周`, `本月`, `last weekend` */
static gboolean
read_named_span(RecallDatetext *reader, RecallMoment *out)
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
        if (recall_datetext_accept(reader, words[i].word))
            return set_calendar_span(reader, out, words[i].unit, words[i].n_back);
    }
    return FALSE;
}

static gboolean
read_weekend(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const words[] = {"this weekend", "last weekend", "the weekend",
                                        "周末",         "上周末",       NULL};
    int index = recall_datetext_accept_any(reader, words);
    int64_t saturday = reader->today - recall_moment_weekday(reader->today) + 5;

    if (index < 0)
        return FALSE;
    if (index == 1 || index == 4 || saturday > reader->today)
        saturday -= 7;
    recall_moment_set_days(out, saturday, 2);
    return TRUE;
}

/* `tuesday`, `last tue`: the last one that has begun, or that is over */
static gboolean
read_weekday(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const lasts[] = {"last", "this", "past", NULL};
    static const char *const names[] = {"monday",   "tuesday", "wednesday", "thursday", "friday",
                                        "saturday", "sunday",  "mon",       "tue",      "wed",
                                        "thu",      "fri",     "sat",       "sun",      "tues",
                                        "weds",     "thur",    "thurs",     NULL};
    static const int days[] = {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 3};
    int last = recall_datetext_accept_any(reader, lasts);
    int index = recall_datetext_accept_any(reader, names);
    int n_back = 0;

    if (index < 0)
        return FALSE;
    n_back = (recall_moment_weekday(reader->today) - days[index] + 7) % 7;
    if (n_back == 0 && (last == 0 || last == 2))
        n_back = 7;
    recall_moment_set_days(out, reader->today - n_back, 1);
    out->sureness = index < 7 || last >= 0 ? RECALL_SURE : RECALL_SURE_AS_VALUE;
    return TRUE;
}

/* 上周, 上周二, 这个星期一, 星期天 */
static gboolean
read_han_week(RecallDatetext *reader, RecallMoment *out)
{
    static const char *const prefixes[] = {"上上个", "上上", "上个", "上",
                                           "这个",   "这",   "本",   NULL};
    static const int n_back[] = {2, 2, 1, 1, 0, 0, 0};
    static const char *const weeks[] = {"周", "星期", "礼拜", NULL};
    static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日", "天", NULL};
    int64_t monday = reader->today - recall_moment_weekday(reader->today);
    int prefix = recall_datetext_accept_any(reader, prefixes);
    int day = 0;

    if (recall_datetext_accept_any(reader, weeks) < 0)
        return FALSE;
    day = recall_datetext_accept_any(reader, days);
    if (day < 0 && prefix < 0)
        return FALSE;
    if (day == 7) /* 天 is 日 */
        day = 6;
    if (day < 0)
        recall_moment_set_days(out, monday - 7 * n_back[prefix], 7);
    else if (prefix >= 0)
        recall_moment_set_days(out, monday - 7 * n_back[prefix] + day, 1);
    else
        recall_moment_set_days(out, monday + day - (monday + day > reader->today ? 7 : 0), 1);
    return TRUE;
}

const RecallMomentFunc recall_dayspans_readers[] = {
    read_day_word,   read_now,     read_just_now, read_ago,      read_short_ago, read_last_units,
    read_named_span, read_weekend, read_weekday,  read_han_week, NULL,
};
