"""A server that misbehaves. peer.py MODE PORT-FILE

hold     takes connections and never says a word; the first bytes it gets go to the file "greeting"
reset    takes a connection, reads a little and resets it
plain    answers in plain HTTP whatever it is told, and waits for the other side to close
gzip     an intake that knows gzip alone: 415 for any other encoding
old-api  an intake whose API host has no v2/validate and answers 401 for the key
small    an intake behind something that takes 2 MB a request, and closes each connection
"""
import http.server
import os
import socket
import struct
import sys


def write_port(path, port):
    with open(path + ".new", "w") as f:
        f.write(str(port))
    os.rename(path + ".new", path)


def hold(path):
    s = socket.create_server(("127.0.0.1", 0))
    write_port(path, s.getsockname()[1])
    kept = []
    while True:
        c, _ = s.accept()
        kept.append(c)
        with open("greeting", "wb") as f:
            f.write(c.recv(4096))


def reset(path):
    s = socket.create_server(("127.0.0.1", 0))
    write_port(path, s.getsockname()[1])
    while True:
        c, _ = s.accept()
        c.recv(16)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        c.close()


def plain(path):
    s = socket.create_server(("127.0.0.1", 0))
    write_port(path, s.getsockname()[1])
    while True:
        c, _ = s.accept()
        c.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        while True:
            try:
                if not c.recv(4096):
                    break
            except ConnectionError:
                break
        c.close()


class Intake(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    refused_key = False
    most = None

    def answer(self, status, body):
        self.send_response(status)
        if self.most:
            self.send_header("Connection", "close")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.refused_key:
            self.answer(401, b'{"errors":["Unauthorized"]}')
        elif self.path == "/api/v1/validate":
            self.answer(200, b'{"valid":true}')
        else:
            self.answer(404, b"{}")

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        if self.most:
            self.answer(202 if length <= self.most else 413, b"{}")
        elif self.headers.get("Content-Encoding") == "gzip":
            self.answer(202, b"{}")
        else:
            self.answer(415, b"{}")

    def log_message(self, *args):
        pass


def serve(path, mode):
    Intake.refused_key = mode == "old-api"
    Intake.most = 2000000 if mode == "small" else None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Intake)
    write_port(path, server.server_address[1])
    server.serve_forever()


mode, port_file = sys.argv[1:]
if mode == "hold":
    hold(port_file)
elif mode == "reset":
    reset(port_file)
elif mode == "plain":
    plain(port_file)
elif mode in ("gzip", "old-api", "small"):
    serve(port_file, mode)
