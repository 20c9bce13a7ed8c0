package connection

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// goErrors has an error of each exported type of the packages that a connection uses.
var goErrors = map[string][]error{
	"net.OpError": {
		&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("mistake")}, &net.OpError{Op: "read", Net: "tcp", Err: net.ErrClosed},
		&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EAFNOSUPPORT)}, &net.OpError{Op: "write", Net: "tcp", Err: os.ErrDeadlineExceeded},
		&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EMFILE)},
	},
	"net.DNSError":            {&net.DNSError{Err: "server misbehaving", Name: "desk.example"}, &net.DNSError{Err: "no such host", Name: "desk.example", IsNotFound: true}},
	"net.AddrError":           {&net.AddrError{Err: "missing port in address", Addr: "desk.example"}},
	"net.ParseError":          {&net.ParseError{Type: "IP address", Text: "1.2.3"}},
	"net.UnknownNetworkError": {net.UnknownNetworkError("tcp9")},
	"net.InvalidAddrError":    {net.InvalidAddrError("unexpected address type")},
	"net.DNSConfigError":      {&net.DNSConfigError{Err: errors.New("no DNS")}},

	"tls.AlertError":                   {tls.AlertError(40), tls.AlertError(70), tls.AlertError(112), tls.AlertError(116), tls.AlertError(80)},
	"tls.RecordHeaderError":            {tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}},
	"tls.CertificateVerificationError": {&tls.CertificateVerificationError{Err: errors.New("x509: certificate is odd")}},
	"tls.ECHRejectionError":            {&tls.ECHRejectionError{}},

	"x509.CertificateInvalidError":    invalidCertificates(),
	"x509.HostnameError":              {x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other.example"}}, Host: "desk.example"}},
	"x509.UnknownAuthorityError":      {x509.UnknownAuthorityError{}},
	"x509.SystemRootsError":           {x509.SystemRootsError{Err: errors.New("no such file")}},
	"x509.InsecureAlgorithmError":     {x509.InsecureAlgorithmError(x509.SHA1WithRSA)},
	"x509.ConstraintViolationError":   {x509.ConstraintViolationError{}},
	"x509.UnhandledCriticalExtension": {x509.UnhandledCriticalExtension{}},
	"http.MaxBytesError":              {&http.MaxBytesError{Limit: 9}},
	"textproto.Error":                 {&textproto.Error{Code: 500, Msg: "odd answer"}},
	"textproto.ProtocolError":         {textproto.ProtocolError("malformed MIME header: missing colon")},
	"url.Error":                       {&url.Error{Op: "Get", URL: "http://desk.example/?token=s3cr3t", Err: errors.New("odd")}},
	"url.EscapeError":                 {url.EscapeError("%z")},
	"url.InvalidHostError":            {url.InvalidHostError(" ")},
}

func invalidCertificates() (all []error) {
	for reason := x509.NotAuthorizedToSign; reason <= x509.NoValidChains; reason++ {
		all = append(all, x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: reason, Detail: "odd"})
	}
	return all
}

// TestNobodyReadsTheTextOfAnErrorOfGo walks the error types and the texts of errors in the packages that a connection
// uses, as they are in the source of this Go.
func TestNobodyReadsTheTextOfAnErrorOfGo(t *testing.T) {
	t.Parallel()
	e, err := (Config{Name: "f", URL: "http://desk.example/"}).Endpoint(func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, err error) {
		raw := innermostError(err).Error()
		for _, err := range []error{err, &url.Error{Op: "Get", URL: "http://desk.example/", Err: &net.OpError{Op: "read", Net: "tcp", Err: err}}, fmt.Errorf("net/http: broken: %w", err)} {
			cause, _ := e.Explain(err)
			if cause == "" || raw != "" && strings.Contains(cause, raw) || strings.Contains(cause, "tls: ") || strings.Contains(cause, "x509: ") || strings.Contains(cause, "http2: ") {
				t.Errorf("%s: %q is shown as %q", what, err, cause)
			}
		}
	}
	texts := 0
	for _, folder := range []string{"net", "crypto/tls", "crypto/x509", "net/http", "net/http/internal", "net/textproto", "net/url", "compress/gzip", "compress/flate"} {
		types, literals := errorsOf(t, folder)
		for _, name := range types {
			if len(goErrors[name]) == 0 && (folder == "net" || folder == "crypto/tls" || folder == "crypto/x509") {
				t.Errorf("%s has no case here", name)
			}
		}
		for _, text := range literals {
			texts++
			check(folder, errors.New(text))
		}
	}
	if texts < 500 {
		t.Errorf("only %d texts were found", texts)
	}
	for name, errs := range goErrors {
		for _, err := range errs {
			check(name, err)
		}
	}
}

// errorsOf are the exported types of a package of Go that have an Error method, and the texts that it makes errors of.
func errorsOf(t *testing.T, folder string) (types, texts []string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", folder, "*.go"))
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_windows.go") || strings.HasSuffix(file, "_plan9.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv != nil && n.Name.Name == "Error" {
					if name := strings.Trim(typeName(n.Recv.List[0].Type), "*"); ast.IsExported(name) {
						types = append(types, parsed.Name.Name+"."+name)
					}
				}
			case *ast.CallExpr:
				if text, ok := errorText(n); ok {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	return slices.Compact(types), texts
}

func typeName(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if name, ok := e.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// errorText is the text of a call of errors.New or fmt.Errorf, if it is written there. Verbs of formats become words.
func errorText(call *ast.CallExpr) (string, bool) {
	called, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || called.Sel.Name != "New" && called.Sel.Name != "Errorf" || len(call.Args) == 0 {
		return "", false
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return strings.NewReplacer("%w", "odd", "%v", "odd", "%s", "odd", "%q", `"odd"`, "%d", "7").Replace(text), err == nil && text != ""
}
