package redact

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Secrets are what must not be repeated of one feed's request. The zero Secrets are none.
type Secrets struct {
	credentials []string // masked wherever a server repeats them
	private     []string // masked in messages only: a payload may well hold the same word
}

// Clone is a copy that can be added to.
func (s Secrets) Clone() Secrets {
	return Secrets{slices.Clone(s.credentials), slices.Clone(s.private)}
}

// AddVariable adds the value of a variable of the environment. It counts as a credential if its name sounds like one.
func (s *Secrets) AddVariable(name, value string) {
	if IsSecretName(name) {
		s.credentials = append(s.credentials, value)
		return
	}
	s.private = append(s.private, value)
}

// AddURL adds the user, the password and the credentials in the query of an address. A user name is a credential where it
// stands without a password.
func (s *Secrets) AddURL(u *url.URL) {
	s.credentials = append(s.credentials, formCredentials(u.RawQuery)...)
	if u.User == nil {
		return
	}
	name := u.User.Username()
	password, both := u.User.Password()
	pair := name + ":" + password
	sent := base64.StdEncoding.EncodeToString([]byte(pair)) // as http.Client sends it
	s.credentials = append(s.credentials, password, pair, sent)
	if both {
		s.private = append(s.private, name)
		s.credentials = append(s.credentials, u.User.String())
		return
	}
	s.credentials = append(s.credentials, name, u.User.String())
}

// AddHeader adds, of a header that may hold a credential, the whole value, what follows the scheme of an Authorization,
// and what these hold. Values of other headers stand in what servers say of themselves (text/html).
func (s *Secrets) AddHeader(name, value string) {
	if !IsSecretHeader(name) {
		return
	}
	s.credentials = append(s.credentials, value)
	scheme, credential, _ := strings.Cut(value, " ")
	credential = strings.TrimSpace(credential)
	switch {
	case strings.EqualFold(name, "Cookie"):
		s.credentials = append(s.credentials, cookieValues(value)...)
		return
	case strings.EqualFold(scheme, "Basic"):
		s.credentials = append(s.credentials, basicCredentials(credential)...)
	}
	s.credentials = append(s.credentials, credential)
}

// AddBody adds the credentials in the body of a request, which is JSON or a form.
func (s *Secrets) AddBody(body string) {
	if gjson.Valid(body) {
		s.credentials = append(s.credentials, jsonCredentials(gjson.Parse(body), false)...)
		return
	}
	s.credentials = append(s.credentials, formCredentials(body)...)
}

// formCredentials are the credentials in a query or a form, as written and decoded.
func formCredentials(form string) []string {
	var credentials []string
	for _, pair := range strings.FieldsFunc(form, isSeparator) {
		name, value, found := strings.Cut(pair, "=")
		if !found && !isHarmlessParameter(pair) { // without a name
			name, value = "token", pair
		}
		plainName, err := url.QueryUnescape(name)
		if err == nil && !IsSecretName(plainName) {
			continue
		}
		credentials = append(credentials, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			credentials = append(credentials, plain)
		}
	}
	return credentials
}

// jsonCredentials are the strings and numbers below v whose name, or that of what they are in, sounds like a credential.
func jsonCredentials(v gjson.Result, secret bool) []string {
	if !v.IsObject() && !v.IsArray() {
		if secret {
			return []string{v.String()}
		}
		return nil
	}
	var credentials []string
	v.ForEach(func(name, member gjson.Result) bool {
		credentials = append(credentials, jsonCredentials(member, secret || IsSecretName(name.String()))...)
		return true
	})
	return credentials
}

// basicCredentials are user:password and the password alone of a Basic credential (RFC 7617 §2).
func basicCredentials(credential string) []string {
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(credential, "="))
	if err != nil {
		return nil
	}
	pair := string(decoded)
	_, password, _ := strings.Cut(pair, ":")
	return []string{pair, password}
}

// cookieValues are the values of a Cookie field (RFC 6265 §4.2.1).
func cookieValues(field string) []string {
	var values []string
	for _, part := range strings.Split(field, ";") {
		_, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		values = append(values, value, strings.Trim(value, `"`))
	}
	return values
}

// Redactor makes a Redactor of what has been added so far. The longest secret wins.
func (s Secrets) Redactor() Redactor {
	isCredential := map[string]bool{}
	for _, private := range s.private {
		isCredential[private] = false
	}
	for _, credential := range s.credentials {
		isCredential[credential] = true
	}
	delete(isCredential, "")
	var r Redactor
	for plain, credential := range isCredential {
		r.secrets = append(r.secrets, newSecret(plain, credential))
	}
	slices.SortFunc(r.secrets, func(a, b secret) int {
		return cmp.Or(cmp.Compare(len(b.plain), len(a.plain)), cmp.Compare(a.plain, b.plain))
	})
	return r
}
