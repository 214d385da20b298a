/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* What applications write into the properties of their windows. */

#include "recall/watch/properties-x11.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {"xterm",   "XTerm",   "\u202e",  "\u2028", "\xe4\xbd",
                                  "\xff",    "\x1b$(A", "\x1b$)A", "\x1b-A", "\x1b(B",
                                  "\x1b%/1", "\x1b%G",  "\x9b",    NULL};

#define FIRST_ATOM 100

/* An answer as the server gives it: a header, then the value, at most as much as was asked for. */
static xcb_get_property_reply_t *
make_reply(FuzzInput *input)
{
    static const uint8_t formats[] = {0, 8, 16, 32};
    static const xcb_atom_t types[] = {FIRST_ATOM + RECALL_ATOM_UTF8_STRING,
                                       XCB_ATOM_STRING,
                                       FIRST_ATOM + RECALL_ATOM_COMPOUND_TEXT,
                                       XCB_ATOM_ATOM,
                                       XCB_ATOM_CARDINAL,
                                       XCB_ATOM_NONE};
    unsigned form = fuzz_take_byte(input);
    uint8_t format = formats[form % 4];
    size_t n_bytes = 0;
    const uint8_t *bytes = fuzz_take_bytes(input, RECALL_WINDOW_TITLE_MAX_BYTES, &n_bytes);
    xcb_get_property_reply_t *reply;

    if (form >= 0xf0)
        return NULL;
    if (format == 0)
        n_bytes = 0;
    else
        n_bytes -= n_bytes % (format / 8);
    reply = g_malloc0(sizeof(*reply) + n_bytes);
    reply->format = format;
    reply->type = types[form / 4 % G_N_ELEMENTS(types)];
    reply->value_len = format > 0 ? (uint32_t)n_bytes / (format / 8) : 0;
    if (n_bytes > 0)
        memcpy(reply + 1, bytes, n_bytes);
    return reply;
}

static void
check_text(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_cmpuint(strlen(text), <=, RECALL_WINDOW_TITLE_MAX_BYTES);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        g_assert_false(g_unichar_iscntrl(g_utf8_get_char(at)));
    g_assert_true(*text != ' ' && !g_str_has_suffix(text, " "));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    RecallDisplayX11 display = {0};
    RecallClientX11 client = {0};
    xcb_get_property_reply_t *replies[RECALL_N_PROPERTIES];

    for (unsigned i = 0; i < RECALL_N_ATOMS; i++)
        display.atoms[i] = FIRST_ATOM + i;
    for (unsigned i = 0; i < RECALL_N_PROPERTIES; i++)
        replies[i] = make_reply(&input);
    recall_properties_x11_take(&display, replies, &client);
    check_text(client.app);
    check_text(client.title);
    g_assert_true(client.margins.x >= 0 && client.margins.x <= 1024);
    recall_properties_x11_get_pid(replies);
    recall_properties_x11_are_of(replies, "desk");
    for (unsigned i = 0; i < RECALL_N_PROPERTIES; i++)
        g_free(replies[i]);
    g_free(client.app);
    g_free(client.title);
    return 0;
}
