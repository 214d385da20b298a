/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-starts.h"

static void
note_byte(uint64_t *table, char byte, unsigned i)
{
    table[(guchar)g_ascii_tolower(byte)] |= UINT64_C(1) << i;
    table[(guchar)g_ascii_toupper(byte)] |= UINT64_C(1) << i;
}

void
policy_starts_note(PolicyStarts *self, const char *word, unsigned i)
{
    g_assert(i < POLICY_STARTS_N_MAX);
    note_byte(self->firsts, word[0], i);
    note_byte(self->seconds, word[1], i);
    if (word[2] != '\0')
        note_byte(self->thirds, word[2], i);
    for (unsigned byte = 0; word[2] == '\0' && byte < G_N_ELEMENTS(self->thirds); byte++)
        self->thirds[byte] |= UINT64_C(1) << i;
}
