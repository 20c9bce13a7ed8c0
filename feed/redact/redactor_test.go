package redact_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"livetape/feed/redact"
)

// redactor knows the credentials in these headers.
func redactor(header http.Header) redact.Redactor {
	var s redact.Secrets
	for name := range header {
		s.AddHeader(name, header.Get(name))
	}
	return s.Redactor()
}

func TestEveryFormOfACredentialIsTakenOutOfAPayload(t *testing.T) {
	t.Parallel()
	address, err := url.Parse("https://username:password-1@desk.example/NVIDIA-CORP?apikey=key-of-desk&symbols=AMERICAN-AIRLINES&short_token=1")
	if err != nil {
		t.Fatal(err)
	}
	var s redact.Secrets
	s.AddURL(address)
	s.AddVariable("DESK_TOKEN", "to/ken+with\"signs é")
	s.AddVariable("DESK_SYMBOLS", "NVIDIA-CORP")
	s.AddHeader("X-Desk-Key", "another-key")
	s.AddHeader("X-Desk-Token", "a=b/c+d=")
	s.AddHeader("Accept-Language", "de-DE-1996")
	r := s.Redactor()
	for _, c := range []struct{ in, want string }{
		{`{"you":"to/ken+with\"signs é"}`, `{"you":"•••"}`},
		{`to/ken+with"signs é`, `•••`},
		{`{"php":"to\/ken+with\"signs \u00e9","gson":"a\u003db/c+d\u003d","net":"a=b/c\u002Bd="}`, `{"php":"•••","gson":"•••","net":"•••"}`},
		{`{"json in json":"{\"you\":\"to\\/ken+with\\\"signs \\u00e9\"}"}`, `{"json in json":"{\"you\":\"•••\"}"}`},
		{`?t=to%2Fken%2Bwith%22signs+%C3%A9&u=to%2fken%2bwith%22signs%20%c3%a9&v=to%252Fken%252Bwith%2522signs%2520%25C3%25A9`, `?t=•••&u=•••&v=•••`},
		{`<b>to&#x2F;ken&#43;with&quot;signs &#233;</b>`, `<b>•••</b>`},
		{`key-of-desk, another-key and password-1`, `•••, ••• and •••`},
		{"dXNlcm5hbWU6cGFzc3dvcmQtMQ==", `•••`}, // username:password-1
		{"a2V5LW9mLWRlc2s= a2V5LW9mLWRlc2s 6b65792d6f662d6465736b 6B65792D6F662D6465736B", `••• ••• ••• •••`},
		{`\u006b\u0065\u0079\u002d\u006f\u0066\u002d\u0064\u0065\u0073\u006b %6b%65%79%2d%6f%66%2d%64%65%73%6b`, `••• •••`},
		{"IGtleS1vZi1kZXNrIA== Pj5rZXktb2YtZGVzaz4+ PmtleS1vZi1kZXNrPg==", `IG•••IA== Pj5•••z4+ Pm•••Pg==`}, // " key-of-desk ", and so on
		{`username NVIDIA-CORP AMERICAN-AIRLINES de-DE-1996 1`, `username NVIDIA-CORP AMERICAN-AIRLINES de-DE-1996 1`},
	} {
		in := []byte(c.in)
		if got := string(r.Payload(in)); got != c.want || string(in) != c.in {
			t.Errorf("%s is masked as %s, want %s; the text itself is now %s", c.in, got, c.want, in)
		}
	}
	if shown := fmt.Sprintf("%v %+v %s", r, r, r); strings.Contains(shown, "key") {
		t.Errorf("the redactor shows %s", shown)
	}
}

func TestAPayloadWithoutACredentialIsNotCopied(t *testing.T) {
	t.Parallel()
	r := redactor(http.Header{"Authorization": {"s3cret-s3cret"}})
	text := []byte(`{"symbol":"NVDA","last":"181.46"}`)
	if got := r.Payload(text); &got[0] != &text[0] {
		t.Error("it was copied")
	}
}

func TestAShortSecretIsMaskedAsAWordOnly(t *testing.T) {
	t.Parallel()
	r := redactor(http.Header{"X-Key": {"1"}, "X-Token": {""}, "X-Auth": {"abcd"}})
	if got, want := r.Message("1 of 100, 1; xabcdx"), "••• of 100, •••; x•••x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := r.Document("1 of 100, 1; xabcdx"), "1 of 100, 1; x•••x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNamesThatSoundAsIfTheirValueWereACredential(t *testing.T) {
	t.Parallel()
	secret := `token tok tkn Token2 tokenV2 access_token accessToken id_token refresh-token authToken csrfToken X-Amz-Security-Token
		key apikey api_key apiKey api-key app_key access_key access_key_id AWSAccessKeyId key_id subscription-key wsKey listenKey
		secret client_secret clientSecret secret2 password passwd passphrase passcode pass pwd pw
		signature sig sign X-Amz-Signature OK-ACCESS-SIGN KC-API-SIGN hmac jwt bearer assertion SAMLResponse
		session session_id sessionId sessionid sess sess_id sessid sid connect.sid PHPSESSID JSESSIONID laravel_session cookie
		auth oauth oauth_verifier X-Auth auth_code code otp totp cred creds credential X-Amz-Credential ticket csrf xsrf sso
		app_id appid appId crumb authorization`
	for _, name := range strings.Fields(secret) {
		if !redact.IsSecretName(name) || !redact.IsSecretHeader(name) {
			t.Errorf("%s is taken for harmless", name)
		}
	}
	harmless := `symbol symbols id ids side size design signal assign sidebar inside encode barcode interval stock stocks instrument
		limit channel client_id client order_id user name pinned market account format version from to depth passive authored paused`
	for _, name := range strings.Fields(harmless) {
		if redact.IsSecretName(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}

func TestHeadersThatMayHoldCredentials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Authorization": true, "proxy-authorization": true, "Cookie": true, "X-Auth": true, "X-API-Key": true, "apikey": true,
		"X-Tokens": true, "X-Session-Name": true, "Secret-Word": true, "X-Passcode": true, "My-Credential-1": true, "X-Signature": true,
		"Accept": false, "User-Agent": false, "Host": false, "X-Desk": false, "Last-Event-ID": false, "Content-Type": false,
	} {
		var s redact.Secrets
		s.AddHeader(name, "v4lue")
		if got := redact.IsSecretHeader(name); got != want || (s.Redactor().Message("v4lue") == redact.Mark) != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func BenchmarkPayload(b *testing.B) {
	r := redactor(http.Header{"Authorization": {"Bearer s3cret-s3cret"}})
	text := []byte(`{"symbol":"NVDA","name":"NVIDIA","last":"181.46","bid":"181.45","ask":"181.47","size":"200","time":"2026-11-21T10:00:00.000000001Z"}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Payload(text)
	}
}
