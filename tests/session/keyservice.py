# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""A key service as a host would run it (protocol/key-service.h), for the tests."""
import os
import pathlib
import socket
import struct
import threading
import time

WRAP, UNWRAP, DESTROY, NOTE, MARKS = 1, 2, 3, 4, 5
OK, REFUSED, UNKNOWN, BAD = range(4)
HEADER = struct.Struct(">4sBBH")


class KeyService:
    """Keeps keys in memory, under tokens that tell nothing of them."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.keys = {}
        self.marks = {} # of each token, the last one first
        self.refuses = False
        self.is_silent = False # accepts, and never answers
        self.answer = None # bytes to send instead of any reply
        self.n_asked = 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.path.unlink()
        self.thread.join(5)

    def _serve(self):
        while True:
            try:
                client, _address = self.socket.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                try:
                    self._answer(client)
                except (OSError, ValueError, struct.error):
                    continue

    def _answer(self, client):
        magic, operation, _status, length = HEADER.unpack(client.recv(8, socket.MSG_WAITALL))
        body = client.recv(length, socket.MSG_WAITALL) if length else b""
        self.n_asked += 1
        while self.is_silent:
            time.sleep(0.05)
        if self.answer is not None:
            client.sendall(self.answer)
            return
        status, reply = self._do(operation, body) if magic == b"DKS1" else (BAD, b"")
        client.sendall(HEADER.pack(b"DKS1", operation, status, len(reply)) + reply)

    def _do(self, operation, body):
        if self.refuses:
            return REFUSED, b""
        if operation == WRAP and len(body) == 32:
            token = os.urandom(16)
            self.keys[token] = body
            return OK, token
        if operation == NOTE:
            token, mark = body[:-32], body[-32:]
            self.marks[token] = [mark, *self.marks.get(token, [])][:2]
            return (OK, b"") if token in self.keys else (UNKNOWN, b"")
        if body not in self.keys:
            return UNKNOWN, b""
        if operation == UNWRAP:
            return OK, self.keys[body]
        if operation == MARKS:
            return OK, b"".join(self.marks.get(body, []))
        if operation == DESTROY:
            del self.keys[body]
            return OK, b""
        return BAD, b""
