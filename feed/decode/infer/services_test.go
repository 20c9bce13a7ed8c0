package infer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Payloads in the shapes of services that people connect to: what is shown of each, or why nothing is.
func TestPayloadsOfServicesAreReadAsTheyMeanOrNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		events []string
		want   []string
	}{
		{"trades of two symbols in an envelope of streams", []string{
			`{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1764367200000,"s":"BTCUSDT","a":164325,"p":"64000.10","q":"0.5","f":100,"l":105,"T":1764367199990,"m":true,"M":true}}`,
			`{"stream":"ethusdt@aggTrade","data":{"e":"aggTrade","E":1764367200000,"s":"ETHUSDT","a":164326,"p":"3000.10","q":"1.5","f":101,"l":105,"T":1764367199991,"m":false,"M":true}}`,
		}, []string{"BTCUSDT 64000.10 size=0.5 2025-11-28T22:00:00", "ETHUSDT 3000.10 size=1.5 2025-11-28T22:00:00"}},
		{"a bar of letters below the letter of its kind", []string{
			`{"e":"kline","E":1764367200000,"s":"BNBBTC","k":{"t":1764367140000,"T":1764367199999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}`,
		}, []string{"BNBBTC 0.0020 open=0.0010 high=0.0025 low=0.0015 2025-11-28T22:00:00"}},
		{"a mark price beside a funding rate and the time of the next payment", []string{
			`{"e":"markPriceUpdate","E":1764367200000,"s":"BTCUSDT","p":"11794.15000000","i":"11784.62659091","P":"11784.25641265","r":"0.00038167","T":1764374400000}`,
		}, []string{"BTCUSDT 11794.15000000 2025-11-28T22:00:00"}},
		{"statistics of a day in letters", []string{
			`[{"e":"24hrTicker","E":1764367200000,"s":"BNBBTC","p":"0.0015","P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151}]`,
		}, []string{"BNBBTC 0.0025 bid=0.0024 ask=0.0026 open=0.0010 high=0.0025 low=0.0010 2025-11-28T22:00:00"}},
		{"the order of a liquidation", []string{
			`{"e":"forceOrder","E":1764367200000,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014","p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":1764367200000}}`,
		}, []string{"- forceOrder is a liquidation: its price is not the last one"}},
		{"a ticker in a list below its channel", []string{
			`{"channel":"ticker","type":"update","data":[{"symbol":"ALGO/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10036,"ask_qty":1361.44,"last":0.10035,"volume":997038.98,"vwap":0.10148,"low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17}]}`,
		}, []string{"ALGO/USD 0.10035 bid=0.10025 ask=0.10036 high=0.10285 low=0.09979 vwap=0.10148 chg=-0.00017 pct=-0.17"}},
		{"prices in lists under letters, in a list", []string{
			`[340,{"a":["5525.40000",1,"1.000"],"b":["5525.10000",1,"1.000"],"c":["5525.10000","0.00398963"],"v":["2634.11501494","3591.17907851"],"p":["5631.44067","5653.78939"],"t":[11493,16267],"l":["5505.00000","5505.00000"],"h":["5783.00000","5783.00000"],"o":["5760.70000","5763.40000"]},"ticker","XBT/USD"]`,
		}, []string{"XBT/USD 5525.10000 bid=5525.10000 ask=5525.40000 size=0.00398963 open=5760.70000 high=5783.00000 low=5505.00000 vwap=5631.44067"}},
		{"tickers with a kind in a list of a list", []string{
			`{"channel":"ticker","client_id":"","timestamp":"2026-01-02T20:30:37.167359596Z","sequence_num":0,"events":[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"21932.98","volume_24_h":"16038.28770938","low_24_h":"21835.29","high_24_h":"23011.18","low_52_w":"15460","high_52_w":"48240","price_percent_chg_24_h":"-4.15775596190603","best_bid":"21931.98","best_ask":"21933.98"}]}]}`,
		}, []string{"BTC-USD 21932.98 bid=21931.98 ask=21933.98 high=23011.18 low=21835.29"}},
		{"matches among orders", []string{
			`{"type":"match","trade_id":10,"sequence":50,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","time":"2026-01-02T08:19:27.028459Z","product_id":"BTC-USD","size":"5.23512","price":"400.23","side":"sell"}`,
			`{"type":"received","time":"2026-01-02T08:19:27.028459Z","product_id":"BTC-USD","sequence":10,"order_id":"d50ec984","size":"1.34","price":"502.1","side":"buy","order_type":"limit"}`,
			`{"type":"open","time":"2026-01-02T08:19:27.028459Z","product_id":"BTC-USD","sequence":10,"order_id":"d50ec984","price":"200.2","remaining_size":"1.00","side":"sell"}`,
			`{"type":"done","time":"2026-01-02T08:19:27.028459Z","product_id":"BTC-USD","sequence":10,"price":"200.2","order_id":"d50ec984","reason":"filled","side":"sell","remaining_size":"0"}`,
		}, []string{"BTC-USD 400.23 size=5.23512 2026-01-02T08:19:27.028", "- type is not match", "- type is not match", "- type is not match"}},
		{"levels of a book as updates with a side", []string{
			`{"channel":"l2_data","timestamp":"2026-01-02T20:32:50.714964855Z","sequence_num":0,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"21921.73","new_quantity":"0.06317902"},{"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"21921.9","new_quantity":"0.02"}]}]}`,
		}, []string{"BTC-USD bid=21921.73 ask=21921.9 2026-01-02T20:32:50.714"}},
		{"trades, quotes, bars, cancellations and states in letters", []string{
			`[{"T":"t","S":"AAPL","i":96921,"x":"D","p":126.55,"s":1,"t":"2026-01-02T15:51:44.208Z","c":["@","I"],"z":"C"}]`,
			`[{"T":"q","S":"AMD","bx":"U","bp":87.66,"bs":1,"ax":"Q","ap":87.68,"as":4,"t":"2026-01-02T15:51:45.335689322Z","c":["R"],"z":"C"}]`,
			`[{"T":"b","S":"SPY","o":388.985,"h":389.13,"l":388.975,"c":389.12,"v":49378,"t":"2026-01-02T19:05:00Z"}]`,
			`[{"T":"x","S":"AAPL","i":96921,"x":"D","p":900,"s":1,"a":"C","t":"2026-01-02T15:51:44.208Z","z":"C"}]`,
			`[{"T":"s","S":"AAPL","sc":"H","sm":"Halted","rc":"T1","rm":"News","t":"2026-01-02T15:51:44.208Z"}]`,
		}, []string{"AAPL 126.55 size=1 2026-01-02T15:51:44.208", "AMD bid=87.66 ask=87.68 2026-01-02T15:51:45.335", "SPY 389.12 open=388.985 high=389.13 low=388.975 2026-01-02T19:05:00", "- no rule is for it", "- no rule is for it"}},
		{"trades, quotes and bars by ev", []string{
			`[{"ev":"T","sym":"MSFT","x":4,"i":"12345","z":3,"p":114.125,"s":100,"c":[0,12],"t":1764367200000,"q":3681328}]`,
			`[{"ev":"Q","sym":"MSFT","bx":4,"bp":114.125,"bs":100,"ax":7,"ap":114.128,"as":160,"c":0,"i":[604],"t":1764367200000,"q":50385480,"z":3}]`,
			`[{"ev":"AM","sym":"GTE","v":4110,"av":9470157,"op":0.4372,"vw":0.4488,"o":0.4488,"c":0.4486,"h":0.4489,"l":0.4486,"a":0.4352,"z":685,"s":1764367200000,"e":1764367260000}]`,
		}, []string{"MSFT 114.125 size=100 2025-11-28T22:00:00", "MSFT bid=114.125 ask=114.128 2025-11-28T22:00:00", "GTE 0.4486 open=0.4488 high=0.4489 low=0.4486"}},
		{"trades of several symbols by letters", []string{
			`{"data":[{"p":7296.89,"s":"BINANCE:BTCUSDT","t":1764367200000,"v":0.011467},{"p":227.1,"s":"AAPL","t":1764367200000,"v":10,"c":["1"]}],"type":"trade"}`,
		}, []string{"BINANCE:BTCUSDT 7296.89 2025-11-28T22:00:00", "AAPL 227.1 2025-11-28T22:00:00"}},
		{"the channel is the symbol", []string{
			`{"data":{"id":123,"timestamp":"1764367200","amount":0.05,"amount_str":"0.05000000","price":64000,"price_str":"64000","type":0,"microtimestamp":"1764367200123456","buy_order_id":1,"sell_order_id":2},"channel":"live_trades_btcusd","event":"trade"}`,
			`{"data":{"id":124,"timestamp":"1764367201","amount":0.05,"amount_str":"0.05000000","price":3000,"price_str":"3000","type":0,"microtimestamp":"1764367201123456","buy_order_id":1,"sell_order_id":2},"channel":"live_trades_ethusd","event":"trade"}`,
		}, []string{"live_trades_btcusd 64000 size=0.05 2025-11-28T22:00:00", "live_trades_ethusd 3000 size=0.05 2025-11-28T22:00:01"}},
		{"levels of a book with liquidity, and a heartbeat", []string{
			`{"type":"PRICE","time":"2026-01-02T15:00:00.000000000Z","bids":[{"price":"1.10000","liquidity":10000000}],"asks":[{"price":"1.10020","liquidity":10000000}],"closeoutBid":"1.09990","closeoutAsk":"1.10030","status":"tradeable","tradeable":true,"instrument":"EUR_USD"}`,
			`{"type":"HEARTBEAT","time":"2026-01-02T15:00:05.000000000Z"}`,
		}, []string{"EUR/USD bid=1.10000 ask=1.10020 2026-01-02T15:00:00", "heartbeat"}},
		{"prices of an oracle are readings of each market", []string{
			`{"type":"channel_data","channel":"v4_markets","contents":{"oraclePrices":{"BTC-USD":{"oraclePrice":"64000.5","effectiveAt":"2026-01-02T15:00:00Z","effectiveAtHeight":"1"},"ETH-USD":{"oraclePrice":"3000.5","effectiveAt":"2026-01-02T15:00:00Z","effectiveAtHeight":"1"}}}}`,
		}, []string{"reading v4_markets BTC-USD oraclePrice 64000.5", "reading v4_markets BTC-USD effectiveAtHeight 1", "reading v4_markets ETH-USD oraclePrice 3000.5", "reading v4_markets ETH-USD effectiveAtHeight 1"}},
		{"middles under coins, of which one is a currency", []string{
			`{"channel":"allMids","data":{"mids":{"BTC":"64000.5","ETH":"3000.1","SOL":"150.2"}}}`,
		}, []string{"BTC 64000.5", "ETH 3000.1", "SOL 150.2"}},
		{"coins in small letters", []string{
			`{"btc":64000.5,"eth":3000.1,"sol":150.2}`,
		}, []string{"reading btc 64000.5", "reading eth 3000.1", "reading sol 150.2"}},
		{"the best bid and ask in a list without names", []string{
			`{"channel":"bbo","data":{"coin":"BTC","time":1764367200000,"bbo":[{"px":"64000.0","sz":"1.5","n":3},{"px":"64001.0","sz":"2","n":2}]}}`,
		}, []string{"- data: the rows are orders or levels of a book: their price is not the last one"}},
		{"two lists of levels without names", []string{
			`{"channel":"l2Book","data":{"coin":"BTC","time":1764367200000,"levels":[[{"px":"64000.0","sz":"1.5","n":3},{"px":"63999.0","sz":"1","n":1}],[{"px":"64001.0","sz":"2","n":2}]]}}`,
		}, []string{"- data.levels: the rows are orders or levels of a book: their price is not the last one"}},
		{"a ticker below the parameters of a call", []string{
			`{"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.raw","data":{"timestamp":1764367200000,"stats":{"volume_usd":35,"volume":12,"price_change":-3.1,"low":62000.5,"high":66000},"state":"open","settlement_price":63900,"open_interest":502231260,"min_price":62000,"max_price":66500,"mark_price":64010.1,"last_price":64000.5,"instrument_name":"BTC-PERPETUAL","index_price":64001,"funding_8h":0.0000086,"current_funding":0,"best_bid_price":64000,"best_bid_amount":38350,"best_ask_price":64000.5,"best_ask_amount":100}}}`,
		}, []string{"BTC-PERPETUAL 64000.5 bid=64000 ask=64000.5 high=66000 low=62000.5 2025-11-28T22:00:00"}},
		{"levels that say what became of them", []string{
			`{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.100ms","data":{"type":"snapshot","timestamp":1764367200000,"instrument_name":"BTC-PERPETUAL","change_id":1,"bids":[["new",64000,30],["new",63999.5,10]],"asks":[["new",64001,5]]}}}`,
			`{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.100ms","data":{"type":"change","timestamp":1764367200100,"prev_change_id":1,"instrument_name":"BTC-PERPETUAL","change_id":2,"bids":[["delete",64000,0]],"asks":[["change",64001,7]]}}}`,
		}, []string{"BTC-PERPETUAL bid=64000 ask=64001 2025-11-28T22:00:00", "BTC-PERPETUAL bid=63999.5 ask=64001 2025-11-28T22:00:00.1"}},
		{"a ticker of which later events have what changed", []string{
			`{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","lastPrice":"64000.00","prevPrice24h":"63000","price24hPcnt":"0.0158","highPrice24h":"65000","lowPrice24h":"62000","markPrice":"64001","indexPrice":"64002","fundingRate":"0.0001","nextFundingTime":"1764374400000","bid1Price":"63999.5","bid1Size":"2","ask1Price":"64000.5","ask1Size":"1"},"cs":1,"ts":1764367200000}`,
			`{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","fundingRate":"0.0002"},"cs":2,"ts":1764367200100}`,
			`{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","lastPrice":"64001.50"},"cs":3,"ts":1764367200200}`,
		}, []string{"BTCUSDT 64000.00 bid=63999.5 ask=64000.5 2025-11-28T22:00:00", "- there is none of last", "BTCUSDT 64001.50 2025-11-28T22:00:00.2"}},
		{"a coin in a currency beside its capitalisation", []string{
			`{"bitcoin":{"usd":64000,"usd_market_cap":12,"eur":59000}}`,
		}, []string{"bitcoin/USD 64000"}},
		{"currencies under one name", []string{
			`{"fx":{"USD":1.08,"SEK":11.2,"GBP":0.84}}`,
		}, []string{"USD 1.08", "SEK 11.2", "GBP 0.84"}},
		{"prices in two currencies by their names", []string{
			`{"symbol":"BTC","price_usd":64000,"price_eur":59000}`,
			`{"symbol":"ETH","price_usd":3000,"price_eur":2800}`,
		}, []string{"BTC/USD 64000", "ETH/USD 3000"}},
		{"a price in a currency and a coin by their names", []string{
			`{"id":"ethereum","priceUsd":"3000.1","priceBtc":"0.046"}`,
		}, []string{"ethereum/USD 3000.1"}},
		{"a price in one currency by its name", []string{
			`{"symbol":"BTC","priceUsd":"64000"}`,
		}, []string{"BTC 64000"}},
		{"two prices with an exponent, of which one is an average", []string{
			`{"id":"e62d","price":{"price":"6163260000000","conf":"100","expo":-8,"publish_time":1764367200},"ema_price":{"price":"6160000000000","conf":"1","expo":-8,"publish_time":1764367200}}`,
		}, []string{"- price.price and ema_price.price may both be the price, and differ: neither is shown"}},
		{"a row inserted and a row deleted", []string{
			`{"topic":"realtime:public:prices","event":"INSERT","payload":{"type":"INSERT","table":"prices","schema":"public","commit_timestamp":"2026-01-02T10:00:00Z","columns":[{"name":"id","type":"int8"},{"name":"price","type":"numeric"}],"record":{"id":1,"symbol":"AAA","price":41.5},"errors":null},"ref":null}`,
			`{"topic":"realtime:public:prices","event":"DELETE","payload":{"type":"DELETE","table":"prices","schema":"public","commit_timestamp":"2026-01-02T10:00:01Z","old_record":{"id":1,"symbol":"AAA","price":41.5},"errors":null},"ref":null}`,
		}, []string{"AAA 41.5 2026-01-02T10:00:00", "- DELETE is a deletion: its price is not the last one"}},
		{"a positional list that ends with a map", []string{
			`["4",null,"prices:lobby","price",{"symbol":"AAA","price":41.5}]`,
			`["4",null,"prices:lobby","price",{"symbol":"BBB","price":8125}]`,
		}, []string{"AAA 41.5", "BBB 8125"}},
		{"changes of a database with what was before", []string{
			`{"schema":{"type":"struct"},"payload":{"before":{"id":1,"symbol":"AAA","price":39},"after":{"id":1,"symbol":"AAA","price":41.5},"source":{"db":"x","table":"prices","ts_ms":1764367200000},"op":"u","ts_ms":1764367200100}}`,
			`{"schema":{"type":"struct"},"payload":{"before":{"id":1,"symbol":"AAA","price":41.5},"after":null,"source":{"db":"x","table":"prices","ts_ms":1764367200000},"op":"d","ts_ms":1764367200100}}`,
		}, []string{"AAA 41.5", "- d is a deletion: its price is not the last one"}},
		{"a decimal in base 64 is no number", []string{
			`{"before":null,"after":{"symbol":"AAA","price":"Ato="},"op":"c","ts_ms":1764367200100}`,
		}, []string{"- no member looks like a price or a headline"}},
		{"results of a subscription, and its end", []string{
			`next|{"data":{"priceUpdated":{"__typename":"Price","symbol":"AAA","price":41.5}}}`,
			`next|{"data":{"priceUpdated":{"__typename":"Price","symbol":"BBB","price":8125}}}`,
			`complete|`,
		}, []string{"AAA 41.5", "BBB 8125", "finished"}},
		{"a part of an answer and why it is not all of it", []string{
			`{"data":{"quote":{"symbol":"AAA","price":41.5}},"errors":[{"message":"timeout for BBB","path":["quote"]}]}`,
		}, []string{"AAA 41.5", "notice: timeout for BBB"}},
		{"a JSON Patch below a member", []string{
			`{"type":"patch","patch":[{"op":"replace","path":"/AAA/price","value":41.6}]}`,
		}, []string{"- the event is a JSON Patch (RFC 6902), which livetape does not apply: the feed has to send whole rows"}},
		{"a row completed by what changed", []string{
			`{"symbol":"AAA","price":41.5,"bid":41.4}`,
			`{"price":41.6}`,
		}, []string{"AAA 41.5 bid=41.4", "AAA 41.6"}},
		{"publications by channel", []string{
			`{"push":{"channel":"prices:AAA","pub":{"data":{"price":41.5},"offset":1}}}`,
			`{"push":{"channel":"prices:BBB","pub":{"data":{"price":8125},"offset":1}}}`,
		}, []string{"prices:AAA 41.5", "prices:BBB 8125"}},
		{"JSON in a text, by channel", []string{
			`{"event":"price-updated","channel":"price-AAA","data":"{\"price\":41.5}"}`,
			`{"event":"price-updated","channel":"price-BBB","data":"{\"price\":8125}"}`,
		}, []string{"price-AAA 41.5", "price-BBB 8125"}},
		{"states of items in a text of JSON, by topic", []string{
			`{"topic":"openhab/items/Temp/statechanged","payload":"{\"type\":\"Decimal\",\"value\":\"21.5\",\"oldType\":\"Decimal\",\"oldValue\":\"21.4\"}","type":"ItemStateChangedEvent"}`,
			`{"topic":"openhab/items/Hum/statechanged","payload":"{\"type\":\"Decimal\",\"value\":\"60\",\"oldType\":\"Decimal\",\"oldValue\":\"61\"}","type":"ItemStateChangedEvent"}`,
		}, []string{"reading openhab/items/Temp/statechanged 21.5", "reading openhab/items/Hum/statechanged 60"}},
		{"states of entities beside their old ones", []string{
			`{"event_type":"state_changed","data":{"entity_id":"sensor.power_price","old_state":{"entity_id":"sensor.power_price","state":"0.21","attributes":{"unit_of_measurement":"EUR/kWh"}},"new_state":{"entity_id":"sensor.power_price","state":"0.25","attributes":{"unit_of_measurement":"EUR/kWh"}}},"origin":"LOCAL","time_fired":"2026-01-02T10:00:00+00:00"}`,
			`{"event_type":"state_changed","data":{"entity_id":"sensor.temp","old_state":{"entity_id":"sensor.temp","state":"20"},"new_state":{"entity_id":"sensor.temp","state":"21"}},"origin":"LOCAL","time_fired":"2026-01-02T10:00:01+00:00"}`,
		}, []string{"reading sensor.power_price state 0.25", "reading sensor.temp state 21"}},
		{"sensors by id, one of which is on or off", []string{
			`state|{"id":"sensor-temperature","state":"21.5 °C","value":21.5}`,
			`state|{"id":"sensor-humidity","state":"60 %","value":60}`,
			`state|{"id":"binary_sensor-door","state":"ON","value":true}`,
			`ping|`,
		}, []string{"reading sensor-temperature 21.5", "reading sensor-humidity 60", "- there is none of value", "heartbeat"}},
		{"temperatures of the same name below two names", []string{
			`{"current":{"state":{"text":"Operational"},"job":{"file":{"name":null}},"temps":[{"time":1764367200,"tool0":{"actual":210.3,"target":210.0},"bed":{"actual":60.1,"target":60}}],"progress":{"completion":null}}}`,
		}, []string{"news Operational", "reading temps tool0 actual 210.3", "reading temps tool0 target 210.0", "reading temps bed actual 60.1", "reading temps bed target 60"}},
		{"values below the names of what they measure", []string{
			`{"temperature":{"value":21,"unit":"C"},"humidity":{"value":60,"unit":"%"}}`,
		}, []string{"reading temperature 21", "reading humidity 60"}},
		{"payloads by topic", []string{
			`{"topic":"sensors/kitchen","payload":21.5,"_msgid":"a1"}`,
			`{"topic":"sensors/cellar","payload":12.5,"_msgid":"a2"}`,
		}, []string{"reading sensors/kitchen 21.5", "reading sensors/cellar 12.5"}},
		{"stations", []string{
			`{"station":"EDDF","temp_c":21.5,"wind_kt":12,"qnh":1013,"obs_time":"2026-01-02T10:00:00Z"}`,
			`{"station":"EDDM","temp_c":11.5,"wind_kt":2,"qnh":1018,"obs_time":"2026-01-02T10:00:00Z"}`,
		}, []string{"reading EDDF temp_c 21.5", "reading EDDF wind_kt 12", "reading EDDF qnh 1013", "reading EDDM temp_c 11.5", "reading EDDM wind_kt 2", "reading EDDM qnh 1018"}},
		{"countries that have not come again yet", []string{
			`{"country":"DE","cases":12000,"deaths":12}`,
			`{"country":"FR","cases":9000,"deaths":15}`,
		}, []string{"reading DE cases 12000", "reading DE deaths 12", "reading FR cases 9000", "reading FR deaths 15"}},
		{"numbers of a meter", []string{
			`{"id":0,"apower":12.3,"voltage":231.1,"current":0.05,"aenergy":{"total":1200.1,"by_minute":[0,0,0],"minute_ts":1764367200},"temperature":{"tC":40.1,"tF":104.2}}`,
		}, []string{"reading apower 12.3", "reading voltage 231.1", "reading current 0.05", "reading total 1200.1", "reading tC 40.1", "reading tF 104.2"}},
		{"sizes below a name", []string{
			`{"host":"web1","load":[0.5,0.4,0.3],"mem":{"used":1024,"total":4096}}`,
		}, []string{"reading web1 used 1024", "reading web1 total 4096"}},
		{"samples as pairs of a time and a text", []string{
			`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"node_load1","instance":"a:9100"},"value":[1764367200.123,"0.42"]},{"metric":{"__name__":"node_load1","instance":"b:9100"},"value":[1764367200.123,"1.42"]}]}}`,
		}, []string{"reading node_load1 a:9100 0.42", "reading node_load1 b:9100 1.42"}},
		{"the newest of lists of such pairs", []string{
			`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[1764367080,"1"],[1764367140,"0.5"]]},{"metric":{"__name__":"up","job":"b"},"values":[[1764367080,"3"],[1764367140,"7"]]}]}}`,
		}, []string{"reading up a 0.5", "reading up b 7"}},
		{"words of a language model, and the end", []string{
			`{"id":"chatcmpl-123","object":"chat.completion.chunk","created":1764367200,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}`,
			`{"id":"chatcmpl-123","object":"chat.completion.chunk","created":1764367200,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" 42"},"finish_reason":null}]}`,
			`[DONE]`,
		}, []string{"- no member looks like a price or a headline", "- no member looks like a price or a headline", "finished"}},
		{"the newest close below a list of times", []string{
			`{"symbol":"AAPL","timestamp":[1764367080,1764367140,1764367200],"indicators":{"quote":[{"close":[210.1,210.2,210.4],"volume":[100,200,300]}]}}`,
		}, []string{"AAPL 210.4 2025-11-28T22:00:00"}},
		{"a price beside a chart", []string{
			`{"chart":{"result":[{"meta":{"currency":"USD","symbol":"AAPL","regularMarketPrice":210.5,"chartPreviousClose":208.1,"regularMarketTime":1764367200},"timestamp":[1764367080,1764367140,1764367200],"indicators":{"quote":[{"open":[210,210.1,210.2],"close":[210.1,210.2,210.4],"high":[210.3,210.4,210.6],"low":[209.9,210,210.1],"volume":[100,200,300]}]}}],"error":null}}`,
		}, []string{"AAPL 210.5 2025-11-28T22:00:00"}},
		{"prices in pairs beside other series", []string{
			`{"prices":[[1764367080000,64000.1],[1764367140000,64001.2]],"market_caps":[[1764367080000,1.2e12],[1764367140000,1.3e12]],"total_volumes":[[1764367080000,2e10],[1764367140000,3e10]]}`,
		}, []string{"desk 64001.2 2025-11-28T21:59:00"}},
		{"bars in columns", []string{
			`{"s":"ok","t":[1764367080,1764367140],"c":[41,42],"o":[40,41],"h":[43,43],"l":[39,40],"v":[10,11]}`,
		}, []string{"desk 42 open=41 high=43 low=40 2025-11-28T21:59:00"}},
		{"a fill of an order is a trade", []string{
			`{"type":"fill","orderId":"7a","symbol":"AAA","side":"sell","price":41,"qty":2}`,
		}, []string{"AAA 41 size=2"}},
		{"a settlement", []string{
			`{"type":"settlement","symbol":"AAA","price":39.5}`,
		}, []string{"- settlement is a settlement: its price is not the last one"}},
		{"the size of a position is not that of a trade", []string{
			`{"positions":[{"symbol":"AAA","avgPrice":39,"markPrice":41,"qty":10,"unrealizedPnl":20}]}`,
		}, []string{"AAA 41"}},
		{"a call and a put in one row", []string{
			`{"root":"AAA","chain":[{"strike":190,"call":{"bid":4.1,"ask":4.2},"put":{"bid":2.1,"ask":2.2}},{"strike":200,"call":{"bid":1.1,"ask":1.2},"put":{"bid":5.1,"ask":5.2}}]}`,
		}, []string{"- call.bid and put.bid may both be the bid, and differ: neither is shown"}},
		{"a call and a put in two", []string{
			`[{"underlying":"AAA","expiry":"2026-12-18","strike":190,"type":"C","last":4.1},{"underlying":"AAA","expiry":"2026-12-18","strike":190,"type":"P","last":2.1}]`,
		}, []string{"AAA C 4.1", "AAA P 2.1"}},
		{"a price to buy at and one to sell at", []string{
			`{"pair":"BTC/USD","buy":{"exchange":"A","price":64000},"sell":{"exchange":"B","price":64100}}`,
		}, []string{"- buy.price and sell.price may both be the price, and differ: neither is shown"}},
		{"numbered levels of a book", []string{
			`{"symbol":"AAA","bid1":40.9,"bid2":40.8,"ask1":41.1,"ask2":41.2,"bidVol1":100,"askVol1":50}`,
		}, []string{"AAA bid=40.9 ask=41.1"}},
		{"levels that say their side in events of their own", []string{
			`{"symbol":"AAA","side":"bid","price":40.9,"size":3}`,
			`{"symbol":"AAA","side":"ask","price":41.1,"size":3}`,
		}, []string{"- the payload: the rows are orders or levels of a book: their price is not the last one", "- the payload: the rows are orders or levels of a book: their price is not the last one"}},
		{"a level of which nothing is left", []string{
			`{"symbol":"AAA","side":"buy","price":40.9,"size":0}`,
		}, []string{"- the payload: the rows are orders or levels of a book: their price is not the last one"}},
		{"a trade that was bought", []string{
			`{"symbol":"AAA","side":"buy","price":40.9,"size":3,"trade_id":1}`,
		}, []string{"AAA 40.9 size=3"}},
		{"prices of zones, one below zero", []string{
			`{"zone":"DE-LU","unit":"EUR/MWh","price":-3.12,"hour":"2026-01-02T22:00:00Z"}`,
			`{"zone":"FR","unit":"EUR/MWh","price":45.1,"hour":"2026-01-02T22:00:00Z"}`,
		}, []string{"DE-LU -3.12 2026-01-02T22:00:00", "FR 45.1 2026-01-02T22:00:00"}},
		{"a trade that is taken back by a flag", []string{
			`{"symbol":"Q","price":41,"cancel":false}`,
			`{"symbol":"Q","price":99,"cancel":true}`,
		}, []string{"Q 41", "- cancel is true: the row is a cancellation, and its price is not the last one"}},
		{"a trade that is taken back among others", []string{
			`[{"symbol":"Q","price":41,"cancelled":false},{"symbol":"Q","price":99,"cancelled":true}]`,
		}, []string{"Q 41", "- 1 of 2 rows left out: cancelled is true"}},
		{"prices of three sessions", []string{
			`{"symbol":"AAA","regularMarketPrice":41,"postMarketPrice":42.5,"preMarketPrice":40.5,"marketState":"POST"}`,
		}, []string{"AAA 41"}},
		{"limits of a day", []string{
			`{"symbol":"AAA","last":41,"limit_up":45.1,"limit_down":36.9,"high":42,"low":40}`,
		}, []string{"AAA 41 high=42 low=40"}},
		{"numbered instruments that have not come again yet", []string{
			`{"token":256265,"ltp":24500.5}`,
			`{"token":260105,"ltp":52000.5}`,
		}, []string{"- rows cannot be told apart: token differs, and does not come again", "- rows cannot be told apart: token differs, and does not come again"}},
		{"a commodity in two regions", []string{
			`{"commodity":"diesel","region":"north","price":1.55}`,
			`{"commodity":"diesel","region":"south","price":1.75}`,
		}, []string{"diesel north 1.55", "diesel south 1.75"}},
		{"a base and a quote below a name", []string{
			`{"instrument":{"base":"BTC","quote":"USD"},"price":64000}`,
			`{"instrument":{"base":"ETH","quote":"USD"},"price":3000}`,
		}, []string{"BTC/USD 64000", "ETH/USD 3000"}},
		{"an expiry is not the time", []string{
			`{"symbol":"Q","price":41,"expiry":"2027-01-01T00:00:00Z","updated":"2026-01-01T00:00:00Z"}`,
		}, []string{"Q 41 2026-01-01T00:00:00"}},
		{"a time whose zone stands beside it", []string{
			`{"symbol":"Q","price":41,"time":"2026-01-02 10:17:08","timezone":"America/New_York"}`,
		}, []string{"Q 41"}},
		{"when a row was made and when it changed", []string{
			`{"symbol":"Q","price":41,"createdAt":"2020-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"}`,
		}, []string{"Q 41 2026-01-01T00:00:00"}},
		{"points between thousands", []string{
			`{"symbol":"T","price":"1.234,50"}`,
		}, []string{"T 1234.50"}},
		{"thousands as a letter", []string{
			`{"symbol":"T","price":"64.1K","volume":"12M"}`,
		}, []string{"- price is not shown: \"64.1K\" is not a number"}},
		{"a price in 32nds", []string{
			`{"symbol":"ZB","price":"118'16"}`,
		}, []string{"- price is not shown: \"118'16\" is not a number"}},
		{"nines in place of a bid", []string{
			`{"symbol":"AAA","last":41,"bid":999999,"ask":41.1}`,
		}, []string{"AAA 41"}},
		{"fuels of two stations", []string{
			`{"stations":[{"id":"a-1","name":"Aral","brand":"ARAL","diesel":1.659,"e5":1.789,"isOpen":true},{"id":"a-2","name":"Jet","brand":"JET","diesel":1.559,"e5":1.689,"isOpen":true}]}`,
		}, []string{"reading Aral diesel 1.659", "reading Aral e5 1.789", "reading Jet diesel 1.559", "reading Jet e5 1.689"}},
		{"a snapshot in lists, and then single rows of kinds", []string{
			`{"type":"snapshot","prices":[{"symbol":"AAA","last":"41","bid":"40.9"},{"symbol":"BBB","last":"8125"}],"news":[{"id":"n0","headline":"Old"}]}`,
			`{"type":"price","symbol":"AAA","last":"41.1"}`,
			`{"type":"price","symbol":"BBB","bid":"8120"}`,
			`{"type":"news","id":"n1","headline":"Plant opens","symbols":["AAA"],"time":"2026-01-01T00:00:00Z"}`,
			`{"type":"status","symbol":"AAA","state":"halted","reason":"Volatility pause"}`,
			`{"type":"status","symbol":"AAA","state":"open"}`,
		}, []string{"AAA 41 bid=40.9", "BBB 8125", "news Old", "AAA 41.1", "BBB bid=8120", "news Plant opens", "AAA is halted Volatility pause", "AAA is open"}},
		{"rows by key, and then a single row", []string{
			`{"quotes":{"AAA":{"last":41},"BBB":{"last":8125}}}`,
			`{"symbol":"AAA","last":41.2}`,
		}, []string{"AAA 41", "BBB 8125", "AAA 41.2"}},
		{"a list below a name, and then a map there", []string{
			`{"data":[{"symbol":"AAA","price":41},{"symbol":"BBB","price":8125}]}`,
			`{"data":{"symbol":"AAA","price":41.2}}`,
		}, []string{"AAA 41", "BBB 8125", "AAA 41.2"}},
		{"books of two symbols under keys", []string{
			`{"books":{"QRS":{"bids":[[40.9,1]],"asks":[[41.1,2]]},"LMN":{"bids":[[5,1]],"asks":[[6,2]]}}}`,
		}, []string{"QRS bid=40.9 ask=41.1", "LMN bid=5 ask=6"}},
		{"a close that the price is far from", []string{
			`{"symbol":"Q","price":1.2,"close":41.2,"prevClose":40}`,
		}, []string{"Q 41.2 prev=40"}},
		{"a percentage called like a close", []string{
			`{"symbol":"Q","lp":"41.0","pc":"2.5","c":"1.0","h":"42","l":"40","o":"40.5"}`,
		}, []string{"Q 41.0 open=40.5 high=42 low=40"}},
		{"decimals of a token beside a price", []string{
			`{"symbol":"USDC","price":1,"decimals":6}`,
		}, []string{"- price may be divided by 10^decimals, or not: it is not shown"}},
		{"a negative filler for a bid", []string{
			`{"symbol":"Q","last":41,"bid":-999,"ask":41.1}`,
		}, []string{"Q 41 ask=41.1"}},
		{"levels of sizes before prices", []string{
			`{"symbol":"Q","bids":[[1200,40.9],[5,40.8]],"asks":[[7,41.1],[12,41.2]]}`,
		}, []string{"Q bid=40.9 ask=41.1"}},
		{"levels that say that they are deleted", []string{
			`{"s":"Q","bids":[{"action":"delete","price":40.9,"size":1},{"action":"new","price":40.8,"size":1}],"asks":[{"action":"new","price":41.1,"size":1}]}`,
		}, []string{"- levels of a book say that they are deleted, which livetape does not read: neither bid nor ask is shown"}},
		{"a book that crosses by little", []string{
			`{"s":"Q","bids":[["41.2","1"]],"asks":[["41.1","3"]]}`,
		}, []string{"Q bid=41.2 ask=41.1"}},
		{"levels below what is removed", []string{
			`{"s":"Q","type":"snapshot","bids":[["40.9","1"],["40.8","2"]],"asks":[["41.1","3"]]}`,
			`{"s":"Q","type":"update","remove":{"bids":["40.9"]}}`,
		}, []string{"- levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown", "- levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown"}},
		{"levels that are removed beside others that change", []string{
			`{"s":"Q","type":"snapshot","bids":[["40.9","1"],["40.8","2"]],"asks":[["41.1","3"]]}`,
			`{"s":"Q","type":"update","bids":[["40.85","1"]],"asks":[],"removed":{"bids":["40.9"]}}`,
		}, []string{"- levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown", "- levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown"}},
		{"sides of a book below what was changed", []string{
			`{"s":"Q","bids":[["40.9","1"],["40.8","2"]],"asks":[["41.1","3"]]}`,
			`{"s":"Q","changed":{"bids":["40.9"]}}`,
		}, []string{"- a book is changed in a way that livetape does not read: neither bid nor ask is shown", "- a book is changed in a way that livetape does not read: neither bid nor ask is shown"}},
		{"something else beside a book", []string{
			`{"s":"Q","type":"snapshot","bids":[["40.9","1"],["40.8","2"]],"asks":[["41.1","3"]]}`,
			`{"s":"Q","type":"update","viewers":12}`,
		}, []string{"Q bid=40.9 ask=41.1", "- type is not snapshot"}},
		{"venues as groups of symbols", []string{
			`{"exchanges":{"binance":{"QRS":{"price":41},"LMN":{"price":8125}},"kraken":{"QRS":{"price":41.1},"LMN":{"price":8130}}}}`,
		}, []string{"QRS binance 41", "LMN binance 8125", "QRS kraken 41.1", "LMN kraken 8130"}},
		{"venues as lists of symbols", []string{
			`{"binance":[{"symbol":"QRS","price":41}],"kraken":[{"symbol":"QRS","price":41.1}]}`,
		}, []string{"QRS binance 41", "QRS kraken 41.1"}},
		{"venues that are named beside their lists", []string{
			`{"venues":[{"venue":"binance","quotes":[{"symbol":"QRS","price":41}]},{"venue":"kraken","quotes":[{"symbol":"QRS","price":41.1}]}]}`,
		}, []string{"- rows cannot be told apart: QRS is in several groups of one event, at different prices"}},
		{"groups of different symbols", []string{
			`{"FX":{"EURUSD":{"price":1.0911},"GBPUSD":{"price":1.25}},"METALS":{"XAUUSD":{"price":2300.1},"XAGUSD":{"price":27.1}}}`,
		}, []string{"EURUSD 1.0911", "GBPUSD 1.25", "XAUUSD 2300.1", "XAGUSD 27.1"}},
		{"trades of one symbol in one list", []string{
			`{"trades":[{"symbol":"QRS","price":41},{"symbol":"QRS","price":41.1}]}`,
		}, []string{"QRS 41", "QRS 41.1"}},
		{"levels whose status says that they are gone", []string{
			`{"s":"Q","type":"update","bids":[{"price":40.9,"size":1,"status":"removed"}],"asks":[{"price":41.1,"size":3,"status":"active"}]}`,
		}, []string{"- levels of a book say that they are deleted, which livetape does not read: neither bid nor ask is shown"}},
		{"bars below a letter beside the symbol", []string{
			`{"s":"QRS","k":[[1764367140000,"40","42","39","41","100"]]}`,
		}, []string{"QRS 41 open=40 high=42 low=39 2025-11-28T21:59:00"}},
		{"a holding in a row of its own", []string{
			`{"symbol":"QRS","qty":10,"avg_price":38,"market_value":410,"last_price":41}`,
		}, []string{"QRS 41"}},
		{"values of two indexes", []string{
			`{"index":"DAX","value":18000.5,"change_percent":-0.42}`,
			`{"index":"SPX","value":5000.5,"change_percent":0.1}`,
		}, []string{"reading DAX 18000.5", "reading DAX change_percent -0.42", "reading SPX 5000.5", "reading SPX change_percent 0.1"}},
		{"liquidations among trades", []string{
			`{"type":"trade","symbol":"BTC-PERP","price":9900,"size":1}`,
			`{"type":"liquidation","symbol":"BTC-PERP","price":9100,"size":2}`,
		}, []string{"BTC-PERP 9900 size=1", "- liquidation is a liquidation: its price is not the last one"}},
		{"liquidations by the type of their events", []string{
			`liquidation|{"symbol":"BTC-PERP","price":9910,"size":2}`,
			`trade|{"symbol":"BTC-PERP","price":9900,"size":1}`,
		}, []string{"- liquidation is a liquidation: its price is not the last one", "BTC-PERP 9900 size=1"}},
		{"a list of liquidations by its topic is no reading", []string{
			`{"topic":"allLiquidation.ROSEUSDT","type":"snapshot","ts":1764367200000,"data":[{"T":1764367199000,"s":"ROSEUSDT","S":"Sell","v":"20000","p":"0.04499"}]}`,
		}, []string{"- allLiquidation.ROSEUSDT is a liquidation: its price is not the last one"}},
		{"liquidations by the channel in the head of a payload", []string{
			`{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkPx":"0.007831","side":"buy","sz":"13","ts":"1764367200000"}],"instId":"IOST-USDT-SWAP"}]}`,
		}, []string{"- liquidation-orders is a liquidation: its price is not the last one"}},
		{"an auction is not a trade", []string{
			`{"type":"auction","symbol":"AAA","price":41.5,"paired":100}`,
		}, []string{"- auction is an auction: its price is not the last one"}},
		{"a broken trade in an event of its own", []string{
			`{"symbol":"AAA","price":41.5,"size":1}`,
			`tradebreak|{"symbol":"AAA","price":99,"size":1}`,
		}, []string{"AAA 41.5 size=1", "- tradebreak is a cancellation: its price is not the last one"}},
		{"words in most places of a price", []string{
			`[{"symbol":"AAA","price":"—"},{"symbol":"BBB","price":"N/A"},{"symbol":"CCC","price":"41.5"},{"symbol":"DDD","price":"halted"}]`,
		}, []string{"CCC 41.5", `error: row 4: last: "halted" is not a number`}},
		{"words under half of the keys", []string{
			`{"AAA":{"price":41.5},"BBB":{"price":"suspended"},"CCC":{"price":"suspended"},"DDD":{"price":7}}`,
		}, []string{"AAA 41.5", "DDD 7", "error: row 2: last: \"suspended\" is not a number\nrow 3: last: \"suspended\" is not a number"}},
		{"nothing but words in the place of a price", []string{
			`{"symbol":"AAA","price":"market closed"}`,
		}, []string{`- price is not shown: "market closed" is not a number`}},
		{"a name that is no price", []string{
			`{"first":"Ada","last":"Lovelace","age":36}`,
		}, []string{"reading age 36"}},
		{"rows of a list that say by their kind that they are gone", []string{
			`[{"type":"trade","symbol":"AAA","price":41.5},{"type":"busted","symbol":"AAA","price":99},{"type":"delete","symbol":"AAA","price":98}]`,
		}, []string{"AAA 41.5", "- 2 of 3 rows left out: type is busted"}},
		{"a row that says by its state that it is gone", []string{
			`{"symbol":"AAA","price":41.5,"tradeState":"normal"}`,
			`{"symbol":"AAA","price":99,"tradeState":"busted"}`,
		}, []string{"AAA 41.5", "- tradeState is busted: the row is a cancellation, and its price is not the last one"}},
		{"one venue an event, named above its rows", []string{
			`{"venue":"binance","quotes":[{"symbol":"QRS","price":41},{"symbol":"LMN","price":8125}]}`,
			`{"venue":"kraken","quotes":[{"symbol":"QRS","price":43},{"symbol":"LMN","price":8130}]}`,
		}, []string{"QRS binance 41", "LMN binance 8125", "QRS kraken 43", "LMN kraken 8130"}},
		{"one venue an event, as the group of its rows", []string{
			`{"binance":{"QRS":{"price":41}}}`,
			`{"kraken":{"QRS":{"price":47}}}`,
			`{"binance":{"QRS":{"price":41.1}}}`,
		}, []string{"QRS binance 41", "QRS kraken 47", "QRS binance 41.1"}},
		{"kinds of messages are no venues", []string{
			`{"trade":{"QRS":{"price":41}}}`,
			`{"ticker":{"QRS":{"price":41.1}}}`,
		}, []string{"QRS 41", "QRS 41.1"}},
		{"calls and puts in two lists", []string{
			`{"symbol":"AAA","calls":[{"strike":190,"last":4.1},{"strike":195,"last":2.1}],"puts":[{"strike":190,"last":3.1},{"strike":195,"last":5.1}]}`,
		}, []string{"AAA 190 calls 4.1", "AAA 195 calls 2.1", "AAA 190 puts 3.1", "AAA 195 puts 5.1"}},
		{"options in events that look like livetape's own", []string{
			`price|{"symbol":"AAA","last":"190.1"}`,
			`price|{"symbol":"AAA","strike":190,"right":"C","last":"4.1","expiry":"2026-12-18"}`,
			`price|{"symbol":"AAA","strike":190,"right":"P","last":"3.3","expiry":"2026-12-18"}`,
		}, []string{"AAA 190.1", "AAA 190 C 2026-12-18 4.1", "AAA 190 P 2026-12-18 3.3"}},
		{"an option whose symbol names the contract", []string{
			`{"symbol":"AAA261218C00190000","strike":190,"type":"call","last":4.1,"expiration":"2026-12-18"}`,
		}, []string{"AAA261218C00190000 4.1"}},
		{"a certificate has a strike and is no option", []string{
			`{"isin":"DE000XYZ","strike":41.5,"bid":1.1,"ask":1.2}`,
		}, []string{"DE000XYZ bid=1.1 ask=1.2"}},
		{"predictions under no name of a series", []string{
			`{"symbol":"AAA","predictions":[{"time":"2099-01-01T00:00:00Z","price":50},{"time":"2099-02-01T00:00:00Z","price":55}]}`,
		}, []string{"- the payload is a forecast: its prices are not of now"}},
		{"a pair by a letter", []string{
			`[{"ev":"C","p":"USD/CNH","x":"44","a":6.83366,"b":6.83363,"t":1764367200000}]`,
			`[{"ev":"C","p":"EUR/USD","x":"44","a":1.0836,"b":1.0833,"t":1764367200000}]`,
		}, []string{"USD/CNH bid=6.83363 ask=6.83366 2025-11-28T22:00:00", "EUR/USD bid=1.0833 ask=1.0836 2025-11-28T22:00:00"}},
		{"a book of which both sides are empty", []string{
			`{"symbol":"QRS","bids":[],"asks":[]}`,
			`{"symbol":"QRS","bids":[["40.98","1"]],"asks":[["41.02","1"]]}`,
		}, []string{"QRS", "QRS bid=40.98 ask=41.02"}},
		{"a book in an event that is called data", []string{
			`{"data":{"timestamp":"1764367200","bids":[["64000","1"],["63999","2"]],"asks":[["64001","1"]]},"channel":"order_book_btcusd","event":"data"}`,
		}, []string{"order_book_btcusd bid=64000 ask=64001 2025-11-28T22:00:00"}},
		{"an amount of money with the decimals of its currency", []string{
			`{"symbol":"AAA","price":{"amount":4150,"currency":"USD","exponent":2}}`,
		}, []string{"AAA 41.50"}},
		{"rows that say of themselves that they are liquidations", []string{
			`{"id":"BTC-USD","channel":"v4_trades","contents":{"trades":[{"id":"a1","size":"0.1","price":"64000","type":"LIMIT"}]}}`,
			`{"id":"BTC-USD","channel":"v4_trades","contents":{"trades":[{"id":"a2","size":"0.1","price":"61000","type":"LIQUIDATED"}]}}`,
		}, []string{"BTC-USD 64000 size=0.1", "- LIQUIDATED is a liquidation: its price is not the last one"}},
		{"a row that says of itself that it is a liquidation", []string{
			`{"id":"BTC-USD","channel":"v4_trades","contents":{"trades":[{"id":"a2","size":"0.1","price":"61000","type":"LIQUIDATED"}]}}`,
		}, []string{"- LIQUIDATED is a liquidation: its price is not the last one"}},
		{"a liquidation beside a trade", []string{
			`{"symbol":"BTC","trades":[{"price":"64000","type":"LIMIT"},{"price":"61000","type":"LIQUIDATED"}]}`,
		}, []string{"BTC 64000", "- 1 of 2 rows left out: type is LIQUIDATED"}},
		{"prices in lists under letters", []string{
			`{"error":[],"result":{"XXBTZUSD":{"a":["64000.3","1","1.5"],"b":["64000.2","2","2.5"],"c":["64000.25","0.1"],"h":["65000","65100"],"l":["63000","62900"],"o":"63500"},"XETHZUSD":{"a":["3000.3","1","1.5"],"b":["3000.2","2","2.5"],"c":["3000.25","0.1"],"o":"2950"}}}`,
		}, []string{"XXBTZUSD 64000.25 bid=64000.2 ask=64000.3 size=0.1 open=63500 high=65000 low=63000", "XETHZUSD 3000.25 bid=3000.2 ask=3000.3 size=0.1 open=2950"}},
		{"prices in lists under letters, without an envelope", []string{
			`{"XXBTZUSD":{"a":["64000.3","1","1.000"],"b":["64000.2","2","2.000"],"c":["64000.25","0.1"]}}`,
		}, []string{"XXBTZUSD 64000.25 bid=64000.2 ask=64000.3 size=0.1"}},
		{"letters of which a is the last price", []string{
			`{"id":-1,"method":"subscribe","code":0,"result":{"instrument_name":"BTCUSD-PERP","subscription":"ticker.BTCUSD-PERP","channel":"ticker","data":[{"h":"51790.00","l":"47895.50","a":"51174.5","c":"0.0395","b":"51174.0","bs":"0.1","k":"51180.0","ks":"0.2","i":"BTCUSD-PERP","v":"879.5024","t":1764367200000}]}}`,
		}, []string{"BTCUSD-PERP 51174.5 bid=51174.0 ask=51180.0 high=51790.00 low=47895.50 pct=3.9500 2025-11-28T22:00:00"}},
		{"a list of different things is not guessed", []string{`[340,{"k":["5525.4",1,"1.0"]},"spread","XBT/USD"]`}, []string{"- no member looks like a price or a headline"}},
		{"a split is no current price", []string{
			`{"type":"split","symbol":"QRS","ratio":4,"price":10.25}`,
		}, []string{"- split is a corporate action: its price is not the last one"}},
		{"a price in wei", []string{
			`{"symbol":"ETH","price":"3000000000000000000000","decimals":18}`,
		}, []string{"ETH 3000.000000000000000000"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, read(c.events...)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}
