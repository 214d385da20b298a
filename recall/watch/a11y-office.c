/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-read.h"

gboolean
recall_a11y_read_office(RecallA11yReading *reading)
{
    return FALSE;
}
