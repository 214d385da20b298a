/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keyring-private.h"

#include "recall/vault/wrap.h"

#include <string.h>

int
recall_keyring_get_week_in_hand(const RecallKeyring *self)
{
    for (unsigned i = 0; i < self->file->entries->len; i++) {
        const RecallKeyringEntry *entry =
            &g_array_index(self->file->entries, RecallKeyringEntry, i);

        if (recall_open_key_is_of(&self->in_hand, entry->id))
            return entry->week;
    }
    return -1;
}

gboolean
recall_keyring_hold(RecallKeyring *self, int week, GError **error)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);
    g_autoptr(RecallKey) key = recall_key_new();

    if (entry == NULL || week < 0 || recall_keyring_is_locked(self) ||
        recall_keyring_get_week_in_hand(self) == week)
        return TRUE;
    return recall_wrap_open_entry(self->root, self->root_secret, entry, key, error) &&
           recall_open_key_keep(&self->in_hand, entry->id, key, error);
}

static gboolean
set_no_key(GError **error)
{
    return recall_keyring_set_error(error, RECALL_KEYRING_ERROR_NO_KEY,
                                    "its key is not in the keyring");
}

static const RecallKeyringEntry *
find_entry(const RecallKeyring *self, int week, unsigned age)
{
    for (unsigned i = self->file->entries->len; i > 0; i--) {
        const RecallKeyringEntry *entry =
            &g_array_index(self->file->entries, RecallKeyringEntry, i - 1);

        if (entry->week == week && age-- == 0)
            return entry;
    }
    return NULL;
}

static gboolean
open_entry(RecallKeyring *self, const RecallKeyringEntry *entry, RecallKey *out_key, GError **error)
{
    if (!recall_keyring_is_locked(self) &&
        recall_wrap_open_entry(self->root, self->root_secret, entry, out_key, NULL))
        return TRUE;
    if (recall_open_key_is_of(&self->in_hand, entry->id)) {
        memcpy(out_key, self->in_hand.key, RECALL_KEY_BYTES);
        return TRUE;
    }
    return recall_keyring_is_locked(self)
               ? recall_keyring_set_locked(error)
               : recall_keyring_set_error(error, RECALL_KEYRING_ERROR_DAMAGED,
                                          "its key in the keyring is damaged");
}

gboolean
recall_keyring_get(RecallKeyring *self,
                   int week,
                   unsigned age,
                   uint8_t *out_id,
                   RecallKey *out_key,
                   GError **error)
{
    const RecallKeyringEntry *entry = find_entry(self, week, age);

    if (entry == NULL)
        return set_no_key(error);
    memcpy(out_id, entry->id, RECALL_SEGMENT_ID_BYTES);
    return open_entry(self, entry, out_key, error);
}

static gboolean
append_entry(RecallKeyring *self, const RecallKeyringEntry *entry, GError **error)
{
    RecallKeyringFile *changed;

    if (self->file->entries->len >= RECALL_KEYRING_N_ENTRIES_MAX) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The keyring is full");
        return FALSE;
    }
    changed = recall_keyring_file_copy(self->file);
    g_array_append_val(changed->entries, *entry);
    return recall_keyring_save(self, changed, error);
}

/* @entry: gets id and wrap */
static gboolean
add_key(RecallKeyring *self,
        RecallKeyringEntry *entry,
        uint8_t *out_id,
        RecallKey *out_key,
        GError **error)
{
    gboolean is_wrapped;

    recall_box_draw(entry->id, sizeof entry->id);
    recall_box_draw(out_key, RECALL_KEY_BYTES);
    if (recall_keyring_is_locked(self))
        is_wrapped = recall_wrap_seal_entry_locked(self->file->public_half, entry, out_key, error);
    else
        is_wrapped = recall_wrap_seal_entry(self->root, entry, out_key, error);
    if (!is_wrapped || !append_entry(self, entry, error))
        return FALSE;
    memcpy(out_id, entry->id, sizeof entry->id);
    return TRUE;
}

gboolean
recall_keyring_add_beside(RecallKeyring *self,
                          int week,
                          uint64_t n_seals,
                          uint8_t *out_id,
                          RecallKey *out_key,
                          GError **error)
{
    const RecallKeyringEntry *newest = recall_keyring_file_find(self->file, week);
    RecallKeyringEntry entry = {
        .week = week, .n_marked = newest != NULL ? newest->n_marked : 0, .n_seals = n_seals};

    return add_key(self, &entry, out_id, out_key, error);
}

gboolean
recall_keyring_add(RecallKeyring *self,
                   int week,
                   uint8_t *out_id,
                   RecallKey *out_key,
                   GError **error)
{
    RecallKeyringEntry entry = {.week = week};

    if (!add_key(self, &entry, out_id, out_key, error))
        return FALSE;
    if (recall_keyring_is_locked(self) && week <= recall_keyring_get_week_in_hand(self))
        return TRUE;
    return recall_open_key_keep(&self->in_hand, out_id, out_key, error);
}

/* Saves @changed, from which keys were taken. Without the root key the rest waits. */
static gboolean
save_without(RecallKeyring *self, RecallKeyringFile *changed, GError **error)
{
    changed->is_root_stale = TRUE;
    if (!recall_keyring_save(self, changed, error))
        return FALSE;
    if (self->in_hand.key != NULL && recall_keyring_get_week_in_hand(self) < 0)
        recall_open_key_forget(&self->in_hand);
    return self->wrapper == NULL || recall_keyring_renew(self, error);
}

gboolean
recall_keyring_drop(RecallKeyring *self, const uint8_t *id, GError **error)
{
    RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

    for (unsigned i = changed->entries->len; i > 0; i--) {
        if (memcmp(g_array_index(changed->entries, RecallKeyringEntry, i - 1).id, id,
                   RECALL_SEGMENT_ID_BYTES) == 0)
            g_array_remove_index(changed->entries, i - 1);
    }
    return save_without(self, changed, error);
}

/* Keeps the newest @n_kept of the week's keys. */
static gboolean
keep_newest(RecallKeyring *self, int week, unsigned n_kept, GError **error)
{
    g_autoptr(RecallKeyringFile) changed = NULL;

    if (find_entry(self, week, n_kept) == NULL)
        return TRUE;
    changed = recall_keyring_file_copy(self->file);
    for (unsigned i = changed->entries->len; i > 0; i--) {
        if (g_array_index(changed->entries, RecallKeyringEntry, i - 1).week != week)
            continue;
        if (n_kept > 0)
            n_kept--;
        else
            g_array_remove_index(changed->entries, i - 1);
    }
    return save_without(self, g_steal_pointer(&changed), error);
}

gboolean
recall_keyring_drop_older(RecallKeyring *self, int week, GError **error)
{
    return keep_newest(self, week, 1, error);
}

gboolean
recall_keyring_delete(RecallKeyring *self, int week, GError **error)
{
    return keep_newest(self, week, 0, error);
}

/* Returns: (nullable): borrowed until the array changes */
static RecallKeyringEntry *
find_by_id(const RecallKeyringFile *file, const uint8_t *id)
{
    for (unsigned i = 0; i < file->entries->len; i++) {
        RecallKeyringEntry *entry = &g_array_index(file->entries, RecallKeyringEntry, i);

        if (memcmp(entry->id, id, sizeof entry->id) == 0)
            return entry;
    }
    return NULL;
}

gboolean
recall_keyring_get_by_id(RecallKeyring *self, const uint8_t *id, RecallKey *out_key, GError **error)
{
    const RecallKeyringEntry *entry = find_by_id(self->file, id);

    return entry != NULL ? open_entry(self, entry, out_key, error) : set_no_key(error);
}

gboolean
recall_keyring_lease(RecallKeyring *self, const uint8_t *id, uint64_t n, GError **error)
{
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);
    RecallKeyringEntry *entry = find_by_id(changed, id);

    if (entry == NULL)
        return set_no_key(error);
    if (n > RECALL_PAGE_CODEC_N_SEALS_MAX || entry->n_seals > RECALL_PAGE_CODEC_N_SEALS_MAX - n)
        return recall_keyring_set_error(error, RECALL_KEYRING_ERROR_WORN,
                                        "its key was used as often as a key may");
    entry->n_seals += n;
    return recall_keyring_save(self, g_steal_pointer(&changed), error);
}

uint64_t
recall_keyring_get_n_marked(const RecallKeyring *self, const uint8_t *id)
{
    const RecallKeyringEntry *entry = find_by_id(self->file, id);

    return entry != NULL ? entry->n_marked : 0;
}

gboolean
recall_keyring_set_n_marked(RecallKeyring *self,
                            const uint8_t *id,
                            uint64_t n_marked,
                            GError **error)
{
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);
    RecallKeyringEntry *entry = find_by_id(changed, id);

    if (entry == NULL)
        return set_no_key(error);
    if (n_marked <= entry->n_marked)
        return TRUE;
    entry->n_marked = MIN(n_marked, G_MAXINT64);
    entry->witness = (RecallKeyringWitness){0};
    return recall_keyring_save(self, g_steal_pointer(&changed), error);
}

uint64_t
recall_keyring_get_newest_n_marked(const RecallKeyring *self, int week)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);

    return entry != NULL ? entry->n_marked : 0;
}

gboolean
recall_keyring_set_newest_n_marked(RecallKeyring *self, int week, uint64_t n_marked, GError **error)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);

    return entry == NULL || recall_keyring_set_n_marked(self, entry->id, n_marked, error);
}

RecallKeyringWitness
recall_keyring_get_witness(const RecallKeyring *self, const uint8_t *id)
{
    const RecallKeyringEntry *entry = find_by_id(self->file, id);

    return entry != NULL ? entry->witness : (RecallKeyringWitness){0};
}

gboolean
recall_keyring_set_witness(RecallKeyring *self,
                           const uint8_t *id,
                           const RecallKeyringWitness *witness,
                           GError **error)
{
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);
    RecallKeyringEntry *entry = find_by_id(changed, id);

    if (entry == NULL)
        return set_no_key(error);
    entry->witness = *witness;
    return recall_keyring_save(self, g_steal_pointer(&changed), error);
}

RecallKeyringWitness
recall_keyring_get_newest_witness(const RecallKeyring *self, int week)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);

    return entry != NULL ? entry->witness : (RecallKeyringWitness){0};
}

static int
compare_weeks(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

GArray *
recall_keyring_dup_weeks(const RecallKeyring *self)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < self->file->entries->len; i++) {
        int week = g_array_index(self->file->entries, RecallKeyringEntry, i).week;

        if (week >= 0 && recall_keyring_file_find(self->file, week) ==
                             &g_array_index(self->file->entries, RecallKeyringEntry, i))
            g_array_append_val(weeks, week);
    }
    g_array_sort(weeks, compare_weeks);
    return weeks;
}

uint64_t
recall_keyring_get_n_seals(const RecallKeyring *self, int week)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);

    return entry != NULL ? entry->n_seals : 0;
}
