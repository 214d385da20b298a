/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Times and durations as a person types them. */

#include "apps/when.h"
#include "recall/vault/dates.h"
#include "recall/vault/retention.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {
    "yesterday", "last ", "tuesday", "3 days ago", "this ",      "morning", "nov ",
    "2pm",       "-",     "T",       "14:05",      "2025-11-03", "昨天",    "上周二",
    "11月",      "3日",   "下午",    "最近",       "三天",       "from ",   " to ",
    "before ",   "周一",  "到",      "之前",       "until",      "1.5 h",   "90 seconds",
    "weeks",     "none",  "20GiB",   "年",         "Z",          "+08:00",  NULL};

static void
check_match(const char *text, size_t length, GDateTime *now)
{
    for (int context = RECALL_DATES_PLAIN; context <= RECALL_DATES_VALUE; context++) {
        RecallTimeRange range = {0};
        size_t n = recall_dates_match(text, length, context, now, &range);

        g_assert_cmpuint(n, <=, length);
        g_assert_true(n == 0 || range.since_us < range.until_us);
    }
}

/* What is refused says why. */
static void
check_values(const char *text, GDateTime *now)
{
    int64_t at_us = 0;
    uint64_t quota_bytes = 0;
    GError *errors[5] = {NULL};

    g_assert_true(recall_dates_parse_since(text, now, &at_us, &errors[0]) == (errors[0] == NULL));
    g_assert_true(recall_dates_parse_until(text, now, &at_us, &errors[1]) == (errors[1] == NULL));
    if (app_when_parse_duration(text, now, APP_WHEN_AGO_MAX_US, &at_us, &errors[2]))
        g_assert_true(at_us >= 1 && at_us <= APP_WHEN_AGO_MAX_US);
    if (recall_retention_parse_age(text, &at_us, &errors[3]) && at_us != 0)
        g_assert_true(at_us >= RECALL_RETENTION_AGE_MIN_US && at_us <= RECALL_RETENTION_AGE_MAX_US);
    if (recall_retention_parse_quota(text, &quota_bytes, &errors[4]) && quota_bytes != 0)
        g_assert_true(quota_bytes >= RECALL_RETENTION_QUOTA_MIN_BYTES &&
                      quota_bytes <= RECALL_RETENTION_QUOTA_MAX_BYTES);
    for (unsigned i = 0; i < G_N_ELEMENTS(errors); i++)
        g_clear_error(&errors[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const zones[] = {"UTC", "+05:45", "-03:30", "+08:00"};
    FuzzInput input = {data, size};
    const char *name = zones[fuzz_take_byte(&input) % G_N_ELEMENTS(zones)];
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);
    g_autoptr(GDateTime) now = g_date_time_new(zone, 2024, 2, 29, 12, 0, 0);
    g_autofree char *text = g_strndup((const char *)input.data, input.n_bytes);

    check_match((const char *)input.data, input.n_bytes, now);
    if (g_utf8_validate(text, -1, NULL))
        check_values(text, now);
    return 0;
}
