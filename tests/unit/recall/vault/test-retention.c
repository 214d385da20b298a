/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/retention.h"

#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)
#define GB (UINT64_C(1000) * 1000 * 1000)

static void
test_quota(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {
        {"20G", 20 * GB},
        {"20 GB", 20 * GB},
        {" 1t ", 1000 * GB},
        {"none", 0},
        {"None", 0},
        {"16M", RECALL_RETENTION_QUOTA_MIN_BYTES},
        {"1000T", 1000000 * GB},
        {"2GiB", UINT64_C(2) << 30},
    };
    static const char *const bad[] = {"",
                                      "0",
                                      "20",
                                      "15M",
                                      "1001T",
                                      "-5G",
                                      "5G5",
                                      "x G",
                                      "5K",
                                      "1e3G",
                                      "20 G B",
                                      "+5G",
                                      "99999999999999999999G",
                                      "18446744073709551615T"};

    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        uint64_t bytes = 1;

        assert_true(recall_retention_parse_quota(good[i].text, &bytes, NULL));
        assert_true(bytes == good[i].bytes);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        uint64_t bytes = 7;

        assert_false(recall_retention_parse_quota(bad[i], &bytes, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        assert_non_null(strstr(error->message, "16M to 1000T"));
        assert_true(bytes == 7);
    }
}

static void
test_age(void **state)
{
    static const struct {
        const char *text;
        int64_t days;
    } good[] = {
        {"1d", 1},       {"30 days", 30}, {"12w", 84},       {"1 year", 365},
        {"100y", 36500}, {"none", 0},     {"36525d", 36525},
    };
    static const char *const bad[] = {"", "0d", "23h", "30", "36526d", "-1d", "1 month", "1.5y"};

    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        int64_t us = 1;

        assert_true(recall_retention_parse_age(good[i].text, &us, NULL));
        assert_true(us == good[i].days * DAY_US);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        int64_t us = 7;

        assert_false(recall_retention_parse_age(bad[i], &us, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        assert_true(us == 7);
    }
}

typedef struct {
    char *folder;
    char *admin;
    char *user;
} Files;

static int
set_up(void **state)
{
    Files *self = g_new0(Files, 1);

    self->folder = g_dir_make_tmp("deskhand-retention-XXXXXX", NULL);
    self->admin = g_build_filename(self->folder, "admin.conf", NULL);
    self->user = g_build_filename(self->folder, "user.conf", NULL);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Files *self = *state;

    g_unlink(self->admin);
    g_unlink(self->user);
    g_rmdir(self->folder);
    g_free(self->folder);
    g_free(self->admin);
    g_free(self->user);
    g_free(self);
    return 0;
}

/* @admin, @user: (nullable): NULL for no file. Returns: what is wrong with them, or NULL */
static char *
load(const Files *self, const char *admin, const char *user, RecallRetention *out)
{
    g_autoptr(GError) error = NULL;
    gboolean is_good;

    g_unlink(self->admin);
    g_unlink(self->user);
    assert_true(admin == NULL || g_file_set_contents(self->admin, admin, -1, NULL));
    assert_true(user == NULL || g_file_set_contents(self->user, user, -1, NULL));
    is_good = recall_retention_load(self->admin, self->user, 100 * GB, out, &error);
    assert_int_equal(is_good, error == NULL);
    return error != NULL ? g_strdup(error->message) : NULL;
}

static void
test_files(void **state)
{
    static const struct {
        const char *admin;
        const char *user;
        uint64_t quota;
        int64_t days;
    } cases[] = {
        {NULL, NULL, 10 * GB, 0},
        {NULL, "", 10 * GB, 0},
        {NULL, "[keep]\nquota=3G\nage=30d\n", 3 * GB, 30},
        {NULL, "[keep]\nquota=none\n", 0, 0},
        {"[keep]\nquota=20G\nage=90d\n", NULL, 20 * GB, 90},
        {"[keep]\nquota=20G\nage=90d\n", "[keep]\nquota=5G\nage=1y\n", 5 * GB, 90},
        {"[keep]\nquota=20G\n", "[keep]\nquota=none\nage=7d\n", 20 * GB, 7},
        {"[keep]\nquota=none\nage=none\n", "[keep]\nquota=30G\nage=2d\n", 30 * GB, 2},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        RecallRetention limits = {1, 1};
        g_autofree char *complaint = load(*state, cases[i].admin, cases[i].user, &limits);

        assert_null(complaint);
        assert_true(limits.quota_bytes == cases[i].quota);
        assert_true(limits.age_us == cases[i].days * DAY_US);
    }
}

/* Nonsense in one file leaves the other in force, and destroys nothing by default. */
static void
test_nonsense(void **state)
{
    static const char *const bad[] = {"nonsense",
                                      "[keep]\nquota=5\n",
                                      "[keep]\nage=soon\nquota=20M\n",
                                      "[keep]\nqouta=5G\n",
                                      "[kept]\nquota=5G\n",
                                      "[keep]\nquota=5G\nquota=\n",
                                      "[keep]\nage=30d\nquota=5G\n age = 90d\n"};

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        RecallRetention limits = {1, 1};
        g_autofree char *alone = load(*state, NULL, bad[i], &limits);
        g_autofree char *with_admin = NULL;

        assert_non_null(strstr(alone, "user.conf"));
        assert_true(limits.quota_bytes == 0 && limits.age_us == 0);
        with_admin = load(*state, "[keep]\nquota=20G\nage=90d\n", bad[i], &limits);
        assert_non_null(with_admin);
        assert_true(limits.quota_bytes == 20 * GB && limits.age_us == 90 * DAY_US);
    }
}

static void
test_large_file(void **state)
{
    RecallRetention limits;
    g_autofree char *spaces = g_strnfill(RECALL_RETENTION_FILE_MAX_BYTES - 17, '\n');
    g_autofree char *whole = g_strconcat("[keep]\nquota=30G\n", spaces, NULL);
    g_autofree char *more = g_strconcat(whole, "\n", NULL);
    g_autofree char *complaint = NULL;

    assert_null(load(*state, NULL, whole, &limits));
    assert_true(limits.quota_bytes == 30 * GB);
    complaint = load(*state, NULL, more, &limits);
    assert_non_null(strstr(complaint, "larger than"));
}

static void
test_default(void **state)
{
    RecallRetention limits;

    assert_true(recall_retention_load("/nonexistent", "/nonexistent", 2 * GB, &limits, NULL));
    assert_true(limits.quota_bytes == RECALL_RETENTION_QUOTA_DEFAULT_MIN_BYTES);
    assert_true(recall_retention_load("/nonexistent", "/nonexistent", GB / 100, &limits, NULL));
    assert_true(limits.quota_bytes == GB / 100);
    assert_true(recall_retention_load("/nonexistent", "/nonexistent", 9000 * GB, &limits, NULL));
    assert_true(limits.quota_bytes == RECALL_RETENTION_QUOTA_DEFAULT_MAX_BYTES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quota),
        cmocka_unit_test(test_age),
        cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nonsense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_large_file, set_up, tear_down),
        cmocka_unit_test(test_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
