"""A server in the relay's place that believes nothing and checks nothing: it records what comes and answers with a picture.

It shares no code and no language with the client, so that what it recorded can be held against the relay's pages.

    python3 server.py --record FOLDER --picture FILE [--mime-type image/png] [--snake-case]

Prints its address as its first line and serves until it is ended. Each request leaves two files in the folder, numbered
as they came: NNNN.body, the body byte for byte, and then NNNN.json, its method, path and headers.
"""

import argparse
import base64
import itertools
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Recorder:
    """Numbers requests and writes them down."""

    def __init__(self, folder):
        self._folder = folder
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def record(self, request, body):
        with self._lock:
            number = next(self._numbers)
        name = os.path.join(self._folder, f"{number:04}")
        with open(name + ".body", "wb") as file:
            file.write(body)
        with open(name + ".json", "w", encoding="utf-8") as file:
            json.dump(
                {
                    "method": request.command,
                    "path": request.path,
                    "headers": [{"name": key, "value": value} for key, value in request.headers.items()],
                },
                file,
            )


def answer_with(picture, mime_type, snake_case):
    """The pages' response example, with a picture in it."""
    inline, mime, finish = (
        ("inline_data", "mime_type", "finish_reason") if snake_case else ("inlineData", "mimeType", "finishReason")
    )
    with open(picture, "rb") as file:
        data = base64.b64encode(file.read()).decode("ascii")
    answer = {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{inline: {mime: mime_type, "data": data}}]},
                finish: "STOP",
            }
        ]
    }
    return json.dumps(answer, indent=2).encode("ascii")


def handler_of(recorder, answer):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            recorder.record(self, self._read_body())
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _read_body(self):
            if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
                return b"".join(self._read_chunks())
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))

        def _read_chunks(self):
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass

        def log_message(self, *_):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", required=True, help="the folder to write requests to")
    parser.add_argument("--picture", required=True, help="the picture to answer with")
    parser.add_argument("--mime-type", default="image/png", help="what to call it, true or not")
    parser.add_argument("--snake-case", action="store_true", help="answer in snake case, as some relays do")
    options = parser.parse_args()

    answer = answer_with(options.picture, options.mime_type, options.snake_case)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(Recorder(options.record), answer))
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
