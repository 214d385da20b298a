/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/moment.h"

/* Days, months and years by number and name: `2025-11-03`, `nov 3rd`, `11月3日`. Ends with NULL. */
extern const RecallMomentFunc recall_datenames_readers[];

gboolean recall_datenames_read_bare_year(RecallDatetext *reader, RecallMoment *out);
