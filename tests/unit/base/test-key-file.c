/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/key-file.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_BYTES 256
#define WATCHDOG_S 10 /* a FIFO that is waited for fails the test */

static int
set_up(void **state)
{
    alarm(WATCHDOG_S);
    *state = g_dir_make_tmp("deskhand-key-file-XXXXXX", NULL);
    return 0;
}

static int
tear_down(void **state)
{
    g_autofree char *folder = *state;
    g_autofree char *path = g_build_filename(folder, "a.conf", NULL);

    g_remove(path);
    g_rmdir(folder);
    return 0;
}

static GKeyFile *
load(const char *folder, const char *text, size_t n_bytes, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "a.conf", NULL);

    assert_true(g_file_set_contents(path, text, (gssize)n_bytes, NULL));
    return base_key_file_load(path, MAX_BYTES, error);
}

static void
test_twice(void **state)
{
    static const char *const twice[] = {
        "[a]\nk=1\nk=2\n",
        "[a]\nk=1\nk=1\n",
        "[a]\nk=1\nl=2\n  k =\n",
        "[a]\nk=1\n[b]\nk=1\n[a]\nk=2\n",
        "[a]\r\nk=1\r\n[b]\r\n [a] \r\nk=2\r\n",
        "[a]\n#\nk=1\n#k=2\nk = 3",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(twice); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(load(*state, twice[i], strlen(twice[i]), &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        assert_string_equal(error->message, "[a] k stands there twice: keep one of them");
    }
}

static void
test_once(void **state)
{
    const char *text = "# k=0\n[a]\nk=x=1;k=2\n#k=3\n[b]\nk=4\n[a]\nl=5\nK=6\n";
    g_autoptr(GKeyFile) file = load(*state, text, strlen(text), NULL);
    g_autofree char *first = g_key_file_get_value(file, "a", "k", NULL);
    g_autofree char *joined = g_key_file_get_value(file, "a", "l", NULL);
    g_autofree char *other = g_key_file_get_value(file, "b", "k", NULL);

    assert_string_equal(first, "x=1;k=2");
    assert_string_equal(joined, "5");
    assert_string_equal(other, "4");
}

/* Else it were no key of the file, and nobody would say so. */
static void
test_translations_are_keys(void **state)
{
    const char *text = "[a]\nk[xx]=1\n";
    g_autoptr(GKeyFile) file = load(*state, text, strlen(text), NULL);

    assert_true(g_key_file_has_key(file, "a", "k[xx]", NULL));
}

static void
test_size_is_bounded(void **state)
{
    g_autofree char *text = g_strnfill(MAX_BYTES + 1, '#');
    g_autoptr(GError) error = NULL;
    g_autoptr(GKeyFile) file = NULL;
    g_autoptr(GKeyFile) empty = NULL;

    assert_null(load(*state, text, MAX_BYTES + 1, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    assert_string_equal(error->message, "it is larger than 256 bytes");
    file = load(*state, text, MAX_BYTES, NULL);
    assert_non_null(file);
    empty = load(*state, "", 0, NULL);
    assert_non_null(empty);
}

/* Nothing behind it would be looked at. */
static void
test_byte_0(void **state)
{
    static const char text[] = "[a]\nk=1\n#\0\nk=2\n";
    g_autoptr(GError) error = NULL;

    assert_null(load(*state, text, sizeof text - 1, &error));
    assert_string_equal(error->message, "it is not a text");
}

static void
refuse_at_once(const char *path)
{
    g_autoptr(GError) error = NULL;

    assert_null(base_key_file_load(path, MAX_BYTES, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    assert_string_equal(error->message, "it is not a regular file");
}

static void
test_only_regular_files(void **state)
{
    g_autofree char *path = g_build_filename(*state, "a.conf", NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    refuse_at_once(*state);
    refuse_at_once("/dev/zero");
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse_at_once(path);
    assert_int_equal(g_unlink(path), 0);
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    assert_int_equal(bind(fd, (const void *)&address, sizeof address), 0);
    refuse_at_once(path);
    close(fd);
}

static void
test_no_file(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(base_key_file_load("/nonexistent/a.conf", MAX_BYTES, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_translations_are_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_size_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_byte_0, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_regular_files, set_up, tear_down),
        cmocka_unit_test(test_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
