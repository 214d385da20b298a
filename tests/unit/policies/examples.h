/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lines in which a secret is marked so: ❮secret❯. At most four in an example, parted by \n. */

/* Fails the test when in one of @examples anything else is found than what is marked, and says
 * which. */
void examples_check(const char *const *examples, unsigned n);
