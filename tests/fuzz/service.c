/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/service.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_CALLS_MAX 16
#define MEMORY_FOLDER "/dev/shm" /* syncing to a disk is not what is tested */

static GDBusConnection *
make_connection(int fd)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);
    g_autoptr(GSocketConnection) stream = g_socket_connection_factory_create_connection(socket);
    GDBusConnection *connection = g_dbus_connection_new_sync(
        G_IO_STREAM(stream), NULL, G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING, NULL, NULL,
        NULL);

    g_assert_nonnull(connection);
    return connection;
}

static void
on_signal(GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *name,
          GVariant *arguments,
          void *user_data)
{
    FuzzService *self = user_data;

    self->n_jobs_finished++;
}

FuzzService *
fuzz_service_new(void)
{
    FuzzService *self = g_new0(FuzzService, 1);
    void *folder = NULL;
    int fds[2];

    if (g_file_test(MEMORY_FOLDER, G_FILE_TEST_IS_DIR))
        g_setenv("TMPDIR", MEMORY_FOLDER, FALSE);
    fixture_set_up(&folder);
    self->folder = folder;
    self->vault = fixture_open(self->folder);
    self->ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    self->worker = base_worker_new("store");
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
    self->service = make_connection(fds[0]);
    self->client = make_connection(fds[1]);
    g_dbus_connection_signal_subscribe(self->client, NULL, "io.deskhand.Job1", "Finished", NULL,
                                       NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
    g_dbus_connection_start_message_processing(self->client);
    return self;
}

static void
run_pending(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

void
fuzz_service_free(FuzzService *self)
{
    void *folder = self->folder;

    base_worker_free(self->worker);
    g_dbus_connection_close_sync(self->client, NULL, NULL);
    g_dbus_connection_close_sync(self->service, NULL, NULL);
    run_pending();
    g_object_unref(self->client);
    g_object_unref(self->service);
    run_pending();
    recall_vault_close(self->vault);
    fixture_tear_down(&folder);
    g_array_unref(self->ids);
    g_free(self);
}

typedef struct {
    FuzzService *service;
    unsigned n_open;
} Calls;

static void
on_answer(GObject *source, GAsyncResult *result, void *user_data)
{
    Calls *calls = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = g_dbus_connection_call_with_unix_fd_list_finish(
        G_DBUS_CONNECTION(source), NULL, result, &error);
    gint64 id;

    calls->n_open--;
    if (answer != NULL && g_variant_is_of_type(answer, G_VARIANT_TYPE("(o)")))
        calls->service->n_jobs_begun++;
    if (answer != NULL && g_variant_is_of_type(answer, G_VARIANT_TYPE("(xaay)"))) {
        g_variant_get_child(answer, 0, "x", &id);
        g_array_append_val(calls->service->ids, id);
    }
}

static GUnixFDList *
make_files(const char *type)
{
    GUnixFDList *files = g_unix_fd_list_new();

    for (; *type != '\0'; type++) {
        int fd = *type == 'h' ? memfd_create("secret", MFD_CLOEXEC) : -1;

        if (fd < 0)
            continue;
        if (write(fd, "secret", 6) != 6 || lseek(fd, 0, SEEK_SET) != 0)
            g_assert_not_reached();
        g_unix_fd_list_append(files, fd, NULL);
        close(fd);
    }
    return files;
}

static void
call(Calls *calls, const FuzzObject *object, const FuzzMethod *method, GVariant *arguments)
{
    g_autoptr(GUnixFDList) files = make_files(method->arguments);

    calls->n_open++;
    g_dbus_connection_call_with_unix_fd_list(
        calls->service->client, NULL, object->path, object->interface, method->name, arguments,
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, files, NULL, on_answer, calls);
}

/* Returns: whether it is a call */
static gboolean
run_line(Calls *calls, const FuzzObject *object, const char *line)
{
    for (const FuzzMethod *method = object->methods; method->name != NULL; method++) {
        size_t n = strlen(method->name);
        g_autoptr(GVariant) arguments = NULL;

        if (!g_str_has_prefix(line, method->name) || line[n] != ' ')
            continue;
        if (g_utf8_validate(line, -1, NULL))
            arguments =
                g_variant_parse(G_VARIANT_TYPE(method->arguments), line + n, NULL, NULL, NULL);
        if (arguments == NULL)
            return FALSE;
        call(calls, object, method, arguments);
        return TRUE;
    }
    return FALSE;
}

void
fuzz_service_run(FuzzService *self, const FuzzObject *object, FuzzInput *input)
{
    Calls calls = {self, 0};
    char *line = NULL;

    for (unsigned n = 0; n < N_CALLS_MAX && (line = fuzz_take_line(input)) != NULL;) {
        n += run_line(&calls, object, line);
        g_free(line);
    }
    while (calls.n_open > 0 || self->n_jobs_finished < self->n_jobs_begun)
        g_main_context_iteration(NULL, TRUE);
}
