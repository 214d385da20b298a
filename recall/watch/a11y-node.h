/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "recall/watch/a11y-link.h"

#include <pixman.h>

/* The objects of one application's accessible tree that were met so far, and typed questions about
 * many of them at once. A path is never used twice by the bridge that all toolkits here share, so
 * a node's role and parent are asked once; its text and box are asked in every reading. */

#define RECALL_A11Y_NODE_TEXT_MAX_CHARS 16384 /* of one node: a longer text is read where shown */
#define RECALL_A11Y_N_NODES_KEPT_MAX 16384
#define RECALL_A11Y_N_NODES_MAX 4000    /* of one reading */
#define RECALL_A11Y_WHOLE_INTERVAL_S 20 /* between readings that build on no earlier one */
#define RECALL_A11Y_N_WINDOWS_MAX 256   /* of one application, whose last reading is remembered */

/* Roles by their numbers on the bus. */
typedef enum {
    RECALL_A11Y_ROLE_UNKNOWN = 0, /* not asked yet, or the node is gone */
    RECALL_A11Y_ROLE_ALERT = 2,
    RECALL_A11Y_ROLE_CHECK_BOX = 7,
    RECALL_A11Y_ROLE_CHECK_MENU_ITEM = 8,
    RECALL_A11Y_ROLE_COLUMN_HEADER = 10,
    RECALL_A11Y_ROLE_COMBO_BOX = 11,
    RECALL_A11Y_ROLE_DIALOG = 16,
    RECALL_A11Y_ROLE_FILLER = 20,
    RECALL_A11Y_ROLE_FRAME = 23,
    RECALL_A11Y_ROLE_IMAGE = 27,
    RECALL_A11Y_ROLE_INTERNAL_FRAME = 28,
    RECALL_A11Y_ROLE_LABEL = 29,
    RECALL_A11Y_ROLE_LIST = 31,
    RECALL_A11Y_ROLE_LIST_ITEM = 32,
    RECALL_A11Y_ROLE_MENU = 33,
    RECALL_A11Y_ROLE_MENU_BAR = 34,
    RECALL_A11Y_ROLE_MENU_ITEM = 35,
    RECALL_A11Y_ROLE_PAGE_TAB = 37,
    RECALL_A11Y_ROLE_PAGE_TAB_LIST = 38,
    RECALL_A11Y_ROLE_PANEL = 39,
    RECALL_A11Y_ROLE_PASSWORD_TEXT = 40,
    RECALL_A11Y_ROLE_POPUP_MENU = 41,
    RECALL_A11Y_ROLE_PUSH_BUTTON = 43,
    RECALL_A11Y_ROLE_RADIO_BUTTON = 44,
    RECALL_A11Y_ROLE_RADIO_MENU_ITEM = 45,
    RECALL_A11Y_ROLE_ROOT_PANE = 46,
    RECALL_A11Y_ROLE_ROW_HEADER = 47,
    RECALL_A11Y_ROLE_SCROLL_BAR = 48,
    RECALL_A11Y_ROLE_SCROLL_PANE = 49,
    RECALL_A11Y_ROLE_SPIN_BUTTON = 52,
    RECALL_A11Y_ROLE_SPLIT_PANE = 53,
    RECALL_A11Y_ROLE_STATUS_BAR = 54,
    RECALL_A11Y_ROLE_TABLE = 55,
    RECALL_A11Y_ROLE_TABLE_CELL = 56,
    RECALL_A11Y_ROLE_TABLE_COLUMN_HEADER = 57,
    RECALL_A11Y_ROLE_TABLE_ROW_HEADER = 58,
    RECALL_A11Y_ROLE_TERMINAL = 60,
    RECALL_A11Y_ROLE_TEXT = 61,
    RECALL_A11Y_ROLE_TOGGLE_BUTTON = 62,
    RECALL_A11Y_ROLE_TOOL_BAR = 63,
    RECALL_A11Y_ROLE_TOOL_TIP = 64,
    RECALL_A11Y_ROLE_TREE_TABLE = 66,
    RECALL_A11Y_ROLE_VIEWPORT = 68,
    RECALL_A11Y_ROLE_WINDOW = 69,
    RECALL_A11Y_ROLE_HEADER = 71,
    RECALL_A11Y_ROLE_FOOTER = 72,
    RECALL_A11Y_ROLE_PARAGRAPH = 73,
    RECALL_A11Y_ROLE_RULER = 74,
    RECALL_A11Y_ROLE_AUTOCOMPLETE = 76,
    RECALL_A11Y_ROLE_ENTRY = 79,
    RECALL_A11Y_ROLE_CAPTION = 81,
    RECALL_A11Y_ROLE_DOCUMENT_FRAME = 82,
    RECALL_A11Y_ROLE_HEADING = 83,
    RECALL_A11Y_ROLE_PAGE = 84,
    RECALL_A11Y_ROLE_SECTION = 85,
    RECALL_A11Y_ROLE_FORM = 87,
    RECALL_A11Y_ROLE_LINK = 88,
    RECALL_A11Y_ROLE_TABLE_ROW = 90,
    RECALL_A11Y_ROLE_TREE_ITEM = 91,
    RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET = 92,
    RECALL_A11Y_ROLE_DOCUMENT_PRESENTATION = 93,
    RECALL_A11Y_ROLE_DOCUMENT_TEXT = 94,
    RECALL_A11Y_ROLE_DOCUMENT_WEB = 95,
    RECALL_A11Y_ROLE_COMMENT = 97,
    RECALL_A11Y_ROLE_LIST_BOX = 98,
    RECALL_A11Y_ROLE_NOTIFICATION = 101,
    RECALL_A11Y_ROLE_BLOCK_QUOTE = 105,
    RECALL_A11Y_ROLE_DEFINITION = 108,
    RECALL_A11Y_ROLE_ARTICLE = 109,
    RECALL_A11Y_ROLE_LANDMARK = 110,
    RECALL_A11Y_ROLE_LOG = 111,
    RECALL_A11Y_ROLE_TIMER = 115,
    RECALL_A11Y_ROLE_STATIC = 116,
    RECALL_A11Y_ROLE_SUBSCRIPT = 119,
    RECALL_A11Y_ROLE_SUPERSCRIPT = 120,
    RECALL_A11Y_ROLE_DESCRIPTION_TERM = 122,
    RECALL_A11Y_ROLE_DESCRIPTION_VALUE = 123,
    RECALL_A11Y_ROLE_FOOTNOTE = 124,
    RECALL_A11Y_ROLE_CONTENT_DELETION = 125,
    RECALL_A11Y_ROLE_CONTENT_INSERTION = 126,
    RECALL_A11Y_ROLE_MARK = 127,
    RECALL_A11Y_N_ROLES = 192, /* more than the bus has; a larger number counts as unknown */
} RecallA11yRole;

/* States by their bits. */
#define RECALL_A11Y_STATE_ACTIVE ((uint64_t)1 << 1)
#define RECALL_A11Y_STATE_SHOWING ((uint64_t)1 << 25)

#define RECALL_A11Y_ACCESSIBLE "org.a11y.atspi.Accessible"
#define RECALL_A11Y_COMPONENT "org.a11y.atspi.Component"
#define RECALL_A11Y_TEXT "org.a11y.atspi.Text"
#define RECALL_A11Y_ROOT_PATH "/org/a11y/atspi/accessible/root"

typedef struct RecallA11yNode RecallA11yNode;

struct RecallA11yNode {
    char *path;
    RecallA11yRole role;
    RecallA11yNode *parent; /* borrowed: kept as long as this one; NULL: not asked, or none */
    gboolean is_parent_asked;
    unsigned seen;       /* number of the last reading that met it */
    gboolean is_kept;    /* box and text are of an earlier reading, and nothing changed there */
    gboolean is_picture; /* a button without words, once it was asked */
    gboolean is_asked;   /* whether it is */
    gboolean is_gone;    /* the last question about it was answered by an error */
    gboolean is_recast;  /* of a cell: it is drawn in another form than told */
    int width_px;        /* of a cell: what its text is wide, 0: not asked */
    gboolean is_scaled;  /* the box was told in larger units, and was made pixels */
    BaseRect box; /* root pixels, as the application said in this reading; empty when unknown */
    char *text;   /* of this reading, or NULL */
};

typedef struct RecallA11yTree RecallA11yTree;

RecallA11yTree *recall_a11y_tree_new(void);
void recall_a11y_tree_free(RecallA11yTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yTree, recall_a11y_tree_free)

/**
 * recall_a11y_tree_begin:
 * @window: whatever tells the window apart that is to be read
 * @changed: (nullable): root pixels that changed since it was read with success
 *
 * Starts a reading: what texts and boxes of the last one of @window stand clear of @changed are
 * kept, all others forgotten. Nodes stay valid until the next call.
 */
void
recall_a11y_tree_begin(RecallA11yTree *self, uint32_t window, const pixman_region32_t *changed);

/* Ends it. @is_right: it came to its end, so that the next one may build on it */
void recall_a11y_tree_end(RecallA11yTree *self, gboolean is_right);

/* Returns: (transfer none): the node of @path, met now */
RecallA11yNode *recall_a11y_tree_get(RecallA11yTree *self, const char *path);

/**
 * recall_a11y_tree_match:
 * @roles: numbers, ended by RECALL_A11Y_ROLE_UNKNOWN; NULL for any
 *
 * What is SHOWING below @path, in the order of the tree, with roles known: one call that walks the
 * application's tree. Returns: (transfer full): of RecallA11yNode (borrowed), at most
 *   RECALL_A11Y_N_NODES_MAX; empty when nothing or nobody answers
 */
GPtrArray *recall_a11y_tree_match(RecallA11yTree *self,
                                  RecallA11yLink *link,
                                  const char *path,
                                  const RecallA11yRole *roles);

/* Returns: (transfer full): of RecallA11yNode (borrowed), roles known */
GPtrArray *
recall_a11y_tree_get_children(RecallA11yTree *self, RecallA11yLink *link, const char *path);

/* Each asks for what is not known yet. @nodes: of RecallA11yNode */
void recall_a11y_tree_ask_roles(RecallA11yTree *self, RecallA11yLink *link, GPtrArray *nodes);
void recall_a11y_tree_ask_parents(RecallA11yTree *self, RecallA11yLink *link, GPtrArray *nodes);
void recall_a11y_tree_ask_boxes(RecallA11yLink *link, GPtrArray *nodes);
void recall_a11y_tree_ask_names(RecallA11yLink *link, GPtrArray *nodes);
/* Only for nodes that have the Text interface: others log a complaint about the caller. */
void recall_a11y_tree_ask_texts(RecallA11yLink *link, GPtrArray *nodes);

/* Root pixels of @path; an empty one when unknown. */
BaseRect recall_a11y_ask_box(RecallA11yLink *link, const char *path);

/* RECALL_A11Y_STATE_...; 0 when unknown */
uint64_t recall_a11y_ask_states(RecallA11yLink *link, const char *path);
