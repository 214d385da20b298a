/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/safe-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WATCHDOG_S 10 /* a FIFO that is waited for fails the test */

typedef struct {
    char *folder;
    char *path;
} Fixture;

static int
set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->folder = g_dir_make_tmp("deskhand-file-XXXXXX", NULL);
    self->path = g_build_filename(self->folder, "file", NULL);
    *state = self;
    return self->folder != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
    Fixture *self = *state;

    g_unlink(self->path);
    g_rmdir(self->folder);
    g_free(self->folder);
    g_free(self->path);
    g_free(self);
    return 0;
}

static void
test_write_and_read(void **state)
{
    const Fixture *self = *state;
    g_autoptr(GError) error = NULL;
    struct stat about;

    assert_null(recall_safe_file_read(self->path, 10, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
    assert_true(recall_safe_file_write(self->path, "first", 5, NULL));
    assert_true(recall_safe_file_write(self->path, "second", 6, NULL));
    g_autoptr(GBytes) bytes = recall_safe_file_read(self->path, 6, NULL);
    assert_int_equal(g_bytes_get_size(bytes), 6);
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "second", 6);
    assert_int_equal(stat(self->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    g_clear_error(&error);
    assert_null(recall_safe_file_read(self->path, 5, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
}

/* It would be waited for. */
static void
test_fifo(void **state)
{
    const Fixture *self = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;

    alarm(WATCHDOG_S);
    assert_int_equal(mkfifo(self->path, 0600), 0);
    assert_null(recall_safe_file_read(self->path, 10, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    assert_true(recall_safe_file_write(self->path, "text", 4, NULL));
    bytes = recall_safe_file_read(self->path, 4, NULL);
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "text", 4);
    alarm(0);
}

/* Somebody who still has the old file open finds zeros in it. */
static void
test_overwrites(void **state)
{
    const Fixture *self = *state;
    char found[7] = "";
    const char zeros[6] = {0};
    int fd;

    assert_true(recall_safe_file_write(self->path, "secret", 6, NULL));
    fd = open(self->path, O_RDONLY);
    assert_true(recall_safe_file_write(self->path, "other", 5, NULL));
    assert_int_equal(pread(fd, found, 6, 0), 6);
    assert_memory_equal(found, zeros, 6);
    close(fd);
    fd = open(self->path, O_RDONLY);
    recall_safe_file_destroy(self->path);
    assert_int_equal(pread(fd, found, 6, 0), 5);
    assert_memory_equal(found, zeros, 5);
    close(fd);
    assert_false(g_file_test(self->path, G_FILE_TEST_EXISTS));
    recall_safe_file_destroy(self->path);
}

/* A backup made of hard links keeps what it has. */
static void
test_backup_stays(void **state)
{
    const Fixture *self = *state;
    g_autofree char *backup = g_build_filename(self->folder, "backup", NULL);

    assert_true(recall_safe_file_write(self->path, "first", 5, NULL));
    assert_int_equal(link(self->path, backup), 0);
    assert_true(recall_safe_file_write(self->path, "second", 6, NULL));
    g_autoptr(GBytes) bytes = recall_safe_file_read(backup, 10, NULL);
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "first", 5);
    g_unlink(backup);
}

static void
test_not_ours(void **state)
{
    const Fixture *self = *state;
    g_autofree char *target = g_build_filename(self->folder, "target", NULL);
    g_autoptr(GError) error = NULL;

    assert_true(recall_safe_file_write(self->path, "x", 1, NULL));
    assert_int_equal(g_chmod(self->path, 0604), 0);
    assert_null(recall_safe_file_read(self->path, 10, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    assert_int_equal(g_chmod(self->path, 0600), 0);
    assert_int_equal(g_rename(self->path, target), 0);
    assert_int_equal(symlink(target, self->path), 0);
    assert_null(recall_safe_file_read(self->path, 10, NULL));
    recall_safe_file_destroy(self->path); /* not through a link either */
    g_autoptr(GBytes) bytes = recall_safe_file_read(target, 10, NULL);
    assert_memory_equal(g_bytes_get_data(bytes, NULL), "x", 1);
    assert_true(recall_safe_file_write(self->path, "y", 1, NULL));
    g_unlink(target);
}

static void
test_no_folder(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_false(recall_safe_file_write("/nonexistent/file", "x", 1, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write_and_read), TEST(test_overwrites), TEST(test_backup_stays),
        TEST(test_not_ours),       TEST(test_fifo),       cmocka_unit_test(test_no_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
