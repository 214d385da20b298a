# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What each client holds in an X server, as its Resource extension tells."""
import ctypes
import os
import struct

XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID = 2


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]


class _Spec(ctypes.Structure):
    _fields_ = [("client", ctypes.c_uint32), ("mask", ctypes.c_uint32)]


def _load():
    xcb, res = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL("libxcb-res.so.0")
    libc = ctypes.CDLL(None)
    xcb.xcb_connect.restype = ctypes.c_void_p
    for name in ("xcb_res_query_client_ids", "xcb_res_query_client_resources"):
        getattr(res, name).restype = _Cookie
        getattr(res, name + "_reply").restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    return xcb, res, libc


class XResources:
    """A connection of its own; its calls block until the server answers."""

    def __init__(self, display):
        self.xcb, self.res, self.libc = _load()
        self.connection = ctypes.c_void_p(self.xcb.xcb_connect(display.encode(), None))
        if self.xcb.xcb_connection_has_error(self.connection):
            raise OSError(f"Cannot connect to the X server {display}")

    def close(self):
        self.xcb.xcb_disconnect(self.connection)

    def _reply(self, name, *arguments):
        """The bytes of the reply, or b"" when the client has gone meanwhile."""
        cookie = getattr(self.res, name)(self.connection, *arguments)
        at = getattr(self.res, name + "_reply")(self.connection, cookie, None)
        if not at:
            return b""
        n_bytes = 32 + 4 * struct.unpack_from("I", ctypes.string_at(at, 8), 4)[0]
        reply = ctypes.string_at(at, n_bytes)
        self.libc.free(at)
        return reply

    def clients(self):
        """Resource base and process of each client."""
        spec = _Spec(0, XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID)
        reply = self._reply("xcb_res_query_client_ids", ctypes.c_uint32(1), ctypes.byref(spec))
        found, at = {}, 32
        for _ in range(struct.unpack_from("I", reply, 8)[0] if reply else 0):
            base, _mask, n_bytes = struct.unpack_from("III", reply, at)
            if n_bytes >= 4:
                found[base] = struct.unpack_from("I", reply, at + 12)[0]
            at += 12 + n_bytes
        return found

    def count(self, base):
        reply = self._reply("xcb_res_query_client_resources", ctypes.c_uint32(base))
        n_types = struct.unpack_from("I", reply, 8)[0] if reply else 0
        return sum(struct.unpack_from("II", reply, 32 + 8 * i)[1] for i in range(n_types))

    def of(self, pid):
        """Windows, pixmaps, damages, regions ... of one process."""
        return sum(self.count(base) for base, owner in self.clients().items() if owner == pid)

    def n_clients(self):
        """All but ourselves."""
        return sum(1 for pid in self.clients().values() if pid != os.getpid())
