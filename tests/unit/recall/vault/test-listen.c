/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* As the service manager leaves it: descriptors from 3 on. The tests run in children, because they
 * need those very numbers. */
static void
pass_fds(const char *n, const char *names, gboolean for_us)
{
    g_autofree char *pid = g_strdup_printf("%d", for_us ? (int)getpid() : (int)getpid() + 1);

    for (int fd = 3; fd < 6; fd++) {
        struct sockaddr_un address = {.sun_family = AF_UNIX}; /* it names itself */
        int own = socket(AF_UNIX, SOCK_STREAM, 0);

        if (fd < 5) {
            bind(own, (const void *)&address, sizeof address.sun_family);
            listen(own, 1);
        }
        dup2(own, fd);
        if (own != fd)
            close(own);
    }
    g_setenv("LISTEN_PID", pid, TRUE);
    g_setenv("LISTEN_FDS", n, TRUE);
    g_setenv("LISTEN_FDNAMES", names, TRUE);
}

static int
check_taken(void)
{
    pass_fds("2", "append.sock:recall.sock", TRUE);
    return recall_listen_take_fd("recall.sock") == 4 &&
           recall_listen_take_fd("recall.sock") == -1 &&
           recall_listen_take_fd("append.sock") == 3 && recall_listen_take_fd("") == -1;
}

static int
check_not_for_us(void)
{
    pass_fds("2", "append.sock:recall.sock", FALSE);
    return recall_listen_take_fd("append.sock") == -1;
}

static int
check_odd(void)
{
    pass_fds("-1", "append.sock", TRUE);
    if (recall_listen_take_fd("append.sock") != -1)
        return FALSE;
    pass_fds("17", "append.sock", TRUE);
    if (recall_listen_take_fd("append.sock") != -1)
        return FALSE;
    pass_fds("2", "append.sock", TRUE); /* fewer names than sockets */
    if (recall_listen_take_fd("recall.sock") != -1)
        return FALSE;
    pass_fds("3", "x:y:append.sock", TRUE); /* 5 does not listen */
    return recall_listen_take_fd("append.sock") == -1;
}

static int
check_none(void)
{
    return recall_listen_take_fd("append.sock") == -1;
}

static void
assert_in_child(int (*check)(void))
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0)
        _exit(check() ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
test_taken(void **state)
{
    assert_in_child(check_taken);
}

static void
test_not_for_us(void **state)
{
    assert_in_child(check_not_for_us);
}

static void
test_odd(void **state)
{
    assert_in_child(check_odd);
}

static void
test_none(void **state)
{
    assert_in_child(check_none);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_not_for_us),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
