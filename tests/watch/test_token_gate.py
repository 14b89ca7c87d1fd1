"""Who is let through to the page."""

import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from myoassist.files.errors import UserError
from myoassist.watch.gate import Gate, is_loopback, knows_token, make_token

TOKEN = "abc-DEF_123"


@pytest.mark.parametrize(
    ("host", "inside"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.8.0.9", True), ("0.0.0.0", False)]
    + [(host, False) for host in ("::", "10.0.0.3", "", "node17")],
)
def test_what_other_machines_reach(host, inside):
    assert is_loopback(host) is inside


@pytest.mark.parametrize(
    ("target", "cookies", "known"),
    [
        (f"/?token={TOKEN}", "", "address"),
        ("/", f"gate={TOKEN}", "cookie"),
        ("/", f"other=1; gate={TOKEN}", "cookie"),
        ("/", "", ""),
        (f"/{TOKEN}", "", ""),
        ("/?token=", "gate=", ""),
        (f"/?token={TOKEN}x", f"gate={TOKEN[:-1]}", ""),
        (f"/?TOKEN={TOKEN}", f"other={TOKEN}", ""),
        ("/?token=é", "gate=é", ""),
    ],
)
def test_only_the_whole_token_counts(target, cookies, known):
    assert knows_token(target, cookies, TOKEN, "gate") == known


def test_tokens_differ_and_are_long():
    assert len({make_token() for _ in range(100)}) == 100
    assert len(make_token()) >= 32


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        body = b"the page"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def page():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def gate(page):
    made = Gate("127.0.0.1", 18200, page.server_address[1], TOKEN)
    yield made
    made.close()


def ask(gate, target, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=10)
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


def test_the_page_needs_the_token(page, gate):
    for target, headers in (("/", {}), ("/?token=wrong", {}), ("/", {"Cookie": f"myoassist_watch_{gate.port}=wrong"})):
        answer, body = ask(gate, target, **headers)
        assert answer.status == 403
        assert b"the page" not in body
    assert page.asked == []


def test_the_address_becomes_a_cookie_and_the_cookie_opens(page, gate):
    answer, _ = ask(gate, f"/?token={TOKEN}")
    assert (answer.status, answer.getheader("Location")) == (303, "/")
    cookie = answer.getheader("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    answer, body = ask(gate, "/x.js", Cookie=cookie.partition(";")[0])
    assert (answer.status, body) == (200, b"the page")
    assert page.asked == ["/x.js"]


def test_a_second_request_is_not_carried_by_the_first(page, gate):
    cookie = f"myoassist_watch_{gate.port}={TOKEN}"
    with socket.create_connection(("127.0.0.1", gate.port), timeout=10) as connection:
        connection.sendall(
            f"GET /one HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        answer = b""
        while part := connection.recv(4096):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200")
    assert page.asked == ["/one"]


def test_a_connection_for_a_websocket_needs_the_token(page, gate):
    with socket.create_connection(("127.0.0.1", gate.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 403")
    assert page.asked == []


def test_a_closed_gate_lets_nobody_in(page):
    made = Gate("127.0.0.1", 18210, page.server_address[1], TOKEN)
    made.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", made.port), timeout=3)


def test_a_taken_port_is_passed_over(page, gate):
    other = Gate("127.0.0.1", gate.port, page.server_address[1], TOKEN)
    assert other.port > gate.port
    other.close()


def test_an_address_of_another_machine_is_refused(page):
    with pytest.raises(UserError, match="nothing can listen"):
        Gate("192.0.2.1", 18200, page.server_address[1], TOKEN)
