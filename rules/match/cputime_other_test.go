//go:build !unix

package match

import "time"

func processorTime() time.Duration { return 0 }
