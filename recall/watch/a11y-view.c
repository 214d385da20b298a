/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-view.h"

#define COORDINATES_ON_SCREEN 0
#define INSET_PX 2
#define SHORT_TEXT_N_CHARS 1024 /* cheaper to take whole */

/* The characters that @box shows, by its corners. FALSE: the application cannot tell. */
static gboolean
ask_shown_chars(RecallA11yLink *link,
                const char *path,
                const BaseRect *box,
                int *out_start,
                int *out_end)
{
    int right = box->x + box->width - INSET_PX;
    int bottom = box->y + box->height - INSET_PX;
    RecallA11yCall calls[2] = {
        {path, RECALL_A11Y_TEXT, "GetOffsetAtPoint",
         g_variant_new("(iiu)", box->x + INSET_PX, box->y + INSET_PX, COORDINATES_ON_SCREEN), NULL},
        {path, RECALL_A11Y_TEXT, "GetOffsetAtPoint",
         g_variant_new("(iiu)", right, bottom, COORDINATES_ON_SCREEN), NULL}};
    int *outs[2] = {out_start, out_end};
    gboolean is_known = recall_a11y_link_ask_all(link, calls, 2);

    for (unsigned i = 0; i < 2; i++) {
        *outs[i] = -1;
        if (calls[i].reply != NULL && g_variant_is_of_type(calls[i].reply, G_VARIANT_TYPE("(i)")))
            g_variant_get(calls[i].reply, "(i)", outs[i]);
        recall_a11y_call_clear(&calls[i]);
    }
    return is_known && *out_start >= 0 && *out_end >= *out_start;
}

char *
recall_a11y_view_ask_text(RecallA11yLink *link,
                          const RecallA11yNode *node,
                          const BaseRect *view,
                          int *out_base)
{
    g_autoptr(GVariant) count =
        recall_a11y_link_get_property(link, node->path, RECALL_A11Y_TEXT, "CharacterCount", "i");
    g_autoptr(GVariant) reply = NULL;
    BaseRect shown = {0};
    int n_chars = count == NULL ? 0 : g_variant_get_int32(count);
    int start = 0;
    int end = n_chars;
    char *text = NULL;

    if (n_chars <= 0 || !base_rect_intersect(&node->box, view, &shown))
        return NULL;
    if (n_chars > SHORT_TEXT_N_CHARS && !ask_shown_chars(link, node->path, &shown, &start, &end)) {
        start = 0;
        end = n_chars;
    }
    end = MIN(end + 1, MIN(n_chars, start + RECALL_A11Y_NODE_TEXT_MAX_CHARS));
    reply = recall_a11y_link_ask(link, node->path, RECALL_A11Y_TEXT, "GetText",
                                 g_variant_new("(ii)", start, end), "(s)");
    if (reply != NULL)
        g_variant_get(reply, "(s)", &text);
    *out_base = start;
    return text;
}
