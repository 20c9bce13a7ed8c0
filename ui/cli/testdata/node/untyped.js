// A plain server that knows nothing of livetape: an untyped value every second.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/event-stream'});
  const send = () => response.write('data: {"value": 42}\n\n');
  send();
  const timer = setInterval(send, 1000);
  request.on('close', () => clearInterval(timer));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
