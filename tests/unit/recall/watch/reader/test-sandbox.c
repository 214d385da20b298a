/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/sandbox.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Returns: how a confined child ended that tried @what, as of waitpid() */
static int
try_confined(const char *what)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        reader_sandbox_begin(3);
        if (!reader_sandbox_enter(NULL))
            _exit(99);
        reader_sandbox_try(what);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void
test_escapes_are_deadly(void **state)
{
    static const char *const escapes[] = {"open", "socket", "exec", "fork", "code", "kill"};

    for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++) {
        int status = try_confined(escapes[i]);

        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

static void
test_the_rest_is_allowed(void **state)
{
    int status = try_confined("nothing");

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes_are_deadly),
        cmocka_unit_test(test_the_rest_is_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
