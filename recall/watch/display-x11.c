/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/display-x11.h"

#include <string.h>
#include <unistd.h>
#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/res.h>
#include <xcb/shape.h>
#include <xcb/shm.h>
#include <xcb/xfixes.h>
#include <xcb/xinput.h>

#define ATOM_NAME_MAX_BYTES 64

static const char *const atom_names[RECALL_N_ATOMS] = {
    [RECALL_ATOM_COMPOUND_TEXT] = "COMPOUND_TEXT",
    [RECALL_ATOM_DESKHAND_NO_RECALL] = "_DESKHAND_NO_RECALL",
    [RECALL_ATOM_GTK_FRAME_EXTENTS] = "_GTK_FRAME_EXTENTS",
    [RECALL_ATOM_NET_ACTIVE_WINDOW] = "_NET_ACTIVE_WINDOW",
    [RECALL_ATOM_NET_CLIENT_LIST] = "_NET_CLIENT_LIST",
    [RECALL_ATOM_NET_CLIENT_LIST_STACKING] = "_NET_CLIENT_LIST_STACKING",
    [RECALL_ATOM_NET_CURRENT_DESKTOP] = "_NET_CURRENT_DESKTOP",
    [RECALL_ATOM_NET_SUPPORTING_WM_CHECK] = "_NET_SUPPORTING_WM_CHECK",
    [RECALL_ATOM_NET_WM_DESKTOP] = "_NET_WM_DESKTOP",
    [RECALL_ATOM_NET_WM_NAME] = "_NET_WM_NAME",
    [RECALL_ATOM_NET_WM_PID] = "_NET_WM_PID",
    [RECALL_ATOM_NET_WM_STATE] = "_NET_WM_STATE",
    [RECALL_ATOM_NET_WM_STATE_HIDDEN] = "_NET_WM_STATE_HIDDEN",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE] = "_NET_WM_WINDOW_TYPE",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_DESKTOP] = "_NET_WM_WINDOW_TYPE_DESKTOP",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_DIALOG] = "_NET_WM_WINDOW_TYPE_DIALOG",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_DOCK] = "_NET_WM_WINDOW_TYPE_DOCK",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_DROPDOWN_MENU] = "_NET_WM_WINDOW_TYPE_DROPDOWN_MENU",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_MENU] = "_NET_WM_WINDOW_TYPE_MENU",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_NOTIFICATION] = "_NET_WM_WINDOW_TYPE_NOTIFICATION",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_POPUP_MENU] = "_NET_WM_WINDOW_TYPE_POPUP_MENU",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_TOOLTIP] = "_NET_WM_WINDOW_TYPE_TOOLTIP",
    [RECALL_ATOM_NET_WM_WINDOW_TYPE_UTILITY] = "_NET_WM_WINDOW_TYPE_UTILITY",
    [RECALL_ATOM_UTF8_STRING] = "UTF8_STRING",
    [RECALL_ATOM_WM_CLIENT_LEADER] = "WM_CLIENT_LEADER",
    [RECALL_ATOM_WM_STATE] = "WM_STATE",
    [RECALL_ATOM_COMPOSITOR] = "_NET_WM_CM_S%d",
    [RECALL_ATOM_AGENT] = "_DESKHAND_AGENT_S%d",
};

static gboolean
intern_atoms(RecallDisplayX11 *self, GError **error)
{
    xcb_intern_atom_cookie_t cookies[RECALL_N_ATOMS];

    for (unsigned i = 0; i < RECALL_N_ATOMS; i++) {
        g_auto(GStrv) parts = g_strsplit(atom_names[i], "%d", 2);
        char name[ATOM_NAME_MAX_BYTES];
        int length;

        if (parts[1] != NULL)
            length = g_snprintf(name, sizeof(name), "%s%d", parts[0], self->screen_number);
        else
            length = g_snprintf(name, sizeof(name), "%s", parts[0]);
        cookies[i] = xcb_intern_atom(self->xcb, FALSE, (uint16_t)length, name);
    }
    for (unsigned i = 0; i < RECALL_N_ATOMS; i++) {
        g_autofree xcb_intern_atom_reply_t *reply =
            xcb_intern_atom_reply(self->xcb, cookies[i], NULL);

        self->atoms[i] = reply != NULL ? reply->atom : XCB_ATOM_NONE;
    }
    if (xcb_connection_has_error(self->xcb) == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                "the X server closed the connection while it was being set up");
    return FALSE;
}

static const xcb_query_extension_reply_t *
get_extension(RecallDisplayX11 *self, xcb_extension_t *extension)
{
    const xcb_query_extension_reply_t *reply = xcb_get_extension_data(self->xcb, extension);

    return reply != NULL && reply->present ? reply : NULL;
}

/* Without these there is nothing to watch with. */
static gboolean
find_needed_extensions(RecallDisplayX11 *self, GError **error)
{
    const xcb_query_extension_reply_t *damage = get_extension(self, &xcb_damage_id);
    const xcb_query_extension_reply_t *input = get_extension(self, &xcb_input_id);
    const char *missing = NULL;

    if (damage == NULL)
        missing = "DAMAGE";
    else if (get_extension(self, &xcb_xfixes_id) == NULL)
        missing = "XFIXES";
    else if (input == NULL)
        missing = "XInputExtension";
    if (missing != NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "the X server lacks the %s extension, which recording needs: "
                    "switch it on in the server's configuration",
                    missing);
        return FALSE;
    }
    self->damage_event = damage->first_event;
    self->input_opcode = input->major_opcode;
    return TRUE;
}

/* The server refuses the requests of a client that never told its version. */
static gboolean
negotiate_needed(RecallDisplayX11 *self, GError **error)
{
    xcb_damage_query_version_cookie_t damage_cookie =
        xcb_damage_query_version(self->xcb, XCB_DAMAGE_MAJOR_VERSION, XCB_DAMAGE_MINOR_VERSION);
    xcb_xfixes_query_version_cookie_t fixes_cookie = xcb_xfixes_query_version(self->xcb, 5, 0);
    xcb_input_xi_query_version_cookie_t input_cookie = xcb_input_xi_query_version(self->xcb, 2, 2);
    g_autofree xcb_damage_query_version_reply_t *damage =
        xcb_damage_query_version_reply(self->xcb, damage_cookie, NULL);
    g_autofree xcb_xfixes_query_version_reply_t *fixes =
        xcb_xfixes_query_version_reply(self->xcb, fixes_cookie, NULL);
    g_autofree xcb_input_xi_query_version_reply_t *input =
        xcb_input_xi_query_version_reply(self->xcb, input_cookie, NULL);

    if (damage != NULL && fixes != NULL && fixes->major_version >= 2 && input != NULL &&
        input->major_version >= 2)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                "the X server is too old: recording needs DAMAGE 1, XFIXES 2 and XInput 2.2");
    return FALSE;
}

static void
negotiate_shm(RecallDisplayX11 *self)
{
    g_autofree xcb_shm_query_version_reply_t *reply = NULL;

    if (get_extension(self, &xcb_shm_id) == NULL)
        return;
    reply = xcb_shm_query_version_reply(self->xcb, xcb_shm_query_version(self->xcb), NULL);
    self->has_shm = reply != NULL && (reply->major_version > 1 || reply->minor_version >= 2);
}

static void
negotiate_res(RecallDisplayX11 *self)
{
    g_autofree xcb_res_query_version_reply_t *reply = NULL;

    if (get_extension(self, &xcb_res_id) == NULL)
        return;
    reply = xcb_res_query_version_reply(self->xcb, xcb_res_query_version(self->xcb, 1, 2), NULL);
    self->has_res = reply != NULL && (reply->server_major > 1 || reply->server_minor >= 2);
}

static void
negotiate_randr(RecallDisplayX11 *self)
{
    const xcb_query_extension_reply_t *extension = get_extension(self, &xcb_randr_id);
    g_autofree xcb_randr_query_version_reply_t *reply = NULL;

    if (extension == NULL)
        return;
    reply =
        xcb_randr_query_version_reply(self->xcb, xcb_randr_query_version(self->xcb, 1, 5), NULL);
    if (reply != NULL && (reply->major_version > 1 || reply->minor_version >= 5))
        self->randr_event = extension->first_event;
}

static void
negotiate_shape(RecallDisplayX11 *self)
{
    const xcb_query_extension_reply_t *extension = get_extension(self, &xcb_shape_id);

    self->has_shape = extension != NULL;
    self->shape_event = extension != NULL ? extension->first_event : 0;
}

static gboolean
set_up_extensions(RecallDisplayX11 *self, GError **error)
{
    xcb_extension_t *const wanted[] = {&xcb_damage_id, &xcb_xfixes_id, &xcb_input_id, &xcb_shm_id,
                                       &xcb_res_id,    &xcb_randr_id,  &xcb_shape_id};

    for (unsigned i = 0; i < G_N_ELEMENTS(wanted); i++)
        xcb_prefetch_extension_data(self->xcb, wanted[i]);
    if (!find_needed_extensions(self, error) || !negotiate_needed(self, error))
        return FALSE;
    negotiate_shm(self);
    negotiate_res(self);
    negotiate_randr(self);
    negotiate_shape(self);
    return TRUE;
}

static uint32_t
get_owner_pid(RecallDisplayX11 *self, xcb_window_t owner)
{
    xcb_get_property_cookie_t cookie = xcb_get_property(
        self->xcb, FALSE, owner, self->atoms[RECALL_ATOM_NET_WM_PID], XCB_ATOM_CARDINAL, 0, 1);
    g_autofree xcb_get_property_reply_t *reply = xcb_get_property_reply(self->xcb, cookie, NULL);

    if (reply == NULL || reply->format != 32 || xcb_get_property_value_length(reply) < 4)
        return 0;
    return *(const uint32_t *)xcb_get_property_value(reply);
}

static void
make_agent_window(RecallDisplayX11 *self)
{
    static const char name[] = "deskhand-agentd";
    uint32_t pid = (uint32_t)getpid();

    self->agent_window = xcb_generate_id(self->xcb);
    xcb_create_window(self->xcb, XCB_COPY_FROM_PARENT, self->agent_window, self->screen->root, -1,
                      -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
    xcb_change_property(self->xcb, XCB_PROP_MODE_REPLACE, self->agent_window,
                        self->atoms[RECALL_ATOM_NET_WM_PID], XCB_ATOM_CARDINAL, 32, 1, &pid);
    xcb_change_property(self->xcb, XCB_PROP_MODE_REPLACE, self->agent_window, XCB_ATOM_WM_NAME,
                        XCB_ATOM_STRING, 8, sizeof(name) - 1, name);
}

/* The server is grabbed for the time between looking and taking, so that of two agents that start
 * together one is refused. */
static gboolean
claim_display(RecallDisplayX11 *self, GError **error)
{
    xcb_atom_t selection = self->atoms[RECALL_ATOM_AGENT];
    g_autofree xcb_get_selection_owner_reply_t *reply = NULL;
    xcb_window_t owner;

    make_agent_window(self);
    xcb_grab_server(self->xcb);
    reply = xcb_get_selection_owner_reply(self->xcb, xcb_get_selection_owner(self->xcb, selection),
                                          NULL);
    owner = reply != NULL ? reply->owner : XCB_NONE;
    if (owner == XCB_NONE)
        xcb_set_selection_owner(self->xcb, self->agent_window, selection, XCB_CURRENT_TIME);
    xcb_ungrab_server(self->xcb);
    xcb_flush(self->xcb);
    if (owner == XCB_NONE)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                "another agent (process %u) records this display already: stop that one first",
                get_owner_pid(self, owner));
    return FALSE;
}

static gboolean
connect_to(RecallDisplayX11 *self, const char *name, GError **error)
{
    const char *shown = name != NULL ? name : g_getenv("DISPLAY");
    xcb_screen_iterator_t at;
    int failure;

    self->xcb = xcb_connect(name, &self->screen_number);
    failure = xcb_connection_has_error(self->xcb);
    if (failure != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                    failure == XCB_CONN_CLOSED_PARSE_ERR
                        ? "\"%s\" is not the name of a display: set DISPLAY, as in DISPLAY=:0"
                        : "cannot connect to the X display \"%s\": is it running, and may this "
                          "user connect to it (XAUTHORITY)?",
                    shown != NULL ? shown : "");
        return FALSE;
    }
    at = xcb_setup_roots_iterator(xcb_get_setup(self->xcb));
    for (int i = 0; i < self->screen_number && at.rem > 1; i++)
        xcb_screen_next(&at);
    self->screen = at.data;
    return TRUE;
}

RecallDisplayX11 *
recall_display_x11_open(const char *name, GError **error)
{
    g_autoptr(RecallDisplayX11) self = g_new0(RecallDisplayX11, 1);

    if (!connect_to(self, name, error) || !intern_atoms(self, error) ||
        !set_up_extensions(self, error) || !claim_display(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
recall_display_x11_close(RecallDisplayX11 *self)
{
    if (self == NULL)
        return;
    if (self->xcb != NULL)
        xcb_disconnect(self->xcb);
    g_free(self);
}
