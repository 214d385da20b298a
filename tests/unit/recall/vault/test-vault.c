/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/vault.h"

#include "protocol/picture.h"
#include "recall/vault/ingest.h"
#include "recall/vault/schema.h"
#include "recall/vault/sheets.h"
#include "recall/vault/statistics.h"
#include "recall/vault/upkeep.h"
#include "tests/unit/recall/vault/fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)
#define MONDAY_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* 2026-11-23 00:00 UTC */

static int64_t
count_hits(RecallVault *vault, int week, const char *match)
{
    RecallSegment *segment;
    sqlite3_stmt *statement;
    int64_t n;

    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    statement = recall_segment_get_statement(
        segment, "SELECT count(*) FROM scene_fts WHERE scene_fts MATCH ?1", NULL);
    sqlite3_bind_text(statement, 1, match, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    n = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return n;
}

static int64_t
ask(RecallVault *vault, int week, const char *sql)
{
    RecallSegment *segment;
    sqlite3_stmt *statement;
    int64_t n;

    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    statement = recall_segment_get_statement(segment, sql, NULL);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    n = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return n;
}

static void
test_append_and_load(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallVault) vault = fixture_open(fixture);
    g_autoptr(ProtocolScene) scene = fixture_scene(7, MONDAY_US + 1500, "hello 电脑 world");
    g_autoptr(ProtocolScene) back = NULL;
    int week = recall_segment_week_at(MONDAY_US);
    int64_t id;

    fixture_add_words(scene);
    fixture_add_tile(scene, 0, 0, 'a');
    fixture_add_tile(scene, 0, 16, 'b');
    id = fixture_append(vault, scene, "ab", NULL);
    assert_int_equal(id, ((int64_t)week << RECALL_SEGMENT_ID_BITS) | 1);

    back = recall_vault_get_scene(vault, id, NULL);
    fixture_assert_equal(scene, back);
    assert_int_equal(count_hits(vault, week, "hello"), 1);
    assert_int_equal(count_hits(vault, week, "电脑"), 1);
    assert_int_equal(count_hits(vault, week, "nothing"), 0);
}

static void
test_number_taken(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) first = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(ProtocolScene) second = fixture_scene(2, MONDAY_US + 999, "two");

    int64_t id = fixture_append(vault, first, "", NULL);

    assert_int_equal(fixture_append(vault, second, "", NULL), id + 1);
}

static void
test_replace(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) scene = fixture_scene(7, MONDAY_US, "first words");
    g_autoptr(ProtocolScene) grown = fixture_scene(7, MONDAY_US + 5000, "other sentence");
    g_autoptr(ProtocolScene) back = NULL;
    int week = recall_segment_week_at(MONDAY_US);
    int64_t id;

    fixture_add_tile(scene, 0, 0, 'a');
    fixture_add_tile(scene, 0, 16, 'b');
    fixture_add_tile(grown, 0, 0, 'b');
    fixture_add_tile(grown, 0, 16, 'c');
    id = fixture_append(vault, scene, "ab", NULL);
    assert_int_equal(fixture_append(vault, grown, "c", NULL), id);

    back = recall_vault_get_scene(vault, id, NULL);
    assert_int_equal(back->start_us, MONDAY_US);
    assert_string_equal(back->text, "other sentence");
    assert_int_equal(count_hits(vault, week, "first"), 0);
    assert_int_equal(count_hits(vault, week, "sentence"), 1);
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM tile"), 2);
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    assert_int_equal(ask(vault, week, "SELECT sum(n_tiles) FROM sheet"), 2);
    assert_int_equal(ask(vault, week, "SELECT sum(n_scenes) FROM tile"), 2);
}

static void
test_shared_tiles(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) first = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(ProtocolScene) second = fixture_scene(2, MONDAY_US + 5000, "two");
    g_autoptr(ProtocolScene) empty = fixture_scene(1, MONDAY_US, "one");
    int week = recall_segment_week_at(MONDAY_US);

    fixture_add_tile(first, 0, 0, 'a');
    fixture_add_tile(first, 0, 16, 'a'); /* twice in one scene counts once */
    fixture_add_tile(second, 0, 0, 'a');
    fixture_append(vault, first, "a", NULL);
    fixture_append(vault, second, "", NULL);
    assert_int_equal(ask(vault, week, "SELECT n_scenes FROM tile"), 2);
    fixture_append(vault, empty, "", NULL);
    assert_int_equal(ask(vault, week, "SELECT n_scenes FROM tile"), 1);
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM sheet"), 1);
}

static void
test_missing_tiles(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(GPtrArray) missing = NULL;
    g_autoptr(GPtrArray) late = fixture_sheets("bz");
    g_autoptr(GBytes) expected = fixture_digest('b');
    int64_t id;

    fixture_add_tile(scene, 0, 0, 'a');
    fixture_add_tile(scene, 0, 16, 'b');
    id = fixture_append(vault, scene, "a", &missing);
    assert_int_equal(missing->len, 1);
    assert_true(g_bytes_equal(g_ptr_array_index(missing, 0), expected));

    assert_true(recall_ingest_add_tiles(vault, id, late, NULL));
    g_clear_pointer(&missing, g_ptr_array_unref);
    fixture_append(vault, scene, "", &missing);
    assert_int_equal(missing->len, 0);
    /* z belongs to nobody and was left out. */
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    assert_int_equal(
        ask(vault, recall_segment_week_at(MONDAY_US), "SELECT sum(n_tiles) FROM sheet"), 2);
}

/* Returns: (transfer full): the only sheet */
static GBytes *
get_sheet(RecallVault *vault)
{
    RecallSegment *segment = NULL;
    sqlite3_stmt *statement;
    GBytes *bytes;

    assert_true(recall_vault_get_segment(vault, recall_segment_week_at(MONDAY_US), &segment, NULL));
    statement = recall_segment_get_statement(segment, "SELECT coded FROM sheet", NULL);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    bytes =
        g_bytes_new(sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
    return bytes;
}

/* Pixels that no scene shows any more leave the sheet that they came with. */
static void
test_sheet_shrinks(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(ProtocolScene) grown = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(ProtocolScene) empty = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(GBytes) expected = fixture_encode("ac");
    g_autoptr(GBytes) coded = NULL;

    for (char letter = 'a'; letter <= 'c'; letter++)
        fixture_add_tile(scene, 0, (uint16_t)(16 * (letter - 'a')), letter);
    fixture_add_tile(grown, 0, 0, 'a');
    fixture_add_tile(grown, 0, 32, 'c');
    fixture_append(vault, scene, "abcd", NULL);
    fixture_append(vault, grown, "", NULL);
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    coded = get_sheet(vault);
    assert_true(g_bytes_equal(coded, expected));
    fixture_append(vault, empty, "", NULL);
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    assert_int_equal(ask(vault, recall_segment_week_at(MONDAY_US), "SELECT count(*) FROM sheet"),
                     0);
}

/* Many small sheets become one, and each tile is where it was. */
static void
test_sheets_merge(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(GBytes) expected = NULL;
    g_autoptr(GBytes) coded = NULL;
    char all[RECALL_SHEETS_N_YOUNG_MAX + 2] = "";
    int week = recall_segment_week_at(MONDAY_US);

    for (unsigned i = 0; i <= RECALL_SHEETS_N_YOUNG_MAX; i++) {
        g_autoptr(ProtocolScene) scene = fixture_scene(i + 1, MONDAY_US + i * 1000, "one");
        char letter[] = {(char)('A' + i), '\0'};

        fixture_add_tile(scene, 0, 0, letter[0]);
        recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE); /* still too few */
        fixture_append(vault, scene, letter, NULL);
        all[i] = letter[0];
    }
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM sheet"), RECALL_SHEETS_N_YOUNG_MAX + 1);
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    expected = fixture_encode(all);
    coded = get_sheet(vault);
    assert_true(g_bytes_equal(coded, expected));
    assert_int_equal(ask(vault, week, "SELECT sum(place) FROM tile"),
                     RECALL_SHEETS_N_YOUNG_MAX * (RECALL_SHEETS_N_YOUNG_MAX + 1) / 2);
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM young_sheet"), 0);
}

/* One sheet of many colours, another for each @seed. */
static GPtrArray *
colourful_sheet(const ProtocolTile *tile, uint32_t seed)
{
    GPtrArray *sheets = g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    GPtrArray *digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autofree uint32_t *pixels = g_new(uint32_t, (size_t)tile->width * tile->height);
    ProtocolSheetTile source = {tile->width, tile->height, 4 * (size_t)tile->width,
                                (const uint8_t *)pixels};

    for (uint32_t i = 0; i < (uint32_t)tile->width * tile->height; i++)
        pixels[i] = seed * 1000000 + i;
    g_ptr_array_add(digests, g_bytes_new(tile->digest, sizeof tile->digest));
    g_ptr_array_add(sheets, protocol_sheet_new(digests, protocol_sheet_pixels_encode(&source, 1)));
    return sheets;
}

/* Two that have more colours than one sheet can have stay two, and it comes to an end. */
static void
test_too_much_to_merge(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int week = recall_segment_week_at(MONDAY_US);

    for (uint32_t i = 0; i < 2; i++) {
        g_autoptr(ProtocolScene) scene = fixture_scene(i + 1, MONDAY_US + i * 1000, "one");
        ProtocolTile tile = {.width = 250, .height = 200, .digest = {(uint8_t)i}};
        RecallAppend *append;
        g_autoptr(GPtrArray) appends =
            g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);

        g_array_append_val(scene->tiles, tile);
        append = recall_append_new(fixture_copy(scene), colourful_sheet(&tile, i));
        g_ptr_array_add(appends, append);
        recall_ingest_append_all(vault, appends);
        fixture_check(append->error);
    }
    recall_upkeep_tidy(recall_vault_get_catalog(vault), TRUE);
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM sheet WHERE n_tiles = 1"), 2);
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM young_sheet"), 0);
}

/* Closing merges what there is. */
static void
test_close_merges(void **state)
{
    RecallVault *vault = fixture_open(*state);
    g_autoptr(RecallVault) again = NULL;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(GBytes) coded = NULL;
    g_autoptr(GBytes) expected = fixture_encode("ab");

    fixture_add_tile(scene, 0, 0, 'a');
    fixture_append(vault, scene, "a", NULL);
    fixture_add_tile(scene, 0, 16, 'b');
    fixture_append(vault, scene, "b", NULL);
    recall_vault_close(vault);
    again = fixture_open(*state);
    coded = get_sheet(again);
    assert_true(g_bytes_equal(coded, expected));
}

/* What cannot be decoded cannot be shrunk: it goes as a whole, and is asked for again. */
static void
test_odd_sheet(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(GPtrArray) sheets = fixture_sheets("ab");
    g_autoptr(GPtrArray) missing = NULL;
    ProtocolSheet *sheet = sheets->pdata[0];
    int64_t id;

    g_bytes_unref(sheet->coded);
    sheet->coded = g_bytes_new_static("no pixels", 9);
    fixture_add_tile(scene, 0, 0, 'a');
    id = fixture_append(vault, scene, "", NULL);
    assert_true(recall_ingest_add_tiles(vault, id, sheets, NULL));
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    fixture_append(vault, scene, "", &missing);
    assert_int_equal(missing->len, 1);
}

/* A row more than was coded for the second of two tiles. */
static GBytes *
stretch(GBytes *coded)
{
    uint8_t content[4096];
    size_t n_bytes = ZSTD_decompress(content, sizeof content, g_bytes_get_data(coded, NULL),
                                     g_bytes_get_size(coded));
    size_t n_max = ZSTD_compressBound(sizeof content);
    uint8_t *data = g_malloc(n_max);

    assert_false(ZSTD_isError(n_bytes));
    content[8]++; /* u16 number, then of each u16 width and height */
    return g_bytes_new_take(data, ZSTD_compress(data, n_max, content, n_bytes, 1));
}

/* One of which only the first tile can be decoded goes as a whole, too, and others beside it stay.
 */
static void
test_half_odd_sheet(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int week = recall_segment_week_at(MONDAY_US);
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(GPtrArray) sheets = fixture_sheets("ab");
    g_autoptr(GPtrArray) missing = NULL;
    ProtocolSheet *sheet = sheets->pdata[0];
    GBytes *stretched = stretch(sheet->coded);
    int64_t id;

    g_bytes_unref(sheet->coded);
    sheet->coded = stretched;
    fixture_add_tile(scene, 0, 0, 'a');
    fixture_add_tile(scene, 0, 16, 'b');
    id = fixture_append(vault, scene, "", NULL);
    assert_true(recall_ingest_add_tiles(vault, id, sheets, NULL));
    fixture_add_tile(scene, 0, 32, 'c');
    fixture_append(vault, scene, "c", NULL);
    fixture_add_tile(scene, 0, 48, 'd');
    fixture_append(vault, scene, "d", NULL);
    recall_upkeep_tidy(recall_vault_get_catalog(vault), TRUE);
    assert_int_equal(ask(vault, week, "SELECT count(*) FROM sheet WHERE n_tiles = 1"), 2);
    assert_int_equal(ask(vault, week, "SELECT sum(place) FROM tile WHERE sheet NOT NULL"), 0);
    fixture_append(vault, scene, "", &missing);
    assert_int_equal(missing->len, 2);
}

static void
test_picture(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(ProtocolPicture) picture = NULL;
    g_autoptr(GMappedFile) file = NULL;
    g_autoptr(GBytes) bytes = NULL;
    int fd;

    fixture_add_tile(scene, 0, 0, 'a');
    fixture_add_tile(scene, 32, 16, 'b');
    fd = recall_vault_get_picture(vault, fixture_append(vault, scene, "a", NULL), NULL);
    assert_true(fd >= 0);
    file = g_mapped_file_new_from_fd(fd, FALSE, NULL);
    close(fd);
    bytes = g_mapped_file_get_bytes(file);
    picture = protocol_picture_parse(bytes, NULL);
    assert_non_null(picture);
    assert_int_equal(picture->width_px, scene->width_px);
    assert_int_equal(picture->tiles->len, 2);
    assert_int_equal(picture->sheets->len, 1);
    assert_int_equal(g_array_index(picture->tiles, ProtocolPictureTile, 0).sheet, 0);
    assert_int_equal(g_array_index(picture->tiles, ProtocolPictureTile, 1).sheet,
                     PROTOCOL_PICTURE_NO_SHEET);
    assert_int_equal(g_array_index(picture->tiles, ProtocolPictureTile, 1).x, 32);
}

/* A segment as the first release wrote it, in which each tile was a WebP of its own. */
#define MAKE_OLD                                                                                   \
    "CREATE TABLE tile_webp(id INTEGER PRIMARY KEY, webp BLOB NOT NULL);"                          \
    "INSERT INTO tile_webp SELECT id, x'524946460000' FROM tile WHERE sheet IS NOT NULL;"          \
    "DROP INDEX tile_sheet; DROP TABLE young_sheet; ALTER TABLE tile DROP COLUMN sheet;"           \
    "ALTER TABLE tile DROP COLUMN place; DROP TABLE sheet; PRAGMA user_version=1"

static void
test_old_segment(void **state)
{
    RecallVault *vault = fixture_open(*state);
    g_autoptr(RecallVault) again = NULL;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallSegment *segment;
    int week = recall_segment_week_at(MONDAY_US);

    fixture_add_tile(scene, 0, 0, 'a');
    fixture_add_tile(scene, 0, 16, 'b');
    fixture_append(vault, scene, "a", NULL);
    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    assert_true(recall_segment_execute(segment, MAKE_OLD, NULL));
    recall_vault_close(vault);

    again = fixture_open(*state);
    assert_int_equal(count_hits(again, week, "one"), 1);
    assert_int_equal(ask(again, week, "SELECT count(*) FROM tile"), 2);
    assert_int_equal(ask(again, week,
                         "SELECT count(*) FROM tile JOIN sheet ON sheet.id = tile.sheet"
                         " WHERE place = 0 AND n_tiles = 1 AND length(coded) = 6"),
                     1);
    assert_int_equal(ask(again, week, "PRAGMA user_version"), 3);
}

static void
test_touch(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int64_t sunday_us = MONDAY_US - G_USEC_PER_SEC;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, sunday_us, "one");
    g_autoptr(ProtocolScene) back = NULL;
    g_autoptr(ProtocolScene) capped = NULL;
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(RecallEnd));
    RecallEnd list[] = {{1, MONDAY_US + 5}, {99, MONDAY_US + 5}, {1, MONDAY_US + 2}};
    RecallEnd late = {1, sunday_us + RECALL_SCENE_DURATION_MAX_US + 5};
    int64_t id = fixture_append(vault, scene, "", NULL);

    g_array_append_vals(ends, list, G_N_ELEMENTS(list));
    assert_true(recall_ingest_touch(vault, ends, NULL));
    back = recall_vault_get_scene(vault, id, NULL);
    assert_int_equal(back->end_us, MONDAY_US + 5);

    g_array_set_size(ends, 0);
    g_array_append_val(ends, late);
    assert_true(recall_ingest_touch(vault, ends, NULL));
    capped = recall_vault_get_scene(vault, id, NULL);
    assert_int_equal(capped->end_us, sunday_us + RECALL_SCENE_DURATION_MAX_US);
}

static void
test_lock(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallVault) vault = fixture_open(fixture);
    g_autoptr(GError) error = NULL;

    assert_null(recall_vault_open(fixture->folder, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BUSY));
}

static void
test_modes(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallVault) vault = fixture_open(fixture);
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(GDir) dir = NULL;
    const char *name;
    struct stat about;

    fixture_append(vault, scene, "", NULL);
    assert_int_equal(stat(fixture->folder, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    dir = g_dir_open(fixture->folder, 0, NULL);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
        assert_false(g_str_has_suffix(name, "-shm"));
    }
}

static void
test_statistics(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(ProtocolScene) old = fixture_scene(1, MONDAY_US - 5, "one");
    g_autoptr(ProtocolScene) new = fixture_scene(2, MONDAY_US + 5, "two");
    RecallStatistics statistics;

    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_scenes, 0);
    assert_int_equal(statistics.oldest_us, 0);
    fixture_append(vault, new, "", NULL);
    fixture_append(vault, old, "", NULL);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_scenes, 2);
    assert_int_equal(statistics.n_segments, 2);
    assert_int_equal(statistics.oldest_us, MONDAY_US - 5);
    assert_true(statistics.n_bytes > 0);
}

/* The clock goes a year ahead, back, a day back and on again: nothing is refused, nothing lost,
 * also with another start in between. */
static void
test_clock_jumps(void **state)
{
    static const int64_t jumps_us[] = {0, 365 * DAY_US,     1,          -DAY_US,
                                       2, 365 * DAY_US + 1, -8 * DAY_US};
    int64_t ids[G_N_ELEMENTS(jumps_us)];

    for (unsigned i = 0; i < G_N_ELEMENTS(jumps_us); i++) {
        g_autoptr(RecallVault) vault = fixture_open(*state);
        g_autoptr(ProtocolScene) scene = fixture_scene(i + 1, MONDAY_US + jumps_us[i], "words");
        g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(RecallEnd));
        const RecallEnd end = {i + 1, MONDAY_US + jumps_us[i] - DAY_US}; /* before its start */

        ids[i] = fixture_append(vault, scene, "", NULL);
        g_array_append_val(ends, end);
        assert_true(recall_ingest_touch(vault, ends, NULL));
    }
    g_autoptr(RecallVault) vault = fixture_open(*state);
    for (unsigned i = 0; i < G_N_ELEMENTS(jumps_us); i++) {
        g_autoptr(ProtocolScene) back = recall_vault_get_scene(vault, ids[i], NULL);

        assert_non_null(back);
        assert_true(back->start_us == MONDAY_US + jumps_us[i] && back->end_us >= back->start_us);
    }
}

/* What cannot be read is no empty history. */
static void
test_unreadable(void **state)
{
    RecallVault *vault = fixture_open(*state);
    g_autoptr(ProtocolScene) old = fixture_scene(1, MONDAY_US - 5, "one");
    g_autoptr(ProtocolScene) new = fixture_scene(2, MONDAY_US + 5, "two");
    g_autofree char *path = fixture_path(*state, MONDAY_US - 5);
    RecallStatistics statistics;

    fixture_append(vault, old, "", NULL);
    fixture_append(vault, new, "", NULL);
    recall_vault_close(vault);
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(g_mkdir(path, 0700), 0); /* the superuser may read every file, but no folder */
    vault = fixture_open(*state);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    recall_vault_close(vault);
    assert_int_equal(g_rmdir(path), 0);
    assert_int_equal(statistics.n_scenes, 1);
    assert_int_equal(statistics.n_unreadable, 1);
    assert_int_equal(statistics.n_damaged, 0);
    assert_non_null(strstr(statistics.unreadable_why, path));
}

static void
overwrite(const Fixture *fixture, int64_t at_us, size_t offset, size_t n_bytes)
{
    g_autofree char *path = fixture_path(fixture, at_us);
    g_autofree char *junk = g_malloc(n_bytes);
    int fd = g_open(path, O_WRONLY, 0);

    memset(junk, 0xa5, n_bytes);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, junk, n_bytes, (off_t)offset), n_bytes);
    close(fd);
}

/* Damage is met when the file is opened, and when a page of it is read later. */
static void
check_damage(const Fixture *fixture, size_t offset, size_t n_bytes)
{
    g_autoptr(ProtocolScene) old = fixture_scene(1, MONDAY_US - 5, "one");
    g_autoptr(ProtocolScene) new = fixture_scene(2, MONDAY_US + 5, "two");
    g_autoptr(RecallVault) again = NULL;
    RecallStatistics statistics;
    RecallVault *vault = fixture_open(fixture);
    int64_t old_id = fixture_append(vault, old, "", NULL);
    int64_t id = fixture_append(vault, new, "", NULL);

    recall_vault_close(vault);
    overwrite(fixture, MONDAY_US, offset, n_bytes);
    again = fixture_open(fixture);
    assert_null(recall_vault_get_scene(again, id, NULL));
    g_autoptr(ProtocolScene) back = recall_vault_get_scene(again, old_id, NULL);
    assert_non_null(back);
    assert_true(fixture_append(again, new, "", NULL) >= 0);
    assert_true(recall_statistics_gather(again, &statistics, NULL));
    assert_int_equal(statistics.n_damaged, 1);
    assert_int_equal(statistics.n_scenes, 2);
}

static void
test_damaged_head(void **state)
{
    check_damage(*state, 0, 4096);
}

static void
test_damaged_tables(void **state)
{
    check_damage(*state, 4096, 200000);
}

/* What a crash of the file system, or a hand that slipped, leaves. The log goes with it. */
static void
check_cut(const Fixture *fixture, off_t n_bytes)
{
    g_autoptr(ProtocolScene) old = fixture_scene(1, MONDAY_US - 5, "one");
    g_autoptr(ProtocolScene) new = fixture_scene(2, MONDAY_US + 5, "two");
    g_autofree char *path = fixture_path(fixture, MONDAY_US);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *log_aside = g_strconcat(path, ".1.damaged-wal", NULL);
    g_autoptr(RecallVault) again = NULL;
    RecallStatistics statistics;
    RecallVault *vault = fixture_open(fixture);
    int64_t old_id = fixture_append(vault, old, "", NULL);
    int64_t id = fixture_append(vault, new, "", NULL);

    recall_vault_close(vault);
    assert_int_equal(truncate(path, n_bytes), 0);
    assert_true(g_file_set_contents(log, "log", -1, NULL));
    again = fixture_open(fixture);
    assert_null(recall_vault_get_scene(again, id, NULL));
    g_autoptr(ProtocolScene) back = recall_vault_get_scene(again, old_id, NULL);
    assert_non_null(back);
    assert_true(fixture_append(again, new, "", NULL) >= 0);
    assert_true(g_file_test(log_aside, G_FILE_TEST_EXISTS));
    assert_true(recall_statistics_gather(again, &statistics, NULL));
    assert_int_equal(statistics.n_damaged, 1);
    assert_int_equal(statistics.n_scenes, 2);
}

static void
test_cut_to_nothing(void **state)
{
    check_cut(*state, 0);
}

static void
test_cut_in_first_page(void **state)
{
    check_cut(*state, 1000);
}

static void
test_damaged_append(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) first = fixture_scene(1, MONDAY_US, "one");
    g_autoptr(ProtocolScene) second = fixture_scene(2, MONDAY_US + 5, "two");
    g_autoptr(RecallVault) again = NULL;
    RecallVault *vault = fixture_open(fixture);

    fixture_append(vault, first, "", NULL);
    recall_vault_close(vault);
    overwrite(fixture, MONDAY_US, 0, 65536);
    again = fixture_open(fixture);
    assert_true(fixture_append(again, second, "", NULL) >= 0);
    g_autofree char *name = recall_segment_dup_name(recall_segment_week_at(MONDAY_US));
    g_autofree char *aside = g_strdup_printf("%s/%s.1.damaged", fixture->folder, name);
    assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
}

static void
test_too_new(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(RecallVault) again = NULL;
    g_autoptr(RecallAppend) append = NULL;
    g_autoptr(GPtrArray) appends = g_ptr_array_new();
    RecallSegment *segment;

    fixture_append(vault, scene, "", NULL);
    recall_vault_get_segment(vault, recall_segment_week_at(MONDAY_US), &segment, NULL);
    assert_true(recall_segment_execute(segment, "PRAGMA user_version=4", NULL));
    recall_vault_close(vault);

    again = fixture_open(fixture);
    append = recall_append_new(g_steal_pointer(&scene), NULL);
    g_ptr_array_add(appends, append);
    recall_ingest_append_all(again, appends);
    assert_true(g_error_matches(append->error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_TOO_NEW));
}

static void
test_names(void **state)
{
    static const char *const bad[] = {
        "",     "2026-W48.db-wal", "2026-W54.db", "2026-W00.db", "2026-W4x.db",
        "lock", "1969-W01.db",     "20x6-W48.db"};

    for (int week = 0; week < 4000; week++) {
        g_autofree char *name = recall_segment_dup_name(week);

        assert_int_equal(recall_segment_week_of_name(name), week);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(recall_segment_week_of_name(bad[i]), -1);
}

static void
test_many_open(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int64_t ids[RECALL_CATALOG_N_OPEN_MAX + 5];

    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autoptr(ProtocolScene) scene =
            fixture_scene(i + 1, MONDAY_US - i * RECALL_SEGMENT_WEEK_US, "word");

        ids[i] = fixture_append(vault, scene, "", NULL);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autoptr(ProtocolScene) scene = recall_vault_get_scene(vault, ids[i], NULL);

        assert_non_null(scene);
    }
}

/* Pieces of the index: the upper bits of a block's number name its piece, 1 and 10 are FTS5's own.
 */
#define SQL_N_PIECES "SELECT count(DISTINCT id >> 37) FROM scene_fts_data WHERE id > 10"

/* When a week is over its index becomes one piece, and finds what it found. */
static void
test_settled(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int week = recall_segment_week_at(MONDAY_US);
    g_autoptr(ProtocolScene) next = fixture_scene(100, MONDAY_US + RECALL_SEGMENT_WEEK_US, "next");

    for (unsigned i = 0; i < 10; i++) {
        g_autofree char *text = fixture_lorem(100, i);
        g_autoptr(ProtocolScene) scene = fixture_scene(i + 1, MONDAY_US + i * 5000, text);

        fixture_append(vault, scene, "", NULL);
    }
    assert_true(ask(vault, week, SQL_N_PIECES) > 1);
    for (unsigned i = 0; i < 3; i++)
        fixture_append(vault, next, "", NULL);
    assert_int_equal(ask(vault, week, SQL_N_PIECES), 1);
    assert_int_equal(count_hits(vault, week, "title"), 10);
}

/* A file that may not grow any more stands for a full disk. */
static void
test_full_disk(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallVault) vault = fixture_open(fixture);
    struct rlimit limit;
    struct rlimit small;
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 600 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (unsigned i = 0; i < 10000 && error == NULL; i++) {
        g_autoptr(GPtrArray) appends = g_ptr_array_new();
        g_autofree char *text = g_strdup_printf("word%u %0200u", i, i);
        g_autoptr(RecallAppend) append =
            recall_append_new(fixture_scene(i + 1, MONDAY_US + i * 5000, text), NULL);

        g_ptr_array_add(appends, append);
        recall_ingest_append_all(vault, appends);
        if (append->error == NULL)
            g_ptr_array_add(ids, g_memdup2(&append->id, sizeof append->id));
        error = g_steal_pointer(&append->error);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        fixture_check(error);
    assert_true(ids->len > 10);
    for (unsigned i = 0; i < ids->len; i++) {
        g_autoptr(ProtocolScene) scene =
            recall_vault_get_scene(vault, *(int64_t *)g_ptr_array_index(ids, i), NULL);

        assert_non_null(scene);
        g_free(g_ptr_array_index(ids, i));
    }
    /* There is room again: it goes on without being opened anew. */
    g_autoptr(ProtocolScene) after = fixture_scene(99999, MONDAY_US + 7777777, "after");
    assert_true(fixture_append(vault, after, "", NULL) >= 0);
    assert_int_equal(ask(vault, recall_segment_week_at(MONDAY_US),
                         "SELECT count(*) FROM pragma_integrity_check"
                         " WHERE integrity_check = 'ok'"),
                     1);
}

/* A scene that a person types into is sent again and again. */
static void
test_no_growth(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallVault) vault = fixture_open(fixture);
    g_autofree char *path = fixture_path(fixture, MONDAY_US);
    int week = recall_segment_week_at(MONDAY_US);
    int64_t n_first = 0;
    int64_t n_last = 0;

    for (unsigned i = 0; i < 300; i++) {
        g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "");

        g_free(scene->text);
        scene->text = fixture_lorem(400 + i, i);
        fixture_add_words(scene);
        fixture_append(vault, scene, "", NULL);
        n_last = ask(vault, week, "PRAGMA page_count");
        if (i == 50)
            n_first = n_last;
    }
    print_message("pages after 50 updates %d, after 300 %d\n", (int)n_first, (int)n_last);
    assert_true(n_last <= n_first * 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_append_and_load, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_number_taken, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_replace, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_shared_tiles, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_missing_tiles, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_sheet_shrinks, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_sheets_merge, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_too_much_to_merge, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_close_merges, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_odd_sheet, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_half_odd_sheet, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_old_segment, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_picture, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_touch, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_lock, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_modes, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_statistics, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_clock_jumps, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_unreadable, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_head, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_tables, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_cut_to_nothing, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_cut_in_first_page, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_append, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_too_new, fixture_set_up, fixture_tear_down),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_many_open, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_settled, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_no_growth, fixture_set_up, fixture_tear_down),
    };

    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
