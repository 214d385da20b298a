/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/intent.h"

#include "recall/vault/box.h"
#include "recall/vault/safe-file.h"

#include <string.h>

/* Version, id, kind, when, scenes, from, until; weeks: number, whole, rows; damaged weeks. */
#define TYPE "(uayuxtxxa(ibau)ai)"
#define VERSION 1

const char *
recall_forget_kind_name(RecallForgetKind kind)
{
    static const char *const names[RECALL_FORGET_N_KINDS] = {"all",   "range", "app",   "url",
                                                             "query", "scene", "quota", "age"};

    return kind < RECALL_FORGET_N_KINDS ? names[kind] : "unknown";
}

static void
free_week(void *data)
{
    RecallIntentWeek *week = data;

    g_array_unref(week->rows);
    g_free(week);
}

RecallIntent *
recall_intent_new(RecallForgetKind kind, int64_t at_us)
{
    RecallIntent *self = g_new0(RecallIntent, 1);

    recall_box_draw(self->id, sizeof self->id);
    self->kind = kind;
    self->at_us = at_us;
    self->weeks = g_ptr_array_new_with_free_func(free_week);
    self->damaged = g_array_new(FALSE, FALSE, sizeof(int));
    return self;
}

void
recall_intent_free(RecallIntent *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->weeks);
    g_array_unref(self->damaged);
    g_free(self);
}

void
recall_intent_add_week(RecallIntent *self, int week, GArray *rows)
{
    RecallIntentWeek *item = g_new0(RecallIntentWeek, 1);

    item->week = week;
    item->is_whole = rows == NULL;
    item->rows = rows != NULL ? rows : g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_ptr_array_add(self->weeks, item);
}

gboolean
recall_intent_is_empty(const RecallIntent *self)
{
    return self->weeks->len == 0 && self->damaged->len == 0;
}

gboolean
recall_intent_is_automatic(const RecallIntent *self)
{
    return self->kind == RECALL_FORGET_QUOTA || self->kind == RECALL_FORGET_AGE;
}

static GVariant *
pack_weeks(const RecallIntent *self)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ibau)"));
    for (unsigned i = 0; i < self->weeks->len; i++) {
        const RecallIntentWeek *week = self->weeks->pdata[i];

        g_variant_builder_add(&builder, "(ib@au)", week->week, week->is_whole,
                              g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, week->rows->data,
                                                        week->rows->len, sizeof(uint32_t)));
    }
    return g_variant_builder_end(&builder);
}

GBytes *
recall_intent_pack(const RecallIntent *self)
{
    g_autoptr(GVariant) tuple = g_variant_ref_sink(g_variant_new(
        "(u@ayuxtxx@a(ibau)@ai)", VERSION,
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, self->id, sizeof self->id, 1), self->kind,
        self->at_us, self->n_scenes, self->from_us, self->until_us, pack_weeks(self),
        g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, self->damaged->data, self->damaged->len,
                                  sizeof(int32_t))));

    return g_variant_get_data_as_bytes(tuple);
}

static void
take_weeks(RecallIntent *self, GVariant *weeks)
{
    for (size_t i = 0; i < g_variant_n_children(weeks); i++) {
        g_autoptr(GVariant) item = g_variant_get_child_value(weeks, i);
        g_autoptr(GVariant) list = g_variant_get_child_value(item, 2);
        size_t n_rows = 0;
        const uint32_t *rows = g_variant_get_fixed_array(list, &n_rows, sizeof(uint32_t));
        GArray *copy = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        gboolean is_whole = FALSE;
        int week = -1;

        if (n_rows > 0)
            g_array_append_vals(copy, rows, (unsigned)n_rows);
        g_variant_get_child(item, 0, "i", &week);
        g_variant_get_child(item, 1, "b", &is_whole);
        if (is_whole)
            g_clear_pointer(&copy, g_array_unref);
        recall_intent_add_week(self, week, copy);
    }
}

static void
take_damaged(RecallIntent *self, GVariant *list)
{
    size_t n = 0;
    const int32_t *weeks = g_variant_get_fixed_array(list, &n, sizeof(int32_t));

    if (n > 0)
        g_array_append_vals(self->damaged, weeks, (unsigned)n);
}

RecallIntent *
recall_intent_parse(GBytes *bytes, GError **error)
{
    g_autoptr(GVariant) tuple =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(TYPE), bytes, FALSE));
    g_autoptr(RecallIntent) self = recall_intent_new(RECALL_FORGET_ALL, 0);
    g_autoptr(GVariant) id = g_variant_get_child_value(tuple, 1);
    g_autoptr(GVariant) weeks = g_variant_get_child_value(tuple, 7);
    g_autoptr(GVariant) damaged = g_variant_get_child_value(tuple, 8);
    uint32_t version = 0;
    uint32_t kind = 0;

    g_variant_get_child(tuple, 0, "u", &version);
    g_variant_get_child(tuple, 2, "u", &kind);
    if (!g_variant_is_normal_form(tuple) || version != VERSION || kind >= RECALL_FORGET_N_KINDS ||
        g_variant_n_children(id) != RECALL_INTENT_ID_BYTES) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "What was about to be forgotten cannot be read");
        return NULL;
    }
    memcpy(self->id, g_variant_get_data(id), sizeof self->id);
    self->kind = (RecallForgetKind)kind;
    g_variant_get_child(tuple, 3, "x", &self->at_us);
    g_variant_get_child(tuple, 4, "t", &self->n_scenes);
    g_variant_get_child(tuple, 5, "x", &self->from_us);
    g_variant_get_child(tuple, 6, "x", &self->until_us);
    take_weeks(self, weeks);
    take_damaged(self, damaged);
    return g_steal_pointer(&self);
}

static char *
make_path(const char *folder, gboolean is_automatic)
{
    return g_build_filename(folder, is_automatic ? "recycling" : "forgetting", NULL);
}

gboolean
recall_intent_save(const RecallIntent *self, const char *folder, GError **error)
{
    g_autofree char *path = make_path(folder, recall_intent_is_automatic(self));
    g_autoptr(GBytes) bytes = recall_intent_pack(self);

    return recall_safe_file_write(path, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                                  error);
}

RecallIntent *
recall_intent_load(const char *folder, gboolean is_automatic, GError **error)
{
    g_autofree char *path = make_path(folder, is_automatic);
    g_autoptr(GBytes) bytes = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    bytes = recall_safe_file_read(path, RECALL_INTENT_MAX_BYTES, error);
    return bytes != NULL ? recall_intent_parse(bytes, error) : NULL;
}

gboolean
recall_intent_is_saved(const char *folder, gboolean is_automatic)
{
    g_autofree char *path = make_path(folder, is_automatic);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

void
recall_intent_destroy(const char *folder, gboolean is_automatic)
{
    g_autofree char *path = make_path(folder, is_automatic);

    recall_safe_file_destroy(path);
}
