// The same streams as first.js, with Express.
const express = require('express');
const {events, gap} = require('./firstevents.js');

const app = express();
app.get('/:stream', (request, response) => {
  const stream = events[request.params.stream];
  if (!stream) {
    response.sendStatus(404);
    return;
  }
  response.set({'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache'});
  response.flushHeaders();
  stream.forEach((event, n) => setTimeout(() => response.write(event()), n * gap));
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
