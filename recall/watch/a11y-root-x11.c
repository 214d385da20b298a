/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-root-x11.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#define PROPERTY "AT_SPI_BUS"
#define ADDRESS_MAX_BYTES 4096

static xcb_atom_t
find_atom(xcb_connection_t *display)
{
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
        display, xcb_intern_atom(display, TRUE, strlen(PROPERTY), PROPERTY), NULL);
    xcb_atom_t atom = reply == NULL ? XCB_ATOM_NONE : reply->atom;

    free(reply);
    return atom;
}

static char *
dup_property(xcb_connection_t *display, xcb_window_t root, xcb_atom_t atom)
{
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        display,
        xcb_get_property(display, FALSE, root, atom, XCB_ATOM_STRING, 0, ADDRESS_MAX_BYTES / 4),
        NULL);
    char *value = NULL;

    if (reply != NULL && reply->type == XCB_ATOM_STRING && reply->format == 8)
        value = g_strndup(xcb_get_property_value(reply), xcb_get_property_value_length(reply));
    free(reply);
    return value;
}

char *
recall_a11y_root_x11_get_address(void)
{
    int screen = 0;
    xcb_connection_t *display = xcb_connect(NULL, &screen);
    xcb_screen_iterator_t screens;
    xcb_atom_t atom = XCB_ATOM_NONE;
    char *address = NULL;

    if (!xcb_connection_has_error(display)) {
        screens = xcb_setup_roots_iterator(xcb_get_setup(display));
        while (screen-- > 0 && screens.rem > 1)
            xcb_screen_next(&screens);
        atom = find_atom(display);
        if (atom != XCB_ATOM_NONE)
            address = dup_property(display, screens.data->root, atom);
    }
    xcb_disconnect(display);
    return address;
}
