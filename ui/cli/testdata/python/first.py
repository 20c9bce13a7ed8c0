# The first event streams that people write, with Flask: one of them, by the path, each with a new event every half a second.
import json
import logging
import random
import time
from datetime import datetime, timezone

from flask import Flask, Response
from werkzeug.serving import make_server

app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line a request


def data(value):
    return f"data: {json.dumps(value)}\n\n"


def text():
    now = datetime.now().strftime("%I:%M:%S %p")
    return f"id: {now}\ndata: new server event {now}\n\n"


EVENTS = {
    "random": lambda n: data({"value": random.random()}),
    "climate": lambda n: data({"temperature": 25 + n % 3, "humidity": 60 - n % 5}),
    "message": lambda n: data({"message": "Hello from the server", "timestamp": datetime.now(timezone.utc).isoformat()}),
    "text": lambda n: text(),
}


@app.route("/<name>")
def stream(name):
    def events():
        n = 0
        while True:
            yield EVENTS[name](n)
            n += 1
            time.sleep(0.5)

    return Response(events(), mimetype="text/event-stream")


server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
