package mockserver

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver/fault"
)

var errAccepting = errors.New("it accepts")

type acceptingListener struct{}

func (acceptingListener) Accept() (net.Conn, error) { return nil, errAccepting }
func (acceptingListener) Addr() net.Addr            { return &net.TCPAddr{} }
func (acceptingListener) Close() error              { return nil }

// TestAnAddressThatIsTakenForAMomentIsListenedOnAgain has it taken twice, for the better part of what the listener waits.
func TestAnAddressThatIsTakenForAMomentIsListenedOnAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		l := s.Listener(acceptingListener{}).(*refusingListener)
		defer l.Close()
		var free time.Time
		l.mu.Lock()
		l.listen = func(string, string) (net.Listener, error) {
			if time.Now().Before(free) {
				return nil, syscall.EADDRINUSE
			}
			return acceptingListener{}, nil
		}
		l.mu.Unlock()
		for range 2 {
			if err := s.Inject(fault.Fault{Name: "refuse"}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			free = time.Now().Add(takenFor * 3 / 4)
			if err := s.Inject(fault.Fault{Name: "clear"}); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Accept(); !errors.Is(err, errAccepting) || time.Now().Before(free) {
				t.Fatalf("%v before the address is free, it says %v", time.Until(free), err)
			}
		}
	})
}
