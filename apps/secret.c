/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/secret.h"

#include "apps/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define POLL_MS 100

/* A whole mapping, so that it can be kept out of swap and core. */
struct AppSecret {
    size_t n_bytes;
    char text[APP_SECRET_MAX_BYTES + 1];
};

static void
hide_process(void)
{
    const struct rlimit none = {0, 0};

#ifndef __SANITIZE_ADDRESS__ /* which looks for leaks from outside */
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
    (void)setrlimit(RLIMIT_CORE, &none);
}

AppSecret *
app_secret_new(void)
{
    AppSecret *self =
        mmap(NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    hide_process();
    if (self == MAP_FAILED)
        g_error("There is no memory");
    (void)mlock(self, sizeof *self);
    (void)madvise(self, sizeof *self, MADV_DONTDUMP);
    return self;
}

void
app_secret_free(AppSecret *self)
{
    if (self == NULL)
        return;
    explicit_bzero(self, sizeof *self);
    munmap(self, sizeof *self);
}

static void
set_no_terminal(GError **error)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE,
                        "There is no terminal to ask for the secret on; --passphrase-file FILE "
                        "reads it, and - stands for standard input.");
}

/* Up to the end of the line. Returns: FALSE when more is to come */
static gboolean
take_byte(AppSecret *self, char byte, GError **error)
{
    if (byte == '\n' || byte == '\0')
        return TRUE;
    if (self->n_bytes < APP_SECRET_MAX_BYTES) {
        self->text[self->n_bytes++] = byte;
        return FALSE;
    }
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "The secret is longer than %d bytes.",
                APP_SECRET_MAX_BYTES);
    return TRUE;
}

/* Ctrl-C reaches the program through the main context. */
static gboolean
wait_for_input(int fd, GCancellable *cancellable, GError **error)
{
    struct pollfd poller = {fd, POLLIN, 0};

    while (poll(&poller, 1, POLL_MS) <= 0) {
        while (g_main_context_iteration(NULL, FALSE)) {
        }
        if (g_cancellable_set_error_if_cancelled(cancellable, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_line(AppSecret *self, int fd, GCancellable *cancellable, GError **error)
{
    char byte = '\0';
    ssize_t n_bytes;

    do {
        if (cancellable != NULL && !wait_for_input(fd, cancellable, error))
            return FALSE;
        n_bytes = read(fd, &byte, 1);
        if (n_bytes < 0 && errno == EINTR)
            continue;
        if (n_bytes < 0) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "The secret cannot be read: %s.",
                        g_strerror(errno));
            return FALSE;
        }
    } while (n_bytes != 0 && !take_byte(self, byte, error));
    if (n_bytes != 0 && byte != '\n' && byte != '\0')
        return FALSE; /* too long */
    if (self->n_bytes > 0 && self->text[self->n_bytes - 1] == '\r')
        self->text[--self->n_bytes] = '\0';
    return TRUE;
}

static void
say(int fd, const char *text)
{
    ssize_t n_bytes = write(fd, text, strlen(text));

    (void)n_bytes;
}

static gboolean
ask_on(int fd, AppSecret *self, const char *prompt, GCancellable *cancellable, GError **error)
{
    struct termios before;
    struct termios quiet;
    gboolean is_read;

    if (tcgetattr(fd, &before) < 0) {
        set_no_terminal(error);
        return FALSE;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    quiet.c_cc[VSUSP] = _POSIX_VDISABLE; /* a stopped program would leave the terminal silent */
    (void)tcsetattr(fd, TCSAFLUSH,
                    &quiet); /* before the question: the answer is not to be flushed */
    say(fd, prompt);
    say(fd, ": ");
    is_read = read_line(self, fd, cancellable, error);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    say(fd, "\n");
    return is_read;
}

AppSecret *
app_secret_ask(const char *prompt, GCancellable *cancellable, GError **error)
{
    g_autoptr(AppSecret) self = app_secret_new();
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    gboolean is_read;

    if (fd < 0 && isatty(STDIN_FILENO))
        fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) {
        set_no_terminal(error);
        return NULL;
    }
    is_read = ask_on(fd, self, prompt, cancellable, error);
    close(fd);
    return is_read ? g_steal_pointer(&self) : NULL;
}

AppSecret *
app_secret_read(const char *path, GError **error)
{
    g_autoptr(AppSecret) self = app_secret_new();
    gboolean is_stdin = g_str_equal(path, "-");
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    gboolean is_read;

    if (fd < 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "Cannot read %s: %s.", path,
                    g_strerror(errno));
        return NULL;
    }
    is_read = read_line(self, fd, NULL, error);
    if (!is_stdin)
        close(fd);
    if (is_read && self->n_bytes == 0)
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "There is no secret in %s.",
                    is_stdin ? "standard input" : path);
    return is_read && self->n_bytes > 0 ? g_steal_pointer(&self) : NULL;
}

gboolean
app_secret_is_equal(const AppSecret *a, const AppSecret *b)
{
    return a->n_bytes == b->n_bytes && memcmp(a->text, b->text, a->n_bytes) == 0;
}

size_t
app_secret_count_characters(const AppSecret *self)
{
    return g_utf8_validate(self->text, (gssize)self->n_bytes, NULL)
               ? (size_t)g_utf8_strlen(self->text, (gssize)self->n_bytes)
               : self->n_bytes;
}

int
app_secret_send(const AppSecret *self, GUnixFDList *fds, GError **error)
{
    int pair[2] = {-1, -1};
    int handle = -1;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0 &&
        send(pair[0], self->text, self->n_bytes, MSG_NOSIGNAL) == (ssize_t)self->n_bytes)
        handle = g_unix_fd_list_append(fds, pair[1], error);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "The secret cannot be sent: %s.",
                    g_strerror(errno));
    for (unsigned i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
    }
    return handle;
}

AppSecret *
app_secret_receive(GUnixFDList *fds, GError **error)
{
    g_autoptr(AppSecret) self = app_secret_new();
    int fd = fds != NULL ? g_unix_fd_list_get(fds, 0, NULL) : -1;
    ssize_t n_bytes = fd >= 0 ? recv(fd, self->text, APP_SECRET_MAX_BYTES, MSG_DONTWAIT) : -1;

    if (fd >= 0)
        close(fd);
    if (n_bytes <= 0) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED,
                            "The vault's answer cannot be read.");
        return NULL;
    }
    self->n_bytes = (size_t)n_bytes;
    return g_steal_pointer(&self);
}

const char *
app_secret_get_text(const AppSecret *self)
{
    return self->text;
}
