package connection

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/iotest"
)

func TestGzipThatNoHeaderTellsOfIsNamedHoweverItArrives(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte("data: 1\n\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, split := range map[string]func(io.Reader) io.Reader{
		"at once":      func(r io.Reader) io.Reader { return r },
		"byte by byte": iotest.OneByteReader,
	} {
		body := split(bytes.NewReader(zipped.Bytes()))
		_, err := io.ReadAll(Decompressed(&http.Response{Body: io.NopCloser(body)}))
		if !errors.Is(err, errUndeclaredGzip) {
			t.Errorf("%s: the error is %v, want %v", name, err, errUndeclaredGzip)
		}
	}
}

func TestPlainBodiesAreReadWhateverTheyBeginWith(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "d", "data: 1\n\n", "\x1f", "\x1fdata: 1\n\n", ":\x1f\x8b\n\n"} {
		body := iotest.OneByteReader(bytes.NewReader([]byte(text)))
		got, err := io.ReadAll(Decompressed(&http.Response{Body: io.NopCloser(body)}))
		if err != nil || string(got) != text {
			t.Errorf("%q is read as %q (%v)", text, got, err)
		}
	}
}
