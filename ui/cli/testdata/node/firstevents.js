// Three events of each stream, gap ms apart; then the streams stay open. The numbers are such as Math.random() gives.
const json = value => () => `data: ${JSON.stringify(value)}\n\n`;
const message = () => json({message: 'Hello from the server', timestamp: new Date().toISOString()})();
const text = () => {
  const now = new Date().toLocaleTimeString('en-US', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
  return `id: ${now}\ndata: new server event ${now}\n\n`;
};

exports.gap = 500;
exports.events = {
  random: [json({value: 0.4371650912305548}), json({value: 0.5308612441253102}), json({value: 0.8713342112093871})],
  climate: [json({temperature: 25, humidity: 60}), json({temperature: 26, humidity: 59}), json({temperature: 27, humidity: 58})],
  message: [message, message, message],
  text: [text, text, text],
};
