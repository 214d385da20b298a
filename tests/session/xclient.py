#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""An ill-behaved X client: windows of any size, with any title, that come and go.

usage: xclient.py window WIDTH HEIGHT [X Y]     stays until killed
       xclient.py title HEX [LENGTH]            a window whose title is these bytes, repeated
       xclient.py old-title STYLE TEXT          a title as Xlib writes it: "string", "compound"
       xclient.py flicker SECONDS               opens and closes a window 100 times a second
       xclient.py resize SECONDS                changes the screen's size again and again"""
import ctypes
import locale
import signal
import subprocess
import sys
import time

PROP_MODE_REPLACE = 0
EVERY_S = 0.01

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
for _name in ("XDefaultRootWindow", "XCreateSimpleWindow", "XInternAtom"):
    getattr(x11, _name).restype = ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))


def make_window(width, height, x=50, y=50):
    root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    window = ctypes.c_ulong(x11.XCreateSimpleWindow(
        display, root, x, y, width, height, 0, ctypes.c_ulong(0), ctypes.c_ulong(0xE0D0C0)))
    set_text(window, b"WM_NAME", b"STRING", b"xclient")
    set_text(window, b"WM_CLASS", b"STRING", b"xclient\0Xclient\0")
    return window


def set_text(window, name, kind, data):
    x11.XChangeProperty(display, window, atom(name), atom(kind), 8, PROP_MODE_REPLACE, data,
                        len(data))


def atom(name):
    return ctypes.c_ulong(x11.XInternAtom(display, name, 0))


def show(window):
    x11.XMapWindow(display, window)
    x11.XSync(display, 0)


def window_of(width, height, x="50", y="50"):
    show(make_window(int(width), int(height), int(x), int(y)))
    signal.pause()


def title_of(data, length="0"):
    data = bytes.fromhex(data)
    while len(data) < int(length):
        data += data
    window = make_window(300, 200)
    set_text(window, b"_NET_WM_NAME", b"UTF8_STRING", data)
    set_text(window, b"WM_NAME", b"STRING", data)
    set_text(window, b"WM_CLASS", b"STRING", data[:200].replace(b"\0", b"") + b"\0Xclient\0")
    show(window)
    signal.pause()


class TextProperty(ctypes.Structure): # pylint: disable=too-few-public-methods
    """XTextProperty"""
    _fields_ = [("value", ctypes.c_void_p), ("encoding", ctypes.c_ulong), ("format", ctypes.c_int),
                ("n_items", ctypes.c_ulong)]


def old_title_of(style, text):
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    styles = {"string": 0, "compound": 1} # XStringStyle, XCompoundTextStyle
    texts = (ctypes.c_char_p * 1)(text.encode())
    title = TextProperty()
    window = make_window(300, 200)
    if x11.Xutf8TextListToTextProperty(display, texts, 1, styles[style], ctypes.byref(title)) != 0:
        sys.exit("Xlib cannot write that")
    x11.XSetWMName(display, window, ctypes.byref(title))
    print(ctypes.string_at(title.value, title.n_items), flush=True)
    show(window)
    signal.pause()


def flicker(seconds):
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        window = make_window(400, 300)
        show(window)
        time.sleep(EVERY_S / 2)
        x11.XDestroyWindow(display, window)
        x11.XSync(display, 0)
        time.sleep(EVERY_S / 2)


def resize(seconds):
    end = time.monotonic() + float(seconds)
    sizes = ["1024x768", "1280x1024", "800x600", "1920x1080"]
    while time.monotonic() < end:
        for size in sizes:
            subprocess.run(["xrandr", "--size", size], check=False, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    {"window": window_of, "title": title_of, "old-title": old_title_of, "flicker": flicker,
     "resize": resize}[sys.argv[1]](*sys.argv[2:])
