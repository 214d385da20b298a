#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What Deskhand is measured against: every 5 s it grabs the whole frame, and when that differs
from the one before it reads all of it with Tesseract (one thread, the setting that is cheapest).

usage: baseline.py OUTPUT [LANGUAGES]      one line of JSON per frame that was read"""
import ctypes
import json
import os
import pathlib
import sys
import time

os.environ["OMP_THREAD_LIMIT"] = "1"
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "session"))

from desktop import tesseract_libraries # noqa: E402

PERIOD_S = 5.0
ALL_PLANES = ctypes.c_ulong(0xFFFFFFFF)
Z_PIXMAP = 2


class Image(ctypes.Structure):
    """The head of an XImage."""
    _fields_ = [(n, ctypes.c_int) for n in ("width", "height", "xoffset", "format")] + [
        ("data", ctypes.c_void_p)] + [
        (n, ctypes.c_int) for n in ("byte_order", "unit", "bit_order", "pad", "depth", "stride",
                                    "bits")]


class Screen:
    """Grabs frames over one connection."""

    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XGetImage.restype = ctypes.POINTER(Image)
        self.x11.XDestroyImage.argtypes = [ctypes.POINTER(Image)]
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        self.root = ctypes.c_ulong(self.x11.XDefaultRootWindow(self.display))
        self.size = (self.x11.XDisplayWidth(self.display, 0),
                     self.x11.XDisplayHeight(self.display, 0))

    def grab(self):
        return self.x11.XGetImage(self.display, self.root, 0, 0, *self.size, ALL_PLANES, Z_PIXMAP)


def is_same(frame, last):
    if not last:
        return False
    n_bytes = frame.contents.stride * frame.contents.height
    libc = ctypes.CDLL(None)
    return libc.memcmp(ctypes.c_void_p(frame.contents.data), ctypes.c_void_p(last.contents.data),
                       ctypes.c_size_t(n_bytes)) == 0


def to_grey(image, lept):
    """The pixels are 0x00RRGGBB, Leptonica's 0xRRGGBB00: its green is our red, its blue our green,
    and those two make the grey."""
    pix = ctypes.c_void_p(lept.pixCreate(image.width, image.height, 32))
    ctypes.memmove(lept.pixGetData(pix), image.data, image.stride * image.height)
    grey = ctypes.c_void_p(lept.pixConvertRGBToGray(
        pix, ctypes.c_float(0.0), ctypes.c_float(0.35), ctypes.c_float(0.65)))
    lept.pixDestroy(ctypes.byref(pix))
    lept.pixSetResolution(grey, 96, 96)
    return grey


def read(frame, engine, tess, lept):
    grey = to_grey(frame.contents, lept)
    tess.TessBaseAPISetImage2(engine, grey)
    text = tess.TessBaseAPIGetUTF8Text(engine)
    words = ctypes.cast(text, ctypes.c_char_p).value.decode(errors="replace")
    tess.TessDeleteText(text)
    lept.pixDestroy(ctypes.byref(grey))
    return words


def main():
    output = open(sys.argv[1], "w", encoding="utf-8")
    tess, lept = tesseract_libraries()
    engine = tess.TessBaseAPICreate()
    languages = sys.argv[2] if len(sys.argv) > 2 else "eng"
    if tess.TessBaseAPIInit3(engine, None, languages.encode()):
        sys.exit(f"Tesseract has no data for {languages}: ./dev setup")
    tess.TessBaseAPISetPageSegMode(engine, 3)
    screen, last, due = Screen(), None, time.monotonic()
    while True:
        frame = screen.grab()
        taken_at = time.time()
        if not is_same(frame, last):
            output.write(json.dumps({"at": taken_at, "text": read(frame, engine, tess, lept)}) + "\n")
            output.flush()
        if last:
            screen.x11.XDestroyImage(last)
        last = frame
        due = max(due + PERIOD_S, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
