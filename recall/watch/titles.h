/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Titles that pages had which are denied for their address: browsers name them in tabs, lists and
 * menus. In memory and bounded: the one that was not met for the longest time goes. Pure. */

#define RECALL_TITLES_N_MAX 1024 /* of denied pages that are known */

typedef struct RecallTitles RecallTitles;

RecallTitles *recall_titles_new(void);
void recall_titles_free(RecallTitles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTitles, recall_titles_free)

/* A title without a letter or digit names nothing. */
void recall_titles_add(RecallTitles *self, const char *title);

/* Whether one of them stands in @name, as whole words; counts in brackets, as "(2)", make no
 * difference. */
gboolean recall_titles_has(const RecallTitles *self, const char *name);
