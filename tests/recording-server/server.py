"""A server in place of the relay that checks nothing: it records each request and responds with a picture.

It shares no code and no language with the client, so that its records can be compared with the relay's documentation.

    python3 server.py --record FOLDER --picture FILE [--mime-type image/png] [--snake-case] [--answers FILE]

With --answers, a JSON file has the responses to the requests, in order; the last one is repeated. It is a list of objects with
the "parts" of a response as they are sent, in which {"picture": true, ...} is replaced by the picture, or with the "status" of
an error.

Prints its address as its first line and serves until it is ended. For each request there are two files in the folder, numbered
in order: NNNN.body, the body byte for byte, and then NNNN.json, its method, path and headers.
"""

import argparse
import base64
import itertools
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Recorder:
    """Numbers requests and records them."""

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


class Answers:
    """The documentation's example of a response, with a picture, or the responses of a file."""

    def __init__(self, options):
        self._names = (
            ("inline_data", "mime_type", "finish_reason")
            if options.snake_case
            else ("inlineData", "mimeType", "finishReason")
        )
        self._mime_type = options.mime_type
        with open(options.picture, "rb") as file:
            self._data = base64.b64encode(file.read()).decode("ascii")
        self._plan = [{"parts": [{"picture": True}]}]
        if options.answers:
            with open(options.answers, encoding="utf-8") as file:
                self._plan = json.load(file)
        self._numbers = itertools.count()

    def next(self):
        """The status and the body of the next response."""
        answer = self._plan[min(next(self._numbers), len(self._plan) - 1)]
        status = answer.get("status", 200)
        return status, json.dumps(self._error(status) if "status" in answer else self._answer(answer), indent=2).encode("ascii")

    def _answer(self, answer):
        parts = [self._part(part) for part in answer["parts"]]
        return {"candidates": [{"content": {"role": "model", "parts": parts}, self._names[2]: "STOP"}]}

    def _part(self, part):
        if not part.get("picture"):
            return part
        inline, mime, _ = self._names
        rest = {name: value for name, value in part.items() if name != "picture"}
        return {inline: {mime: self._mime_type, "data": self._data}, **rest}

    @staticmethod
    def _error(status):
        return {"error": {"code": status, "message": "As it was told to.", "status": "INVALID_ARGUMENT"}}


def handler_of(recorder, answers):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            recorder.record(self, self._read_body())
            status, answer = answers.next()
            self.send_response(status)
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
    parser.add_argument("--answers", help="the JSON file that says what to answer")
    options = parser.parse_args()

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(Recorder(options.record), Answers(options)))
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
