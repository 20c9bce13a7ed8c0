package infer_test

import (
	"testing"

	"livetape/feed/decode/infer"
)

func TestAMapHelpsOnlyWhereThereIsSomethingToMap(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{"o":{"p":41.5,"n":"QRS"}}`, `{"type":"reading","level":3}`, `{"type":"info","words":"good morning"}`, `[["QRS",41.5]]`, `{"type":"forecast","symbol":"QRS","price":41.5}`, `{'single': 41.5}`,
	} {
		if !infer.MapHelps("message", []byte(data)) {
			t.Errorf("no map is said to help with %s", data)
		}
	}
	for _, data := range []string{
		``, `{}`, `[]`, `null`, `true`, `{"ok":true,"ready":false}`, `{"uuid":"0a1b2c3d-0000-4000-8000-000000000001"}`, `{"id":7,"seq":8,"time":1767225600}`,
		`{"symbol":"QRS","price":41.`, `<tick price="41.5"/>`,
		`{"e":"forceOrder","o":{"s":"QRS","p":"41.5"}}`, `{"type":"liquidation","symbol":"QRS","price":41.5}`, `{"type":"order_placed","symbol":"QRS","price":41.5}`,
		`{"type":"cancelled","symbol":"QRS","price":41.5}`, `{"type":"subscribed","channel":"prices"}`, `{"type":"error","code":42}`,
		`[{"op":"replace","path":"/price","value":41.5}]`,
	} {
		if infer.MapHelps("message", []byte(data)) {
			t.Errorf("a map is said to help with %s", data)
		}
	}
	if infer.MapHelps("heartbeat", []byte(`{"load":41.5}`)) {
		t.Error("a map is said to help with heartbeats")
	}
}
