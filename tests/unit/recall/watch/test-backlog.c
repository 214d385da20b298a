/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/backlog.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* Monday 2026-11-23 00:00 UTC */

static int
set_up(void **state)
{
    RecallBacklog *self = g_new0(RecallBacklog, 1);

    recall_backlog_init(self);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    recall_backlog_clear(*state);
    g_free(*state);
    return 0;
}

/* One scene with one tile, whose number is the key. */
static ProtocolScene *
make_scene(uint64_t key)
{
    ProtocolScene *scene = protocol_scene_new();
    ProtocolTile tile = {0, 0, 10, 10, {0}};

    scene->key = key;
    scene->start_us = scene->end_us = START_US;
    memcpy(tile.digest, &key, sizeof key);
    g_array_append_val(scene->tiles, tile);
    return scene;
}

/* @n_bytes: of its sheet; 0: it has none */
static RecallBacklogEntry *
put(RecallBacklog *self, uint64_t key, size_t n_bytes)
{
    g_autoptr(ProtocolScene) scene = make_scene(key);
    g_autoptr(GPtrArray) sheets =
        g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    const uint8_t *digest = g_array_index(scene->tiles, ProtocolTile, 0).digest;
    GPtrArray *digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    g_ptr_array_add(digests, g_bytes_new(digest, PROTOCOL_DIGEST_BYTES));
    g_ptr_array_add(sheets,
                    protocol_sheet_new(digests, g_bytes_new_take(g_malloc0(n_bytes), n_bytes)));
    if (n_bytes == 0)
        g_ptr_array_set_size(sheets, 0);
    return recall_backlog_put(self, scene, sheets);
}

static uint64_t
oldest_key(const RecallBacklog *self)
{
    return ((const RecallBacklogEntry *)g_queue_peek_head((GQueue *)&self->entries))->key;
}

static void
test_number(void **state)
{
    RecallBacklog *self = *state;

    for (uint64_t key = 0; key < RECALL_BACKLOG_N_MAX; key++)
        put(self, key, 0);
    assert_int_equal(self->entries.length, RECALL_BACKLOG_N_MAX);
    assert_int_equal(self->n_dropped, 0);
    put(self, RECALL_BACKLOG_N_MAX, 0);
    assert_int_equal(self->entries.length, RECALL_BACKLOG_N_MAX);
    assert_int_equal(self->n_dropped, 1);
    assert_int_equal(oldest_key(self), 1);
}

/* The newest one stays, whatever its size; a sheet that would be too much is left out. */
static void
test_bytes(void **state)
{
    RecallBacklog *self = *state;
    RecallBacklogEntry *entry;

    put(self, 1, RECALL_BACKLOG_MAX_BYTES / 2);
    entry = put(self, 2, RECALL_BACKLOG_MAX_BYTES / 2);
    assert_int_equal(self->entries.length, 1);
    assert_int_equal(self->n_dropped, 1);
    assert_int_equal(self->n_bytes, entry->n_bytes);
    entry = put(self, 3, RECALL_BACKLOG_MAX_BYTES);
    assert_int_equal(entry->sheets->len, 0);
    assert_int_equal(self->entries.length, 2);
}

/* Of one that is on its way nothing is dropped. */
static void
test_on_its_way(void **state)
{
    RecallBacklog *self = *state;

    put(self, 0, 0)->state = RECALL_BACKLOG_APPENDING;
    for (uint64_t key = 1; key <= RECALL_BACKLOG_N_MAX; key++)
        put(self, key, 0);
    assert_int_equal(oldest_key(self), 0);
    assert_int_equal(self->n_dropped, 1);
}

static void
test_same_key(void **state)
{
    RecallBacklog *self = *state;
    RecallBacklogEntry *first = put(self, 1, 100);
    RecallBacklogEntry *second;
    int64_t put_us = first->put_us;

    second = put(self, 1, 0);
    assert_int_equal(self->entries.length, 1);
    assert_int_equal(second->put_us, put_us);
    assert_int_equal(second->sheets->len, 1); /* the one that waited had it */
    second->state = RECALL_BACKLOG_APPENDING;
    first = put(self, 1, 0);
    assert_int_equal(self->entries.length, 2);
    assert_false(recall_backlog_may_send(self, first));
    assert_false(recall_backlog_may_send(self, second));
    recall_backlog_put_back(self, second); /* makes way */
    assert_int_equal(self->entries.length, 1);
    assert_true(recall_backlog_may_send(self, first));
    assert_int_equal(first->sheets->len, 1);
    assert_int_equal(self->n_bytes, first->n_bytes);
    assert_int_equal(self->n_dropped, 0);
}

static void
test_forget(void **state)
{
    RecallBacklog *self = *state;
    RecallBacklogEntry *sent = put(self, 1, 0);
    const RecallBacklogSpan all = {G_MININT64, G_MAXINT64, FALSE};

    sent->state = RECALL_BACKLOG_APPENDING;
    put(self, 2, 0);
    assert_int_equal(recall_backlog_forget(self, &all), 0);
    assert_int_equal(self->entries.length, 1);
    assert_true(sent->is_forgotten);
    assert_int_equal(self->n_dropped, 0);
    recall_backlog_remove(self, sent);
    assert_int_equal(self->n_bytes, 0);
    assert_int_equal(recall_backlog_get_oldest_us(self), 0);
}

/* Of a time that is forgotten only what was shown in it goes, to the end that was told last; it
 * counts when not all of it may be meant. */
static void
test_forget_a_span(void **state)
{
    RecallBacklog *self = *state;
    const RecallBacklogSpan before = {G_MININT64, START_US, FALSE};
    const RecallBacklogSpan after = {START_US + 1, G_MAXINT64, FALSE};
    const RecallBacklogSpan in_part = {START_US, START_US + 1, TRUE};
    RecallBacklogEntry *sent = put(self, 1, 0);

    sent->state = RECALL_BACKLOG_APPENDING;
    put(self, 2, 0);
    put(self, 3, 0);
    assert_int_equal(recall_backlog_forget(self, &before), 0);
    assert_int_equal(recall_backlog_forget(self, &after), 0);
    assert_int_equal(self->entries.length, 3);
    assert_false(sent->is_forgotten);
    assert_false(recall_backlog_has(self, &after));
    recall_backlog_touch(self, 3, START_US + 1);
    assert_true(recall_backlog_has(self, &after));
    assert_int_equal(recall_backlog_forget(self, &after), 0);
    assert_int_equal(self->entries.length, 2);
    assert_int_equal(self->n_dropped, 0);
    assert_int_equal(recall_backlog_forget(self, &in_part), 1);
    assert_int_equal(self->n_dropped, 1);
    assert_int_equal(self->entries.length, 1);
    assert_true(sent->is_forgotten);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_number),   TEST(test_bytes),  TEST(test_on_its_way),
        TEST(test_same_key), TEST(test_forget), TEST(test_forget_a_span),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
