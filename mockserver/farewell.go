package mockserver

import (
	"errors"
	"math/rand/v2"
	"time"
)

// returnSpread is over how long the clients of a server that ended come back, or Retry, if that is longer.
const returnSpread = 5 * time.Second

// farewell tells the client when to come back to a server that ends. Clients that all came back at once would find
// the next one with all of them before its door. The next stream begins with the usual time again.
func (st *stream) farewell() error {
	if st.tongue != nil {
		return errors.Join(st.send([]byte(st.tongue.style.Shutdown)), errEnded)
	}
	usual := st.server.config.Retry
	later := rand.N(max(usual, returnSpread))
	return errors.Join(st.send(appendRetry(nil, (usual+later).Milliseconds())), errEnded)
}
