/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/store.h"

#include "recall/watch/sheet-cache.h"
#include "recall/watch/vault-link.h"
#include "recall/watch/vault-tiles.h"

#include <string.h>

#define OBJECT_PATH "/io/deskhand/Append1"
#define INTERFACE "io.deskhand.Append1"
#define ERROR_USAGE "io.deskhand.Error.Usage"
#define ERROR_FULL "io.deskhand.Error.Full"
#define ERROR_READ_ONLY "io.deskhand.Error.ReadOnly"

#define N_IN_FLIGHT_MAX 8     /* so that the vault may commit several at once */
#define REFUSED_PAUSE_MS 2000 /* before a scene that the vault could not take goes again */
#define TOUCH_PAUSE_MS 10000
#define N_TOUCHES_MAX 1024 /* ends of scenes that wait to be told */
#define HELD_SHEETS_MAX_BYTES (2 * 1024 * 1024)

struct RecallStore {
    RecallVaultLink *link;
    void (*on_moved)(void *user_data);
    void *user_data;
    GCancellable *closing; /* of every call; cancelled when self goes */
    RecallBacklog backlog;
    unsigned n_in_flight;
    gboolean is_full;
    gboolean is_read_only;
    RecallVaultTiles known; /* the vault has them */
    RecallSheetCache *held;
    GHashTable *touches; /* key (uint64_t) to end (int64_t) */
    GSource *touch_timer;
    GSource *pause_timer; /* not NULL while nothing may be sent */
    unsigned epoch;
};

/* A call in flight. */
typedef struct {
    RecallStore *store;
    GDBusConnection *connection;
    RecallBacklogEntry *entry; /* NULL for Touch */
    GHashTable *touches;       /* NULL for others */
} Call;

static void send_waiting(RecallStore *self);

/* --- timers --- */

static void
set_timer(GSource **timer, unsigned delay_ms, GSourceFunc on_time, void *user_data)
{
    if (*timer != NULL)
        g_source_destroy(*timer);
    g_clear_pointer(timer, g_source_unref);
    if (on_time == NULL)
        return;
    *timer = g_timeout_source_new(delay_ms);
    g_source_set_callback(*timer, on_time, user_data, NULL);
    g_source_attach(*timer, g_main_context_get_thread_default());
}

static gboolean
on_pause_over(void *user_data)
{
    RecallStore *self = user_data;

    set_timer(&self->pause_timer, 0, NULL, NULL);
    send_waiting(self);
    return G_SOURCE_REMOVE;
}

/* --- calls --- */

/* @digests: of GBytes: the sheets of those of them that are at hand are put in */
static GVariant *
wrap_sheets(RecallStore *self, RecallBacklogEntry *entry, GPtrArray *digests, gboolean skip_known)
{
    g_autoptr(GPtrArray) sheets = g_ptr_array_new();
    GVariantBuilder builder;
    size_t n_bytes = 0;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(aayay)"));
    for (unsigned i = 0; i < digests->len; i++) {
        GBytes *digest = digests->pdata[i];
        ProtocolSheet *sheet;

        if (skip_known && recall_vault_tiles_has(&self->known, entry->week, digest))
            continue;
        sheet = g_hash_table_lookup(entry->places, digest);
        if (sheet == NULL)
            sheet = recall_sheet_cache_find(self->held, digest);
        if (sheet == NULL || g_ptr_array_find(sheets, sheet, NULL))
            continue;
        n_bytes += g_bytes_get_size(sheet->coded);
        if (n_bytes > RECALL_BACKLOG_MAX_BYTES)
            break;
        g_ptr_array_add(sheets, sheet);
        g_variant_builder_add_value(&builder, protocol_sheet_to_variant(sheet));
    }
    return g_variant_builder_end(&builder);
}

static Call *
new_call(RecallStore *self, RecallBacklogEntry *entry)
{
    Call *call = g_new0(Call, 1);

    call->store = self;
    call->connection = g_object_ref(recall_vault_link_get_connection(self->link));
    call->entry = entry != NULL ? recall_backlog_ref_entry(entry) : NULL;
    return call;
}

static void
free_call(Call *call)
{
    g_clear_object(&call->connection);
    g_clear_pointer(&call->entry, recall_backlog_unref_entry);
    g_clear_pointer(&call->touches, g_hash_table_unref);
    g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, free_call)

/* @take_arguments: (transfer floating) */
static void
start_call(Call *call, const char *method, GVariant *take_arguments, GAsyncReadyCallback callback)
{
    g_dbus_connection_call(call->connection, NULL, OBJECT_PATH, INTERFACE, method, take_arguments,
                           NULL, G_DBUS_CALL_FLAGS_NONE, RECALL_STORE_CALL_DEADLINE_MS,
                           call->store->closing, callback, call);
}

static gboolean
is_error(const GError *error, const char *wanted)
{
    g_autofree char *name = g_dbus_error_get_remote_error(error);

    return g_strcmp0(name, wanted) == 0;
}

/* Says whether the call failed for the vault's own reasons, which may pass, and waits then; a
 * connection that is silent or broken is ended. */
static void
handle_failure(Call *call, const GError *error)
{
    RecallStore *self = call->store;

    if (g_dbus_error_is_remote_error(error)) {
        self->is_full = is_error(error, ERROR_FULL);
        self->is_read_only = is_error(error, ERROR_READ_ONLY);
        recall_vault_link_confirm(self->link);
        set_timer(&self->pause_timer, REFUSED_PAUSE_MS, on_pause_over, self);
    } else if (call->connection == recall_vault_link_get_connection(self->link)) {
        recall_vault_link_drop(self->link);
    }
}

static void
note_success(RecallStore *self)
{
    self->is_full = FALSE;
    self->is_read_only = FALSE;
    recall_vault_link_confirm(self->link);
}

static void
on_failed(Call *call, const GError *error)
{
    RecallStore *self = call->store;

    if (is_error(error, ERROR_USAGE)) {
        g_autofree char *name = g_dbus_error_get_remote_error(error);

        g_warning("The vault refuses a scene: %s", name);
        recall_backlog_drop(&self->backlog, call->entry);
        return;
    }
    if (call->entry->is_forgotten)
        recall_backlog_remove(&self->backlog, call->entry);
    else
        recall_backlog_put_back(&self->backlog, call->entry);
    handle_failure(call, error);
}

static GPtrArray *
read_missing(GVariant *value)
{
    GPtrArray *missing = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (size_t i = 0; i < g_variant_n_children(value); i++) {
        g_autoptr(GVariant) digest = g_variant_get_child_value(value, i);

        g_ptr_array_add(missing, g_variant_get_data_as_bytes(digest));
    }
    return missing;
}

static void
on_tiles_added(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(Call) call = user_data;
    RecallStore *self = call->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    self->n_in_flight--;
    if (answer == NULL) {
        on_failed(call, error);
    } else {
        note_success(self);
        recall_backlog_remove(&self->backlog, call->entry);
    }
    send_waiting(self);
}

/* Returns: FALSE when nothing of what is missing is at hand */
static gboolean
add_missing(RecallStore *self, RecallBacklogEntry *entry, int64_t id, GPtrArray *missing)
{
    g_autoptr(GVariant) sheets = g_variant_ref_sink(wrap_sheets(self, entry, missing, FALSE));

    if (g_variant_n_children(sheets) == 0 || recall_vault_link_get_connection(self->link) == NULL)
        return FALSE;
    entry->state = RECALL_BACKLOG_ADDING;
    self->n_in_flight++;
    start_call(new_call(self, entry), "AddTiles", g_variant_new("(x@a(aayay))", id, sheets),
               on_tiles_added);
    return TRUE;
}

static void
on_stored(RecallStore *self, RecallBacklogEntry *entry, GVariant *answer)
{
    g_autoptr(GVariant) list = NULL;
    g_autoptr(GPtrArray) missing = NULL;
    int64_t id;

    note_success(self);
    g_variant_get(answer, "(x@aay)", &id, &list);
    missing = read_missing(list);
    if (!entry->is_forgotten)
        recall_vault_tiles_learn(&self->known, entry->week, entry->digests, missing);
    if (missing->len == 0 || entry->is_forgotten || !add_missing(self, entry, id, missing))
        recall_backlog_remove(&self->backlog, entry);
}

static void
on_appended(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(Call) call = user_data;
    RecallStore *self = call->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    self->n_in_flight--;
    if (answer == NULL)
        on_failed(call, error);
    else if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(xaay)")))
        on_stored(self, call->entry, answer);
    else
        recall_backlog_drop(&self->backlog, call->entry);
    send_waiting(self);
}

static void
append(RecallStore *self, RecallBacklogEntry *entry)
{
    entry->state = RECALL_BACKLOG_APPENDING;
    self->n_in_flight++;
    start_call(new_call(self, entry), "Append",
               g_variant_new("(@a{sv}@a(aayay))", entry->scene,
                             wrap_sheets(self, entry, entry->digests, TRUE)),
               on_appended);
}

static void send_touches(RecallStore *self);

static void
send_waiting(RecallStore *self)
{
    GList *link = self->backlog.entries.head;

    if (recall_vault_link_get_connection(self->link) == NULL || self->pause_timer != NULL)
        return;
    for (; link != NULL && self->n_in_flight < N_IN_FLIGHT_MAX; link = link->next) {
        RecallBacklogEntry *entry = link->data;

        if (recall_backlog_may_send(&self->backlog, entry))
            append(self, entry);
    }
    if (self->backlog.entries.length == 0 && self->touch_timer == NULL)
        send_touches(self);
}

/* --- touches --- */

static void
note_touch(RecallStore *self, uint64_t key, int64_t end_us)
{
    const int64_t *known = g_hash_table_lookup(self->touches, &key);

    if (known == NULL && g_hash_table_size(self->touches) >= N_TOUCHES_MAX)
        return; /* its next append tells its end */
    if (known == NULL || *known < end_us)
        g_hash_table_replace(self->touches, g_memdup2(&key, sizeof key),
                             g_memdup2(&end_us, sizeof end_us));
}

static void
on_touched(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(Call) call = user_data;
    RecallStore *self = call->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    GHashTableIter iter;
    void *key;
    void *end_us;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    self->n_in_flight--;
    if (answer != NULL) {
        note_success(self);
        send_waiting(self);
        return;
    }
    g_hash_table_iter_init(&iter, call->touches);
    while (g_hash_table_iter_next(&iter, &key, &end_us))
        note_touch(self, *(uint64_t *)key, *(int64_t *)end_us);
    handle_failure(call, error);
}

static void
call_touch(RecallStore *self)
{
    GVariantBuilder builder;
    GHashTableIter iter;
    void *key;
    void *end_us;
    Call *call;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(tx)"));
    g_hash_table_iter_init(&iter, self->touches);
    while (g_hash_table_iter_next(&iter, &key, &end_us))
        g_variant_builder_add(&builder, "(tx)", *(uint64_t *)key, *(int64_t *)end_us);
    call = new_call(self, NULL);
    call->touches = g_steal_pointer(&self->touches);
    self->touches = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    self->n_in_flight++;
    start_call(call, "Touch", g_variant_new("(a(tx))", &builder), on_touched);
}

/* Only when no scene waits, so that every key is known. */
static void
send_touches(RecallStore *self)
{
    if (g_hash_table_size(self->touches) > 0 && self->backlog.entries.length == 0 &&
        recall_vault_link_get_connection(self->link) != NULL)
        call_touch(self);
}

static gboolean
on_touch_time(void *user_data)
{
    RecallStore *self = user_data;

    set_timer(&self->touch_timer, 0, NULL, NULL);
    send_touches(self);
    return G_SOURCE_REMOVE;
}

void
recall_store_touch(RecallStore *self, uint64_t key, int64_t end_us)
{
    note_touch(self, key, end_us);
    recall_backlog_touch(&self->backlog, key, end_us);
    if (self->touch_timer == NULL)
        set_timer(&self->touch_timer, TOUCH_PAUSE_MS, on_touch_time, self);
}

/* --- the rest --- */

static void
on_up(GDBusConnection *connection, void *user_data)
{
    RecallStore *self = user_data;

    /* It may be another vault, or an older one that lost what it had not committed. */
    recall_vault_tiles_forget(&self->known);
    self->is_full = FALSE;
    self->is_read_only = FALSE;
    set_timer(&self->pause_timer, 0, NULL, NULL);
    send_waiting(self);
    if (self->n_in_flight == 0)
        call_touch(self); /* of nothing, maybe: does it answer? */
}

static void
on_down(void *user_data)
{
}

static void
on_moved(void *user_data)
{
    RecallStore *self = user_data;

    recall_vault_tiles_forget(&self->known);
    g_hash_table_remove_all(self->touches);
    self->on_moved(self->user_data);
}

RecallStore *
recall_store_new(const char *vault_path, void (*on_moved_cb)(void *user_data), void *user_data)
{
    static const RecallVaultLinkEvents events = {on_up, on_down, on_moved};
    RecallStore *self = g_new0(RecallStore, 1);

    self->on_moved = on_moved_cb;
    self->user_data = user_data;
    recall_backlog_init(&self->backlog);
    self->closing = g_cancellable_new();
    recall_vault_tiles_init(&self->known);
    self->held = recall_sheet_cache_new(HELD_SHEETS_MAX_BYTES);
    self->touches = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    self->link = recall_vault_link_new(vault_path, &events, self);
    return self;
}

void
recall_store_free(RecallStore *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->closing);
    set_timer(&self->touch_timer, 0, NULL, NULL);
    set_timer(&self->pause_timer, 0, NULL, NULL);
    recall_vault_link_free(self->link);
    recall_backlog_clear(&self->backlog);
    recall_vault_tiles_clear(&self->known);
    recall_sheet_cache_free(self->held);
    g_hash_table_unref(self->touches);
    g_clear_object(&self->closing);
    g_free(self);
}

void
recall_store_put(RecallStore *self, const ProtocolScene *scene, GPtrArray *sheets)
{
    RecallBacklogEntry *entry = recall_backlog_put(&self->backlog, scene, sheets);

    for (unsigned i = 0; i < sheets->len; i++) {
        if (g_ptr_array_find(entry->sheets, sheets->pdata[i], NULL))
            recall_sheet_cache_put(self->held, sheets->pdata[i]);
    }
    send_waiting(self);
}

unsigned
recall_store_forget(RecallStore *self, const RecallBacklogSpan *span)
{
    self->epoch++;
    self->is_full = FALSE; /* what was forgotten made room, or the next scene says so again */
    recall_vault_tiles_forget(&self->known);
    recall_sheet_cache_clear(self->held);
    g_hash_table_remove_all(self->touches);
    return recall_backlog_forget(&self->backlog, span);
}

void
recall_store_hurry(RecallStore *self)
{
    set_timer(&self->pause_timer, 0, NULL, NULL);
    set_timer(&self->touch_timer, 0, NULL, NULL);
    send_waiting(self);
}

gboolean
recall_store_may_send(const RecallStore *self, const RecallBacklogSpan *span)
{
    return recall_store_is_sending(self) ||
           (self->pause_timer == NULL && recall_backlog_has(&self->backlog, span));
}

gboolean
recall_store_is_sending(const RecallStore *self)
{
    return self->n_in_flight > 0;
}

unsigned
recall_store_get_epoch(const RecallStore *self)
{
    return self->epoch;
}

gboolean
recall_store_has_tile(const RecallStore *self, const uint8_t *digest)
{
    g_autoptr(GBytes) key = g_bytes_new_static(digest, PROTOCOL_DIGEST_BYTES);

    if (recall_sheet_cache_find(self->held, key) != NULL)
        return TRUE;
    return recall_vault_tiles_has(&self->known, recall_backlog_week_at(g_get_real_time()), key);
}

void
recall_store_get_status(const RecallStore *self, RecallStoreStatus *out_status)
{
    *out_status = (RecallStoreStatus){
        .n_waiting = self->backlog.entries.length,
        .n_dropped = self->backlog.n_dropped,
        .oldest_us = recall_backlog_get_oldest_us(&self->backlog),
        .is_connected = recall_vault_link_get_connection(self->link) != NULL,
        .socket_path = recall_vault_link_get_path(self->link),
        .is_full = self->is_full,
        .is_read_only = self->is_read_only,
    };
}

static gboolean
on_flush_deadline(void *user_data)
{
    *(gboolean *)user_data = TRUE;
    return G_SOURCE_REMOVE;
}

void
recall_store_flush(RecallStore *self, unsigned deadline_ms)
{
    GMainContext *context = g_main_context_get_thread_default();
    gboolean is_over = FALSE;
    GSource *timer = g_timeout_source_new(deadline_ms);

    g_source_set_callback(timer, on_flush_deadline, &is_over, NULL);
    g_source_attach(timer, context);
    set_timer(&self->touch_timer, 0, NULL, NULL);
    send_waiting(self);
    while (!is_over && (self->backlog.entries.length > 0 || self->n_in_flight > 0 ||
                        g_hash_table_size(self->touches) > 0))
        g_main_context_iteration(context, TRUE);
    g_source_destroy(timer);
    g_source_unref(timer);
}
