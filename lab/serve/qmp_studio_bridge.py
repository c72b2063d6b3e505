"""
What websockify 0.10 lacks, as an authentication plug-in of it (`--auth-plugin qmp_studio_bridge.Guard`): headers for the
files that it serves, no lists of folders, a unix socket to listen on, and the address of a client for the gate's record.
Bytes between a client and a machine go through websockify alone. Later versions have `--file-only` and `--unix-listen`; these do the same there.

Tested by lab/serve/serve.real.test.ts.
"""
import os
import socket
import struct

from websockify import auth_plugins, websocketproxy

# The unix socket to listen on, instead of the port; empty: none.
UNIX = os.environ.get("QMP_STUDIO_UNIX", "")

# The folder of the gate's sockets that want to know who comes, with a slash at its end; empty: there are none.
GATE = os.environ.get("QMP_STUDIO_GATE", "")

# Sent with every file. What a page can say of itself stands in its own <meta>; a browser takes these from a header only.
HEADERS = (
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)

Handler = websocketproxy.ProxyRequestHandler
plain_end_headers = Handler.end_headers
allowed = ()


def end_headers(self):
    # A request that cannot be read has no path and no headers.
    path, headers = getattr(self, "path", ""), getattr(self, "headers", None) or {}
    if not headers.get("Upgrade"):
        for name, value in HEADERS:
            self.send_header(name, value)
        # The names of these files have a hash of their content in them.
        lasting = path.startswith("/assets/")
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache")
        # The list of machines for the pages that may use the bridge: nothing else is read by another origin.
        origin = headers.get("Origin")
        if origin in allowed and path.split("?")[0] == "/lab.json":
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Vary", "Origin")
    plain_end_headers(self)


def list_directory(self, path):
    self.send_error(404, "No such file")


plain_do_proxy = Handler.do_proxy


def peer_of(handler):
    """Who the client is, in words for a record: printable ASCII on one line."""
    if UNIX:
        process, user, _ = struct.unpack("3i", handler.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        words = "process %d of user %d" % (process, user)
    else:
        words = "%s port %d" % handler.client_address[:2]
    # A proxy says so, but so can any client: the record tells it apart from what is known.
    said = (handler.headers.get("X-Forwarded-For") or "")[:100]
    said = "".join(each if each in FORWARDED else "?" for each in said)
    return words + (" (says: for %s)" % said if said else "")


# What addresses are written with.
FORWARDED = "0123456789abcdefABCDEF.:[], _-"


def do_proxy(self, target):
    # Before any byte of the client: what it sends cannot be taken for this line.
    if GATE and (self.server.unix_target or "").startswith(GATE):
        target.sendall((peer_of(self) + "\n").encode("ascii"))
    plain_do_proxy(self, target)


Handler.do_proxy = do_proxy
Handler.end_headers = end_headers
Handler.list_directory = list_directory


class Guard(auth_plugins.ExpectOrigin):
    """As ExpectOrigin. At a unix socket the port of a page is the client's own: the page has to be the one it came for."""

    def __init__(self, src=None):
        global allowed
        super().__init__(src)
        allowed = tuple(self.source)

    def authenticate(self, headers, target_host, target_port):
        if UNIX and self.is_own(headers.get("Origin") or "", headers.get("Host") or ""):
            return
        super().authenticate(headers, target_host, target_port)

    def is_own(self, origin, host):
        # A name that a stranger made lead here would agree with itself: names of the own machine only.
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return origin == "http://" + host and name in ("localhost", "127.0.0.1", "[::1]")


class UnixConnection(socket.socket):
    """A connection of a unix socket. websockify sets options of TCP on each."""

    def setsockopt(self, level, *args):
        if level != socket.SOL_TCP:
            super().setsockopt(level, *args)


class UnixListener(socket.socket):
    def accept(self):
        descriptor, _ = self._accept()
        # websockify prints the first part of an address.
        return UnixConnection(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=descriptor), ("unix", 0)


def listen_unix(*_args, **_options):
    """In place of the socket of `listen_host` and `listen_port`. Nobody but its owner may ever have connected to it."""
    listener = UnixListener(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(UNIX)
    finally:
        os.umask(before)
    listener.listen(100)
    return listener


if UNIX:
    # Connections to machines are made by the base class.
    websocketproxy.WebSocketProxy.socket = staticmethod(listen_unix)
