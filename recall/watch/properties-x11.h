/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/clients-x11.h"

/* From a window's properties, which its application may write as it likes, to what is known of the
 * window. Pure: nothing is asked of the server. */

#define RECALL_PROPERTY_N_ATOMS_MAX 32 /* of a list: types, states */

/* The properties that are asked for together. */
typedef enum {
    RECALL_PROPERTY_CLASS,
    RECALL_PROPERTY_NAME,
    RECALL_PROPERTY_NAME_OLD,
    RECALL_PROPERTY_PID,
    RECALL_PROPERTY_MACHINE,
    RECALL_PROPERTY_TRANSIENT,
    RECALL_PROPERTY_LEADER,
    RECALL_PROPERTY_TYPE,
    RECALL_PROPERTY_STATE,
    RECALL_PROPERTY_DESKTOP,
    RECALL_PROPERTY_OPT_OUT,
    RECALL_PROPERTY_MARGINS,
    RECALL_N_PROPERTIES,
} RecallPropertyX11;

/* @replies: RECALL_N_PROPERTIES of them, here and below; each (nullable), of any type and format
 * @client: its process stays */
void recall_properties_x11_take(const RecallDisplayX11 *display,
                                xcb_get_property_reply_t *const *replies,
                                RecallClientX11 *client);

/* As the application says; 0: it does not. */
pid_t recall_properties_x11_get_pid(xcb_get_property_reply_t *const *replies);

/* Whether the window is of @host, or does not say of which one. */
gboolean recall_properties_x11_are_of(xcb_get_property_reply_t *const *replies, const char *host);
