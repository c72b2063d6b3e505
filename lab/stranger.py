"""
Another user of the host, for lab/trust.real.test.ts. Tries to get at the machines of a lab, and prints as JSON what came of
it. Run with another uid; it is told everything but the key. Python, because websockify needs it and any uid can run it.
"""
import glob
import json
import os
import socket
import sys

asked = json.load(sys.stdin)
host, port = asked["host"], asked["port"]


def upgrade(target):
    """The first line of the answer to a WebSocket from the right origin; empty where the bridge hangs up."""
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(
            (
                f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: http://{host}:{port}\r\n"
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            ).encode()
        )
        try:
            return connection.recv(4096).split(b"\r\n")[0].decode("latin-1")
        except ConnectionError:
            return ""


def page(path):
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts).decode("latin-1")


def reach(path):
    """What the kernel says to opening a file, or connecting to a socket."""
    try:
        if path.endswith((".qmp", ".hmp", ".qga")):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(path)
        else:
            open(path, "rb").close()
        return "reached"
    except OSError as error:
        return type(error).__name__


def readable(paths):
    """All that can be read of these files."""
    parts = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                parts.append(file.read(4_000_000).decode("latin-1"))
        except OSError:
            pass
    return "\n".join(parts)


seen = readable(
    glob.glob("/proc/[0-9]*/cmdline")
    + glob.glob("/proc/[0-9]*/environ")
    + glob.glob("/proc/[0-9]*/comm")
    + ["/proc/net/unix", "/proc/net/tcp"]
    + asked["logs"]
)
json.dump(
    {
        "uid": os.getuid(),
        "upgrades": {target: upgrade(target) for target in asked["targets"]},
        "pages": {path: page(path) for path in asked["pages"]},
        "reached": {path: reach(path) for path in asked["files"]},
        "seen": seen,
    },
    sys.stdout,
)
