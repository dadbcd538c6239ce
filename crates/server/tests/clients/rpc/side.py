"""The other side of an integration: keeps what it gets."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Side:
    def __init__(self):
        side = self
        self.got, self.status = [], 201

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                side.got.append((self.command, self.path, self.headers, json.loads(body or "null")))
                self.send_response(side.status)
                self.send_header("Content-Length", "9")
                self.end_headers()
                self.wfile.write(b'{"id": 1}')

            do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
