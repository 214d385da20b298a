/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* Password fields, and fields that were one: “show password” makes an ordinary entry of it, in the
 * same object or in another one at the same place. Belongs to the thread that reads. */

#define RECALL_A11Y_N_PASSWORDS_MAX                                                                \
    256 /* of one application; beyond it the oldest are forgotten                                  \
         */

typedef struct RecallA11yPasswords RecallA11yPasswords;

RecallA11yPasswords *recall_a11y_passwords_new(void);
void recall_a11y_passwords_free(RecallA11yPasswords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yPasswords, recall_a11y_passwords_free)

/* Finds them among @nodes, whose roles and boxes are known. Entries that changed on the screen are
 * asked for their role again. */
void recall_a11y_passwords_find(RecallA11yReading *reading, GPtrArray *nodes);

/* Adds their places to what must not be kept, once all runs were read. */
void recall_a11y_passwords_hide(RecallA11yReading *reading);
