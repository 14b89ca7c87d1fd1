"""What a page's server says about connections that a browser opens in advance."""

import logging
import socket
import time

import pytest

from myoassist.watch.server import PageServer


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"rubbish\r\n\r\n"])
def test_a_connection_without_a_request_is_no_traceback(sent, caplog):
    with PageServer(port=18410) as page, caplog.at_level(logging.DEBUG, "websockets.server"):
        connection = socket.create_connection(("127.0.0.1", page.viser.get_port()))
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        # The server has dealt with it once it closes its side.
        connection.settimeout(20.0)
        while connection.recv(4096):
            pass
        connection.close()
        time.sleep(0.2)
    assert "handshake" not in caplog.text


def test_other_faults_of_a_server_are_still_told(caplog):
    with PageServer(port=18420):
        # The server's library itself keeps "opening handshake failed" back once a browser has come.
        logging.getLogger("websockets.server").error("data transfer failed", exc_info=ValueError("ours"))
    assert "ours" in caplog.text
