/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/drafts.h"

#include <pixman.h>
#include <string.h>

#define MARGIN_PX 4 /* around letters */

struct RecallDrafts {
    GPtrArray *scenes; /* of ProtocolScene, oldest first */
};

static void
free_scene(void *data)
{
    protocol_scene_free(data);
}

RecallDrafts *
recall_drafts_new(void)
{
    RecallDrafts *self = g_new0(RecallDrafts, 1);

    self->scenes = g_ptr_array_new_with_free_func(free_scene);
    return self;
}

void
recall_drafts_free(RecallDrafts *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->scenes);
    g_free(self);
}

void
recall_drafts_note(RecallDrafts *self, ProtocolScene *scene)
{
    for (unsigned i = self->scenes->len; i > 0; i--) {
        if (((ProtocolScene *)self->scenes->pdata[i - 1])->key == scene->key)
            g_ptr_array_remove_index(self->scenes, i - 1);
    }
    g_ptr_array_add(self->scenes, scene);
    if (self->scenes->len > RECALL_DRAFTS_N_MAX)
        g_ptr_array_remove_index(self->scenes, 0);
}

/* --- what begins a secret --- */

/* Digits may stand in groups. */
static gboolean
begins_at(const char *text, const char *secret)
{
    unsigned n = 0;
    unsigned n_digits = 0;

    for (; *text != '\0' && secret[n] != '\0'; text++) {
        if (strchr(" -.", *text) != NULL)
            continue;
        if (*text != secret[n])
            break;
        n_digits += g_ascii_isdigit(*text);
        n++;
    }
    return n_digits >= RECALL_DRAFTS_N_DIGITS_MIN || n >= RECALL_DRAFTS_N_SIGNS_MIN;
}

static gboolean
shows_beginning(const char *text, const char *secret)
{
    for (const char *at = strchr(text, *secret); at != NULL; at = strchr(at + 1, *secret)) {
        if ((at == text || !g_ascii_isalnum(at[-1])) && begins_at(at, secret))
            return TRUE;
    }
    return FALSE;
}

gboolean
recall_drafts_is_beginning(const char *text, const GPtrArray *secrets)
{
    for (unsigned i = 0; secrets != NULL && i < secrets->len; i++) {
        const char *secret = secrets->pdata[i];

        if (*secret != '\0' && shows_beginning(text, secret))
            return TRUE;
    }
    return FALSE;
}

/* --- taking back --- */

static void
add_box(pixman_region32_t *region, const BaseRect *box)
{
    BaseRect wide = base_rect_grow(box, MARGIN_PX);

    pixman_region32_union_rect(region, region, wide.x, wide.y, (unsigned)wide.width,
                               (unsigned)wide.height);
}

/* Bytes from @start to @end go; @shown: where they stood is added */
static void
cut_spans(GArray *spans, uint32_t start, uint32_t end, pixman_region32_t *shown)
{
    for (unsigned i = spans->len; i > 0; i--) {
        ProtocolSpan *span = &g_array_index(spans, ProtocolSpan, i - 1);

        if (span->start_bytes >= end) {
            span->start_bytes -= end - start;
        } else if (span->start_bytes >= start) {
            add_box(shown, &span->box);
            g_array_remove_index(spans, i - 1);
        }
    }
}

/* The array is shared with whoever stores the scene. */
static GArray *
dup_tiles_outside(const GArray *tiles, pixman_region32_t *shown)
{
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(ProtocolTile));

    for (unsigned i = 0; i < tiles->len; i++) {
        ProtocolTile tile = g_array_index(tiles, ProtocolTile, i);
        pixman_box32_t box = {tile.x, tile.y, tile.x + tile.width, tile.y + tile.height};

        if (pixman_region32_contains_rectangle(shown, &box) == PIXMAN_REGION_OUT)
            g_array_append_val(kept, tile);
    }
    return kept;
}

/* Returns: whether the scene had such a line */
static gboolean
cut_lines(ProtocolScene *scene, const GPtrArray *secrets, pixman_region32_t *shown)
{
    g_auto(GStrv) lines = g_strsplit(scene->text, "\n", -1);
    g_autoptr(GString) kept = g_string_new(NULL);

    for (char **line = lines; *line != NULL; line++) {
        if (recall_drafts_is_beginning(*line, secrets))
            cut_spans(scene->spans, kept->len, kept->len + strlen(*line) + 1, shown);
        else
            g_string_append_printf(kept, "%s\n", *line);
    }
    g_string_truncate(kept, kept->len - (kept->len > 0));
    if (strlen(scene->text) == kept->len)
        return FALSE;
    g_free(scene->text);
    scene->text = g_strdup(kept->str);
    return TRUE;
}

static gboolean
strip(ProtocolScene *scene, const GPtrArray *secrets)
{
    pixman_region32_t shown;
    gboolean is_cut;

    pixman_region32_init(&shown);
    is_cut = cut_lines(scene, secrets, &shown);
    if (is_cut) {
        GArray *tiles = dup_tiles_outside(scene->tiles, &shown);

        g_array_unref(scene->tiles);
        scene->tiles = tiles;
    }
    pixman_region32_fini(&shown);
    return is_cut;
}

static ProtocolScene *
dup_scene(const ProtocolScene *scene)
{
    g_autoptr(GVariant) variant = g_variant_ref_sink(protocol_scene_to_variant(scene));

    return protocol_scene_from_variant(variant, NULL);
}

GPtrArray *
recall_drafts_take_back(RecallDrafts *self, const GPtrArray *secrets, int64_t at_us)
{
    GPtrArray *again = g_ptr_array_new_with_free_func(free_scene);

    for (unsigned i = 0; secrets->len > 0 && i < self->scenes->len; i++) {
        ProtocolScene *scene = self->scenes->pdata[i];
        ProtocolScene *copy;

        if (at_us - scene->end_us > RECALL_DRAFTS_MAX_US || !strip(scene, secrets))
            continue;
        copy = dup_scene(scene);
        if (copy != NULL)
            g_ptr_array_add(again, copy);
    }
    return again;
}
