// The first event streams that people write: one of them, by the path, each with a new event every half a second.
const http = require('http');

const events = {
  '/random': () => `data: ${JSON.stringify({value: Math.random()})}\n\n`,
  '/climate': n => `data: ${JSON.stringify({temperature: 25 + n % 3, humidity: 60 - n % 5})}\n\n`,
  '/message': () => `data: ${JSON.stringify({message: 'Hello from the server', timestamp: new Date().toISOString()})}\n\n`,
  '/text': () => {
    const now = new Date().toLocaleTimeString('en-US');
    return `id: ${now}\ndata: new server event ${now}\n\n`;
  },
};

http.createServer((request, response) => {
  const event = events[request.url];
  if (!event) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive'});
  let n = 0;
  const send = () => response.write(event(n++));
  send();
  const timer = setInterval(send, 500);
  request.on('close', () => clearInterval(timer));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
