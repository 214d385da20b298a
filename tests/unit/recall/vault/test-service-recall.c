/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/service-recall.h"

#include "protocol/error.h"
#include "protocol/peer.h"
#include "protocol/picture.h"
#include "recall/vault/search.h"
#include "recall/vault/service-search.h"
#include "tests/unit/recall/vault/fixture.h"

#include <gio/gunixfdlist.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC)
#define WATCHDOG_US (20 * G_USEC_PER_SEC)
#define N_SCENES 30

typedef struct {
    Fixture *folder;
    char *path;
    BaseWorker *worker;
    RecallVault *vault;
    RecallServiceRecall *service;
    ProtocolPeerServer *server;
    GDBusConnection *client;
    gboolean is_answered;
    GVariant *answer; /* of the last call */
    char *refusal;    /* D-Bus name of its error */
    GUnixFDList *fds;
    GPtrArray *found; /* of GVariant: results of all jobs */
    unsigned n_finished;
    GVariant *summary; /* of the last job */
    char *finished;    /* its path */
    GMutex gate;       /* the store's thread waits while it is locked */
} Session;

static gboolean
on_client(GDBusConnection *connection, void *user_data)
{
    Session *self = user_data;

    return recall_service_recall_export(self->service, connection, NULL);
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user_data)
{
    Session *self = user_data;

    self->client = protocol_peer_connect_finish(result, NULL);
}

static void
on_signal(GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *name,
          GVariant *parameters,
          void *user_data)
{
    Session *self = user_data;
    g_autoptr(GVariant) value = g_variant_get_child_value(parameters, 0);

    if (strcmp(name, "Found") == 0) {
        for (size_t i = 0; i < g_variant_n_children(value); i++)
            g_ptr_array_add(self->found, g_variant_get_child_value(value, i));
    } else if (strcmp(name, "Finished") == 0) {
        g_clear_pointer(&self->summary, g_variant_unref);
        self->summary = g_steal_pointer(&value);
        g_free(self->finished);
        self->finished = g_strdup(path);
        self->n_finished++;
    }
}

typedef gboolean (*Condition)(Session *self);

static void
wait_until(Session *self, Condition condition)
{
    int64_t end_us = g_get_monotonic_time() + WATCHDOG_US;

    while (!condition(self) && g_get_monotonic_time() < end_us) {
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(200);
    }
    assert_true(condition(self));
}

static gboolean
is_connected(Session *self)
{
    return self->client != NULL;
}

static gboolean
is_answered(Session *self)
{
    return self->is_answered;
}

static gboolean
is_finished(Session *self)
{
    return self->n_finished > 0;
}

static gboolean
is_idle(Session *self)
{
    return base_worker_n_jobs(self->worker) == 0;
}

static int
set_up(void **state)
{
    Session *self = g_new0(Session, 1);
    void *folder = NULL;

    fixture_set_up(&folder);
    self->folder = folder;
    g_mutex_init(&self->gate);
    self->found = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    self->path = g_build_filename(self->folder->root, "test.sock", NULL);
    self->vault = fixture_open(self->folder);
    for (unsigned i = 0; i < N_SCENES; i++) {
        g_autofree char *text = g_strdup_printf("apple number %u", i);
        g_autoptr(ProtocolScene) scene =
            fixture_scene(i + 1, START_US + (int64_t)i * 10 * G_USEC_PER_SEC, text);

        fixture_add_words(scene);
        fixture_append(self->vault, scene, "", NULL);
    }
    self->worker = base_worker_new("store");
    self->service = recall_service_recall_new(self->worker, self->vault);
    self->server = protocol_peer_server_new(self->path, -1, on_client, self, NULL);
    protocol_peer_connect_async(self->path, NULL, on_connected, self);
    wait_until(self, is_connected);
    g_dbus_connection_signal_subscribe(self->client, NULL, "io.deskhand.Job1", NULL, NULL, NULL,
                                       G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Session *self = *state;
    void *folder = self->folder;

    g_clear_object(&self->client);
    protocol_peer_server_free(self->server);
    recall_service_recall_free(self->service);
    base_worker_free(self->worker);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    recall_vault_close(self->vault);
    g_clear_pointer(&self->answer, g_variant_unref);
    g_clear_pointer(&self->summary, g_variant_unref);
    g_clear_object(&self->fds);
    g_ptr_array_unref(self->found);
    g_free(self->refusal);
    g_free(self->finished);
    g_free(self->path);
    g_mutex_clear(&self->gate);
    fixture_tear_down(&folder);
    g_free(self);
    return 0;
}

static void
on_answer(GObject *source, GAsyncResult *result, void *user_data)
{
    Session *self = user_data;
    g_autoptr(GError) error = NULL;

    self->answer = g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(source),
                                                                   &self->fds, result, &error);
    if (error != NULL)
        self->refusal = g_dbus_error_get_remote_error(error);
    self->is_answered = TRUE;
}

/* @arguments: in the text format of GVariant. Waits for the answer */
static void
call(Session *self, const char *method, const char *arguments)
{
    g_autoptr(GError) error = NULL;
    GVariant *parsed = g_variant_new_parsed(arguments);

    g_clear_pointer(&self->answer, g_variant_unref);
    g_clear_pointer(&self->refusal, g_free);
    g_clear_object(&self->fds);
    self->is_answered = FALSE;
    g_dbus_connection_call_with_unix_fd_list(
        self->client, NULL, "/io/deskhand/Recall1", "io.deskhand.Recall1", method, parsed, NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, on_answer, self);
    wait_until(self, is_answered);
}

/* Starts a job and waits for its end. */
static void
run(Session *self, const char *method, const char *arguments)
{
    g_ptr_array_set_size(self->found, 0);
    self->n_finished = 0;
    call(self, method, arguments);
    assert_null(self->refusal);
    wait_until(self, is_finished);
}

static int64_t
scene_at(Session *self, unsigned index)
{
    int64_t id = 0;

    assert_true(g_variant_lookup(g_ptr_array_index(self->found, index), "scene", "x", &id));
    return id;
}

static char *
next_of(Session *self)
{
    char *next = NULL;

    g_variant_lookup(self->summary, "next", "s", &next);
    return next;
}

static void
test_search_streams_and_finishes(void **state)
{
    Session *self = *state;
    g_autoptr(GVariant) words = NULL;
    g_autoptr(GVariant) marks = NULL;
    const char *path = NULL;
    const char *snippet = NULL;
    gboolean is_cancelled = TRUE;

    run(self, "Search", "('apple', @a{sv} {})");
    g_variant_get(self->answer, "(&o)", &path);
    assert_string_equal(path, self->finished);
    assert_int_equal(self->found->len, RECALL_SEARCH_LIMIT_DEFAULT);
    assert_true(scene_at(self, 0) > scene_at(self, 1));
    assert_true(g_variant_lookup(self->summary, "cancelled", "b", &is_cancelled));
    assert_false(is_cancelled);
    assert_true(g_variant_lookup(g_ptr_array_index(self->found, 0), "snippet", "&s", &snippet));
    assert_string_equal(snippet, "apple number 29");
    words = g_variant_lookup_value(g_ptr_array_index(self->found, 0), "words",
                                   G_VARIANT_TYPE("a(siiii)"));
    marks =
        g_variant_lookup_value(g_ptr_array_index(self->found, 0), "marks", G_VARIANT_TYPE("a(uu)"));
    assert_int_equal(g_variant_n_children(words), 1);
    assert_int_equal(g_variant_n_children(marks), 1);
}

static void
test_pages(void **state)
{
    Session *self = *state;
    g_autofree char *next = NULL;
    g_autofree char *arguments = NULL;
    g_autofree char *end = NULL;
    int64_t last = 0;

    run(self, "Search", "('apple', {'limit': <uint32 25>})");
    assert_int_equal(self->found->len, 25);
    last = scene_at(self, 24);
    next = next_of(self);
    assert_non_null(next);
    arguments = g_strdup_printf("('apple', {'limit': <uint32 25>, 'cursor': <'%s'>})", next);
    run(self, "Search", arguments);
    assert_int_equal(self->found->len, N_SCENES - 25);
    assert_true(scene_at(self, 0) < last);
    end = next_of(self);
    assert_null(end);
}

static void
test_timeline(void **state)
{
    Session *self = *state;
    g_autoptr(GVariant) snippet = NULL;

    run(self, "Timeline", "({'limit': <uint32 3>},)");
    assert_int_equal(self->found->len, 3);
    snippet = g_variant_lookup_value(g_ptr_array_index(self->found, 0), "snippet", NULL);
    assert_null(snippet);
}

static void
test_refusals(void **state)
{
    static const struct {
        const char *method;
        const char *arguments;
        const char *error;
    } rows[] = {
        {"Search", "('a', {'limit': <uint32 0>})", PROTOCOL_ERROR_USAGE},
        {"Search", "('a', {'limit': <uint32 1001>})", PROTOCOL_ERROR_USAGE},
        {"Search", "('a', {'limit': <'5'>})", PROTOCOL_ERROR_USAGE},
        {"Search", "('a', {'colour': <'red'>})", PROTOCOL_ERROR_USAGE},
        {"Search", "('a', {'since': <'soon'>})", PROTOCOL_ERROR_USAGE},
        {"Search", "('a', {'cursor': <'x'>})", PROTOCOL_ERROR_USAGE},
        {"Timeline", "({'best': <true>},)", PROTOCOL_ERROR_USAGE},
        {"GetScene", "(int64 1, @a{sv} {})", PROTOCOL_ERROR_NOT_FOUND},
        {"GetScene", "(int64 -1, @a{sv} {})", PROTOCOL_ERROR_NOT_FOUND},
        {"GetScene", "(int64 1, {'limit': <uint32 1>})", PROTOCOL_ERROR_USAGE},
        {"GetPicture", "(int64 1, @a{sv} {})", PROTOCOL_ERROR_NOT_FOUND},
        {"GetPicture", "(int64 1, {'query': <'x'>})", PROTOCOL_ERROR_USAGE},
    };
    Session *self = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        call(self, rows[i].method, rows[i].arguments);
        assert_non_null(self->refusal);
        assert_string_equal(self->refusal, rows[i].error);
    }
    run(self, "Search", "('a', {'limit': <uint32 1000>})");
}

static void
test_query_at_its_maximum(void **state)
{
    Session *self = *state;
    g_autofree char *text = g_strnfill(RECALL_QUERY_MAX_BYTES, 'x');
    g_autofree char *at_max = g_strdup_printf("('%s', @a{sv} {})", text);
    g_autofree char *beyond = g_strdup_printf("('%sx', @a{sv} {})", text);

    run(self, "Search", at_max);
    assert_int_equal(self->found->len, 0);
    call(self, "Search", beyond);
    assert_string_equal(self->refusal, PROTOCOL_ERROR_USAGE);
}

static void
test_scene_and_picture(void **state)
{
    Session *self = *state;
    g_autofree char *arguments = NULL;
    g_autofree char *picture_arguments = NULL;
    g_autoptr(GVariant) scene = NULL;
    g_autoptr(GVariant) hits = NULL;
    g_autoptr(GVariant) words = NULL;
    const char *text = NULL;
    char magic[4] = {0};
    int fd = -1;

    run(self, "Search", "('apple', {'limit': <uint32 1>})");
    arguments =
        g_strdup_printf("(int64 %" G_GINT64_FORMAT ", {'query': <'number'>})", scene_at(self, 0));
    call(self, "GetScene", arguments);
    scene = g_variant_get_child_value(self->answer, 0);
    assert_true(g_variant_lookup(scene, "text", "&s", &text));
    assert_string_equal(text, "apple number 29");
    hits = g_variant_lookup_value(scene, "hits", G_VARIANT_TYPE("a(siiii)"));
    words = g_variant_lookup_value(scene, "words", G_VARIANT_TYPE("a(siiii)"));
    assert_int_equal(g_variant_n_children(hits), 1);
    assert_int_equal(g_variant_n_children(words), 3);
    picture_arguments =
        g_strdup_printf("(int64 %" G_GINT64_FORMAT ", @a{sv} {})", scene_at(self, 0));
    call(self, "GetPicture", picture_arguments);
    assert_null(self->refusal);
    fd = g_unix_fd_list_get(self->fds, 0, NULL);
    assert_int_equal(pread(fd, magic, 4, 0), 4);
    assert_memory_equal(magic, "DHP2", 4);
    close(fd);
}

static void
test_statistics(void **state)
{
    Session *self = *state;
    g_autoptr(GVariant) statistics = NULL;
    uint64_t n_scenes = 0;

    call(self, "GetStatistics", "()");
    statistics = g_variant_get_child_value(self->answer, 0);
    assert_true(g_variant_lookup(statistics, "scenes", "t", &n_scenes));
    assert_int_equal(n_scenes, N_SCENES);
}

/* --- the store is busy meanwhile --- */

static void *
hold(void *gate, GCancellable *cancellable, GError **error)
{
    g_mutex_lock(gate);
    g_mutex_unlock(gate);
    return NULL;
}

static void
block_store(Session *self)
{
    g_mutex_lock(&self->gate);
    base_worker_push(self->worker, g_task_new(NULL, NULL, NULL, NULL), hold, &self->gate, NULL,
                     NULL);
}

static void
test_too_many_jobs(void **state)
{
    Session *self = *state;

    block_store(self);
    for (unsigned i = 0; i < RECALL_SERVICE_SEARCH_N_JOBS_MAX; i++) {
        call(self, "Search", "('apple', @a{sv} {})");
        assert_null(self->refusal);
    }
    call(self, "Search", "('apple', @a{sv} {})");
    assert_string_equal(self->refusal, PROTOCOL_ERROR_BUSY);
    g_mutex_unlock(&self->gate);
    wait_until(self, is_idle);
    run(self, "Search", "('apple', @a{sv} {})");
}

static void
test_cancel(void **state)
{
    Session *self = *state;
    const char *path = NULL;
    gboolean is_cancelled = FALSE;

    block_store(self);
    call(self, "Search", "('apple', @a{sv} {})");
    g_variant_get(self->answer, "(&o)", &path);
    g_dbus_connection_call(self->client, NULL, path, "io.deskhand.Job1", "Cancel", NULL, NULL,
                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    call(self, "Search", "('', {'limit': <uint32 0>})"); /* comes after it, and is refused */
    g_mutex_unlock(&self->gate);
    wait_until(self, is_finished);
    assert_true(g_variant_lookup(self->summary, "cancelled", "b", &is_cancelled));
    assert_true(is_cancelled);
    assert_int_equal(self->found->len, 0);
}

static void
test_client_that_goes(void **state)
{
    Session *self = *state;

    block_store(self);
    call(self, "Search", "('apple', @a{sv} {})");
    assert_true(g_dbus_connection_close_sync(self->client, NULL, NULL));
    g_clear_object(&self->client);
    g_mutex_unlock(&self->gate);
    wait_until(self, is_idle);
    protocol_peer_connect_async(self->path, NULL, on_connected, self);
    wait_until(self, is_connected);
    g_dbus_connection_signal_subscribe(self->client, NULL, "io.deskhand.Job1", NULL, NULL, NULL,
                                       G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
    run(self, "Search", "('apple', @a{sv} {})");
    assert_int_equal(self->found->len, RECALL_SEARCH_LIMIT_DEFAULT);
}

/* The service goes while a search runs: nothing is left behind. */
static void
test_service_that_goes(void **state)
{
    Session *self = *state;

    block_store(self);
    call(self, "Search", "('apple', @a{sv} {})");
    recall_service_recall_free(g_steal_pointer(&self->service));
    g_mutex_unlock(&self->gate);
    wait_until(self, is_idle);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_search_streams_and_finishes),
        TEST(test_pages),
        TEST(test_timeline),
        TEST(test_refusals),
        TEST(test_query_at_its_maximum),
        TEST(test_scene_and_picture),
        TEST(test_statistics),
        TEST(test_too_many_jobs),
        TEST(test_cancel),
        TEST(test_client_that_goes),
        TEST(test_service_that_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
