package match

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseEventRefusesWhatIsNoObject(t *testing.T) {
	for text, want := range map[string]string{
		``:               "this is empty",
		` `:              "this is empty",
		`null`:           "this is null",
		`[{"a":1}]`:      "this is an array",
		`"a"`:            "this is a string",
		`{"a":1`:         "no JSON",
		`{"a":1}{"b":1}`: "something follows the event at byte",
		`{"a":1} x`:      "something follows the event at byte",
		`{'a':1}`:        "no JSON",
		`{"a":` + strings.Repeat(`[`, 200) + strings.Repeat(`]`, 200) + `}`:     "deeper than 128",
		`{"a":` + strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000) + `}`: "no JSON",
		strings.Repeat(`{"a":`, 200) + `1` + strings.Repeat(`}`, 200):           "deeper than 128",
	} {
		if _, err := ParseEvent([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: error %v, want %q", text, err, want)
		}
	}
}

func TestNewEventTakesGoValues(t *testing.T) {
	e := NewEvent(map[string]any{
		"int": 5, "uint64": uint64(math.MaxUint64), "float": 4625.0, "half": 0.5, "huge": 1e300, "number": json.Number("1.50"),
		"bool": true, "nil": nil, "list": []any{"a", 1, nil}, "strings": []string{"a", "b"},
		"map": map[string]string{"k": "v"}, "duration": time.Second,
	})
	for field, want := range map[string][]string{
		"int": {"5"}, "uint64": {"18446744073709551615"}, "float": {"4625"}, "half": {"0.5"}, "huge": {"1e+300"}, "number": {"1.50"},
		"bool": {"true"}, "nil": nil, "list": {"a", "1"}, "strings": {"a", "b"}, "map.k": {"v"}, "map": nil, "duration": {"1s"},
	} {
		if got, present := e.Texts(field); !present || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q %v, want %q", field, got, present, want)
		}
	}
	if _, present := e.Texts("nowhere"); present {
		t.Error("an absent field is present")
	}
}

func TestNewEventSurvivesCycles(t *testing.T) {
	loop := map[string]any{"f": "v"}
	loop["self"], loop["again"] = loop, []any{loop}
	if m := compile(t, selectionRule("f: v\nself: null")); !m.Match(NewEvent(loop)) {
		t.Error("the field beside a cycle is lost")
	}
}

func TestDecimalsCompareExactly(t *testing.T) {
	ascending := []string{"-1e20", "-10", "-9.99", "-0.1", "0", "1e-400", "0.5", "1", "1.0000000000000000000001", "2", "10", "9007199254740992", "9007199254740993", "18446744073709551615", "1e400"}
	for i, a := range ascending {
		for j, b := range ascending {
			da, ok := parseDecimal(a)
			db, also := parseDecimal(b)
			if !ok || !also {
				t.Fatalf("%s or %s is no number", a, b)
			}
			if got, want := da.compare(db), sign(i-j); got != want {
				t.Errorf("compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
	for _, group := range [][]string{{"0", "-0", "0.00", "0e5", "00"}, {"100", "1e2", "1E+2", "0100.0", "10000e-2"}} {
		first, _ := parseDecimal(group[0])
		for _, s := range group {
			if d, ok := parseDecimal(s); !ok || d != first {
				t.Errorf("%s is not %s: %v", s, group[0], d)
			}
		}
	}
	for _, s := range []string{"", "-", "+1", ".5", "5.", "1e", "1e+", "1e+-2", "1e2x", "0x1", " 1", "1 ", "1,5", "1e9999999999", "NaN", "--1"} {
		if d, ok := parseDecimal(s); ok {
			t.Errorf("%q is read as %v", s, d)
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
