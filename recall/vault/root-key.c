/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/root-key.h"

#include <string.h>

static const RecallRootKeyType *const types[] = {
    &recall_root_key_file,    &recall_root_key_passphrase, &recall_root_key_tpm,
    &recall_root_key_tpm_pin, &recall_root_key_service,
};

const RecallRootKeyType *
recall_root_key_find(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    }
    return NULL;
}

void
recall_root_key_sweep(const char *folder, const RecallRootKeyType *type, GBytes *about)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        if (types[i]->sweep != NULL)
            types[i]->sweep(folder, types[i] == type ? about : NULL);
    }
}
