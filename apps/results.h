/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "apps/command.h"
#include "apps/scene.h"

/* A list of scenes on its way to the reader, for people or as one JSON document:
 * {"results": [...], "next": CURSOR or null, "note": a sentence about how the query was read or
 * null}, with "error" (a sentence) when it broke off. */

typedef enum {
    APP_RESULTS_FOUND,    /* with snippet and hits */
    APP_RESULTS_TIMELINE, /* one line each, by day */
} AppResultsKind;

/**
 * app_results_run:
 * @parameters: (transfer floating): of Recall1.Search or Recall1.Timeline
 * @out_n: (out): results written
 *
 * Runs the job and writes each batch as it comes, then what ends the list. @arguments are those of
 * @command; its options json and cursor are looked at.
 */
gboolean app_results_run(AppResultsKind kind,
                         const AppCommand *command,
                         const AppArguments *arguments,
                         GVariant *parameters,
                         AppOutput *output,
                         GCancellable *cancellable,
                         unsigned *out_n,
                         GError **error);

/* Adds the options limit, cursor, since, until and app, as far as given, to the a{sv} that
 * Recall1 takes. */
void app_results_add_options(GVariantDict *options, const AppArguments *arguments);

#define APP_RESULTS_LIMIT_MAX 1000 /* of --limit: results of one page */

/* The options that app_results_add_options() reads, for a command's table. */
#define APP_RESULTS_OPTIONS                                                                        \
    {"limit", APP_VALUE_COUNT, "N", APP_RESULTS_LIMIT_MAX, "at most so many (20)"},                \
        {"since", APP_VALUE_TEXT, "T", 0,                                                          \
         "nothing before this time: yesterday, 14:05, 2026-11-03"},                                \
        {"until", APP_VALUE_TEXT, "T", 0, "nothing after this time"},                              \
        {"app", APP_VALUE_TEXT, "A", 0, "only this application"},                                  \
    {                                                                                              \
        "cursor", APP_VALUE_TEXT, "C", 0, "go on where an earlier answer ended"                    \
    }
