/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/daytime.h"

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
accept_part(RecallDatetext *reader)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (recall_datetext_accept(reader, parts[i].word))
            return &parts[i];
    }
    return NULL;
}

static void
apply_half(RecallClock *clock, gboolean is_pm)
{
    int64_t hour = clock->start_s / RECALL_HOUR_S;

    if (is_pm && hour < 12)
        clock->start_s += 12 * RECALL_HOUR_S;
    else if (!is_pm && hour == 12)
        clock->start_s -= 12 * RECALL_HOUR_S;
    clock->says_half = TRUE;
}

static gboolean
accept_half(RecallDatetext *reader, RecallClock *clock)
{
    static const char *const words[] = {"a.m.", "p.m.", "am", "pm", NULL};
    int index = recall_datetext_accept_any(reader, words);

    if (index < 0)
        return FALSE;
    apply_half(clock, index % 2 == 1);
    return TRUE;
}

/* What follows a colon: 05, 05:09, 05:09.123 */
static gboolean
read_minutes(RecallDatetext *reader, RecallClock *clock)
{
    int value = 0;
    unsigned n_digits = 0;

    if (!recall_datetext_read_digits(reader, 2, &value, &n_digits) || n_digits != 2 || value > 59)
        return FALSE;
    clock->start_s += value * RECALL_MINUTE_S;
    clock->length_s = RECALL_MINUTE_S;
    if (recall_datetext_accept(reader, ":")) {
        if (!recall_datetext_read_digits(reader, 2, &value, &n_digits) || n_digits != 2 ||
            value > 60)
            return FALSE;
        clock->start_s += MIN(value, 59);
        clock->length_s = 1;
        if (recall_datetext_get(reader, reader->at) == '.' &&
            g_unichar_isdigit(recall_datetext_get(reader, reader->at + 1))) {
            clock->has_fraction = TRUE;
            for (reader->at++; g_unichar_isdigit(recall_datetext_get(reader, reader->at));)
                reader->at++;
        }
    }
    return TRUE;
}

/* What follows 点: 半, 一刻, 5分 */
static void
read_han_minutes(RecallDatetext *reader, RecallClock *clock)
{
    static const char *const words[] = {"半", "一刻", "三刻", NULL};
    static const int minutes[] = {30, 15, 45};
    unsigned start = 0;
    int index = recall_datetext_accept_any(reader, words);
    int value = 0;

    if (index >= 0) {
        clock->start_s += minutes[index] * RECALL_MINUTE_S;
        clock->length_s = RECALL_MINUTE_S;
        return;
    }
    if (recall_datetext_accept(reader, "钟"))
        return;
    start = reader->at;
    if (recall_datetext_read_number(reader, 2, &value) && value < 60 &&
        recall_datetext_accept(reader, "分")) {
        clock->start_s += value * RECALL_MINUTE_S;
        clock->length_s = RECALL_MINUTE_S;
        return;
    }
    reader->at = start;
}

gboolean
recall_daytime_read_clock(RecallDatetext *reader, RecallClock *out)
{
    static const char *const hours[] = {"点", "點", "时", NULL};
    unsigned start = reader->at;
    int hour = 0;

    if (!recall_datetext_read_number(reader, 2, &hour) || hour > 24) {
        reader->at = start;
        return FALSE;
    }
    *out = (RecallClock){hour * RECALL_HOUR_S, RECALL_HOUR_S, FALSE};
    if (recall_datetext_get(reader, reader->at) == ':') {
        reader->at++;
        if (read_minutes(reader, out)) {
            accept_half(reader, out);
            return TRUE;
        }
    } else if (accept_half(reader, out)) {
        return TRUE;
    } else if (recall_datetext_accept_any(reader, hours) >= 0) {
        read_han_minutes(reader, out);
        return TRUE;
    }
    reader->at = start;
    return FALSE;
}

/* The 2 of `2-3pm` */
static gboolean
read_bare_hour(RecallDatetext *reader, RecallClock *out)
{
    unsigned start = reader->at;
    unsigned n_digits = 0;
    int hour = 0;
    RecallClock next = {0};

    if (recall_datetext_read_digits(reader, 2, &hour, &n_digits) && hour <= 12) {
        unsigned after = reader->at;

        if (recall_datetext_accept_connector(reader) && recall_daytime_read_clock(reader, &next) &&
            next.says_half) {
            *out = (RecallClock){hour * RECALL_HOUR_S, RECALL_HOUR_S, FALSE};
            apply_half(out,
                       next.start_s > 12 * RECALL_HOUR_S && hour * RECALL_HOUR_S < next.start_s);
            if (out->start_s > next.start_s)
                out->start_s -= 12 * RECALL_HOUR_S;
            reader->at = after;
            return TRUE;
        }
    }
    reader->at = start;
    return FALSE;
}

/* The second time of a range; without its half of the day it is in the first one's. */
static gboolean
read_clock_end(RecallDatetext *reader, const RecallClock *first, RecallClock *out)
{
    unsigned start = reader->at;
    const Part *part = NULL;

    if (!recall_datetext_accept_connector(reader)) {
        reader->at = start;
        return FALSE;
    }
    part = accept_part(reader);
    if (!recall_daytime_read_clock(reader, out)) {
        reader->at = start;
        return FALSE;
    }
    if (part != NULL)
        apply_half(out, part->to_min > 720);
    else if (out->start_s < first->start_s && out->start_s + 12 * RECALL_HOUR_S > first->start_s &&
             first->says_half && !out->says_half)
        out->start_s += 12 * RECALL_HOUR_S;
    if (out->start_s <= first->start_s)
        out->start_s += RECALL_DAY_S; /* over midnight */
    return TRUE;
}

/* A time of day on @day: `afternoon`, `下午3点`, `14:05`, `14:05-14:12` */
gboolean
recall_daytime_read(RecallDatetext *reader, int64_t day, RecallMoment *out)
{
    RecallClock first = {0};
    RecallClock second = {0};
    const Part *part = accept_part(reader);
    gboolean has_clock =
        recall_daytime_read_clock(reader, &first) || read_bare_hour(reader, &first);

    if (part == NULL && !has_clock)
        return FALSE;
    out->is_day = FALSE;
    if (!has_clock) {
        out->start = day * RECALL_DAY_S + part->from_min * RECALL_MINUTE_S;
        out->end = out->bound = day * RECALL_DAY_S + part->to_min * RECALL_MINUTE_S;
        out->sureness = RECALL_SURE_AS_VALUE;
        return TRUE;
    }
    if (part != NULL)
        apply_half(&first, part->to_min > 720 && first.start_s >= RECALL_HOUR_S);
    out->start = out->bound = day * RECALL_DAY_S + first.start_s;
    out->end = out->start + first.length_s;
    out->sureness = part != NULL ? RECALL_SURE : RECALL_SURE_AFTER_PREPOSITION;
    if (read_clock_end(reader, &first, &second)) {
        out->end = out->bound = day * RECALL_DAY_S + second.start_s;
        out->sureness = RECALL_SURE;
    }
    return TRUE;
}
