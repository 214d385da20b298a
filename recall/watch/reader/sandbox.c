/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/sandbox.h"

#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#endif

static void
set_limit(int resource, rlim_t limit)
{
    struct rlimit both = {limit, limit};

    (void)setrlimit(resource, &both);
}

void
reader_sandbox_begin(unsigned n_files)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)close_range(n_files, ~0U, 0);
    set_limit(RLIMIT_CORE, 0);
    signal(SIGXFSZ, SIG_IGN); /* Tesseract complains to a file, perhaps, and is to live on */
#ifndef HAS_ADDRESS_SANITIZER /* which reports to standard error, a file perhaps */
    set_limit(RLIMIT_FSIZE, 0);
    set_limit(RLIMIT_AS, READER_SANDBOX_MEMORY_MAX_BYTES);
#endif
}

static int
allow(scmp_filter_ctx filter, const int *calls, unsigned n_calls)
{
    int result = 0;

    for (unsigned i = 0; i < n_calls; i++)
        result |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return result;
}

static int
allow_calls(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(recvfrom),
                                SCMP_SYS(recvmsg),
                                SCMP_SYS(sendto),
                                SCMP_SYS(sendmsg),
                                SCMP_SYS(poll),
                                SCMP_SYS(ppoll),
                                SCMP_SYS(brk),
                                SCMP_SYS(munmap),
                                SCMP_SYS(mremap),
                                SCMP_SYS(madvise),
                                SCMP_SYS(futex),
                                SCMP_SYS(clock_gettime),
                                SCMP_SYS(gettimeofday),
                                SCMP_SYS(getrandom),
                                SCMP_SYS(getpid),
                                SCMP_SYS(gettid),
                                SCMP_SYS(sched_yield),
                                SCMP_SYS(rt_sigreturn),
                                SCMP_SYS(rt_sigprocmask),
                                SCMP_SYS(restart_syscall),
                                SCMP_SYS(close),
                                SCMP_SYS(exit),
                                SCMP_SYS(exit_group)};
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp to_stderr = SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO);

    return allow(filter, calls, G_N_ELEMENTS(calls)) |
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) |
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) |
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to_stderr) |
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(writev), 1, to_stderr);
}

/* What AddressSanitizer asks for when it reports. */
static int
allow_sanitizer(scmp_filter_ctx filter)
{
#ifdef HAS_ADDRESS_SANITIZER
    static const int calls[] = {
        SCMP_SYS(sigaltstack),       SCMP_SYS(rt_sigaction), SCMP_SYS(getrlimit),
        SCMP_SYS(prlimit64),         SCMP_SYS(readlink),     SCMP_SYS(readlinkat),
        SCMP_SYS(newfstatat),        SCMP_SYS(fstat),        SCMP_SYS(ioctl),
        SCMP_SYS(sched_getaffinity), SCMP_SYS(getuid)};

    return allow(filter, calls, G_N_ELEMENTS(calls));
#else
    return 0;
#endif
}

/* Tesseract has remarks on what it reads. They go nowhere, by way of a descriptor that is open: the
 * file that its debug_file names is opened at the first remark only, which the filter punishes. */
static void
silence(void)
{
#ifndef HAS_ADDRESS_SANITIZER
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        (void)dup2(fd, STDERR_FILENO);
        close(fd);
    }
#endif
}

gboolean
reader_sandbox_enter(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int result = -ENOMEM;

    if (filter != NULL) {
        silence();
        (void)base_landlock_enter(NULL, 0, FALSE); /* else seccomp alone holds */
        set_limit(RLIMIT_NPROC, 0);
        set_limit(RLIMIT_NOFILE, 1); /* 0 would forbid poll() */
        result = allow_calls(filter) | allow_sanitizer(filter) | seccomp_load(filter);
        seccomp_release(filter);
    }
    if (result == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                "Cannot confine deskhand-reader: the kernel needs seccomp filters");
    return FALSE;
}

static void
run_code(void)
{
    void *code =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)code;
}

void
reader_sandbox_try(const char *what)
{
    char *const arguments[] = {"/bin/true", NULL};

    if (g_str_equal(what, "open"))
        (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    else if (g_str_equal(what, "socket"))
        (void)socket(AF_INET, SOCK_STREAM, 0);
    else if (g_str_equal(what, "exec"))
        (void)execv(arguments[0], arguments);
    else if (g_str_equal(what, "fork"))
        (void)fork();
    else if (g_str_equal(what, "code"))
        run_code();
    else if (g_str_equal(what, "kill"))
        (void)kill(getppid(), 0);
}
