#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""A GTK 3 program that writes, scrolls and redraws as fast as it can: gtk-workload.py OUTPUT"""
import sys
import time

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk # noqa: E402

N_STEPS = 3000
START_MS = 1500


class Workload:
    """A text view and a list side by side."""

    def __init__(self, output):
        self.output, self.step = output, 0
        self.window = Gtk.Window(title="Workload")
        self.window.set_default_size(1100, 800)
        self.text = Gtk.TextView()
        self.scroller = Gtk.ScrolledWindow()
        self.scroller.add(self.text)
        self.window.add(self.scroller)
        self.window.show_all()
        GLib.timeout_add(START_MS, self.begin)

    def begin(self):
        self.began = time.monotonic()
        GLib.idle_add(self.work)
        return False

    def work(self):
        buffer = self.text.get_buffer()
        lines = "".join(f"step {self.step} line {n} of a workload that writes\n"
                        for n in range(30))
        buffer.insert(buffer.get_end_iter(), lines)
        if buffer.get_line_count() > 600:
            buffer.delete(buffer.get_start_iter(), buffer.get_iter_at_line(30))
        bar = self.scroller.get_vadjustment()
        bar.set_value((self.step * 173) % max(1, bar.get_upper() - bar.get_page_size()))
        self.window.queue_draw()
        while Gtk.events_pending():
            Gtk.main_iteration()
        self.step += 1
        if self.step < N_STEPS:
            return True
        with open(self.output, "w", encoding="ascii") as stream:
            stream.write(str(time.monotonic() - self.began))
        Gtk.main_quit()
        return False


Workload(sys.argv[1])
Gtk.main()
