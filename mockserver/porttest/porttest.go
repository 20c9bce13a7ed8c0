// Package porttest gives tests TCP ports of the loopback interface on which they can listen again after they have stopped.
package porttest

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// first and count are ports below those that systems give to outgoing connections, and to whoever listens on port 0: from 32768.
const (
	first = 20000
	count = 12000
)

// reserved holds, for as long as this process runs, the UDP port beside each TCP port that was given away: so that no process, this or
// another that tests at the same time, gives it away again while nothing listens on it.
var reserved struct {
	sync.Mutex
	all []net.PacketConn
}

func reserve(addr string) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	reserved.Lock()
	defer reserved.Unlock()
	reserved.all = append(reserved.all, conn)
	return nil
}

// patience is how long an address may be taken. A process that is being started has a copy of a listener that was just closed
// until it runs its own program.
const patience = 10 * time.Second

// Listen listens on addr. If its port is 0, that is one on which it can listen again later.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if port == "0" {
		return listenAnywhere(host)
	}
	for began := time.Now(); ; <-time.After(5 * time.Millisecond) {
		listener, err := net.Listen("tcp", addr)
		if !errors.Is(err, syscall.EADDRINUSE) || time.Since(began) > patience {
			return listener, err
		}
	}
}

func listenAnywhere(host string) (listener net.Listener, err error) {
	start := rand.IntN(count)
	for i := range count {
		addr := net.JoinHostPort(host, strconv.Itoa(first+(start+i)%count))
		if err = reserve(addr); err != nil {
			continue
		}
		if listener, err = net.Listen("tcp", addr); err == nil {
			return listener, nil
		}
	}
	return nil, err
}

// Free are addresses on which nothing listens now, each with another port.
func Free(n int) (addrs []string, err error) {
	for range n {
		listener, err := listenAnywhere("127.0.0.1")
		if err != nil {
			return nil, err
		}
		addrs = append(addrs, listener.Addr().String())
		if err := listener.Close(); err != nil {
			return nil, err
		}
	}
	return addrs, nil
}
