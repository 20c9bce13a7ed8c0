// The first event streams that people write, with Node alone: one of them, by the path.
const http = require('http');
const {events, gap} = require('./firstevents.js');

http.createServer((request, response) => {
  const stream = events[request.url.slice(1)];
  if (!stream) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive'});
  stream.forEach((event, n) => setTimeout(() => response.write(event()), n * gap));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
