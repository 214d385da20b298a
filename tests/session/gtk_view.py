#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""A GTK 3 view of lines of all kinds: gtk_view.py OUTPUT; where its words stand goes to OUTPUT."""
import json
import re
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk, Pango # noqa: E402

LINES = ["one line that is as plain as most of the lines that anybody writes into an editor",
         "\tindented(by, a, tabulator);  with   several    blanks between its words, seventh",
         "a paragraph so long that it goes on " + "and on and further on without an end " * 9,
         "中文的一行和 English words mixed 在一起的很长的文字 and back again once more 再来一次吧朋友们",
         "bold words are wider than the others of the same letters, and so are large ones here",
         "word", "שלום זו שורה בעברית שנקראת מימין לשמאל ויש בה הרבה מילים", "the very last line of all"]

MIXED = [LINES[4], LINES[6]]


class View:
    """Words of it are told with boxes in pixels of the window."""

    def __init__(self, output):
        self.output = output
        self.window = Gtk.Window(title="View")
        self.window.set_default_size(900, 600)
        self.text = Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD, left_margin=7)
        buffer = self.text.get_buffer()
        buffer.set_text("\n".join(LINES))
        self.emphasize(buffer, "bold words are wider", weight=Pango.Weight.BOLD)
        self.emphasize(buffer, "large ones", scale=2.0)
        self.window.add(self.text)
        self.window.connect("destroy", Gtk.main_quit)
        self.window.show_all()
        GLib.timeout_add(1000, self.tell)

    def emphasize(self, buffer, words, **how):
        start = buffer.get_start_iter()
        found = start.forward_search(words, Gtk.TextSearchFlags.TEXT_ONLY, None)
        buffer.apply_tag(buffer.create_tag(None, **how), *found)

    def box_of(self, buffer, start, end):
        """From the first to the last character, which stand in one line."""
        first = self.text.get_iter_location(buffer.get_iter_at_offset(start))
        last = self.text.get_iter_location(buffer.get_iter_at_offset(end - 1))
        left = min(first.x, last.x)
        right = max(first.x + first.width, last.x + last.width)
        x, y = self.text.buffer_to_window_coords(Gtk.TextWindowType.WIDGET, left, first.y)
        x, y = self.text.translate_coordinates(self.window, x, y)
        return [x, y, right - left, first.height]

    def tell(self):
        buffer = self.text.get_buffer()
        text = buffer.get_text(*buffer.get_bounds(), False)
        words = [{"text": m.group(), "box": self.box_of(buffer, *m.span()),
                  "mixed": LINES[text.count("\n", 0, m.start())] in MIXED}
                 for m in re.finditer(r"[^\s]+", text)]
        with open(self.output, "w", encoding="utf-8") as stream:
            json.dump(words, stream)
        return False


View(sys.argv[1])
Gtk.main()
