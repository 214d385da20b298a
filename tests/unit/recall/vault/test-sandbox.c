/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sandbox.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LANDLOCK_CREATE_RULESET 444

typedef struct {
    char *root;
    char *folder;
    char *inside;
    char *outside;
} Places;

static int
set_up(void **state)
{
    Places *self = g_new0(Places, 1);

    self->root = g_dir_make_tmp("deskhand-sandbox-XXXXXX", NULL);
    self->folder = g_build_filename(self->root, "history", NULL);
    self->inside = g_build_filename(self->folder, "inside", NULL);
    self->outside = g_build_filename(self->root, "outside", NULL);
    g_setenv("XDG_RUNTIME_DIR", self->folder, TRUE);
    g_mkdir(self->folder, 0700);
    *state = self;
    return g_file_set_contents(self->inside, "x", 1, NULL) &&
                   g_file_set_contents(self->outside, "x", 1, NULL)
               ? 0
               : -1;
}

static int
tear_down(void **state)
{
    Places *self = *state;
    g_autofree char *sockets = g_build_filename(self->folder, "deskhand", NULL);

    g_unlink(self->inside);
    g_unlink(self->outside);
    g_rmdir(sockets);
    g_rmdir(self->folder);
    g_rmdir(self->root);
    g_free(self->root);
    g_free(self->folder);
    g_free(self->inside);
    g_free(self->outside);
    g_free(self);
    return 0;
}

/* Returns: whether @what succeeded in a child, confined or not */
static gboolean
try_it(const Places *self, const char *what, gboolean is_confined)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        if (!recall_sandbox_begin(0))
            _exit(98);
        if (is_confined && !recall_sandbox_enter(self->folder, NULL))
            _exit(99);
        _exit(recall_sandbox_try(what) ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) <= 1);
    return WEXITSTATUS(status) == 1;
}

static void
test_escapes_fail(void **state)
{
    static const char *const escapes[] = {
        "exec",   "inet", "netlink", "code",
#ifndef RECALL_SANDBOX_IS_WATCHED
        "attach", "fork", "kill",
#endif
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(escapes); i++) {
        if (try_it(*state, escapes[i], TRUE))
            fail_msg("%s succeeds", escapes[i]);
    }
    assert_true(try_it(*state, "fork", FALSE)); /* so that the trial is one */
    assert_true(try_it(*state, "inet", FALSE));
    assert_true(try_it(*state, "code", FALSE));
    assert_true(try_it(*state, "kill", FALSE));
}

static void
test_what_is_needed_works(void **state)
{
    const Places *self = *state;

    assert_true(try_it(self, "thread", TRUE));
    assert_true(try_it(self, self->inside, TRUE));
    assert_true(try_it(self, "/etc/passwd", TRUE));
}

static void
test_other_files(void **state)
{
    const Places *self = *state;

    assert_true(try_it(self, self->outside, FALSE));
    if (syscall(LANDLOCK_CREATE_RULESET, NULL, 0, 1) < 1)
        skip(); /* the kernel has none */
    assert_false(try_it(self, self->outside, TRUE));
#ifndef RECALL_SANDBOX_IS_WATCHED
    assert_false(try_it(self, "/proc/self/status", TRUE));
#endif
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_escapes_fail),
        TEST(test_what_is_needed_works),
        TEST(test_other_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
