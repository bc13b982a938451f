package attack

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
)

// judgeAttack judges the name of an `attack.` tag (spec, taxonomy-and-tags 4.2).
func (r *reading) judgeAttack(i int, tag Tag) {
	kind, meant := meantAsID(tag.Name)
	if !meant {
		r.judgeTactic(i, tag)
		return
	}
	if _, ok := parseID(tag.Name); !ok {
		r.misshapenID(i, tag, kind)
		return
	}
	o := r.Attack.find(tag.Name)
	switch {
	case o == nil:
		r.unknownID(i, tag, kind)
	case kind == Tactic && o.Status == Live:
		r.tacticID(i, tag, o)
	case o.Status == Revoked:
		r.revoked(i, tag, o)
	case o.Status == Deprecated:
		r.deprecated(i, tag, kind)
	case kind == Technique:
		r.judgePlatform(i, tag, o)
	case unspecified(kind):
		r.reportName(i, UnknownAttackTag, Issue{
			Message: fmt.Sprintf("%s is a %s; the specification has no tag for those.", quote(tag.Text), kind),
			Help:    fmt.Sprintf("%s exists, but other tools may reject the tag.", o.ID),
			Grade:   GradeInfo,
		})
	}
}

// reportName reports the name of the tag, from behind the namespace to the end.
func (r *reading) reportName(i int, p Problem, issue Issue) {
	tag := r.tags[i]
	r.report(i, p, tag.nameStart(), len(tag.Text), issue)
}

// unspecified kinds exist in ATT&CK, but the Sigma specification gives them no tag form.
func unspecified(k Kind) bool { return k == Campaign || k == DataComponent }

// data names the table: "ATT&CK 19.1".
func (r *reading) data() string { return "ATT&CK " + r.Attack.Version }

// tagOf is the tag of an object: its short name for a tactic, else its id.
func tagOf(o *Object) string {
	if o.Kind == Tactic {
		return attackNamespace + "." + o.Shortname
	}
	return attackNamespace + "." + lower(o.ID)
}

func tagsOf(ids []string) []string { return prefixed(attackNamespace, ids) }

func (r *reading) misshapenID(i int, tag Tag, kind Kind) {
	issue := Issue{
		Message: fmt.Sprintf("%s is not the shape of an ATT&CK %s.", quote(tag.Text), kind),
		Help:    "Write a technique as `attack.t1059` or `attack.t1059.001`, other ids with four digits.",
	}
	if o := r.Attack.find(repairID(tag.Name)); o != nil && o.Kind == kind {
		issue.Help, issue.Fix = instead(tagOf(o)), r.replace(i, Unsafe, tagOf(o))
	}
	r.reportName(i, MalformedTag, issue)
}

// tacticID reports `attack.ta0006`: Sigma names tactics by their short names.
func (r *reading) tacticID(i int, tag Tag, o *Object) {
	names, safety := []string{o.Shortname}, Safe
	if len(o.AlsoKnownAs) > 0 { // renamed: the author may have meant the tactic under its earlier name
		names, safety = r.heirs(o, o.AlsoKnownAs[len(o.AlsoKnownAs)-1])
	}
	issue := Issue{
		Message: fmt.Sprintf("%s names a tactic by its id; tags use the short name.", quote(tag.Text)),
		Help:    "No tagged technique belongs to this tactic: remove it, or tag the one that applies.",
		Fix:     r.replace(i, safety, tagsOf(names)...),
	}
	if names != nil {
		issue.Help = instead(tagsOf(names)...)
	}
	r.reportName(i, MalformedTag, issue)
}

// unknownID reports an id of the right shape that the table does not hold.
func (r *reading) unknownID(i int, tag Tag, kind Kind) {
	id := strings.ToUpper(tag.Name)
	parent := r.Attack.find(Parent(id))
	issue := Issue{Message: fmt.Sprintf("%s is not in %s.", quote(tag.Text), r.data())}
	switch {
	case kind == DataSource && r.Attack.highest[DataSource] == 0:
		r.deprecated(i, tag, kind)
		return
	case kind == Asset && r.Attack.highest[Asset] == 0: // the table holds no assets: nothing to compare with
		return
	case r.Attack.Newer(id):
		issue.Grade = GradeInfo
		issue.Message = fmt.Sprintf("%s is newer than the bundled %s data.", quote(tag.Text), r.data())
		issue.Help = "Check the id; sigtune cannot until its data are renewed."
	case parent != nil && parent.Status == Live:
		issue.Grade = GradeWarning
		issue.Message = fmt.Sprintf("%s is no sub-technique of %s in %s.", quote(tag.Text), parent.ID, r.data())
		subs := r.Attack.Subtechniques(parent.ID)
		if subs == nil {
			issue.Help = parent.ID + " has no sub-techniques. " + instead(tagOf(parent))
			issue.Fix = r.replace(i, Unsafe, tagOf(parent))
			break
		}
		issue.Help = parent.ID + " has " + quoteTags(tagsOf(subs)) + "."
		issue.Fix = r.onlyOne(i, sameParent(r.Attack.nearestIDs(id), parent.ID))
	case parent != nil:
		issue.Help = fmt.Sprintf("%s itself is %s.", parent.ID, parent.Status)
		if live, ok := r.Attack.Successor(parent.ID); ok {
			issue.Help = fmt.Sprintf("%s itself was revoked; its successor is `%s`.", parent.ID, tagsOf([]string{live})[0])
		}
	default:
		near := r.fitting(r.Attack.nearestIDs(id))
		issue.Help = "Look the id up at attack.mitre.org."
		if near != nil {
			issue.Help = "One digit away: " + r.titles(near) + "."
		}
		issue.Fix = r.onlyOne(i, near)
	}
	r.reportName(i, UnknownAttackTag, issue)
}

// onlyOne is the fix for an unknown id: a fix only where a single candidate is left.
func (r *reading) onlyOne(i int, ids []string) Fix {
	if len(ids) != 1 {
		return Fix{}
	}
	return r.replace(i, Unsafe, tagsOf(ids)...)
}

func sameParent(ids []string, parent string) []string {
	var same []string
	for _, id := range ids {
		if Parent(id) == parent {
			same = append(same, id)
		}
	}
	return same
}

// fitting narrows candidates to the domains of the rule, and to the techniques of a tagged tactic when there are
// such.
func (r *reading) fitting(ids []string) []string {
	tagged := map[string]bool{}
	for _, tag := range r.tags {
		if tag.Namespace == attackNamespace {
			tagged[tag.Name] = true
		}
	}
	var fit, rest []string
	for _, id := range ids {
		o := r.Attack.find(id)
		if o.Domains&r.home() == 0 {
			continue
		}
		rest = append(rest, id)
		for _, tactic := range o.Tactics {
			if tagged[tactic] {
				fit = append(fit, id)
				break
			}
		}
	}
	if fit == nil {
		return rest
	}
	return fit
}

// titles lists ids with their names, the best few.
func (r *reading) titles(ids []string) string {
	var titles []string
	for _, id := range firstOf(ids, nearest.Suggestions) {
		titles = append(titles, "`"+tagsOf([]string{id})[0]+"` "+r.Attack.find(id).Name)
	}
	return list(titles)
}

// revoked reports a revoked object and follows it to what stands for it today.
func (r *reading) revoked(i int, tag Tag, o *Object) {
	issue := Issue{
		Message: fmt.Sprintf("%s is revoked in %s, and no successor is named.", quote(tag.Text), r.data()),
		Help:    "Choose another technique, or remove the tag.",
	}
	last := r.Attack.chainEnd(o.ID)
	switch {
	case last == nil || last == o:
	case last.Status != Live:
		issue.Message = fmt.Sprintf("%s is revoked in %s; its successor %s is %s.", quote(tag.Text), r.data(), last.ID, last.Status)
	default:
		subs := r.Attack.Subtechniques(last.ID)
		safety := Safe
		issue.Message = fmt.Sprintf("%s is revoked in %s; its successor is %s.", quote(tag.Text), r.data(), last.ID)
		issue.Help = instead(tagOf(last))
		if subs != nil {
			safety = Unsafe
			issue.Message = fmt.Sprintf("%s is revoked in %s; its successor is %s (sub-techniques %s to %s).",
				quote(tag.Text), r.data(), last.ID, subs[0], subs[len(subs)-1])
			issue.Help = "Write " + quote(tagOf(last)) + ", or better the sub-technique that fits: " + quoteTags(tagsOf(subs)) + "."
		}
		if o.Derived {
			issue.Help += " The successor is derived from names, not stated by MITRE."
		}
		issue.Fix = r.replace(i, safety, tagOf(last))
	}
	r.reportName(i, RevokedAttackTag, issue)
}

func (r *reading) deprecated(i int, tag Tag, kind Kind) {
	issue := Issue{
		Message: fmt.Sprintf("%s is deprecated in %s and has no successor.", quote(tag.Text), r.data()),
		Help:    "Choose another " + kind.String() + ", or remove the tag.",
	}
	if kind == DataSource {
		issue.Message = fmt.Sprintf("%s is a data source; %s has retired all of them.", quote(tag.Text), r.data())
		issue.Help = "Remove the tag."
	}
	r.reportName(i, DeprecatedAttackTag, issue)
}

// desktop are the products of logsources that are an operating system, and ATT&CK's name for it.
var desktop = map[string]string{"windows": "Windows", "linux": "Linux", "macos": "macOS"}

// judgePlatform compares the platforms of a technique with the product. Only techniques of desktop systems count:
// one that also exists in a cloud or on network devices may be seen from anywhere.
func (r *reading) judgePlatform(i int, tag Tag, o *Object) {
	product := desktop[r.Product]
	if product == "" || len(o.Platforms) == 0 {
		return
	}
	for _, platform := range o.Platforms {
		if platform == product || desktop[lower(platform)] != platform {
			return
		}
	}
	r.reportName(i, AttackPlatformMismatch, Issue{
		Message: fmt.Sprintf("%s is a technique of %s in %s; the logsource is %s.", quote(tag.Text), list(o.Platforms), r.data(), r.Product),
		Help:    fmt.Sprintf("Check %s %s: another technique may be meant.", o.ID, o.Name),
	})
}
