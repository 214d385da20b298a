/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/content.h"
#include "recall/watch/sense.h"

/* Takes into @content what is visible of @window now, and the pixels of it that @moment changed or
 * that were not visible before. A failed grab is no error: the next moment brings it again. */
void recall_look_take(RecallContent *content,
                      const RecallWindow *window,
                      const RecallMoment *moment,
                      RecallSense *sense);
