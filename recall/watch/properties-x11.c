/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/properties-x11.h"

#include "recall/watch/compound-text.h"

#include <string.h>

static size_t
get_length(const xcb_get_property_reply_t *reply)
{
    return reply != NULL ? (size_t)xcb_get_property_value_length(reply) : 0;
}

/* Returns: how many 32-bit numbers stand in @out */
static unsigned
get_numbers(const xcb_get_property_reply_t *reply, uint32_t *out, unsigned n_max)
{
    unsigned n_numbers = 0;

    if (reply != NULL && reply->format == 32)
        n_numbers = MIN((unsigned)(get_length(reply) / 4), n_max);
    if (n_numbers > 0)
        memcpy(out, xcb_get_property_value(reply), n_numbers * sizeof(uint32_t));
    return n_numbers;
}

static uint32_t
get_number(const xcb_get_property_reply_t *reply)
{
    uint32_t number = 0;

    get_numbers(reply, &number, 1);
    return number;
}

/* STRING is Latin-1, but for programs that do not care. */
static char *
dup_latin(const char *bytes, size_t n_bytes)
{
    if (g_utf8_validate(bytes, (gssize)n_bytes, NULL))
        return g_strndup(bytes, n_bytes);
    return g_convert(bytes, (gssize)n_bytes, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static char *
dup_text(const RecallDisplayX11 *display, const xcb_get_property_reply_t *reply)
{
    const xcb_atom_t *atoms = display->atoms;
    const char *bytes = reply != NULL ? xcb_get_property_value(reply) : NULL;
    size_t n_bytes = get_length(reply);
    g_autofree char *converted = NULL;

    if (reply == NULL || reply->format != 8 || n_bytes == 0)
        return g_strdup("");
    n_bytes = strnlen(bytes, n_bytes); /* of a list of texts the first */
    if (reply->type == atoms[RECALL_ATOM_COMPOUND_TEXT])
        converted = recall_compound_text_to_utf8(bytes, n_bytes);
    else if (reply->type != atoms[RECALL_ATOM_UTF8_STRING])
        converted = dup_latin(bytes, n_bytes);
    if (converted == NULL)
        return recall_window_clean_text(bytes, n_bytes);
    return recall_window_clean_text(converted, strlen(converted));
}

/* WM_CLASS is two names, each ended by a NUL: the instance, then the class. */
static char *
dup_class(const xcb_get_property_reply_t *reply)
{
    const char *bytes = reply != NULL ? xcb_get_property_value(reply) : NULL;
    size_t n_bytes = get_length(reply);
    size_t skipped;

    if (reply == NULL || reply->format != 8)
        return g_strdup("");
    skipped = strnlen(bytes, n_bytes) + 1;
    if (skipped >= n_bytes)
        return recall_window_clean_text(bytes, n_bytes);
    return recall_window_clean_text(bytes + skipped, n_bytes - skipped);
}

static gboolean
find_kind(const RecallDisplayX11 *display, uint32_t type, RecallWindowKind *out_kind)
{
    static const struct {
        RecallAtom atom;
        RecallWindowKind kind;
    } kinds[] = {
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DESKTOP, RECALL_WINDOW_DESKTOP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DIALOG, RECALL_WINDOW_DIALOG},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DOCK, RECALL_WINDOW_PANEL},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DROPDOWN_MENU, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_MENU, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_NOTIFICATION, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_POPUP_MENU, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_TOOLTIP, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_UTILITY, RECALL_WINDOW_DIALOG},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (type == display->atoms[kinds[i].atom]) {
            *out_kind = kinds[i].kind;
            return TRUE;
        }
    }
    return FALSE;
}

/* The first type in the list that is known counts. */
static void
set_kind(const RecallDisplayX11 *display,
         RecallClientX11 *client,
         const xcb_get_property_reply_t *reply)
{
    uint32_t types[RECALL_PROPERTY_N_ATOMS_MAX];
    unsigned n_types = get_numbers(reply, types, RECALL_PROPERTY_N_ATOMS_MAX);

    client->has_kind = FALSE;
    for (unsigned i = 0; i < n_types && !client->has_kind; i++)
        client->has_kind = find_kind(display, types[i], &client->kind);
}

static gboolean
has_atom(const xcb_get_property_reply_t *reply, xcb_atom_t atom)
{
    uint32_t atoms[RECALL_PROPERTY_N_ATOMS_MAX];
    unsigned n_atoms = get_numbers(reply, atoms, RECALL_PROPERTY_N_ATOMS_MAX);

    for (unsigned i = 0; i < n_atoms; i++) {
        if (atoms[i] == atom)
            return TRUE;
    }
    return FALSE;
}

static void
set_margins(RecallClientX11 *client, const xcb_get_property_reply_t *reply)
{
    uint32_t sides[4] = {0}; /* left, right, top, bottom */
    unsigned n_sides = get_numbers(reply, sides, 4);

    for (unsigned i = 0; i < n_sides; i++)
        sides[i] = MIN(sides[i], 1024);
    client->margins = (BaseRect){(int)sides[0], (int)sides[2], (int)sides[1], (int)sides[3]};
}

void
recall_properties_x11_take(const RecallDisplayX11 *display,
                           xcb_get_property_reply_t *const *replies,
                           RecallClientX11 *client)
{
    g_free(client->app);
    client->app = dup_class(replies[RECALL_PROPERTY_CLASS]);
    g_free(client->title);
    client->title = dup_text(display, get_length(replies[RECALL_PROPERTY_NAME]) > 0
                                          ? replies[RECALL_PROPERTY_NAME]
                                          : replies[RECALL_PROPERTY_NAME_OLD]);
    client->transient_for = get_number(replies[RECALL_PROPERTY_TRANSIENT]);
    client->leader = get_number(replies[RECALL_PROPERTY_LEADER]);
    client->is_hidden =
        has_atom(replies[RECALL_PROPERTY_STATE], display->atoms[RECALL_ATOM_NET_WM_STATE_HIDDEN]);
    client->has_desktop = get_numbers(replies[RECALL_PROPERTY_DESKTOP], &client->desktop, 1) == 1;
    client->is_opted_out = replies[RECALL_PROPERTY_OPT_OUT] != NULL &&
                           replies[RECALL_PROPERTY_OPT_OUT]->type != XCB_ATOM_NONE;
    set_kind(display, client, replies[RECALL_PROPERTY_TYPE]);
    set_margins(client, replies[RECALL_PROPERTY_MARGINS]);
}

pid_t
recall_properties_x11_get_pid(xcb_get_property_reply_t *const *replies)
{
    return (pid_t)get_number(replies[RECALL_PROPERTY_PID]);
}

gboolean
recall_properties_x11_are_of(xcb_get_property_reply_t *const *replies, const char *host)
{
    const xcb_get_property_reply_t *reply = replies[RECALL_PROPERTY_MACHINE];
    size_t length = strlen(host);

    if (get_length(reply) == 0)
        return TRUE;
    return reply->format == 8 &&
           strnlen(xcb_get_property_value(reply), get_length(reply)) == length &&
           memcmp(xcb_get_property_value(reply), host, length) == 0;
}
