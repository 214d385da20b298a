/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/picture.h"

#include "protocol/sheet-pixels.h"
#include "recall/watch/likeness.h"
#include "recall/watch/tiles.h"

#include <string.h>

/* One tile with its own pixels, so that the frame may change meanwhile. */
typedef struct {
    GBytes *digest;
    ProtocolSheetTile tile;
    uint8_t *pixels;
} Cutout;

static void
clear_cutout(void *data)
{
    g_bytes_unref(((Cutout *)data)->digest);
    g_free(((Cutout *)data)->pixels);
}

static void
free_job(void *data)
{
    g_array_unref(data);
}

static Cutout
cut_out(const ProtocolTile *tile, GBytes *digest, RecallFrame *frame)
{
    size_t stride = recall_frame_get_stride(frame);
    size_t n_bytes = (size_t)tile->width * 4;
    Cutout cutout = {digest, {tile->width, tile->height, n_bytes, NULL}, NULL};

    cutout.tile.pixels = cutout.pixels = g_malloc(n_bytes * tile->height);
    for (unsigned y = 0; y < tile->height; y++)
        memcpy(cutout.pixels + y * n_bytes,
               recall_frame_get_pixels(frame) + (tile->y + y) * stride + (size_t)tile->x * 4,
               n_bytes);
    return cutout;
}

static GArray *
copy_unknown_tiles(const GArray *tiles, const RecallStore *store, RecallFrame *frame)
{
    GArray *cutouts = g_array_new(FALSE, FALSE, sizeof(Cutout));
    g_autoptr(GHashTable) seen = g_hash_table_new(g_bytes_hash, g_bytes_equal);

    g_array_set_clear_func(cutouts, clear_cutout);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        g_autoptr(GBytes) digest = g_bytes_new(tile->digest, PROTOCOL_DIGEST_BYTES);
        Cutout cutout;

        if (recall_store_has_tile(store, tile->digest) || !g_hash_table_add(seen, digest))
            continue;
        cutout = cut_out(tile, g_steal_pointer(&digest), frame);
        g_array_append_val(cutouts, cutout);
    }
    return cutouts;
}

/* --- on the encoder's thread --- */

/* @coded: (transfer full) */
static void
add_sheet(GPtrArray *sheets, const Cutout *const *cutouts, unsigned n, GBytes *coded)
{
    GPtrArray *digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (unsigned i = 0; i < n; i++)
        g_ptr_array_add(digests, g_bytes_ref(cutouts[i]->digest));
    g_ptr_array_add(sheets, protocol_sheet_new(digests, coded));
}

/* Together, or by halves when that is too much for one sheet. */
static void
encode_sheet(GPtrArray *sheets, const Cutout *const *cutouts, unsigned n)
{
    g_autofree ProtocolSheetTile *tiles = g_new(ProtocolSheetTile, n);
    GBytes *coded;

    if (n == 0)
        return;
    for (unsigned i = 0; i < n; i++)
        tiles[i] = cutouts[i]->tile;
    coded = protocol_sheet_pixels_encode(tiles, n);
    if (coded != NULL) {
        add_sheet(sheets, cutouts, n, coded);
        return;
    }
    g_assert(n > 1); /* one tile is within every maximum */
    encode_sheet(sheets, cutouts, n / 2);
    encode_sheet(sheets, cutouts + n / 2, n - n / 2);
}

/* Returns: (transfer full): of ProtocolSheet */
static void *
encode(void *job, GCancellable *cancellable, GError **error)
{
    const GArray *cutouts = job;
    GPtrArray *sheets = g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    g_autofree const Cutout **together = g_new(const Cutout *, cutouts->len);
    unsigned n_together = 0;

    for (unsigned i = 0; i < cutouts->len; i++) {
        const Cutout *cutout = &g_array_index(cutouts, Cutout, i);
        const ProtocolSheetTile *tile = &cutout->tile;

        if (recall_likeness_suits(tile->pixels, tile->stride, tile->width, tile->height))
            add_sheet(
                sheets, &cutout, 1,
                recall_likeness_encode(tile->pixels, tile->stride, tile->width, tile->height));
        else
            together[n_together++] = cutout;
    }
    encode_sheet(sheets, together, n_together);
    return sheets;
}

/* --- on the main thread --- */

typedef struct {
    RecallStore *store;
    ProtocolScene *scene;
    unsigned epoch; /* of the store */
} Put;

/* When the encoder had no room the text is stored all the same; the vault asks for the tiles. */
static void
on_encoded(GObject *source, GAsyncResult *result, void *user_data)
{
    Put *put = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sheets = g_task_propagate_pointer(G_TASK(result), &error);

    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        put->epoch == recall_store_get_epoch(put->store)) {
        if (sheets == NULL)
            sheets = g_ptr_array_new();
        recall_store_put(put->store, put->scene, sheets);
    }
    protocol_scene_free(put->scene);
    g_free(put);
}

/* @cutouts: (transfer full) */
static void
push(BaseWorker *encoder, RecallStore *store, ProtocolScene *scene, GArray *cutouts)
{
    Put *put = g_new0(Put, 1);

    *put = (Put){store, scene, recall_store_get_epoch(store)};
    base_worker_push(encoder, g_task_new(NULL, NULL, on_encoded, put), encode, cutouts, free_job,
                     (GDestroyNotify)g_ptr_array_unref);
}

GArray *
recall_picture_put(BaseWorker *encoder,
                   RecallStore *store,
                   ProtocolScene *scene,
                   RecallFrame *frame)
{
    GArray *tiles =
        recall_tiles_cut(recall_frame_get_pixels(frame), recall_frame_get_stride(frame),
                         scene->width_px, scene->height_px, recall_frame_get_seen(frame));

    g_array_unref(scene->tiles);
    scene->tiles = g_array_ref(tiles);
    push(encoder, store, scene, copy_unknown_tiles(tiles, store, frame));
    return tiles;
}

void
recall_picture_put_again(BaseWorker *encoder, RecallStore *store, ProtocolScene *scene)
{
    push(encoder, store, scene, g_array_new(FALSE, FALSE, sizeof(Cutout)));
}
