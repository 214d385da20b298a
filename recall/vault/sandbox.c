/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sandbox.h"

#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define TPM_DEVICE "/dev/tpmrm0"
#define REFUSE SCMP_ACT_ERRNO(EPERM)

gboolean
recall_sandbox_begin(pid_t parent)
{
    const struct rlimit none = {0, 0};

    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    if (parent == 0)
        return TRUE;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == parent; /* it may have ended before we asked to be told */
}

/* Only the tests' emulator of a TPM is reached through TCP. */
static gboolean
needs_tcp(void)
{
    const char *tpm = g_getenv("DESKHAND_TPM");

    return tpm != NULL && g_str_has_prefix(tpm, "swtpm:");
}

static void
enter_landlock(const char *folder)
{
    g_autofree char *sockets = g_build_filename(g_get_user_runtime_dir(), "deskhand", NULL);
    g_autofree char *settings = g_build_filename(g_get_user_config_dir(), "deskhand", NULL);
    const char *tpm = g_getenv("DESKHAND_TPM");
    const BaseLandlockPlace places[] = {
        {folder, BASE_LANDLOCK_KEEP},
        {sockets, BASE_LANDLOCK_KEEP},
        {settings, BASE_LANDLOCK_READ},
        {"/usr", BASE_LANDLOCK_READ},
        {"/etc", BASE_LANDLOCK_READ},
        {tpm != NULL && *tpm == '/' ? tpm : TPM_DEVICE, BASE_LANDLOCK_USE},
        {"/dev/null", BASE_LANDLOCK_USE},
        {"/dev/urandom", BASE_LANDLOCK_READ},
#ifdef RECALL_SANDBOX_IS_WATCHED
        {"/proc", BASE_LANDLOCK_READ},
#endif
    };

    (void)g_mkdir_with_parents(folder, 0700);
    (void)g_mkdir_with_parents(sockets, 0700);
    if (!base_landlock_enter(places, G_N_ELEMENTS(places), needs_tcp()))
        g_info("This kernel has no landlock: the vault may open every file of its user");
}

static int
refuse_calls(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(fork),
        SCMP_SYS(vfork),

        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(pidfd_open),
        SCMP_SYS(pidfd_getfd),
        SCMP_SYS(kcmp),
        SCMP_SYS(perf_event_open),
        SCMP_SYS(bpf),
        SCMP_SYS(userfaultfd),
        SCMP_SYS(io_uring_setup),
        SCMP_SYS(keyctl),
        SCMP_SYS(add_key),
        SCMP_SYS(request_key),
        SCMP_SYS(mount),
        SCMP_SYS(umount2),
        SCMP_SYS(pivot_root),
        SCMP_SYS(chroot),
        SCMP_SYS(unshare),
        SCMP_SYS(setns),
        SCMP_SYS(init_module),
        SCMP_SYS(finit_module),
        SCMP_SYS(kexec_load),
        SCMP_SYS(reboot),
        SCMP_SYS(swapon),
        SCMP_SYS(personality),
        SCMP_SYS(open_by_handle_at),
    };
    int result = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(calls); i++)
        result |= seccomp_rule_add(filter, REFUSE, calls[i], 0);
    return result;
}

/* Threads, but no processes: the newer call's flags are out of a filter's sight, so that one is not
 * there and the C library takes the older. */
static int
refuse_processes(scmp_filter_ctx filter)
{
#ifdef RECALL_SANDBOX_IS_WATCHED
    return 0;
#else
    const struct scmp_arg_cmp no_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
    const struct scmp_arg_cmp another = SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid());

    return seccomp_rule_add(filter, REFUSE, SCMP_SYS(clone), 1, no_thread) |
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) |
           seccomp_rule_add(filter, REFUSE, SCMP_SYS(kill), 1, another) |
           seccomp_rule_add(filter, REFUSE, SCMP_SYS(ptrace), 0);
#endif
}

static int
refuse_sockets(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp below = SCMP_A0(SCMP_CMP_LT, AF_UNIX);
    const struct scmp_arg_cmp above = SCMP_A0(SCMP_CMP_GT, AF_UNIX);

    if (needs_tcp())
        return 0;
    return seccomp_rule_add(filter, REFUSE, SCMP_SYS(socket), 1, below) |
           seccomp_rule_add(filter, REFUSE, SCMP_SYS(socket), 1, above);
}

static int
refuse_code(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp runs = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);

    return seccomp_rule_add(filter, REFUSE, SCMP_SYS(mmap), 1, runs) |
           seccomp_rule_add(filter, REFUSE, SCMP_SYS(mprotect), 1, runs) |
           seccomp_rule_add(filter, REFUSE, SCMP_SYS(pkey_mprotect), 1, runs);
}

gboolean
recall_sandbox_enter(const char *folder, GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int result = -ENOMEM;

    if (filter != NULL) {
        enter_landlock(folder);
        result = refuse_calls(filter) | refuse_processes(filter) | refuse_sockets(filter) |
                 refuse_code(filter) | seccomp_load(filter);
        seccomp_release(filter);
    }
    if (result == 0)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "The vault cannot be confined: the kernel needs seccomp filters");
    return FALSE;
}

/* --- for tests --- */

static gboolean
try_exec(void)
{
    char *const arguments[] = {"/bin/true", NULL};

    return execv(arguments[0], arguments) == 0 || errno != EPERM;
}

static gboolean
try_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid >= 0;
}

static gboolean
try_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static void *
return_at_once(void *data)
{
    return data;
}

static gboolean
try_thread(void)
{
    g_autoptr(GThread) thread = g_thread_new("try", return_at_once, (void *)"try");

    return g_thread_join(g_steal_pointer(&thread)) != NULL;
}

gboolean
recall_sandbox_try(const char *what)
{
    if (g_str_equal(what, "exec"))
        return try_exec();
    if (g_str_equal(what, "fork"))
        return try_fork();
    if (g_str_equal(what, "inet"))
        return socket(AF_INET, SOCK_STREAM, 0) >= 0;
    if (g_str_equal(what, "netlink"))
        return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
    if (g_str_equal(what, "code"))
        return try_code();
    if (*what == '/')
        return open(what, O_RDONLY | O_CLOEXEC) >= 0;
    if (g_str_equal(what, "attach"))
        return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
    if (g_str_equal(what, "kill"))
        return kill(getppid(), 0) == 0;
    g_assert(g_str_equal(what, "thread"));
    return try_thread();
}
