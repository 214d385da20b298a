/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/failure.h"
#include "protocol/peer.h"
#include "recall/vault/keeper.h"
#include "recall/vault/listen.h"
#include "recall/vault/reserve.h"
#include "recall/vault/sandbox.h"
#include "recall/vault/service-append.h"
#include "recall/vault/service-recall.h"
#include "recall/vault/tidy.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* deskhand-vault: keeps the history. */

#define EXIT_USAGE 2
#define ADMIN_SETTINGS "/etc/deskhand/vault.conf"

typedef struct {
    GMainLoop *loop;
    gboolean is_ending; /* a signal came, maybe before the loop ran */
    BaseWorker *worker;
    RecallVault *vault; /* used in jobs of the worker only */
    RecallServiceAppend *append;
    ProtocolPeerServer *append_server;
    RecallServiceRecall *recall;
    ProtocolPeerServer *recall_server;
    RecallTidy *tidy;
    RecallKeeper *keeper;
} Program;

static void *
open_vault(void *folder, GCancellable *cancellable, GError **error)
{
    RecallVault *vault = recall_vault_open(folder, error);

    if (vault != NULL)
        recall_reserve_make(folder);
    return vault;
}

static void *
close_vault(void *vault, GCancellable *cancellable, GError **error)
{
    recall_vault_close(vault);
    return NULL;
}

static void
on_job_done(GObject *source, GAsyncResult *result, void *user_data)
{
    GTask **out_task = user_data;

    *out_task = g_object_ref(G_TASK(result));
}

/* Runs a job on the store's thread and waits for it. */
static void *
run_job(BaseWorker *worker, BaseWorkerFunc func, void *job, GError **error)
{
    g_autoptr(GTask) done = NULL;

    base_worker_push(worker, g_task_new(NULL, NULL, on_job_done, &done), func, job, NULL, NULL);
    while (done == NULL)
        g_main_context_iteration(NULL, TRUE);
    return g_task_propagate_pointer(done, error);
}

static gboolean
on_append_client(GDBusConnection *connection, void *user_data)
{
    Program *self = user_data;
    g_autoptr(GError) error = NULL;

    if (recall_service_append_export(self->append, connection, &error))
        return TRUE;
    g_warning("Cannot serve a client: %s", error->message);
    return FALSE;
}

static gboolean
on_recall_client(GDBusConnection *connection, void *user_data)
{
    Program *self = user_data;
    g_autoptr(GError) error = NULL;

    if (recall_service_recall_export(self->recall, connection, &error))
        return TRUE;
    g_warning("Cannot serve a client: %s", error->message);
    return FALSE;
}

static ProtocolPeerServer *
serve(const char *name, ProtocolPeerFunc on_client, Program *self, GError **error)
{
    g_autofree char *path = protocol_peer_path(name);

    return protocol_peer_server_new(path, recall_listen_take_fd(name), on_client, self, error);
}

static void
on_growth(void *user_data)
{
    Program *self = user_data;

    recall_keeper_note_growth(self->keeper);
}

/* Settings that are wrong stop nothing: it records on, and says that they are not in force. */
static void
start_keeper(Program *self, const char *folder)
{
    g_autofree char *path =
        g_build_filename(g_get_user_config_dir(), "deskhand", "vault.conf", NULL);
    g_autoptr(GError) error = NULL;
    RecallRetention limits = {0};
    struct statvfs disk = {0};

    if (statvfs(folder, &disk) != 0)
        g_warning("Cannot measure the disk of %s", folder);
    if (!recall_retention_load(ADMIN_SETTINGS, path, (uint64_t)disk.f_blocks * disk.f_frsize,
                               &limits, &error))
        g_warning("%s; it is not in force, and nothing is forgotten because of it", error->message);
    self->keeper = recall_keeper_new(self->worker, self->vault, &limits);
    recall_service_append_watch(self->append, on_growth, self);
    recall_service_recall_set_keeper(self->recall, self->keeper,
                                     error != NULL ? error->message : NULL);
}

static void
stop_keeper(Program *self)
{
    if (self->keeper == NULL)
        return;
    recall_service_append_watch(self->append, NULL, NULL);
    recall_keeper_free(g_steal_pointer(&self->keeper));
    recall_service_recall_set_keeper(self->recall, NULL, NULL);
}

static gboolean
start(Program *self, char *folder, GError **error)
{
    self->worker = base_worker_new("store");
    self->vault = run_job(self->worker, open_vault, folder, error);
    if (self->vault == NULL)
        return FALSE;
    self->append = recall_service_append_new(self->worker, self->vault);
    self->append_server = serve("append.sock", on_append_client, self, error);
    if (self->append_server == NULL)
        return FALSE;
    self->recall = recall_service_recall_new(self->worker, self->vault);
    start_keeper(self, folder);
    self->recall_server = serve("recall.sock", on_recall_client, self, error);
    if (self->recall_server == NULL)
        return FALSE;
    self->tidy = recall_tidy_new(self->worker, self->vault);
    return TRUE;
}

/* What was acknowledged is on the disk already; closing only tidies the files. */
static void
stop(Program *self)
{
    recall_tidy_free(self->tidy);
    stop_keeper(self);
    protocol_peer_server_free(self->recall_server);
    recall_service_recall_free(self->recall);
    protocol_peer_server_free(self->append_server);
    recall_service_append_free(self->append);
    if (self->vault != NULL)
        run_job(self->worker, close_vault, self->vault, NULL);
    base_worker_free(self->worker);
}

static gboolean
on_signal(void *user_data)
{
    Program *self = user_data;

    self->is_ending = TRUE;
    g_main_loop_quit(self->loop);
    return G_SOURCE_CONTINUE;
}

static int
run(char *folder)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    Program program = {.loop = loop};
    gboolean is_started;

    g_unix_signal_add(SIGTERM, on_signal, &program);
    g_unix_signal_add(SIGINT, on_signal, &program);
    is_started = start(&program, folder, &error);
    if (is_started || !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BUSY)) /* then one runs */
        protocol_failure_note(PROTOCOL_FAILURE_VAULT, is_started ? NULL : error->message);
    if (is_started && !program.is_ending)
        g_main_loop_run(loop);
    if (!is_started)
        fprintf(stderr, "deskhand-vault: %s\n", error->message);
    stop(&program);
    return is_started ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Only its owner may read its files. A file that may not grow is an error of the write and not a
 * signal. */
static void
prepare(void)
{
    umask(077);
    signal(SIGXFSZ, SIG_IGN);
    g_setenv("TSS2_LOG", "all+NONE", TRUE); /* its errors come back as sentences of ours */
    g_log_writer_default_set_use_stderr(TRUE);
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = NULL;
    gboolean show_version = FALSE;
    int parent = 0;
    int user = -1;
    const GOptionEntry entries[] = {
        {"folder", 'f', 0, G_OPTION_ARG_FILENAME, &folder,
         "Keep the history here instead of ~/.local/share/deskhand/segments", "FOLDER"},
        {"user", 0, 0, G_OPTION_ARG_INT, &user,
         "Serve the user with this number, when it is not our own", "UID"},
        {"exit-with-parent", 0, 0, G_OPTION_ARG_INT, &parent,
         "End when the process with this number ends, which started this one", "PID"},
        {"version", 0, 0, G_OPTION_ARG_NONE, &show_version, "Print the version and exit", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- keep what this desktop showed");
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    setlocale(LC_CTYPE, "C.UTF-8"); /* else the help has question marks */
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
        fprintf(stderr, "deskhand-vault: %s; see deskhand-vault --help\n",
                error != NULL ? error->message : "it takes no arguments");
        return EXIT_USAGE;
    }
    if (show_version) {
        puts("deskhand-vault " DESKHAND_VERSION);
        return EXIT_SUCCESS;
    }
    if (!recall_sandbox_begin(parent)) {
        fprintf(stderr, "deskhand-vault: process %d, which was to start it, has ended\n", parent);
        return EXIT_FAILURE;
    }
    prepare();
    if (user >= 0)
        protocol_peer_set_user((uid_t)user);
    if (folder == NULL)
        folder = g_build_filename(g_get_user_data_dir(), "deskhand", "segments", NULL);
    if (!recall_sandbox_enter(folder, &error)) {
        fprintf(stderr, "deskhand-vault: %s\n", error->message);
        return EXIT_FAILURE;
    }
    return run(folder);
}
