/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/moment.h"

/* Days and spans of days by where they lie from now: `yesterday`, `3 days ago`, `last week`,
 * `上周二`. Ends with NULL. */
extern const RecallMomentFunc recall_dayspans_readers[];
