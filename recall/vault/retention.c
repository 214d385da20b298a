/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/retention.h"

#include "base/key-file.h"

#define GROUP "keep"
#define QUOTA_HINT "a size from 16M to 1000T, such as 20G, or none"
#define AGE_HINT "a time from 1d to 100y, such as 30d, 12w or 1y, or none"

typedef struct {
    const char *name;
    uint64_t factor;
} Unit;

static const Unit sizes[] = {
    {"m", UINT64_C(1000000)},       {"mb", UINT64_C(1000000)},
    {"mib", UINT64_C(1) << 20},     {"g", UINT64_C(1000000000)},
    {"gb", UINT64_C(1000000000)},   {"gib", UINT64_C(1) << 30},
    {"t", UINT64_C(1000000000000)}, {"tb", UINT64_C(1000000000000)},
    {"tib", UINT64_C(1) << 40},     {NULL, 0},
};

#define DAY_US (UINT64_C(86400) * G_USEC_PER_SEC)

static const Unit ages[] = {
    {"d", DAY_US},       {"day", DAY_US},        {"days", DAY_US},
    {"w", 7 * DAY_US},   {"week", 7 * DAY_US},   {"weeks", 7 * DAY_US},
    {"y", 365 * DAY_US}, {"year", 365 * DAY_US}, {"years", 365 * DAY_US},
    {NULL, 0},
};

/* One file. What it does not say is unset; 0 is "none". */
typedef struct {
    gboolean has_quota;
    gboolean has_age;
    RecallRetention limits;
} Words;

static const Unit *
find_unit(const Unit *table, const char *name)
{
    while (table->name != NULL && g_ascii_strcasecmp(table->name, name) != 0)
        table++;
    return table->name != NULL ? table : NULL;
}

/* A whole number and a unit, within bounds; or "none", which is 0. */
static gboolean
parse_amount(const char *text, const Unit *table, uint64_t min, uint64_t max, uint64_t *out)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    char *end = NULL;
    uint64_t number;
    const Unit *unit;

    if (g_ascii_strcasecmp(trimmed, "none") == 0)
        return *out = 0, TRUE;
    if (!g_ascii_isdigit(*trimmed))
        return FALSE;
    number = g_ascii_strtoull(trimmed, &end, 10);
    unit = find_unit(table, g_strchug(end));
    if (unit == NULL || number > max / unit->factor || number * unit->factor < min)
        return FALSE;
    *out = number * unit->factor;
    return TRUE;
}

static gboolean
refuse(const char *key, const char *hint, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "[" GROUP "] %s must be %s", key, hint);
    return FALSE;
}

gboolean
recall_retention_parse_quota(const char *text, uint64_t *out_bytes, GError **error)
{
    return parse_amount(text, sizes, RECALL_RETENTION_QUOTA_MIN_BYTES,
                        RECALL_RETENTION_QUOTA_MAX_BYTES, out_bytes) ||
           refuse("quota", QUOTA_HINT, error);
}

gboolean
recall_retention_parse_age(const char *text, int64_t *out_us, GError **error)
{
    uint64_t age_us = 0;

    if (!parse_amount(text, ages, RECALL_RETENTION_AGE_MIN_US, RECALL_RETENTION_AGE_MAX_US,
                      &age_us))
        return refuse("age", AGE_HINT, error);
    *out_us = (int64_t)age_us;
    return TRUE;
}

/* --- one file --- */

/* A misspelt key must not pass for a setting in force. */
static gboolean
check_keys(GKeyFile *file, const char *group, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, error);

    for (char **key = keys; keys != NULL && *key != NULL; key++) {
        if (g_str_equal(group, GROUP) && (g_str_equal(*key, "quota") || g_str_equal(*key, "age")))
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "there is no setting [%s] %s: see vault.conf(5)", group, *key);
        return FALSE;
    }
    return keys != NULL;
}

static gboolean
take_words(GKeyFile *file, Words *out, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    g_autofree char *quota = NULL;
    g_autofree char *age = NULL;

    for (char **group = groups; *group != NULL; group++) {
        if (!check_keys(file, *group, error))
            return FALSE;
    }
    quota = g_key_file_get_value(file, GROUP, "quota", NULL);
    age = g_key_file_get_value(file, GROUP, "age", NULL);
    out->has_quota = quota != NULL;
    out->has_age = age != NULL;
    return (quota == NULL ||
            recall_retention_parse_quota(quota, &out->limits.quota_bytes, error)) &&
           (age == NULL || recall_retention_parse_age(age, &out->limits.age_us, error));
}

/* @out: all unset when there is an error */
static gboolean
load_words(const char *path, Words *out, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GKeyFile) file =
        base_key_file_load(path, RECALL_RETENTION_FILE_MAX_BYTES, &local_error);
    Words words = {0};

    *out = words;
    if (g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return TRUE;
    if (file != NULL && take_words(file, &words, &local_error)) {
        *out = words;
        return TRUE;
    }
    g_propagate_prefixed_error(error, g_steal_pointer(&local_error), "Cannot use %s: ", path);
    return FALSE;
}

/* --- both --- */

/* 0 is no limit. */
static uint64_t
choose_stricter(gboolean has_a, uint64_t a, gboolean has_b, uint64_t b)
{
    if (!has_a || !has_b)
        return has_a ? a : b;
    return a == 0 || b == 0 ? MAX(a, b) : MIN(a, b);
}

static uint64_t
choose_default_quota(uint64_t disk_bytes)
{
    uint64_t quota_bytes =
        CLAMP(disk_bytes / RECALL_RETENTION_QUOTA_SHARE, RECALL_RETENTION_QUOTA_DEFAULT_MIN_BYTES,
              RECALL_RETENTION_QUOTA_DEFAULT_MAX_BYTES);

    return disk_bytes > 0 ? MIN(quota_bytes, disk_bytes) : quota_bytes;
}

gboolean
recall_retention_load(const char *admin_path,
                      const char *user_path,
                      uint64_t disk_bytes,
                      RecallRetention *out,
                      GError **error)
{
    Words admin;
    Words user;
    gboolean is_good = load_words(admin_path, &admin, error);

    is_good = load_words(user_path, &user, is_good ? error : NULL) && is_good;
    out->quota_bytes = choose_stricter(admin.has_quota, admin.limits.quota_bytes, user.has_quota,
                                       user.limits.quota_bytes);
    out->age_us = (int64_t)choose_stricter(admin.has_age, (uint64_t)admin.limits.age_us,
                                           user.has_age, (uint64_t)user.limits.age_us);
    if (is_good && !admin.has_quota && !user.has_quota)
        out->quota_bytes = choose_default_quota(disk_bytes);
    return is_good;
}
