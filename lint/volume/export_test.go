package volume

// CountEverything counts the tests of all rules from the first event on, fired or not.
func (c *Counter) CountEverything() {
	for _, one := range c.counters {
		one.started = true
	}
}
