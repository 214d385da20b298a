/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/attempts.h"

static RecallQuery *
parse(const char *query,
      size_t length_bytes,
      const char *app,
      const char *url,
      GDateTime *now,
      gboolean is_loose)
{
    RecallQuery *self = recall_query_parse(query, length_bytes, now, is_loose);

    if (app != NULL)
        recall_query_add_phrase(self, RECALL_FIELD_APP, app);
    if (url != NULL)
        recall_query_add_phrase(self, RECALL_FIELD_URL, url);
    return self;
}

void
recall_attempts_init(RecallAttempts *self,
                     const char *query,
                     size_t length_bytes,
                     const char *app,
                     const char *url,
                     GDateTime *now)
{
    g_autoptr(RecallQuery) strict = parse(query, length_bytes, app, url, now, FALSE);
    g_autoptr(RecallQuery) loose = parse(query, length_bytes, app, url, now, TRUE);
    gboolean is_same = loose->range.since_us == strict->range.since_us &&
                       loose->range.until_us == strict->range.until_us;

    self->queries[0] = g_steal_pointer(&strict);
    self->queries[1] = is_same ? NULL : g_steal_pointer(&loose);
}

void
recall_attempts_clear(RecallAttempts *self)
{
    g_clear_pointer(&self->queries[0], recall_query_free);
    g_clear_pointer(&self->queries[1], recall_query_free);
}

const RecallQuery *
recall_attempts_get_query(const RecallAttempts *self, unsigned index)
{
    return self->queries[index / RECALL_N_READINGS];
}

RecallReading
recall_attempts_get_reading(unsigned index)
{
    return index % RECALL_N_READINGS;
}

gboolean
recall_attempts_next(const RecallAttempts *self, unsigned *index)
{
    RecallReading reading = recall_attempts_get_reading(*index);
    int next = recall_query_next_reading(recall_attempts_get_query(self, *index), reading);

    if (next >= 0)
        *index += (unsigned)next - reading;
    else if (*index < RECALL_N_READINGS && self->queries[1] != NULL)
        *index = RECALL_N_READINGS;
    else
        return FALSE;
    return TRUE;
}
