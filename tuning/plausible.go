package tuning

import (
	"strings"

	"github.com/sigtune/sigtune/tuning/scenario"
)

// A description is written for people: most of its words are English, and a few are values. This file says which words of a description
// can be values. In an exclusion the author lists what is to be excluded, so there every word counts.

// longestNote is how many words a note has that is little more than a name ("FP with acmesync"). In longer texts an unknown word is prose.
const longestNote = 6

// plausible keeps the values of a condition that the role can have. A condition that loses all of them names a class at most.
func (g *ground) plausible(c scenario.Condition, words int) scenario.Condition {
	var kept []scenario.Value
	for _, v := range c.Values {
		if g.possible(c, v, words) {
			kept = append(kept, v)
		}
	}
	if len(kept) == len(c.Values) {
		return c
	}
	c.Values, c.Open = kept, true
	return c
}

func (g *ground) possible(c scenario.Condition, v scenario.Value, words int) bool {
	known := scenario.Tool(v.Text) || scenario.WindowsProgram(v.Text) || v.Product != ""
	word := !v.Quoted && (v.Shape == scenario.ShapeWord || v.Shape == scenario.ShapeName) && !strings.ContainsAny(v.Text, "0123456789_.-")
	switch {
	case strings.Trim(v.Text, `/\.*-+`) == "", version.MatchString(v.Text) && c.Role != scenario.RolePort, !v.Quoted && (strings.HasSuffix(v.Text, " FP") || strings.HasSuffix(v.Text, " FPs")):
		return false
	case c.Role == scenario.RoleUser && word && strings.ToLower(v.Text) == v.Text && !known:
		return false // "per user install"
	case c.Open && scenario.Interpreter(v.Text), c.Open && v.Product != "" && g.interpreter(v.Product):
		return false // "legitimate PowerShell scripts": which ones is what nobody says
	case word && !known && !v.CamelCase() && words > longestNote && !(g.noted && v.Shape == scenario.ShapeName && words <= 2*longestNote):
		return false
	case c.Operator == scenario.Matches:
		return v.Quoted || strings.ContainsAny(v.Text, `^$[(\*+`)
	}
	switch c.Role {
	case scenario.RoleSourceIP, scenario.RoleDestinationIP, scenario.RoleIP:
		return v.Shape == scenario.ShapeIP || v.Shape == scenario.ShapeCIDR || v.Shape == scenario.ShapeGlob
	case scenario.RoleUser:
		return v.Shape != scenario.ShapeURL && v.Shape != scenario.ShapeExtension && v.Shape != scenario.ShapePath && v.Shape != scenario.ShapeFileName && (!known || v.Quoted)
	case scenario.RoleHost:
		return v.Shape != scenario.ShapeFileName && v.Shape != scenario.ShapePath && !strings.Contains(v.Text, " ") && !known
	case scenario.RoleProcess, scenario.RoleParent, scenario.RoleUnstated:
		if v.Shape == scenario.ShapeExtension || strings.HasPrefix(v.Text, ".") || v.Shape == scenario.ShapeWord && strings.Contains(v.Text, "/") && !hostLike.MatchString(v.Text) {
			return false
		}
		return v.Shape != scenario.ShapeFlag || c.Role == scenario.RoleUnstated && v.Quoted && strings.HasPrefix(v.Text, "-")
	}
	return true
}

// interpreter reports a product that does what its arguments say.
func (g *ground) interpreter(product string) bool {
	for _, p := range scenario.LookupProduct(product, "") {
		if p.Kind == "interpreter" {
			return true
		}
	}
	return false
}
