#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Shell by shellcheck, Python by its compiler."""
import ast
import subprocess

from common import files, finish, short


def first_line(path):
    with path.open("rb") as stream:
        return stream.readline()


def python_complaints(path):
    try:
        ast.parse(path.read_bytes(), short(path))
    except SyntaxError as error:
        yield f"{short(path)}:{error.lineno}: {error.msg}"


scripts = [p for p in files() if first_line(p).startswith((b"#!/bin/sh", b"#!/bin/bash"))]
checked = subprocess.run(["shellcheck", *map(str, scripts)], capture_output=True, text=True,
                         check=False)
pythons = files(".py")
found = [checked.stdout.strip()] if checked.returncode else []
finish(found + [c for p in pythons for c in python_complaints(p)],
       f"{len(scripts)} shell scripts, {len(pythons)} Python files")
