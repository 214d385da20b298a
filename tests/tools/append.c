/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/peer.h"
#include "protocol/scene.h"
#include "protocol/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Gives the vault scenes as agentd would: deskhand-test-append FILE. The file is a key file, each
 * group a scene: start, end (microseconds since the epoch), app, title, url, file, actor, text
 * (words stand in a grid of GRID_X by GRID_Y pixels), grey (0 to 255: its picture is one tile of
 * this colour). Prints each scene's number. */

#define WIDTH_PX 400
#define HEIGHT_PX 200
#define TILE_SIDE_PX 100 /* the rest was never seen */
#define GRID_X_PX 60
#define GRID_Y_PX 20

static GDBusConnection *
connect_vault(GError **error)
{
    g_autofree char *path = protocol_peer_find("append.sock");

    return protocol_peer_connect_sync(path, NULL, error);
}

static char *
get_text(GKeyFile *file, const char *group, const char *key)
{
    char *text = g_key_file_get_string(file, group, key, NULL);

    return text != NULL ? text : g_strdup("");
}

static void
set_text(char **field, GKeyFile *file, const char *group, const char *key)
{
    g_free(*field);
    *field = get_text(file, group, key);
}

static void
add_spans(ProtocolScene *scene)
{
    int line = 0, column = 0;

    for (size_t at = 0; scene->text[at] != '\0';) {
        size_t n = strcspn(scene->text + at, " \n");
        ProtocolSpan span = {at, n, {column * GRID_X_PX, line * GRID_Y_PX, GRID_X_PX, GRID_Y_PX}};

        if (n > 0) {
            g_array_append_val(scene->spans, span);
            at += n;
            column++;
        } else if (scene->text[at++] == '\n') {
            line++;
            column = 0;
        }
    }
}

static GBytes *
encode(int grey)
{
    uint8_t pixels[TILE_SIDE_PX * TILE_SIDE_PX * 4];
    ProtocolSheetTile tile = {TILE_SIDE_PX, TILE_SIDE_PX, TILE_SIDE_PX * 4, pixels};

    memset(pixels, grey, sizeof pixels);
    return protocol_sheet_pixels_encode(&tile, 1);
}

/* Returns: (transfer floating): a(aayay) */
static GVariant *
add_tile(ProtocolScene *scene, int grey)
{
    GPtrArray *digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(ProtocolSheet) sheet = protocol_sheet_new(digests, encode(grey));
    XXH128_hash_t hash =
        XXH3_128bits(g_bytes_get_data(sheet->coded, NULL), g_bytes_get_size(sheet->coded));
    ProtocolTile tile = {.width = TILE_SIDE_PX, .height = TILE_SIDE_PX};
    GVariant *variant;

    memcpy(tile.digest, &hash, sizeof tile.digest);
    g_array_append_val(scene->tiles, tile);
    g_ptr_array_add(digests, g_bytes_new(tile.digest, sizeof tile.digest));
    variant = protocol_sheet_to_variant(sheet);
    return g_variant_new_array(NULL, &variant, 1);
}

static ProtocolScene *
make_scene(GKeyFile *file, const char *group)
{
    ProtocolScene *scene = protocol_scene_new();

    scene->key = ((uint64_t)g_random_int() << 32) | g_random_int();
    scene->start_us = g_key_file_get_int64(file, group, "start", NULL);
    scene->end_us = g_key_file_get_int64(file, group, "end", NULL);
    scene->source = PROTOCOL_SOURCE_ACCESSIBLE;
    scene->width_px = WIDTH_PX;
    scene->height_px = HEIGHT_PX;
    set_text(&scene->app, file, group, "app");
    set_text(&scene->title, file, group, "title");
    set_text(&scene->url, file, group, "url");
    set_text(&scene->file, file, group, "file");
    set_text(&scene->actor, file, group, "actor");
    set_text(&scene->text, file, group, "text");
    add_spans(scene);
    return scene;
}

static gboolean
append(GDBusConnection *vault, GKeyFile *file, const char *group, GError **error)
{
    g_autoptr(ProtocolScene) scene = make_scene(file, group);
    GVariant *sheets = add_tile(scene, g_key_file_get_integer(file, group, "grey", NULL));
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        vault, NULL, "/io/deskhand/Append1", "io.deskhand.Append1", "Append",
        g_variant_new("(@a{sv}@a(aayay))", protocol_scene_to_variant(scene), sheets), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
    int64_t id;

    if (reply == NULL)
        return FALSE;
    g_variant_get(reply, "(xaay)", &id, NULL);
    printf("%" G_GINT64_FORMAT "\n", id);
    return TRUE;
}

static gboolean
append_all(const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GDBusConnection) vault = NULL;
    g_auto(GStrv) groups = NULL;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
        return FALSE;
    vault = connect_vault(error);
    if (vault == NULL)
        return FALSE;
    groups = g_key_file_get_groups(file, NULL);
    for (unsigned i = 0; groups[i] != NULL; i++) {
        if (!append(vault, file, groups[i], error))
            return FALSE;
    }
    return TRUE;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc == 2 && append_all(argv[1], &error))
        return EXIT_SUCCESS;
    fprintf(stderr, "deskhand-test-append: %s\n", error != NULL ? error->message : "name a file");
    return EXIT_FAILURE;
}
