/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/result.h"

#include "recall/vault/scene-id.h"

#define COLUMNS "start_us, end_us, source, app, title, url, file, actor"
#define SQL_ROW "SELECT " COLUMNS ", text, spans FROM scene WHERE id = ?1"
#define SQL_PLAIN_ROW "SELECT " COLUMNS " FROM scene WHERE id = ?1" /* saves reading the text */

enum { START, END, SOURCE, APP, TITLE, URL, FILE_NAME, ACTOR, TEXT, SPANS };

void
recall_result_free(RecallResult *self)
{
    if (self == NULL)
        return;
    g_free(self->app);
    g_free(self->title);
    g_free(self->url);
    g_free(self->file);
    g_free(self->actor);
    recall_snippet_free(self->snippet);
    g_clear_pointer(&self->words, g_array_unref);
    g_clear_pointer(&self->word_texts, g_ptr_array_unref);
    g_free(self);
}

static RecallFieldText
get_field(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return (RecallFieldText){text != NULL ? text : "", (size_t)sqlite3_column_bytes(row, column)};
}

static gboolean
meets_literals(sqlite3_stmt *row, const RecallResultDemand *demand)
{
    RecallFieldText fields[RECALL_N_FIELDS] = {
        [RECALL_FIELD_TEXT] = get_field(row, TEXT),
        [RECALL_FIELD_TITLE] = get_field(row, TITLE),
        [RECALL_FIELD_APP] = get_field(row, APP),
        [RECALL_FIELD_URL] = get_field(row, URL),
        [RECALL_FIELD_FILE] = get_field(row, FILE_NAME),
        [RECALL_FIELD_ACTOR] = get_field(row, ACTOR),
    };

    return recall_match_literals(demand->query, demand->reading, fields);
}

/* A scene that has no length counts at its start. */
static gboolean
meets_time(sqlite3_stmt *row, const RecallTimeRange *range)
{
    int64_t start_us = sqlite3_column_int64(row, START);
    int64_t end_us = sqlite3_column_int64(row, END);

    return start_us < range->until_us && (end_us > range->since_us || start_us >= range->since_us);
}

/* Boxes that cannot be read are no reason to hide the scene. */
static void
add_words(RecallResult *self, sqlite3_stmt *row, const RecallFieldText *text, const GArray *hits)
{
    const void *data = sqlite3_column_blob(row, SPANS);
    g_autoptr(GBytes) packed = g_bytes_new(data, (size_t)sqlite3_column_bytes(row, SPANS));
    g_autoptr(GArray) spans = protocol_spans_unpack(packed, text->length_bytes, NULL);

    self->word_texts = g_ptr_array_new_with_free_func(g_free);
    if (spans == NULL)
        spans = g_array_new(FALSE, FALSE, sizeof(ProtocolSpan));
    self->words = recall_snippet_find_words(text->text, spans, hits);
    for (unsigned i = 0; i < self->words->len; i++) {
        const RecallWord *word = &g_array_index(self->words, RecallWord, i);

        g_ptr_array_add(self->word_texts, g_strndup(text->text + word->start_bytes,
                                                    word->end_bytes - word->start_bytes));
    }
}

static void
add_hits(RecallResult *self, sqlite3_stmt *row, const RecallResultDemand *demand)
{
    RecallFieldText text = get_field(row, TEXT);
    g_autoptr(GArray) hits = recall_match_find(demand->query, demand->reading, RECALL_FIELD_TEXT,
                                               text.text, text.length_bytes);

    self->snippet = recall_snippet_new(text.text, text.length_bytes, hits);
    add_words(self, row, &text, hits);
}

static RecallResult *
make_result(RecallSegment *segment, int64_t id, sqlite3_stmt *row, const RecallResultDemand *demand)
{
    RecallResult *self = g_new0(RecallResult, 1);
    int64_t week = recall_segment_get_week(segment);

    self->id = recall_scene_id_make(week, id);
    self->start_us = sqlite3_column_int64(row, START);
    self->end_us = sqlite3_column_int64(row, END);
    self->source = sqlite3_column_int(row, SOURCE);
    self->app = g_strdup(get_field(row, APP).text);
    self->title = g_strdup(get_field(row, TITLE).text);
    self->url = g_strdup(get_field(row, URL).text);
    self->file = g_strdup(get_field(row, FILE_NAME).text);
    self->actor = g_strdup(get_field(row, ACTOR).text);
    if (!demand->is_plain)
        add_hits(self, row, demand);
    return self;
}

gboolean
recall_result_load(RecallSegment *segment,
                   int64_t row,
                   const RecallResultDemand *demand,
                   RecallResult **out_result,
                   GError **error)
{
    gboolean needs_text = !demand->is_plain || demand->needs_literals;
    sqlite3_stmt *statement =
        recall_segment_get_statement(segment, needs_text ? SQL_ROW : SQL_PLAIN_ROW, error);
    int code = SQLITE_ERROR;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, row);
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        recall_segment_set_error(segment, error);
        sqlite3_reset(statement);
        return FALSE;
    }
    *out_result = NULL;
    if (code == SQLITE_ROW && meets_time(statement, &demand->range) &&
        (!demand->needs_literals || meets_literals(statement, demand)))
        *out_result = make_result(segment, row, statement, demand);
    sqlite3_reset(statement);
    return TRUE;
}
