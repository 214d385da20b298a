/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* The address of the accessibility bus as the display's root window names it, for a desktop whose
 * session bus we do not know. Asks the X server and waits for it.
 *
 * Returns: (transfer full): NULL when there is no display or it names none */
char *recall_a11y_root_x11_get_address(void);
