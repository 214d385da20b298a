/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/store.h"

#include "recall/watch/sheet-cache.h"
#include "recall/watch/tile-cache.h"
#include "recall/watch/vault-link.h"

#include <string.h>

#define OBJECT_PATH "/io/deskhand/Append1"
#define INTERFACE "io.deskhand.Append1"
#define ERROR_USAGE "io.deskhand.Error.Usage"
#define ERROR_FULL "io.deskhand.Error.Full"
#define ERROR_READ_ONLY "io.deskhand.Error.ReadOnly"

#define N_IN_FLIGHT_MAX 8     /* so that the vault may commit several at once */
#define REFUSED_PAUSE_MS 2000 /* before a scene that the vault could not take goes again */
#define TOUCH_PAUSE_MS 10000
#define N_TOUCHES_MAX 1024
#define N_KNOWN_TILES_MAX 16384
#define HELD_SHEETS_MAX_BYTES (2 * 1024 * 1024)

typedef enum {
    ENTRY_WAITING,
    ENTRY_APPENDING,
    ENTRY_ADDING, /* it was stored, and tiles that the vault missed are on their way */
} EntryState;

/* A scene in line. One whose key comes again while it is in flight is followed by the new one. */
typedef struct {
    int n_refs; /* main thread only */
    uint64_t key;
    int64_t week;
    GVariant *scene;
    GPtrArray *digests; /* of GBytes, each once */
    GHashTable *places; /* each digest to the ProtocolSheet of @sheets that has it, or NULL */
    GPtrArray *sheets;  /* those that were at hand */
    size_t n_bytes;
    int64_t put_us; /* monotonic */
    EntryState state;
    gboolean is_forgotten; /* while it was on its way */
} Entry;

struct RecallStore {
    RecallVaultLink *link;
    GCancellable *closing; /* of every call; cancelled when self goes */
    GQueue entries;        /* of Entry, oldest first */
    size_t n_bytes;
    unsigned n_in_flight;
    gboolean is_full;
    gboolean is_read_only;
    uint64_t n_dropped;
    RecallTileCache *known; /* the vault has them, in the segment of known_week */
    int64_t known_week;
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
    Entry *entry;        /* NULL for Touch */
    GHashTable *touches; /* NULL for others */
} Call;

static void send_waiting(RecallStore *self);

/* --- entries --- */

static Entry *
ref_entry(Entry *entry)
{
    entry->n_refs++;
    return entry;
}

static void
unref_entry(Entry *entry)
{
    if (--entry->n_refs > 0)
        return;
    g_variant_unref(entry->scene);
    g_hash_table_unref(entry->places);
    g_ptr_array_unref(entry->digests);
    g_ptr_array_unref(entry->sheets);
    g_free(entry);
}

/* Each digest once, in order. */
static void
list_digests(Entry *entry, const GArray *tiles)
{
    entry->digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    entry->places = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        g_autoptr(GBytes) digest = g_bytes_new(tile->digest, PROTOCOL_DIGEST_BYTES);

        if (g_hash_table_insert(entry->places, digest, NULL))
            g_ptr_array_add(entry->digests, g_steal_pointer(&digest));
    }
}

static int64_t
week_at(int64_t at_us)
{
    return (at_us - PROTOCOL_SCENE_TIME_MIN_US) / PROTOCOL_SCENE_WEEK_US;
}

static Entry *
new_entry(const ProtocolScene *scene)
{
    Entry *entry = g_new0(Entry, 1);

    entry->n_refs = 1;
    entry->key = scene->key;
    entry->week = week_at(scene->start_us);
    entry->scene = g_variant_ref_sink(protocol_scene_to_variant(scene));
    list_digests(entry, scene->tiles);
    entry->sheets = g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    entry->n_bytes = g_variant_get_size(entry->scene);
    entry->put_us = g_get_monotonic_time();
    return entry;
}

static gboolean
has_sheet(const GPtrArray *sheets, const ProtocolSheet *sheet)
{
    return g_ptr_array_find((GPtrArray *)sheets, sheet, NULL);
}

/* Notes for which of the entry's tiles it has the pixels. Returns: FALSE when for none */
static gboolean
place_sheet(Entry *entry, ProtocolSheet *sheet)
{
    gboolean is_named = FALSE;

    for (unsigned i = 0; i < sheet->digests->len; i++) {
        GBytes *digest = sheet->digests->pdata[i];

        if (!g_hash_table_contains(entry->places, digest))
            continue;
        g_hash_table_insert(entry->places, digest, sheet);
        is_named = TRUE;
    }
    return is_named;
}

/* Takes over sheets of the entry's tiles, as much as the backlog could ever hold. */
static void
give_sheets(Entry *entry, GPtrArray *sheets)
{
    for (unsigned i = 0; i < sheets->len; i++) {
        ProtocolSheet *sheet = sheets->pdata[i];
        size_t n_bytes = g_bytes_get_size(sheet->coded);

        if (entry->n_bytes + n_bytes > RECALL_STORE_BACKLOG_MAX_BYTES ||
            has_sheet(entry->sheets, sheet) || !place_sheet(entry, sheet))
            continue;
        g_ptr_array_add(entry->sheets, protocol_sheet_ref(sheet));
        entry->n_bytes += n_bytes;
    }
}

static void
push_entry(RecallStore *self, Entry *entry)
{
    g_queue_push_tail(&self->entries, entry);
    self->n_bytes += entry->n_bytes;
}

static void
remove_entry(RecallStore *self, Entry *entry)
{
    if (!g_queue_remove(&self->entries, entry))
        return;
    self->n_bytes -= entry->n_bytes;
    unref_entry(entry);
}

/* Returns: the last one with this key, or NULL */
static Entry *
find_entry(RecallStore *self, uint64_t key)
{
    for (GList *link = self->entries.tail; link != NULL; link = link->prev) {
        if (((Entry *)link->data)->key == key)
            return link->data;
    }
    return NULL;
}

static void
drop_entry(RecallStore *self, Entry *entry)
{
    remove_entry(self, entry);
    self->n_dropped++;
}

/* Drops the oldest that is not in flight; those in flight count, but are few. */
static void
keep_bounds(RecallStore *self)
{
    while (self->entries.length > RECALL_STORE_BACKLOG_N_MAX ||
           self->n_bytes > RECALL_STORE_BACKLOG_MAX_BYTES) {
        GList *link = self->entries.head;

        while (link != NULL && ((Entry *)link->data)->state != ENTRY_WAITING)
            link = link->next;
        if (link == NULL || link->next == NULL)
            return; /* the newest stays, even alone and large */
        drop_entry(self, link->data);
    }
}

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
wrap_sheets(RecallStore *self, Entry *entry, GPtrArray *digests, gboolean skip_known)
{
    gboolean is_known_week = skip_known && entry->week == self->known_week;
    g_autoptr(GPtrArray) sheets = g_ptr_array_new();
    GVariantBuilder builder;
    size_t n_bytes = 0;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(aayay)"));
    for (unsigned i = 0; i < digests->len; i++) {
        GBytes *digest = digests->pdata[i];
        ProtocolSheet *sheet;

        if (is_known_week && recall_tile_cache_has(self->known, digest))
            continue;
        sheet = g_hash_table_lookup(entry->places, digest);
        if (sheet == NULL)
            sheet = recall_sheet_cache_find(self->held, digest);
        if (sheet == NULL || has_sheet(sheets, sheet))
            continue;
        n_bytes += g_bytes_get_size(sheet->coded);
        if (n_bytes > RECALL_STORE_BACKLOG_MAX_BYTES)
            break;
        g_ptr_array_add(sheets, sheet);
        g_variant_builder_add_value(&builder, protocol_sheet_to_variant(sheet));
    }
    return g_variant_builder_end(&builder);
}

static Call *
new_call(RecallStore *self, Entry *entry)
{
    Call *call = g_new0(Call, 1);

    call->store = self;
    call->connection = g_object_ref(recall_vault_link_get_connection(self->link));
    call->entry = entry != NULL ? ref_entry(entry) : NULL;
    return call;
}

static void
free_call(Call *call)
{
    g_clear_object(&call->connection);
    g_clear_pointer(&call->entry, unref_entry);
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

/* The entry could not be stored now: it waits again, or makes way for a newer one with its key. */
static void
put_back(RecallStore *self, Entry *entry)
{
    Entry *newer = find_entry(self, entry->key);

    entry->state = ENTRY_WAITING;
    if (newer == NULL || newer == entry)
        return;
    self->n_bytes -= newer->n_bytes;
    give_sheets(newer, entry->sheets);
    self->n_bytes += newer->n_bytes;
    newer->put_us = entry->put_us;
    remove_entry(self, entry);
}

static void
on_failed(Call *call, const GError *error)
{
    RecallStore *self = call->store;

    if (is_error(error, ERROR_USAGE)) {
        g_autofree char *name = g_dbus_error_get_remote_error(error);

        g_warning("The vault refuses a scene: %s", name);
        drop_entry(self, call->entry);
        return;
    }
    if (call->entry->is_forgotten)
        remove_entry(self, call->entry);
    else
        put_back(self, call->entry);
    handle_failure(call, error);
}

/* What the vault has now need not be encoded or sent again. */
static void
learn_tiles(RecallStore *self, const Entry *entry, GPtrArray *missing)
{
    if (entry->week < self->known_week)
        return;
    if (entry->week > self->known_week)
        recall_tile_cache_clear(self->known);
    self->known_week = entry->week;
    for (unsigned i = 0; i < entry->digests->len; i++)
        recall_tile_cache_put(self->known, g_ptr_array_index(entry->digests, i));
    for (unsigned i = 0; i < missing->len; i++)
        recall_tile_cache_remove(self->known, g_ptr_array_index(missing, i));
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
        remove_entry(self, call->entry);
    }
    send_waiting(self);
}

/* Returns: FALSE when nothing of what is missing is at hand */
static gboolean
add_missing(RecallStore *self, Entry *entry, int64_t id, GPtrArray *missing)
{
    g_autoptr(GVariant) sheets = g_variant_ref_sink(wrap_sheets(self, entry, missing, FALSE));

    if (g_variant_n_children(sheets) == 0 || recall_vault_link_get_connection(self->link) == NULL)
        return FALSE;
    entry->state = ENTRY_ADDING;
    self->n_in_flight++;
    start_call(new_call(self, entry), "AddTiles", g_variant_new("(x@a(aayay))", id, sheets),
               on_tiles_added);
    return TRUE;
}

static void
on_stored(RecallStore *self, Entry *entry, GVariant *answer)
{
    g_autoptr(GVariant) list = NULL;
    g_autoptr(GPtrArray) missing = NULL;
    int64_t id;

    note_success(self);
    g_variant_get(answer, "(x@aay)", &id, &list);
    missing = read_missing(list);
    if (!entry->is_forgotten)
        learn_tiles(self, entry, missing);
    if (missing->len == 0 || entry->is_forgotten || !add_missing(self, entry, id, missing))
        remove_entry(self, entry);
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
        drop_entry(self, call->entry);
    send_waiting(self);
}

static void
append(RecallStore *self, Entry *entry)
{
    entry->state = ENTRY_APPENDING;
    self->n_in_flight++;
    start_call(new_call(self, entry), "Append",
               g_variant_new("(@a{sv}@a(aayay))", entry->scene,
                             wrap_sheets(self, entry, entry->digests, TRUE)),
               on_appended);
}

/* A scene's older version is on its way: were both, a retry could put the older one last. */
static gboolean
is_key_in_flight(RecallStore *self, const Entry *entry)
{
    for (GList *link = self->entries.head; link != NULL && link->data != entry; link = link->next) {
        if (((Entry *)link->data)->key == entry->key)
            return TRUE;
    }
    return FALSE;
}

static void send_touches(RecallStore *self);

static void
send_waiting(RecallStore *self)
{
    GList *link = self->entries.head;

    if (recall_vault_link_get_connection(self->link) == NULL || self->pause_timer != NULL)
        return;
    for (; link != NULL && self->n_in_flight < N_IN_FLIGHT_MAX; link = link->next) {
        Entry *entry = link->data;

        if (entry->state == ENTRY_WAITING && !is_key_in_flight(self, entry))
            append(self, entry);
    }
    if (self->entries.length == 0 && self->touch_timer == NULL)
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

/* Only when no scene waits, so that every key is known. */
static void
send_touches(RecallStore *self)
{
    GVariantBuilder builder;
    GHashTableIter iter;
    void *key;
    void *end_us;
    Call *call;

    if (g_hash_table_size(self->touches) == 0 || self->entries.length > 0 ||
        recall_vault_link_get_connection(self->link) == NULL)
        return;
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
    if (self->touch_timer == NULL)
        set_timer(&self->touch_timer, TOUCH_PAUSE_MS, on_touch_time, self);
}

/* --- the rest --- */

static void
on_up(GDBusConnection *connection, void *user_data)
{
    RecallStore *self = user_data;

    /* It may be another vault, or an older one that lost what it had not committed. */
    recall_tile_cache_clear(self->known);
    self->is_full = FALSE;
    self->is_read_only = FALSE;
    set_timer(&self->pause_timer, 0, NULL, NULL);
    send_waiting(self);
}

static void
on_down(void *user_data)
{
}

RecallStore *
recall_store_new(const char *vault_path)
{
    static const RecallVaultLinkEvents events = {on_up, on_down};
    RecallStore *self = g_new0(RecallStore, 1);

    g_queue_init(&self->entries);
    self->closing = g_cancellable_new();
    self->known = recall_tile_cache_new(N_KNOWN_TILES_MAX);
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
    g_queue_clear_full(&self->entries, (GDestroyNotify)unref_entry);
    recall_tile_cache_free(self->known);
    recall_sheet_cache_free(self->held);
    g_hash_table_unref(self->touches);
    g_clear_object(&self->closing);
    g_free(self);
}

void
recall_store_put(RecallStore *self, const ProtocolScene *scene, GPtrArray *sheets)
{
    Entry *entry = new_entry(scene);
    Entry *older = find_entry(self, scene->key);

    give_sheets(entry, sheets);
    for (unsigned i = 0; i < entry->sheets->len; i++)
        recall_sheet_cache_put(self->held, entry->sheets->pdata[i]);
    if (older != NULL && older->state == ENTRY_WAITING) {
        give_sheets(entry, older->sheets);
        entry->put_us = older->put_us;
        remove_entry(self, older);
    }
    push_entry(self, entry);
    keep_bounds(self);
    send_waiting(self);
}

void
recall_store_forget(RecallStore *self)
{
    GList *link = self->entries.head;

    self->epoch++;
    self->is_full = FALSE; /* what was forgotten made room, or the next scene says so again */
    while (link != NULL) {
        Entry *entry = link->data;

        link = link->next;
        entry->is_forgotten = TRUE;
        if (entry->state == ENTRY_WAITING)
            remove_entry(self, entry);
    }
    recall_tile_cache_clear(self->known);
    recall_sheet_cache_clear(self->held);
    g_hash_table_remove_all(self->touches);
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
    return recall_tile_cache_has(self->known, key) &&
           week_at(g_get_real_time()) == self->known_week;
}

void
recall_store_get_status(const RecallStore *self, RecallStoreStatus *out_status)
{
    int64_t oldest_us = 0;

    for (GList *link = self->entries.head; link != NULL; link = link->next) {
        const Entry *entry = link->data;

        if (oldest_us == 0 || entry->put_us < oldest_us)
            oldest_us = entry->put_us;
    }
    *out_status = (RecallStoreStatus){
        .n_waiting = self->entries.length,
        .n_dropped = self->n_dropped,
        .oldest_us = oldest_us,
        .is_connected = recall_vault_link_get_connection(self->link) != NULL,
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
    while (!is_over && (self->entries.length > 0 || self->n_in_flight > 0 ||
                        g_hash_table_size(self->touches) > 0))
        g_main_context_iteration(context, TRUE);
    g_source_destroy(timer);
    g_source_unref(timer);
}
