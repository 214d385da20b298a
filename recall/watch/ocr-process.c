/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/ocr-process.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_PACKETS_AT_ONCE 64 /* then other events of the main loop have their turn */

struct RecallOcrProcess {
    GSubprocess *process;
    int socket_fd; /* -1: it is ended */
    unsigned socket_source;
    uint32_t width_px; /* of the picture that was asked about last */
    uint32_t height_px;
    RecallOcrProcessEvents events;
    void *user_data;
};

static gboolean
fail(GError **error, const char *what)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "Cannot %s: %s", what,
                g_strerror(errno));
    return FALSE;
}

gboolean
recall_ocr_memory_init(RecallOcrMemory *self, GError **error)
{
    void *pixels;

    self->fd = memfd_create("deskhand-pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (self->fd < 0 || ftruncate(self->fd, PROTOCOL_READER_MEMORY_BYTES) != 0)
        return fail(error, "make the memory for pixels");
    pixels = mmap(NULL, PROTOCOL_READER_MEMORY_BYTES, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_NORESERVE, self->fd, 0);
    if (pixels == MAP_FAILED)
        return fail(error, "map the memory for pixels");
    self->pixels = pixels;
    if (fcntl(self->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return fail(error, "seal the memory for pixels");
    return TRUE;
}

void
recall_ocr_memory_clear(RecallOcrMemory *self)
{
    if (self->pixels != NULL)
        munmap(self->pixels, PROTOCOL_READER_MEMORY_BYTES);
    self->pixels = NULL;
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
}

void
recall_ocr_memory_trim(RecallOcrMemory *self, size_t keep_bytes)
{
    if (self->pixels != NULL)
        (void)madvise(self->pixels + keep_bytes, PROTOCOL_READER_MEMORY_BYTES - keep_bytes,
                      MADV_REMOVE);
}

static void
end(RecallOcrProcess *self)
{
    if (self->socket_source != 0)
        g_source_remove(self->socket_source);
    self->socket_source = 0;
    if (self->socket_fd >= 0)
        close(self->socket_fd);
    self->socket_fd = -1;
    if (self->process != NULL)
        g_subprocess_force_exit(self->process);
}

static void
clear(void *data)
{
    RecallOcrProcess *self = data;

    end(self);
    g_clear_object(&self->process);
}

static void
say_gone(RecallOcrProcess *self, const GError *error)
{
    end(self);
    self->events.on_gone(error, self->user_data);
}

/* Returns: FALSE when there is nothing more to take for now, or @self is ended */
static gboolean
take_packet(RecallOcrProcess *self)
{
    static uint8_t packet[PROTOCOL_READER_MESSAGE_MAX_BYTES];
    g_autoptr(ProtocolReaderAnswer) answer = NULL;
    g_autoptr(GError) error = NULL;
    ssize_t n = recv(self->socket_fd, packet, sizeof packet, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return FALSE;
    if (n <= 0)
        g_set_error(&error, G_IO_ERROR, G_IO_ERROR_FAILED, "deskhand-reader ended");
    else
        answer = protocol_reader_answer_parse(packet, n, self->width_px, self->height_px, &error);
    if (answer == NULL) {
        say_gone(self, error);
        return FALSE;
    }
    self->events.on_answer(answer, self->user_data);
    return self->socket_fd >= 0;
}

static gboolean
on_readable(int fd, GIOCondition condition, void *user_data)
{
    RecallOcrProcess *self = g_rc_box_acquire(user_data); /* an event may free it */
    unsigned n = 0;
    gboolean goes_on;

    while (n < N_PACKETS_AT_ONCE && take_packet(self))
        n++;
    goes_on = self->socket_fd >= 0;
    g_rc_box_release_full(self, clear);
    return goes_on;
}

/* Nothing of the session is handed down: no bus, no display, no home. */
static char **
make_environment(void)
{
    static const char *const kept[] = {"TESSDATA_PREFIX", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                       "LSAN_OPTIONS"};
    char **environment = g_environ_setenv(NULL, "OMP_THREAD_LIMIT", "1", TRUE);

    environment = g_environ_setenv(environment, "LC_ALL", "C.UTF-8", TRUE);
    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++)
        if (g_getenv(kept[i]) != NULL)
            environment = g_environ_setenv(environment, kept[i], g_getenv(kept[i]), TRUE);
    return environment;
}

static GSubprocess *
spawn(const RecallOcrOptions *options, int socket_fd, int memory_fd, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_auto(GStrv) environment = make_environment();
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();

    g_ptr_array_add(arguments, (char *)options->reader_path);
    g_ptr_array_add(arguments, "--languages");
    g_ptr_array_add(arguments, (char *)options->languages);
    if (options->data_path != NULL) {
        g_ptr_array_add(arguments, "--data");
        g_ptr_array_add(arguments, (char *)options->data_path);
    }
    g_ptr_array_add(arguments, NULL);
    g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_take_fd(launcher, socket_fd, PROTOCOL_READER_SOCKET_FD);
    g_subprocess_launcher_take_fd(launcher, memory_fd, PROTOCOL_READER_PIXELS_FD);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments->pdata, error);
}

static gboolean
start(RecallOcrProcess *self,
      const RecallOcrOptions *options,
      const RecallOcrMemory *memory,
      GError **error)
{
    g_autoptr(GError) local_error = NULL;
    int sockets[2];
    g_autofree char *memory_path = g_strdup_printf("/proc/self/fd/%d", memory->fd);
    int memory_fd = open(memory_path, O_RDONLY | O_CLOEXEC); /* the reader must not write to it */

    if (memory_fd < 0)
        return fail(error, "hand the pixels to deskhand-reader");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
        close(memory_fd);
        return fail(error, "make a socket pair for deskhand-reader");
    }
    self->socket_fd = sockets[0];
    self->process = spawn(options, sockets[1], memory_fd, &local_error);
    if (self->process == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "Cannot start %s: %s; install the package deskhand again", options->reader_path,
                    local_error->message);
        return FALSE;
    }
    self->socket_source =
        g_unix_fd_add(self->socket_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
    return TRUE;
}

RecallOcrProcess *
recall_ocr_process_new(const RecallOcrOptions *options,
                       const RecallOcrMemory *memory,
                       const RecallOcrProcessEvents *events,
                       void *user_data,
                       GError **error)
{
    RecallOcrProcess *self = g_rc_box_new0(RecallOcrProcess);

    self->socket_fd = -1;
    self->events = *events;
    self->user_data = user_data;
    if (start(self, options, memory, error))
        return self;
    recall_ocr_process_free(self);
    return NULL;
}

void
recall_ocr_process_free(RecallOcrProcess *self)
{
    if (self == NULL)
        return;
    end(self);
    g_rc_box_release_full(self, clear);
}

gboolean
recall_ocr_process_send(RecallOcrProcess *self, const ProtocolReaderRequest *request)
{
    g_autoptr(GBytes) bytes = protocol_reader_request_to_bytes(request);
    size_t n_bytes;
    const void *data = g_bytes_get_data(bytes, &n_bytes);

    if (request != NULL) {
        self->width_px = request->width_px;
        self->height_px = request->height_px;
    }
    return self->socket_fd >= 0 &&
           send(self->socket_fd, data, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n_bytes;
}

GPid
recall_ocr_process_pid(const RecallOcrProcess *self)
{
    const char *name = g_subprocess_get_identifier(self->process);

    return name != NULL ? (GPid)g_ascii_strtoll(name, NULL, 10) : 0;
}
