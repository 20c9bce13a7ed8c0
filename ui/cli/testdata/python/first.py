# The same streams as ../node/first.js, with Flask.
import json
import logging
import time
from datetime import datetime, timezone

from flask import Flask, Response, abort
from werkzeug.serving import make_server

app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line a request


def data(value):
    return f"data: {json.dumps(value)}\n\n"


def message(n):
    return data({"message": "Hello from the server", "timestamp": datetime.now(timezone.utc).isoformat()})


def text(n):
    now = datetime.now().strftime("%I:%M:%S %p")
    return f"id: {now}\ndata: new server event {now}\n\n"


EVENTS = {
    "random": lambda n: data({"value": [0.4371650912305548, 0.5308612441253102, 0.8713342112093871][n]}),
    "climate": lambda n: data({"temperature": 25 + n, "humidity": 60 - n}),
    "message": message,
    "text": text,
}


@app.route("/<name>")
def stream(name):
    if name not in EVENTS:
        abort(404)

    def events():
        for n in range(3):
            yield EVENTS[name](n)
            time.sleep(0.5)
        while True:  # the stream stays open
            time.sleep(60)

    return Response(events(), mimetype="text/event-stream")


server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
