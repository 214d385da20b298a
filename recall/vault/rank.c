/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/rank.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* The usual ones. */
#define SATURATION 1.2
#define LENGTH_SHARE 0.75
#define N_PHRASES_MAX 64 /* beyond it they do not weigh */
#define N_PLACES_MAX 512 /* of one row that are looked at */

/* text, title, app, url, file, actor */
static const double field_weights[] = {1, 5, 2, 1.5, 2, 0};

typedef struct {
    double mean_length;
    double rarities[N_PHRASES_MAX];
} Norms;

double
recall_rank_share(double frequency, double rarity, double length, double mean_length)
{
    double long_by = 1 - LENGTH_SHARE + LENGTH_SHARE * length / MAX(mean_length, 1);

    return rarity * frequency * (SATURATION + 1) / (frequency + SATURATION * long_by);
}

double
recall_rank_rarity(double n_rows, double n_hits)
{
    return log(1 + (MAX(n_rows - n_hits, 0) + 0.5) / (n_hits + 0.5));
}

static int
count_row(const Fts5ExtensionApi *api, Fts5Context *fts, void *user_data)
{
    *(double *)user_data += 1;
    return SQLITE_OK;
}

static void
answer_norms(const Fts5ExtensionApi *api,
             Fts5Context *fts,
             sqlite3_context *context,
             int n_values,
             sqlite3_value **values)
{
    Norms norms = {0};
    sqlite3_int64 n_rows = 0;
    sqlite3_int64 n_tokens = 0;
    int n_phrases = MIN(api->xPhraseCount(fts), N_PHRASES_MAX);
    int result = api->xRowCount(fts, &n_rows);

    if (result == SQLITE_OK)
        result = api->xColumnTotalSize(fts, 0, &n_tokens);
    norms.mean_length = (double)n_tokens / MAX(n_rows, 1);
    for (int i = 0; i < n_phrases && result == SQLITE_OK; i++) {
        double n_hits = 0;

        result = api->xQueryPhrase(fts, i, &n_hits, count_row);
        norms.rarities[i] = recall_rank_rarity(n_rows, n_hits);
    }
    if (result != SQLITE_OK)
        sqlite3_result_error_code(context, result);
    else
        sqlite3_result_blob(context, &norms, sizeof norms, SQLITE_TRANSIENT);
}

static int
count_places(const Fts5ExtensionApi *api, Fts5Context *fts, double *frequencies)
{
    int n_places = 0;
    int result = api->xInstCount(fts, &n_places);

    for (int i = 0; i < MIN(n_places, N_PLACES_MAX) && result == SQLITE_OK; i++) {
        int phrase = 0;
        int column = 0;
        int offset = 0;

        result = api->xInst(fts, i, &phrase, &column, &offset);
        if (phrase < N_PHRASES_MAX && column < (int)G_N_ELEMENTS(field_weights))
            frequencies[phrase] += field_weights[column];
    }
    return result;
}

static void
answer_weight(const Fts5ExtensionApi *api,
              Fts5Context *fts,
              sqlite3_context *context,
              int n_values,
              sqlite3_value **values)
{
    double frequencies[N_PHRASES_MAX] = {0};
    Norms norms = {0};
    double weight = 0;
    int length = 0;
    int result = SQLITE_MISUSE;

    if (n_values == 1 && sqlite3_value_bytes(values[0]) == sizeof norms) {
        memcpy(&norms, sqlite3_value_blob(values[0]), sizeof norms);
        result = api->xColumnSize(fts, 0, &length);
    }
    if (result == SQLITE_OK)
        result = count_places(api, fts, frequencies);
    if (result != SQLITE_OK) {
        sqlite3_result_error_code(context, result);
        return;
    }
    for (int i = 0; i < MIN(api->xPhraseCount(fts), N_PHRASES_MAX); i++)
        weight += recall_rank_share(frequencies[i], norms.rarities[i], length, norms.mean_length);
    sqlite3_result_double(context, weight);
}

gboolean
recall_rank_register(sqlite3 *db, GError **error)
{
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    if (api != NULL &&
        api->xCreateFunction(api, "deskhand_norms", NULL, answer_norms, NULL) == SQLITE_OK &&
        api->xCreateFunction(api, "deskhand_weigh", NULL, answer_weight, NULL) == SQLITE_OK)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot register the weighing: %s",
                sqlite3_errmsg(db));
    return FALSE;
}
