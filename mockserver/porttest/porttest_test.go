package porttest_test

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"livetape/mockserver/porttest"
)

func TestAPortIsGivenOnceAndNeverToAnOutgoingConnection(t *testing.T) {
	t.Parallel()
	addrs, err := porttest.Free(50)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, addr := range addrs {
		parsed, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if seen[addr] || parsed.Port < 20000 || parsed.Port >= 32000 {
			t.Errorf("it gives %s", addr)
		}
		seen[addr] = true
	}
}

// TestAPortIsHeldWhileNothingListensOnIt asks for it as another process would.
func TestAPortIsHeldWhileNothingListensOnIt(t *testing.T) {
	t.Parallel()
	addrs, err := porttest.Free(1)
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := net.ListenPacket("udp", addrs[0]); err == nil {
		_ = conn.Close()
		t.Errorf("another process can reserve %s, too", addrs[0])
	}
	listener, err := net.Listen("tcp", addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
}

func TestAPortIsListenedOnAgainAsSoonAsItIsFree(t *testing.T) {
	t.Parallel()
	l, err := porttest.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	var isFree atomic.Bool
	time.AfterFunc(20*time.Millisecond, func() {
		isFree.Store(true)
		_ = l.Close()
	})
	again, err := porttest.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !isFree.Load() {
		t.Errorf("it listened on %s beside another", addr)
	}
}

func TestAnAddressOnWhichNobodyCanListenIsAnError(t *testing.T) {
	t.Parallel()
	if l, err := porttest.Listen("192.0.2.1:20000"); err == nil {
		l.Close()
		t.Error("it listens on an address of another machine")
	}
}
