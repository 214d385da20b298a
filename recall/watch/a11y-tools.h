/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* What stands around a document and holds hardly a word: buttons with pictures, rulers, the
 * headings of a sheet. To read them from pixels costs more than to read the rest of the window. */

/* Whether @node is a button on which there is room for a picture, and none for its name. Its box
 * and name must be known. */
gboolean recall_a11y_is_picture_button(const RecallA11yNode *node);

/* Whether @panel holds the numbers of rows or the letters of columns: it lies along a spreadsheet's
 * document among @siblings, whose boxes must be known. A split view has several of both. */
gboolean recall_a11y_is_heading(const RecallA11yNode *panel, const GPtrArray *siblings);

/* Of LibreOffice: covers what holds no text between @document and @root_pane, and adds the texts of
 * the entries in tool bars. @manner: of what LibreOffice draws itself */
void recall_a11y_read_tools(RecallA11yReading *reading,
                            RecallA11yNode *document,
                            const RecallA11yNode *root_pane,
                            const RecallA11yManner *manner);
