#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Holds the layers: which folder may include which, and which file may know which library."""
import pathlib
import re
import sys

BASE, PROTOCOL, POLICIES = "base", "protocol", "policies"
CORE = [BASE, PROTOCOL, POLICIES]

# Folder: what it may include besides itself. The longest folder that holds a file counts.
MAY_USE = {
    "base": [],
    "protocol": [BASE],
    "policies": [BASE, PROTOCOL],
    "recall/watch": CORE,
    "recall/vault": CORE,
    "actions": CORE,
    "agentd": CORE + ["recall/watch", "actions"],
    "gateway": CORE,
    "console": CORE,
    "apps": [BASE, PROTOCOL],
    "tests": ["*"],
}

# Header of a library: the only files besides tests that may include it ("*" matches within a name).
ONLY_IN = {
    r"X11/.*|xcb/.*": ["recall/watch/*-x11.[ch]", "recall/watch/*-x11-*.[ch]"],
    r"tesseract/.*|leptonica/.*|allheaders\.h": ["recall/watch/reader/*.[ch]"],
    r"sqlite3\.h": ["recall/vault/*.[ch]", "base/cleanup.h"],
    r"openssl/.*": ["recall/vault/box.[ch]", "recall/vault/sealed-box.[ch]"],
    r"argon2\.h": ["recall/vault/root-key-passphrase.[ch]"],
    r"pcre2\.h": ["policies/detect-tokens.c", "policies/detect-pattern.h"],
    r"curl/.*": ["base/http.[ch]"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def folder_of(path):
    names = [f for f in MAY_USE if path == f or path.startswith(f + "/")]
    return max(names, key=len, default=None)


def complaints(root, path):
    name = path.relative_to(root).as_posix()
    folder = folder_of(name)
    for quote, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
        target = folder_of(header) if quote == '"' and (root / header).exists() else None
        if target and target != folder and not {target, "*"} & set(MAY_USE[folder]):
            yield f"{name}: {folder}/ must not use {header}"
        for pattern, allowed in ONLY_IN.items():
            if folder == "tests" or not re.fullmatch(pattern, header):
                continue
            if not any(path.match(a) for a in allowed):
                yield f"{name}: {header} belongs to {' '.join(allowed)} only"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    files = [p for f in MAY_USE for p in (root / f).glob("**/*.[ch]")]
    found = sorted({c for p in files for c in complaints(root, p)})
    print("\n".join(found) or f"{len(set(files))} files keep to their layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
