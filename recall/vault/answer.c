/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/answer.h"

#include "recall/vault/statistics.h"

#include <string.h>

static void
add(GVariantBuilder *builder, const char *key, GVariant *value)
{
    g_variant_builder_add(builder, "{sv}", key, value);
}

static void
add_word(GVariantBuilder *builder, const char *text, const BaseRect *box)
{
    g_variant_builder_add(builder, "(siiii)", text, box->x, box->y, box->width, box->height);
}

static GVariant *
wrap_words(const GArray *words, const GPtrArray *texts)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(siiii)"));
    for (unsigned i = 0; i < words->len; i++)
        add_word(&builder, g_ptr_array_index(texts, i), &g_array_index(words, RecallWord, i).box);
    return g_variant_builder_end(&builder);
}

static GVariant *
wrap_marks(const GArray *marks)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(uu)"));
    for (unsigned i = 0; i < marks->len; i++) {
        const RecallHit *mark = &g_array_index(marks, RecallHit, i);

        g_variant_builder_add(&builder, "(uu)", mark->start_bytes,
                              mark->end_bytes - mark->start_bytes);
    }
    return g_variant_builder_end(&builder);
}

static void
add_result(GVariantBuilder *builder, const RecallResult *result)
{
    g_variant_builder_open(builder, G_VARIANT_TYPE_VARDICT);
    add(builder, "scene", g_variant_new_int64(result->id));
    add(builder, "start", g_variant_new_int64(result->start_us));
    add(builder, "end", g_variant_new_int64(result->end_us));
    add(builder, "app", g_variant_new_string(result->app));
    add(builder, "title", g_variant_new_string(result->title));
    add(builder, "url", g_variant_new_string(result->url));
    add(builder, "file", g_variant_new_string(result->file));
    add(builder, "actor", g_variant_new_string(result->actor));
    add(builder, "source", g_variant_new_string(protocol_source_name(result->source)));
    if (result->snippet != NULL) {
        add(builder, "snippet", g_variant_new_string(result->snippet->text));
        add(builder, "marks", wrap_marks(result->snippet->marks));
        add(builder, "words", wrap_words(result->words, result->word_texts));
    }
    g_variant_builder_close(builder);
}

GVariant *
recall_answer_results(const GPtrArray *results)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (unsigned i = 0; i < results->len; i++)
        add_result(&builder, g_ptr_array_index(results, i));
    return g_variant_builder_end(&builder);
}

static GVariant *
wrap_spans(const ProtocolScene *scene)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(siiii)"));
    for (unsigned i = 0; i < scene->spans->len; i++) {
        const ProtocolSpan *span = &g_array_index(scene->spans, ProtocolSpan, i);
        g_autofree char *text = g_strndup(scene->text + span->start_bytes, span->length_bytes);

        add_word(&builder, text, &span->box);
    }
    return g_variant_builder_end(&builder);
}

/* By the most exact understanding of the query that finds something in this text. */
static GVariant *
wrap_hits(const ProtocolScene *scene, const RecallQuery *query)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) words = NULL;
    g_autoptr(GArray) hits = NULL;
    int reading = RECALL_READING_LITERAL;

    for (; reading >= 0; reading = recall_query_next_reading(query, reading)) {
        g_clear_pointer(&hits, g_array_unref);
        hits =
            recall_match_find(query, reading, RECALL_FIELD_TEXT, scene->text, strlen(scene->text));
        if (hits->len > 0)
            break;
    }
    words = recall_snippet_find_words(scene->text, scene->spans, hits);
    for (unsigned i = 0; i < words->len; i++) {
        const RecallWord *word = &g_array_index(words, RecallWord, i);

        g_ptr_array_add(
            texts, g_strndup(scene->text + word->start_bytes, word->end_bytes - word->start_bytes));
    }
    return wrap_words(words, texts);
}

GVariant *
recall_answer_scene(int64_t id, const ProtocolScene *scene, const RecallQuery *query)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    add(&builder, "scene", g_variant_new_int64(id));
    add(&builder, "start", g_variant_new_int64(scene->start_us));
    add(&builder, "end", g_variant_new_int64(scene->end_us));
    add(&builder, "app", g_variant_new_string(scene->app));
    add(&builder, "title", g_variant_new_string(scene->title));
    add(&builder, "url", g_variant_new_string(scene->url));
    add(&builder, "file", g_variant_new_string(scene->file));
    add(&builder, "actor", g_variant_new_string(scene->actor));
    add(&builder, "source", g_variant_new_string(protocol_source_name(scene->source)));
    add(&builder, "text", g_variant_new_string(scene->text));
    add(&builder, "words", wrap_spans(scene));
    add(&builder, "width", g_variant_new_uint32(scene->width_px));
    add(&builder, "height", g_variant_new_uint32(scene->height_px));
    if (query != NULL)
        add(&builder, "hits", wrap_hits(scene, query));
    return g_variant_builder_end(&builder);
}

static const char *
name_recycling(const RecallKeeperStatus *status)
{
    static const char *const names[] = {"idle", "locked", "young", "failed", "clock"};

    return status->is_running ? "running" : names[status->report.state];
}

GVariant *
recall_answer_statistics(const RecallStatistics *statistics,
                         const RecallKeeperStatus *status,
                         const char *complaint)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    add(&builder, "scenes", g_variant_new_uint64(statistics->n_scenes));
    add(&builder, "bytes", g_variant_new_uint64(statistics->n_bytes));
    add(&builder, "oldest", g_variant_new_int64(statistics->oldest_us));
    add(&builder, "segments", g_variant_new_uint32(statistics->n_segments));
    add(&builder, "damaged", g_variant_new_uint32(statistics->n_damaged));
    add(&builder, "unreadable", g_variant_new_uint32(statistics->n_unreadable));
    add(&builder, "unreadable-why",
        g_variant_new_take_string(g_utf8_make_valid(statistics->unreadable_why, -1)));
    add(&builder, "read-only", g_variant_new_boolean(statistics->is_read_only));
    add(&builder, "missing", g_variant_new_uint32(statistics->n_missing));
    add(&builder, "missing-names", g_variant_new_string(statistics->missing_names));
    add(&builder, "damaged-names",
        g_variant_new_take_string(g_utf8_make_valid(statistics->damaged_names, -1)));
    add(&builder, "older", g_variant_new_uint32(statistics->n_older));
    add(&builder, "older-names", g_variant_new_string(statistics->older_names));
    add(&builder, "receipts-lost", g_variant_new_uint32(statistics->n_receipts_lost));
    add(&builder, "receipts-why",
        g_variant_new_take_string(g_utf8_make_valid(statistics->receipts_why, -1)));
    if (status != NULL) {
        add(&builder, "quota", g_variant_new_uint64(status->limits.quota_bytes));
        add(&builder, "age", g_variant_new_int64(status->limits.age_us));
        add(&builder, "recycling", g_variant_new_string(name_recycling(status)));
        add(&builder, "limits-error", g_variant_new_string(complaint != NULL ? complaint : ""));
    }
    return g_variant_builder_end(&builder);
}
