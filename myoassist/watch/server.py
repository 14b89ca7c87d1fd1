"""The web server of the page: on this machine alone unless another address is asked for, and then behind a token."""

import contextlib
import io
import socket
from typing import Self

import viser

from myoassist.analysis.picture.view_web import leave_out_empty_connections
from myoassist.files.errors import UserError
from myoassist.watch.gate import LOOPBACK, PARAMETER, Gate, is_loopback, make_token


class _Server(viser.ViserServer):
    """Server of the library that does not open a tunnel to a machine of others, whatever a page asks for."""

    def request_share_url(self, verbose: bool = True) -> None:
        """Refuse."""


class PageServer:
    """What serves the page; use it as a context manager.

    Args:
        host: Address to listen on; anything but a loopback address gets a token.
        port: Port wanted; the next free one is taken if it is not free.
        name: Name of the page.

    Attributes:
        viser: The server of the library.
        token: What the address has to hold; None where only this machine can reach it.

    Raises:
        UserError: if nothing can listen there.
    """

    def __init__(self, host: str = LOOPBACK, port: int = 8080, name: str = "") -> None:
        inner = is_loopback(host)
        self.token = None if inner else make_token()
        self._host = host
        leave_out_empty_connections()
        # Behind a gate any free port serves.
        # It prints an address of its own, which behind a gate is not the one to open.
        with contextlib.redirect_stdout(io.StringIO()):
            self.viser = _Server(host=LOOPBACK, port=port if inner else 0, label=name or None, verbose=False)
        self._gate: Gate | None = None
        if self.token is not None:
            try:
                self._gate = Gate(host, port, self.viser.get_port(), self.token)
            except UserError:
                self.viser.stop()
                raise

    @property
    def url(self) -> str:
        """Address to open."""
        if self._gate is None:
            return f"http://{LOOPBACK}:{self.viser.get_port()}"
        name = socket.gethostname() if self._host in ("0.0.0.0", "::", "") else self._host
        shown = f"[{name}]" if ":" in name else name
        return f"http://{shown}:{self._gate.port}/?{PARAMETER}={self.token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._gate is not None:
            self._gate.close()
        self.viser.stop()
