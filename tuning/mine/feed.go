package mine

import (
	"runtime"

	"github.com/sigtune/sigtune/tuning/evidence"
)

// Feed reads a stream to its end and gives every record to add, in their order, in the caller's goroutine; reading goes on beside it. tell,
// which may be nil, hears how many records were given.
func Feed(s *evidence.Stream, add func(*evidence.Record), tell func(records int)) {
	n := 0
	for r := range s.Ahead(runtime.GOMAXPROCS(0)) {
		add(r)
		if n++; tell != nil {
			tell(n)
		}
	}
}
