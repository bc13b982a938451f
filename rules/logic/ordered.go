package logic

import (
	"math/big"
	"net/netip"
	"regexp/syntax"
	"sort"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// Ordered tests ask where a value lies among addresses or numbers, however it is spelled. Two facts make them exact. A
// set of ranges has a common point if and only if one of their boundaries, or a point between neighbouring boundaries, is one. And a
// text is either spelled plainly (a dotted quad, a plain decimal), where automata are exact, or it is spelled oddly (with a colon, with an
// exponent), where each text found is evaluated directly.

// criticalPoints are texts such that the ordered literals can be met if one of these meets them. There has to be a
// positive one among them.
func criticalPoints(literals []*literal) []string {
	var addresses []netip.Prefix
	var bounds []*big.Rat
	for _, l := range literals {
		if l.kind != orderedLeaf {
			continue
		}
		l.live(func(_ int32, leaf *leaf) bool {
			if leaf.test.Kind == rules.CIDRTest {
				addresses = append(addresses, network(leaf.test))
			} else {
				bounds = append(bounds, rational(leaf.test.Number))
			}
			return true
		})
	}
	return append(addressPoints(addresses), numberPoints(bounds)...)
}

// network is the network of a test; IPv4 inside IPv6 counts as IPv4.
func network(t *rules.Test) netip.Prefix {
	const mappedBits = 96 // of ::ffff:0:0/96
	n := t.Network
	if n.Addr().Is4In6() && n.Bits() >= mappedBits {
		return netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-mappedBits)
	}
	return n
}

// addressPoints are where the networks begin and where the space behind them does. The first host of a network reads better than its
// address, so it comes first.
func addressPoints(networks []netip.Prefix) []string {
	var out []string
	for _, n := range networks {
		first := n.Masked().Addr()
		if host := first.Next(); n.Bits() < first.BitLen()-1 && host.IsValid() {
			out = append(out, host.String())
		}
		out = append(out, first.String())
	}
	for _, n := range networks {
		if next := lastOf(n).Next(); next.IsValid() {
			out = append(out, next.String())
		}
		if n.Addr().Is6() {
			out = append(out, "::1:0:0:0") // behind the hole where IPv4 lies
		}
	}
	for _, s := range out {
		if !strings.Contains(s, ":") {
			out = append(out, "::ffff:"+s) // the same address in the other notation
		}
	}
	return out
}

func lastOf(n netip.Prefix) netip.Addr {
	bytes := n.Masked().Addr().AsSlice()
	for i := n.Bits(); i < 8*len(bytes); i++ {
		bytes[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(bytes)
	return a
}

// rational is a number of a rule exactly.
func rational(n rules.Number) *big.Rat {
	if n.Integral {
		return new(big.Rat).SetInt64(n.Int)
	}
	r, ok := new(big.Rat).SetString(n.Text)
	if !ok {
		r, _ = new(big.Rat).SetString(strconv.FormatFloat(n.Float, 'f', -1, 64))
	}
	return r
}

func numberPoints(bounds []*big.Rat) []string {
	if len(bounds) == 0 {
		return nil
	}
	sort.Slice(bounds, func(i, j int) bool { return bounds[i].Cmp(bounds[j]) < 0 })
	one := big.NewRat(1, 1)
	var whole, between []*big.Rat
	for i, b := range bounds {
		// Neighbouring whole numbers make better witnesses than fractions.
		whole = append(whole, b, new(big.Rat).Add(b, one), new(big.Rat).Sub(b, one))
		if i > 0 {
			sum := new(big.Rat).Add(bounds[i-1], b)
			between = append(between, sum.Quo(sum, big.NewRat(2, 1)))
		}
	}
	var out []string
	for _, p := range append(whole, between...) {
		out = append(out, plainDecimal(p))
	}
	return out
}

// plainDecimal spells a number without an exponent. Bounds and the points between them are finite decimals.
func plainDecimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	const digits = 400 // more than a float64 has behind the point in any rule
	return strings.TrimRight(r.FloatString(digits), "0")
}

// Odd spellings, a superset of what direct evaluation reads beside the plain ones.
const (
	oddAddress = `[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,8}(?::?[0-9.]{7,15})?(?:%(?s:.+))?`
	oddNumber  = `-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,9}`
)

// oddProgram is the odd spellings of what the literal compares.
func oddProgram(l *literal) *syntax.Prog {
	if l.union.leaves[0].test.Kind == rules.CIDRTest {
		return compileWhole(oddAddress)
	}
	return compileWhole(oddNumber)
}

// ordered settles what the ordered literals say among themselves. It returns the texts that meet them all, to be tried first;
// refused says that there are none, so that nothing can meet them.
func (t *theory) ordered(literals []*literal) (points []string, refused []*literal) {
	var all []*literal
	demanded := false
	for _, l := range literals {
		if l.kind == orderedLeaf {
			all = append(all, l)
			t.meter.spend(costTrial, pointUnits*len(l.union.leaves))
			demanded = demanded || !l.negated
		}
	}
	if !demanded {
		return nil, nil
	}
	for _, s := range criticalPoints(all) {
		if t.meter.exhausted() {
			return nil, nil
		}
		if t.meets(all, s) == nil {
			points = append(points, s)
		}
	}
	if len(points) == 0 {
		return nil, all
	}
	return points, nil
}

// meets gives the first literal that a text does not meet, or nil. When the budget runs out that is the literal at hand.
func (t *theory) meets(literals []*literal, s string) *literal {
	text := subject{text: s}
	for _, l := range literals {
		if l.union == nil {
			continue
		}
		found := false
		l.live(func(_ int32, leaf *leaf) bool {
			t.meter.spend(costTrial, leaf.reading(len(s)))
			found = leaf.takes(&text, t.space.folding)
			return !found && !t.meter.exhausted()
		})
		if found == l.negated || t.meter.exhausted() {
			return l
		}
	}
	return nil
}

// reading is what evaluating the test directly on so many bytes of text costs.
func (l *leaf) reading(n int) int {
	switch l.test.Kind {
	case rules.RegexTest:
		return checkUnits + n*regexUnits
	case rules.CIDRTest:
		return addressUnits
	case rules.CompareTest:
		return numberUnits
	}
	return checkUnits + n*len(l.words)/readAtOnce
}

// pointUnits is what working out the points around a bound or a network costs.
const pointUnits = 800

// A pattern reads sixteen characters in a unit; a regular expression takes some 50 ns for each, and reading a number exactly some
// microseconds.
const (
	readAtOnce   = 16
	regexUnits   = 5
	addressUnits = 7
	numberUnits  = 200
)
