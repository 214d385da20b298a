/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Made-up secrets with the right form, for tests. */

/* Formats of tokens as their vendors document them: {A36} stands for 36 letters and digits, {U..}
 * for capitals and digits, {H..} for hexadecimal digits, {W..} for letters, digits, - and _, {D..}
 * for digits. Ends with NULL. */
extern const char *const secret_tokens[];

/* Returns: (transfer full) */
char *secret_token(const char *format, GRand *random);
char *secret_token_cut(const char *format, GRand *random); /* too short in every part */
char *secret_card(GRand *random);                          /* digits only */
char *secret_identity(GRand *random);                      /* Chinese identity number */
char *secret_iban(GRand *random);
