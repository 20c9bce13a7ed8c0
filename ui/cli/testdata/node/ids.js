// Prices with id: and retry:, on a server that ends every stream after five events and resumes from
// Last-Event-ID. One event says what it was asked to resume from.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/event-stream'});
  const from = request.headers['last-event-id'];
  let n = from ? Number(from) : 0;
  response.write('retry: 300\n\n');
  if (from) response.write(`event: note\ndata: resumed after ${from}\n\n`);
  let sent = 0;
  const timer = setInterval(() => {
    n++;
    response.write(`id: ${n}\nevent: price\ndata: {"symbol":"COUNT","last":${n}}\n\n`);
    if (++sent === 5) response.end();
  }, 100);
  request.on('close', () => clearInterval(timer));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
