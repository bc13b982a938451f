package mine

// Atomics reads the tests of a checkout of Atomic Red Team for the rule's techniques.
func (x *Miner) Atomics(dir string) error { return nil }
