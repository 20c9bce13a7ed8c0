// Prices with CRLF line ends, as servers on Windows write them.
const http = require('http');

http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/event-stream; charset=utf-8'});
  let cents = 10000;
  const send = () => {
    cents += 5;
    const last = (cents / 100).toFixed(2);
    response.write(`event: price\r\ndata: {"symbol":"NODE","last":"${last}","bid":"${last}"}\r\n\r\n`);
  };
  send();
  const timer = setInterval(send, 200);
  request.on('close', () => clearInterval(timer));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
