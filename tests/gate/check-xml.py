#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""The D-Bus documents: well-formed, documented, with a version, every name as it should be."""
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from common import files, finish, short


def of_interface(name, interface, text):
    tag = interface.get("name")
    if f"{tag}:" not in text or "@short_description:" not in text:
        yield f"{name}: {tag} has no @short_description"
    if not any(p.get("name") == "version" for p in interface.findall("property")):
        yield f"{name}: {tag} has no property version"
    for kind in ("method", "signal"):
        for member in interface.findall(kind):
            called = member.get("name")
            if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", called):
                yield f"{name}: {called} is not in CamelCase"
            if member.findall("arg") and not re.search(rf"^\s*{called}:$", text, re.M):
                yield f"{name}: {called} is not documented"
            for argument in member.findall("arg"):
                if f"@{argument.get('name')}:" not in text:
                    yield f"{name}: argument {argument.get('name')} of {called} is not documented"


def complaints(path):
    name, text = short(path), path.read_text(encoding="utf-8")
    done = subprocess.run(["xmllint", "--noout", "--nonet", str(path)], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        yield done.stderr.strip()
        return
    root = ElementTree.fromstring(text)
    for interface in root.findall("interface") if root.tag == "node" else []:
        yield from of_interface(name, interface, text)


documents = files(".xml", ".svg")
finish([c for p in documents for c in complaints(p)], f"{len(documents)} documents")
