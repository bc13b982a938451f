package evidence

import (
	"compress/flate"
	"compress/gzip"
	"errors"
)

// isDamage reports an error of the data, not of the operating system.
func isDamage(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt)
}
