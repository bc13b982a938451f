package tuning

// logonEvents are the events of a session or of what is done to an account: their subject is who asked for it, mostly the system, and their target is the account that a text
// means (Microsoft's description of the events).
var logonEvents = []string{"4624", "4625", "4634", "4647", "4720", "4722", "4725", "4726", "4738", "4740", "4741", "4742", "4743", "4767", "4781"}

// logon reports a rule that selects nothing but events of sessions.
func (g *ground) logon() bool {
	ids := g.eventIDs()
	for _, id := range ids {
		if !contains(logonEvents, id) {
			return false
		}
	}
	return len(ids) > 0
}
