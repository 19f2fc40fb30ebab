"""Serves an image over https, and prints the names of the headers of each request.

usage: images.py address certificate key image

Prints a line once it listens, then one of JSON for each request.
"""
import http.server
import json
import ssl
import sys

address, certificate, key, image = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(json.dumps({"path": self.path, "headers": self.headers.keys()}), flush=True)
        if self.path.startswith("/redirect/"):
            self.send_response(302)
            self.send_header("Location", "https://" + self.path[len("/redirect/"):])
            self.end_headers()
            return

        with open(image, "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer((address, 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print("listening", flush=True)
server.serve_forever()
