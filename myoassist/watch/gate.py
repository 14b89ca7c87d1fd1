"""A gate in front of a server on the loopback address: who does not know the token gets nothing through.

The page of the server is opened with the token in its address. The gate answers with a cookie and sends the browser on
to the address without it, so that the token does not stay in what is shown or handed on. Everything later, the page and
the connection that moves it, needs the cookie.
"""

import asyncio
import contextlib
import errno
import hmac
import ipaddress
import secrets
import threading
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from myoassist.files.errors import UserError

LOOPBACK = "127.0.0.1"
PARAMETER = "token"
# One per port: browsers send the cookies of all ports of a machine.
_COOKIE = "myoassist_watch"
_LONGEST_HEAD = 64 * 1024  # bytes
_HEAD_TIME = 10.0  # s
_CHUNK = 64 * 1024  # bytes
_PORTS = 100


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address to listen on."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make_token() -> str:
    """Return a new token that nobody can guess."""
    return secrets.token_urlsafe(24)


def knows_token(target: str, cookies: str, token: str, name: str = _COOKIE) -> str:
    """Return how a request shows that it knows the token: `address`, `cookie`, or an empty text if it does not.

    Args:
        target: What is asked for, with its query.
        cookies: Value of the header `Cookie`.
        token: The token.
        name: Name of the cookie.
    """
    asked = parse_qs(urlsplit(target).query).get(PARAMETER, [])
    if any(_same(item, token) for item in asked):
        return "address"
    try:
        found = SimpleCookie(cookies).get(name)
    except CookieError:
        return ""
    return "cookie" if found is not None and _same(found.value, token) else ""


def _same(one: str, other: str) -> bool:
    # In a time that does not tell how much of it was right.
    return hmac.compare_digest(one.encode(), other.encode())


class Gate:
    """Listens on an address and lets through to a server on this machine who knows the token.

    Args:
        host: Address to listen on.
        port: Port wanted; the next free one is taken if it is not free.
        behind: Port of the server on the loopback address.
        token: The token.

    Raises:
        UserError: if the address is none of this machine, or no port is free.
    """

    def __init__(self, host: str, port: int, behind: int, token: str) -> None:
        self._behind = behind
        self._token = token
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task] = set()
        try:
            self._server, self.port = self._loop.run_until_complete(self._listen(host, port))
        except BaseException:
            self._loop.close()
            raise
        self._cookie = f"{_COOKIE}_{self.port}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _listen(self, host: str, port: int) -> tuple[asyncio.Server, int]:
        error: OSError | None = None
        for number in range(port, min(port + _PORTS, 65536)):
            try:
                return await asyncio.start_server(self._serve, host, number, limit=_LONGEST_HEAD), number
            except OSError as failed:
                error = failed
                if failed.errno not in (errno.EADDRINUSE, errno.EACCES):
                    break
        raise UserError(
            f"host={host} port={port}: nothing can listen there ({error})",
            "an address of this machine and a free port",
            "host=0.0.0.0 port=8090",
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A browser that goes away, and a stop of ours, end a connection at any point.
        with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            try:
                await self._answer(reader, writer)
            finally:
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_TIME)
        except (asyncio.LimitOverrunError, TimeoutError):
            return
        target, cookies = _read_head(head)
        known = knows_token(target, cookies, self._token, self._cookie)
        if not known:
            await _send(writer, "403 Forbidden", "This page needs the address with the token that was printed.\n")
        elif known == "address":
            cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            await _send(writer, "303 See Other", "", f"Location: /\r\nSet-Cookie: {cookie}\r\n")
        else:
            inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, self._behind)
            try:
                inner_writer.write(_alone(head))
                await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
            finally:
                inner_writer.close()

    def close(self) -> None:
        """Stop listening and end every connection."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=5.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5.0)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _read_head(head: bytes) -> tuple[str, str]:
    """Return target and cookies of the head of a request; empty texts where it is none."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    named = (line.partition(":") for line in lines[1:])
    cookies = [value.strip() for name, _, value in named if name.strip().lower() == "cookie"]
    return (words[1] if len(words) == 3 else ""), "; ".join(cookies)


def _alone(head: bytes) -> bytes:
    """Return the head of a request as one whose connection ends with its answer, unless it is one for a websocket.

    Otherwise a second request on the same connection would not be looked at.
    """
    lines = head.decode("latin-1").split("\r\n")
    if any(line.lower().startswith("upgrade:") for line in lines[1:]):
        return head
    kept = [line for line in lines if not line.lower().startswith("connection:")]
    return "\r\n".join([kept[0], "Connection: close", *kept[1:]]).encode("latin-1")


async def _send(writer: asyncio.StreamWriter, status: str, text: str, headers: str = "") -> None:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Type: text/plain; charset=utf-8\r\n"
    # Neither kept nor told to other pages: the address holds the token.
    head += "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on bytes until one side has ended, then end the other."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
