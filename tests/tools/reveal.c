/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/recall/vault/reveal.h"

#include <stdio.h>

/* Decrypts a copy of a history's folder with every key that there is, and prints which of the words
 * are in it:
 *
 *   deskhand-test-reveal FOLDER WORD...
 */

int
main(int argc, char **argv)
{
    g_autoptr(GByteArray) revealed = NULL;

    if (argc < 3) {
        fputs("deskhand-test-reveal: FOLDER WORD...\n", stderr);
        return 2;
    }
    revealed = reveal_folder(argv[1]);
    for (int i = 2; i < argc; i++) {
        if (reveal_has(revealed, argv[i]))
            puts(argv[i]);
    }
    return 0;
}
