package mine

import "github.com/sigtune/sigtune/tuning/evidence"

// batch is how many records pass between the goroutines at once, and batches how many may wait: enough that neither waits for the other
// often, few enough to be no memory.
const (
	batch   = 256
	batches = 4
)

// Feed reads a stream to its end and gives every record to add, in their order, in the caller's goroutine; reading goes on beside it. tell,
// which may be nil, hears how many records were given.
func Feed(s *evidence.Stream, add func(*evidence.Record), tell func(records int)) {
	type parcel struct {
		records  []*evidence.Record
		panicked any
	}
	parcels := make(chan parcel, batches)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(parcels)
		defer func() {
			if p := recover(); p != nil {
				select {
				case parcels <- parcel{panicked: p}:
				case <-stop:
				}
			}
		}()
		list := make([]*evidence.Record, 0, batch)
		for r := range s.Records() {
			if list = append(list, r); len(list) < batch {
				continue
			}
			select {
			case parcels <- parcel{records: list}:
			case <-stop:
				return
			}
			list = make([]*evidence.Record, 0, batch)
		}
		select {
		case parcels <- parcel{records: list}:
		case <-stop:
		}
	}()
	n := 0
	for p := range parcels {
		if p.panicked != nil {
			panic(p.panicked) // where somebody catches it
		}
		for _, r := range p.records {
			add(r)
			if n++; tell != nil {
				tell(n)
			}
		}
	}
}
