package logic

import (
	"strings"
	"testing"
)

// What is absurdly long is still decided where that is cheap, and has a reason where it is not.
func TestAbsurdlyLongRules(t *testing.T) {
	long := FromRule(parseRule(t, "detection:\n  s:\n    a: '"+strings.Repeat("a*", longPattern)+"'\n  condition: s\n"))
	if why := long.Opaque(); len(why) != 1 || !strings.Contains(why[0], "4000") {
		t.Errorf("opaque because of %q", why)
	}
	once := parseRule(t, "detection:\n  s:\n    a: x\n  r:\n    b: y\n  condition: s and r\n")
	often := parseRule(t, "detection:\n  s:\n    a: x\n  r:\n    b: y\n  condition: s"+strings.Repeat(" and r and s", 2*longChain)+"\n")
	if a := Equivalent(FromRule(once), FromRule(often)); a.Verdict != Yes {
		t.Errorf("naming an identifier again changes something: %s", a.Explain())
	}
	if n := len(FromRule(often).args); n != 2 {
		t.Errorf("%d operands, want 2", n)
	}
}
