/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/file-guess.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct {
    const char *title;
    const char *path;
    const char *name;
} cases[] = {
    {"/tmp/notes.txt - Mousepad", "/tmp/notes.txt", NULL},
    {"*/tmp/notes.txt - Mousepad", "/tmp/notes.txt", NULL},
    {"/tmp/notes.txt", "/tmp/notes.txt", NULL},
    {"~/plan.md - Editor", "/home/me/plan.md", NULL},
    {"notes.txt (/tmp) - gedit", "/tmp/notes.txt", "notes.txt"},
    {"*notes.txt (~/papers) - gedit", "/home/me/papers/notes.txt", "notes.txt"},
    {"• notes.txt (~) - Text Editor", "/home/me/notes.txt", "notes.txt"},
    {"a - b.txt (~) - gedit", "/home/me/a - b.txt", "a - b.txt"},
    {"报告.odt - LibreOffice Writer", NULL, "报告.odt"},
    {"report.odt (read-only) - LibreOffice Writer", NULL, "report.odt"},
    {"manual.pdf", NULL, "manual.pdf"},
    {"manual.pdf — Document Viewer", NULL, "manual.pdf"},
    {"News – Example (beta) - Chromium", NULL, NULL},
    {"Zoom 5.1 and more", NULL, NULL},
    {"x (~other/dir) - gedit", NULL, NULL},
    {"../../etc/passwd.x (/tmp) - gedit", NULL, NULL},
    {".txt", NULL, NULL},
    {" (/tmp)", NULL, NULL},
    {"", NULL, NULL},
    {"*", NULL, NULL},
};

static void
assert_same(const char *is, const char *expected)
{
    if (expected == NULL)
        assert_null(is);
    else
        assert_string_equal(is, expected);
}

static void
test_titles(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = recall_file_guess_path(cases[i].title, "/home/me");
        g_autofree char *name = recall_file_guess_name(cases[i].title);

        assert_same(path, cases[i].path);
        assert_same(name, cases[i].name);
    }
}

static void
test_open_file_is_found_by_its_name(void **state)
{
    g_autofree char *path = NULL;
    g_autofree char *base = NULL;
    g_autofree char *title = NULL;
    g_autofree char *found = NULL;
    g_autofree char *absent = NULL;
    int fd = g_file_open_tmp("guess-XXXXXX.odt", &path, NULL);

    assert_true(fd >= 0);
    base = g_path_get_basename(path);
    title = g_strconcat(base, " - Writer", NULL);
    found = recall_file_guess(title, getpid());
    close(fd);
    absent = recall_file_guess(title, getpid());
    g_unlink(path);
    assert_same(found, path);
    assert_null(absent);
}

/* @argument: of a program that opens nothing */
static char *
guess_by_argument(const char *cwd, const char *argument, const char *title)
{
    const char *const command[] = {"cat", "-", argument, NULL};
    GPid pid = 0;
    int its_input = -1;
    char *path;

    assert_true(g_spawn_async_with_pipes(cwd, (char **)command, NULL,
                                         G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                         NULL, &pid, &its_input, NULL, NULL, NULL));
    path = recall_file_guess(title, pid);
    close(its_input);
    waitpid(pid, NULL, 0);
    return path;
}

static void
test_file_that_it_was_started_with(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("guess-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "scan one.png", NULL);
    g_autofree char *uri = g_filename_to_uri(path, NULL, NULL);
    g_autofree char *by_name = NULL;
    g_autofree char *by_uri = NULL;
    g_autofree char *another = NULL;
    g_autofree char *absent = NULL;

    assert_true(g_file_set_contents(path, "x", 1, NULL));
    by_name = guess_by_argument(folder, "scan one.png", "scan one.png");
    by_uri = guess_by_argument("/", uri, "scan one.png - Viewer");
    another = guess_by_argument(folder, path, "scan two.png");
    absent = guess_by_argument("/", "scan one.png", "scan one.png");
    g_unlink(path);
    g_rmdir(folder);
    assert_same(by_name, path);
    assert_same(by_uri, path);
    assert_null(another);
    assert_null(absent);
}

static void
test_a_path_must_be_there(void **state)
{
    g_autofree char *there = recall_file_guess("/proc/self/exe - Program", 0);
    g_autofree char *folder = recall_file_guess("/proc - Program", 0);
    g_autofree char *absent = recall_file_guess("/absent/file.txt - Program", 0);

    assert_string_equal(there, "/proc/self/exe");
    assert_null(folder);
    assert_null(absent);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_open_file_is_found_by_its_name),
        cmocka_unit_test(test_file_that_it_was_started_with),
        cmocka_unit_test(test_a_path_must_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
