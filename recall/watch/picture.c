/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/picture.h"

#include "recall/watch/tiles.h"

#include <string.h>

/* One tile with its own pixels, so that the frame may change meanwhile. */
typedef struct {
    ProtocolTile tile; /* at 0,0 */
    uint8_t *pixels;
} Cutout;

static void
clear_cutout(void *data)
{
    g_free(((Cutout *)data)->pixels);
}

static void
free_job(void *data)
{
    g_array_unref(data);
}

static GArray *
copy_unknown_tiles(const GArray *tiles, const RecallStore *store, RecallFrame *frame)
{
    GArray *cutouts = g_array_new(FALSE, FALSE, sizeof(Cutout));
    size_t stride = recall_frame_get_stride(frame);

    g_array_set_clear_func(cutouts, clear_cutout);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        Cutout cutout = {*tile, NULL};

        if (recall_store_has_tile(store, tile->digest))
            continue;
        cutout.tile.x = cutout.tile.y = 0;
        cutout.pixels = g_malloc((size_t)tile->width * 4 * tile->height);
        for (unsigned y = 0; y < tile->height; y++)
            memcpy(cutout.pixels + (size_t)y * tile->width * 4,
                   recall_frame_get_pixels(frame) + (tile->y + y) * stride + (size_t)tile->x * 4,
                   (size_t)tile->width * 4);
        g_array_append_val(cutouts, cutout);
    }
    return cutouts;
}

/* On the encoder's thread. Returns: digest to WebP */
static void *
encode(void *job, GCancellable *cancellable, GError **error)
{
    GArray *cutouts = job;
    GHashTable *tiles = g_hash_table_new_full(
        g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, (GDestroyNotify)g_bytes_unref);

    for (unsigned i = 0; i < cutouts->len; i++) {
        Cutout *cutout = &g_array_index(cutouts, Cutout, i);
        GBytes *webp =
            recall_tiles_encode(&cutout->tile, cutout->pixels, (size_t)cutout->tile.width * 4);

        if (webp != NULL)
            g_hash_table_insert(tiles, g_bytes_new(cutout->tile.digest, PROTOCOL_DIGEST_BYTES),
                                webp);
    }
    return tiles;
}

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
    g_autoptr(GHashTable) tiles = g_task_propagate_pointer(G_TASK(result), &error);

    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        put->epoch == recall_store_get_epoch(put->store)) {
        if (tiles == NULL)
            tiles = g_hash_table_new(g_bytes_hash, g_bytes_equal);
        recall_store_put(put->store, put->scene, tiles);
    }
    protocol_scene_free(put->scene);
    g_free(put);
}

void
recall_picture_put(BaseWorker *encoder,
                   RecallStore *store,
                   ProtocolScene *scene,
                   RecallFrame *frame)
{
    Put *put = g_new0(Put, 1);

    *put = (Put){store, scene, recall_store_get_epoch(store)};
    g_array_unref(scene->tiles);
    scene->tiles =
        recall_tiles_cut(recall_frame_get_pixels(frame), recall_frame_get_stride(frame),
                         scene->width_px, scene->height_px, recall_frame_get_seen(frame));
    base_worker_push(encoder, g_task_new(NULL, NULL, on_encoded, put), encode,
                     copy_unknown_tiles(scene->tiles, store, frame), free_job,
                     (GDestroyNotify)g_hash_table_unref);
}
