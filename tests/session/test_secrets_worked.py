# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Cards in an editor that somebody works with: typed, pasted, undone, scrolled, zoomed, resized, and
covered by dialogs and by another window, at any moment. DESKHAND_WORK_S makes it longer,
DESKHAND_SEED another one."""
import os
import random
import time

import apps
import planted
from checks import look_at_it

WORK_S = float(os.environ.get("DESKHAND_WORK_S", "20"))
SEED = int(os.environ.get("DESKHAND_SEED", "1"))
N_LINES = 60


class Worker:
    """Somebody who does not wait for anybody."""

    def __init__(self, desktop, secrets):
        self.desktop, self.secrets = desktop, secrets
        self.random = random.Random(SEED)
        lines = [f"line {n} is about {self.word()} and {self.word()}, card {secrets.card()} ok"
                 if n % 3 == 0 else f"line {n} tells of {self.word()} {self.word()}"
                 for n in range(N_LINES)]
        self.editor = apps.mousepad(desktop, desktop.write("work.txt", "\n".join(lines) + "\n"))
        self.cover = apps.xterm(desktop, *apps.shell("true"), geometry="40x6+900+500")
        desktop.activate(self.editor.window)
        self.resize()

    def word(self):
        return self.random.choice(["heron", "harbour", "lantern", "meadow", "granite", "willow"])

    def resize(self):
        self.desktop.xdotool("windowsize", self.editor.window, self.random.randint(500, 1100),
                             self.random.randint(300, 900))

    def scroll(self):
        self.desktop.scroll(300, 250, self.random.choice([-6, -2, 2, 6]),
                            self.random.choice([10, 60, 150]))

    def jump(self):
        self.desktop.key(self.random.choice(["ctrl+Home", "ctrl+End", "Next", "Prior"]))

    def zoom(self):
        self.desktop.key(self.random.choice(["ctrl+plus", "ctrl+minus", "ctrl+0"]))

    def write_card(self):
        self.desktop.key("End")
        self.desktop.type(f"\n{self.word()} {self.secrets.card(self.random.random() < 0.5)} ",
                          self.random.choice([5, 40, 120]))

    def undo(self):
        for key in ("ctrl+z", "ctrl+shift+z") * self.random.randint(1, 3):
            self.desktop.key(key)
            time.sleep(self.random.choice([0.05, 0.4, 1.2]))

    def cut_and_paste(self):
        self.desktop.key("Home", "shift+Down", "ctrl+x")
        time.sleep(self.random.choice([0.05, 0.8]))
        self.desktop.key("Down", "ctrl+v")

    def dialog(self):
        """Over the text, for a moment."""
        self.desktop.key(self.random.choice(["ctrl+f", "ctrl+r", "ctrl+shift+s", "ctrl+o"]))
        time.sleep(self.random.choice([0.2, 1, 2]))
        self.desktop.key("Escape")
        self.desktop.key("Escape")

    def cover_it(self):
        """By a window that stays there, half over a line."""
        for _ in range(self.random.randint(1, 3)):
            self.desktop.xdotool("windowraise", self.cover.window, "windowmove", self.cover.window,
                                 self.random.randint(100, 700), self.random.randint(60, 600))
            time.sleep(self.random.choice([0.1, 0.5, 1.5]))

    def work(self):
        steps = [self.resize, self.scroll, self.scroll, self.jump, self.zoom, self.write_card,
                 self.undo, self.cut_and_paste, self.dialog, self.cover_it]
        end = time.monotonic() + WORK_S
        while time.monotonic() < end:
            self.random.choice(steps)()
            time.sleep(self.random.choice([0.02, 0.1, 0.3, 0.8, 2]))


def test_worked(desktop):
    secrets = planted.Secrets(SEED)
    worker = Worker(desktop, secrets)
    look_at_it(1)
    worker.work()
    worker.editor.end()
    worker.cover.end()
    stored = planted.Stored(desktop)
    assert len(stored.documents) > 3, "hardly anything is kept"
    found = stored.found_in_text(secrets.given)
    assert not found, f"in the text: {found}"
    found = stored.found_in_pictures(secrets.given)
    assert not found, f"in pictures: {found}"
