/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/keeper.h"
#include "recall/vault/result.h"
#include "recall/vault/statistics.h"
#include "recall/vault/vault.h"

/* What io.deskhand.Recall1 answers with, as variants. Pure. All: (transfer floating) */

/* @results: of RecallResult. An aa{sv}, without snippet, marks and words where there are none */
GVariant *recall_answer_results(const GPtrArray *results);

/* @query: (nullable): its hits are added. An a{sv} */
GVariant *recall_answer_scene(int64_t id, const ProtocolScene *scene, const RecallQuery *query);

/* @status: (nullable); @complaint: (nullable): of its settings. An a{sv} */
GVariant *recall_answer_statistics(const RecallStatistics *statistics,
                                   const RecallKeeperStatus *status,
                                   const char *complaint);
