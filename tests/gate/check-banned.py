#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Calls and types that the house style bans, each with what to use instead."""
import re

from common import files, finish, short

PROGRAMS = ("agentd/", "apps/", "tests/")  # plus every main.c: these may end the process

BANNED = [
    (r"\b(?:strcpy|strcat|strncpy|strncat|stpcpy)\s*\(", "use g_strdup, GString or g_strlcpy"),
    (r"\bv?sprintf\s*\(", "use g_strdup_printf or g_snprintf"),
    (r"\b(?:atoi|atol|atoll|atof)\s*\(", "use g_ascii_string_to_signed"),
    (r"\b(?:system|popen)\s*\(", "use GSubprocess"),
    (r"(?<!_)\b(?:sleep|usleep|nanosleep)\s*\(", "wait for a condition"),
    (r"\bg_print(?:err)?\s*\(", "use fputs or a log function"),
    (r"\b(?:gets|strtok|tmpnam|mktemp|alloca|g_alloca)\s*\(", "it has a safe sibling"),
    (r"\bgoto\b", "let the scope own: g_autoptr"),
    (r"\bbool\b|<stdbool\.h>", "gboolean: a bool is one byte, GLib writes four"),
    (r"\bg_task_run_in_thread(?:_sync)?\s*\(", "use base/worker.h"),
    (r"\b(?:TODO|FIXME|XXX)\b", "do it, or open an issue and name it"),
]
BANNED_IN_LIBRARIES = [
    (r"(?<!_)\bexit\s*\(", "libraries return"),
    (r"\babort\s*\(", "use g_assert, for bugs only"),
]
BANNED_OUTSIDE_TESTS = [
    (r"\bg_usleep\s*\(", "wait for a condition"), # a test may poll for one
]

# Comments and literals, blanked so that prose may say what code may not (not for TODO).
PROSE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def complaints(path):
    text = path.read_text(encoding="utf-8")
    code = PROSE.sub(blank, text)
    name = short(path)
    rules = list(BANNED)
    if not name.startswith(PROGRAMS) and path.name != "main.c":
        rules += BANNED_IN_LIBRARIES
    if not name.startswith("tests/"):
        rules += BANNED_OUTSIDE_TESTS
    for pattern, instead in rules:
        for hit in re.finditer(pattern, text if "TODO" in pattern else code):
            line = text.count("\n", 0, hit.start()) + 1
            yield f"{name}:{line}: {hit.group().rstrip('( ')}: {instead}"
    for number, line in enumerate(code.split("\n"), 1):
        if re.match(r"\s*//", text.split("\n")[number - 1]):
            yield f"{name}:{number}: comments are /* */"


sources = files(".c", ".h")
finish([c for p in sources for c in complaints(p)], f"{len(sources)} files")
