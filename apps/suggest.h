/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* The word of @names (ends with NULL) that a person most likely meant by @typed: it begins with
 * it, or takes at most two slips (a letter too many, too few, another one, two swapped).
 * Returns: (transfer none): an element of @names, or NULL */
const char *app_suggest(const char *typed, const char *const *names);
