package lsp

import (
	"io"
	"sync"
	"time"
)

// outbox takes messages without making anybody wait: an editor that is busy writing to us may not be reading, and whoever waits for the other then waits for
// ever. What it holds is bounded by what an editor leaves unread.
type outbox struct {
	mu     sync.Mutex
	filled *sync.Cond
	waits  []byte
	closed bool
	err    error
	done   chan struct{}
}

func newOutbox(out io.Writer) *outbox {
	o := &outbox{done: make(chan struct{})}
	o.filled = sync.NewCond(&o.mu)
	go o.send(out)
	return o
}

func (o *outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	o.waits = append(o.waits, p...)
	o.filled.Signal()
	return len(p), nil
}

func (o *outbox) send(out io.Writer) {
	defer close(o.done)
	for {
		o.mu.Lock()
		for len(o.waits) == 0 && !o.closed {
			o.filled.Wait()
		}
		now := o.waits
		o.waits = nil
		o.mu.Unlock()
		if len(now) == 0 {
			return
		}
		if _, err := out.Write(now); err != nil {
			o.mu.Lock()
			o.err = err
			o.mu.Unlock()
			return
		}
	}
}

// farewell is how long the end of a session waits for an editor to read what is left: it may be gone.
const farewell = 2 * time.Second

// close sends what waits.
func (o *outbox) close() {
	o.mu.Lock()
	o.closed = true
	o.filled.Signal()
	o.mu.Unlock()
	select {
	case <-o.done:
	case <-time.After(farewell):
	}
}
