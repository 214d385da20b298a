/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/service-append.h"

#include "protocol/error.h"
#include "protocol/peer.h"
#include "tests/unit/recall/vault/fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC)
#define WATCHDOG_US (20 * G_USEC_PER_SEC)

typedef struct {
    Fixture *folder;
    char *path;
    BaseWorker *worker;
    RecallVault *vault;
    RecallServiceAppend *service;
    ProtocolPeerServer *server;
    GDBusConnection *client;
    unsigned n_answers;
    unsigned n_refusals;
    GVariant *answer; /* of the last call */
    char *refusal;    /* D-Bus name of its error */
    GMutex gate;      /* the store's thread waits while it is locked */
} Session;

static gboolean
on_client(GDBusConnection *connection, void *user_data)
{
    Session *self = user_data;

    return recall_service_append_export(self->service, connection, NULL);
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user_data)
{
    Session *self = user_data;

    self->client = protocol_peer_connect_finish(result, NULL);
    self->n_answers++;
}

static void
wait_for(Session *self, unsigned n_answers)
{
    int64_t end_us = g_get_monotonic_time() + WATCHDOG_US;

    while (self->n_answers < n_answers && g_get_monotonic_time() < end_us) {
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(200);
    }
    assert_int_equal(self->n_answers, n_answers);
}

static int
set_up(void **state)
{
    Session *self = g_new0(Session, 1);
    void *folder = NULL;

    fixture_set_up(&folder);
    self->folder = folder;
    g_mutex_init(&self->gate);
    self->path = g_build_filename(self->folder->root, "test.sock", NULL);
    self->vault = fixture_open(self->folder);
    self->worker = base_worker_new("store");
    self->service = recall_service_append_new(self->worker, self->vault);
    self->server = protocol_peer_server_new(self->path, -1, on_client, self, NULL);
    protocol_peer_connect_async(self->path, NULL, on_connected, self);
    wait_for(self, 1);
    assert_non_null(self->client);
    self->n_answers = 0;
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
    recall_service_append_free(self->service);
    base_worker_free(self->worker);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    recall_vault_close(self->vault);
    g_clear_pointer(&self->answer, g_variant_unref);
    g_free(self->refusal);
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

    g_clear_pointer(&self->answer, g_variant_unref);
    g_clear_pointer(&self->refusal, g_free);
    self->answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (error != NULL)
        self->refusal = g_dbus_error_get_remote_error(error);
    self->n_refusals += error != NULL;
    self->n_answers++;
}

static void
call(Session *self, const char *method, GVariant *arguments)
{
    g_dbus_connection_call(self->client, NULL, "/io/deskhand/Append1", "io.deskhand.Append1",
                           method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer,
                           self);
}

static GVariant *
no_sheets(void)
{
    return g_variant_new_array(G_VARIANT_TYPE("(aayay)"), NULL, 0);
}

static GVariant *
bytes_of(size_t n_bytes)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_malloc0(n_bytes + 1), n_bytes);

    return g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), bytes, TRUE);
}

/* Returns: (transfer floating): a sheet of one tile, or of more with the same digest */
static GVariant *
sheet_of(unsigned n_tiles, size_t digest_bytes, size_t coded_bytes)
{
    GVariantBuilder digests;

    g_variant_builder_init(&digests, G_VARIANT_TYPE("aay"));
    for (unsigned i = 0; i < n_tiles; i++)
        g_variant_builder_add_value(&digests, bytes_of(digest_bytes));
    return g_variant_new("(aay@ay)", &digests, bytes_of(coded_bytes));
}

static GVariant *
one_sheet(unsigned n_tiles, size_t digest_bytes, size_t coded_bytes)
{
    GVariant *sheets[] = {sheet_of(n_tiles, digest_bytes, coded_bytes)};

    return g_variant_new_array(NULL, sheets, 1);
}

static void
send_scene(Session *self, const ProtocolScene *scene, GVariant *sheets)
{
    call(self, "Append",
         g_variant_new("(@a{sv}@a(aayay))", protocol_scene_to_variant(scene), sheets));
}

static void
test_append(void **state)
{
    Session *self = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, START_US, "some words");
    g_autoptr(GVariant) missing = NULL;
    g_autoptr(GVariant) digest = NULL;
    size_t n_bytes;
    int64_t id;

    fixture_add_tile(scene, 0, 0, '\0'); /* a digest of zeros travels whole */
    send_scene(self, scene, no_sheets());
    wait_for(self, 1);
    assert_non_null(self->answer);
    g_variant_get(self->answer, "(x@aay)", &id, &missing);
    assert_int_equal(g_variant_n_children(missing), 1);
    digest = g_variant_get_child_value(missing, 0);
    g_variant_get_fixed_array(digest, &n_bytes, 1);
    assert_int_equal(n_bytes, PROTOCOL_DIGEST_BYTES);

    call(self, "AddTiles", g_variant_new("(x@a(aayay))", id, one_sheet(1, 16, 10)));
    wait_for(self, 2);
    assert_non_null(self->answer);
    send_scene(self, scene, no_sheets());
    wait_for(self, 3);
    g_clear_pointer(&missing, g_variant_unref);
    g_variant_get(self->answer, "(x@aay)", &id, &missing);
    assert_int_equal(g_variant_n_children(missing), 0);
}

/* Returns: whether it was taken; else it was refused as Usage */
static gboolean
try_sheets(Session *self, GVariant *sheets)
{
    g_autoptr(ProtocolScene) scene = fixture_scene(1, START_US, "some words");

    fixture_add_tile(scene, 0, 0, '\0');
    send_scene(self, scene, sheets);
    wait_for(self, self->n_answers + 1);
    if (self->answer == NULL)
        assert_string_equal(self->refusal, PROTOCOL_ERROR_USAGE);
    return self->answer != NULL;
}

static void
test_sheet_limits(void **state)
{
    Session *self = *state;

    assert_true(try_sheets(self, one_sheet(1, 16, 1)));
    assert_false(try_sheets(self, one_sheet(1, 16, 0)));
    assert_true(try_sheets(self, one_sheet(1, 16, PROTOCOL_SHEET_CODED_MAX_BYTES)));
    assert_false(try_sheets(self, one_sheet(1, 16, PROTOCOL_SHEET_CODED_MAX_BYTES + 1)));
    assert_false(try_sheets(self, one_sheet(1, 15, 1)));
    assert_false(try_sheets(self, one_sheet(1, 17, 1)));
    assert_false(try_sheets(self, one_sheet(0, 16, 1)));
    assert_true(try_sheets(self, one_sheet(PROTOCOL_SHEET_N_PLACES_MAX, 16, 1)));
    assert_false(try_sheets(self, one_sheet(PROTOCOL_SHEET_N_PLACES_MAX + 1, 16, 1)));
}

static GVariant *
many_sheets(unsigned n)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(aayay)"));
    for (unsigned i = 0; i < n; i++)
        g_variant_builder_add_value(&builder, sheet_of(1, 16, 1));
    return g_variant_builder_end(&builder);
}

static void
test_n_sheets(void **state)
{
    Session *self = *state;

    assert_true(try_sheets(self, many_sheets(PROTOCOL_SCENE_N_TILES_MAX)));
    assert_false(try_sheets(self, many_sheets(PROTOCOL_SCENE_N_TILES_MAX + 1)));
}

static void
test_bad_scene(void **state)
{
    Session *self = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, START_US, "some words");

    scene->end_us = START_US - 1;
    send_scene(self, scene, no_sheets());
    wait_for(self, 1);
    assert_string_equal(self->refusal, PROTOCOL_ERROR_USAGE);
}

static gboolean
try_touches(Session *self, unsigned n)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(tx)"));
    for (unsigned i = 0; i < n; i++)
        g_variant_builder_add(&builder, "(tx)", (uint64_t)i, i % 2 == 0 ? START_US : INT64_MIN);
    call(self, "Touch", g_variant_new("(a(tx))", &builder));
    wait_for(self, self->n_answers + 1);
    return self->answer != NULL;
}

static void
test_touches(void **state)
{
    Session *self = *state;

    assert_true(try_touches(self, 0));
    assert_true(try_touches(self, RECALL_SERVICE_APPEND_N_TOUCHES_MAX));
    assert_false(try_touches(self, RECALL_SERVICE_APPEND_N_TOUCHES_MAX + 1));
    assert_string_equal(self->refusal, PROTOCOL_ERROR_USAGE);
}

static void *
wait_at_gate(void *job, GCancellable *cancellable, GError **error)
{
    Session *self = job;

    g_mutex_lock(&self->gate);
    g_mutex_unlock(&self->gate);
    return NULL;
}

static void
on_gate_passed(GObject *source, GAsyncResult *result, void *user_data)
{
}

/* One batch waits for the store's thread; behind it there is room for so many. */
static void
test_busy(void **state)
{
    Session *self = *state;
    unsigned n = RECALL_SERVICE_APPEND_N_WAITING_MAX;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, START_US, "some words");

    g_mutex_lock(&self->gate);
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_gate_passed, NULL), wait_at_gate, self,
                     NULL, NULL);
    for (unsigned i = 0; i < 1 + n + 1; i++)
        send_scene(self, scene, no_sheets());
    wait_for(self, 1);
    assert_string_equal(self->refusal, PROTOCOL_ERROR_BUSY);
    g_mutex_unlock(&self->gate);
    wait_for(self, 1 + n + 1);
    assert_int_equal(self->n_refusals, 1);
}

/* The client goes while its call waits, and the service goes before the store's thread is done. */
static void
test_gone(void **state)
{
    Session *self = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, START_US, "some words");
    g_autoptr(ProtocolScene) back = NULL;
    int64_t end_us = g_get_monotonic_time() + WATCHDOG_US;

    g_mutex_lock(&self->gate);
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_gate_passed, NULL), wait_at_gate, self,
                     NULL, NULL);
    send_scene(self, scene, no_sheets());
    while (base_worker_n_jobs(self->worker) < 2 && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, FALSE);
    assert_int_equal(base_worker_n_jobs(self->worker), 2);
    g_dbus_connection_close_sync(self->client, NULL, NULL);
    wait_for(self, 1);
    g_clear_pointer(&self->service, recall_service_append_free);
    g_mutex_unlock(&self->gate);
    while (base_worker_n_jobs(self->worker) > 0 && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, FALSE);
    back =
        recall_vault_get_scene(self->vault, (int64_t)recall_segment_week_at(START_US) << 30, NULL);
    assert_non_null(back);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_append, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sheet_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_n_sheets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_scene, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_touches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_busy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
