#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the test functions of one file: runner.py FILE [NAME...]

A function that takes `desktop` gets one that the file's tests share, in the order they stand in; a
file may define DESKTOP, a dictionary of arguments for it. Others bring their own."""
import importlib.util
import inspect
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from desktop import Desktop, Skip # noqa: E402
from supervise import supervised # noqa: E402


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Shared:
    """The file's desktop, started when first wanted; a test that failed leaves no application on
    it, and one that broke it no desktop."""

    def __init__(self, module):
        self.arguments = getattr(module, "DESKTOP", {})
        self.desktop = None

    def get(self):
        if self.desktop is None:
            self.desktop = Desktop(**self.arguments).start()
        return self.desktop

    def tidy(self):
        if self.desktop is None:
            return
        if self.desktop.is_well():
            self.desktop.end_apps()
        else:
            close_quietly(self)

    def close(self):
        desktop, self.desktop = self.desktop, None
        if desktop is not None:
            desktop.close()


def call(function, shared):
    if "desktop" in inspect.signature(function).parameters:
        function(shared.get())
    else:
        shared.close() # its processes would only disturb
        function()


def run_one(function, shared):
    """Returns whether it passed."""
    start = time.monotonic()
    name = function.__name__
    try:
        call(function, shared)
    except Skip as reason:
        print(f"skip {name}: {reason}", flush=True)
        return True
    except Exception: # pylint: disable=broad-except
        print(f"FAIL {name} ({time.monotonic() - start:.1f} s)", flush=True)
        print(traceback.format_exc(), flush=True)
        if shared.desktop is not None:
            print(shared.desktop.explain(), flush=True)
            shared.tidy()
        return False
    print(f"ok {name} ({time.monotonic() - start:.1f} s)", flush=True)
    return True


def close_quietly(shared):
    try:
        shared.close()
    except Exception as error: # pylint: disable=broad-except
        print(error, flush=True)


def main():
    path = pathlib.Path(sys.argv[1])
    module = load(path)
    wanted = sys.argv[2:]
    functions = [f for n, f in vars(module).items() if n.startswith("test_") and callable(f)]
    shared = Shared(module)
    try:
        passed = [run_one(f, shared) for f in functions if not wanted or f.__name__ in wanted]
    except BaseException: # asked to end
        close_quietly(shared)
        raise
    try:
        shared.close()
    except Exception: # pylint: disable=broad-except
        print("FAIL closing the desktop\n" + traceback.format_exc(), flush=True)
        return 1
    return 0 if all(passed) else 1


if __name__ == "__main__":
    supervised(main)
