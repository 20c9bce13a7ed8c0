package feed

import (
	"fmt"
	"strings"
	"testing"
)

func TestAMaskTakesEveryFormOfACredentialOutOfAPayload(t *testing.T) {
	t.Setenv("DESK_TOKEN", "to/ken+with\"signs")
	t.Setenv("DESK_SYMBOLS", "NVIDIA-CORP")
	basic := "dXNlcm5hbWU6cGFzc3dvcmQtMQ==" // username:password-1
	m, err := NewMask(Config{
		Name: "desk", URL: "https://username:password-1@desk.example/${DESK_SYMBOLS}?apikey=key-of-desk&symbols=AMERICAN-AIRLINES&short_token=1",
		Header: map[string]string{"Authorization": "Bearer ${DESK_TOKEN}", "X-Desk-Key": "another-key", "X-Desk-Token": "a=b/c+d=", "Accept-Language": "de-DE-1996"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, want string }{
		{`{"you":"to/ken+with\"signs"}`, `{"you":"•••"}`},
		{`to/ken+with"signs`, `•••`},
		{`{"php":"to\/ken+with\"signs","gson":"a\u003db/c+d\u003d","net":"a=b/c\u002Bd="}`, `{"php":"•••","gson":"•••","net":"•••"}`},
		{`?t=to%2Fken%2Bwith%22signs&u`, `?t=•••&u`},
		{`key-of-desk, another-key and password-1`, `•••, ••• and •••`},
		{basic, `•••`},
		{`username NVIDIA-CORP AMERICAN-AIRLINES de-DE-1996 1`, `username NVIDIA-CORP AMERICAN-AIRLINES de-DE-1996 1`},
	} {
		in := []byte(c.in)
		if got := string(m.Clean(in)); got != c.want || string(in) != c.in {
			t.Errorf("%s is masked as %s, want %s; the text itself is now %s", c.in, got, c.want, in)
		}
	}
	if shown := fmt.Sprintf("%v %+v %s", m, m, m); strings.Contains(shown, "key") {
		t.Errorf("the mask shows %s", shown)
	}
}

func TestAPayloadWithoutACredentialIsNotCopied(t *testing.T) {
	m := newMask([]string{"s3cret-s3cret"})
	text := []byte(`{"symbol":"NVDA","last":"181.46"}`)
	if got := m.Clean(text); &got[0] != &text[0] {
		t.Error("it was copied")
	}
}

func BenchmarkMask(b *testing.B) {
	m := newMask([]string{"Bearer s3cret-s3cret", "s3cret-s3cret"})
	text := []byte(`{"symbol":"NVDA","name":"NVIDIA","last":"181.46","bid":"181.45","ask":"181.47","size":"200","time":"2026-11-21T10:00:00.000000001Z"}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.Clean(text)
	}
}
