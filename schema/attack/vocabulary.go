package attack

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
)

const (
	attackNamespace    = "attack"
	d3fendNamespace    = "d3fend"
	detectionNamespace = "detection"
	tlpNamespace       = "tlp"
	artifactPrefix     = "d3f-"
)

// namespaceNames are the namespaces of the specification.
var namespaceNames = []string{attackNamespace, "car", "cve", d3fendNamespace, detectionNamespace, "stp", tlpNamespace}

// namespaces has the judge of each.
var namespaces map[string]func(*reading, int, Tag)

func init() {
	// Assigned here because the judges reach the table again through repairs.
	namespaces = map[string]func(*reading, int, Tag){
		attackNamespace:    (*reading).judgeAttack,
		"car":              (*reading).judgeCAR,
		"cve":              (*reading).judgeCVE,
		d3fendNamespace:    (*reading).judgeD3FEND,
		detectionNamespace: (*reading).judgeDetection,
		"stp":              (*reading).judgeSTP,
		tlpNamespace:       (*reading).judgeTLP,
	}
}

var (
	cveName  = regexp.MustCompile(`^(1999|20[0-9]{2})-[0-9]{4,}$`)
	cveLoose = regexp.MustCompile(`^(?:cve[-_.])?((?:1999|20[0-9]{2})[-_.][0-9]+)$`)
	carName  = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{3}$`)
	stpName  = regexp.MustCompile(`^[1-5][auk]?$`)
	d3Name   = regexp.MustCompile(`^(d3-[a-z0-9]+|d3f-[a-z0-9_-]+|model|harden|detect|isolate|deceive|evict|restore)$`)
)

// shortestCVE is the least number of digits in the sequence number of a CVE id.
const shortestCVE = 4

func (r *reading) judgeCVE(i int, tag Tag) {
	start, end := tag.nameStart(), len(tag.Text)
	if m := cveName.FindStringSubmatch(tag.Name); m != nil {
		year, _ := strconv.Atoi(m[1])
		if r.Year > 0 && year > r.Year+1 {
			r.report(i, InvalidCVETag, start, start+len(m[1]), Issue{
				Message: fmt.Sprintf("%s is from the future: %d is the latest year a CVE id can have now.", quote(tag.Text), r.Year+1),
				Help:    "Correct the year.",
			})
		}
		return
	}
	issue := Issue{
		Message: fmt.Sprintf("%s is not `cve.YYYY-NNNN`.", quote(tag.Text)),
		Help:    "Write the year from 1999 on, a hyphen, and at least four digits: `cve.2019-0708`.",
	}
	if m := cveLoose.FindStringSubmatch(tag.Name); m != nil {
		year, number := m[1][:4], m[1][5:]
		safety := Safe
		for len(number) < shortestCVE {
			number, safety = "0"+number, Unsafe
		}
		if meant := "cve." + year + "-" + number; r.faultless(meant) {
			issue.Help, issue.Fix = instead(meant), r.replace(i, safety, meant)
		}
	}
	r.report(i, InvalidCVETag, start, end, issue)
}

func (r *reading) judgeCAR(i int, tag Tag) {
	if carName.MatchString(tag.Name) {
		return
	}
	issue := Issue{
		Message: fmt.Sprintf("%s is not `car.YYYY-MM-NNN` with a month from 01 to 12.", quote(tag.Text)),
		Help:    "Write the id of the CAR analytic without its prefix: `car.2016-04-005`.",
	}
	if bare, doubled := strings.CutPrefix(tag.Name, "car-"); doubled && carName.MatchString(bare) {
		issue.Help, issue.Fix = instead("car."+bare), r.replace(i, Safe, "car."+bare)
	}
	r.report(i, InvalidCARTag, tag.nameStart(), len(tag.Text), issue)
}

func (r *reading) judgeSTP(i int, tag Tag) {
	if stpName.MatchString(tag.Name) && r.written[i] == tag.Text {
		return
	}
	r.report(i, InvalidSTPTag, tag.nameStart(), len(tag.Text), Issue{
		Message: fmt.Sprintf("%s is no level of Summiting the Pyramid.", quote(r.written[i])),
		Help:    "Write `stp.1` to `stp.5`, with `a`, `u` or `k` behind it when the robustness column is known.",
	})
}

// detectionLabels are the detection tags of the specification.
var detectionLabels = []string{"dfir", "emerging-threats", "threat-hunting"}

func (r *reading) judgeDetection(i int, tag Tag) {
	if slices.Contains(detectionLabels, tag.Name) {
		return
	}
	issue := Issue{
		Message: fmt.Sprintf("%s is no detection tag.", quote(tag.Text)),
		Help:    "Use one of " + quoteTags(prefixed(detectionNamespace, detectionLabels)) + ".",
	}
	if near := nearest.Of(strings.ReplaceAll(tag.Name, "_", "-"), detectionLabels, nearest.Suggestions); len(near) == 1 {
		meant := detectionNamespace + "." + near[0]
		issue.Help, issue.Fix = instead(meant), r.replace(i, Unsafe, meant)
	} else if meant := strings.ReplaceAll(tag.Name, "_", "-"); slices.Contains(detectionLabels, meant) {
		meant = detectionNamespace + "." + meant
		issue.Help, issue.Fix = instead(meant), r.replace(i, Unsafe, meant)
	}
	r.report(i, InvalidDetectionTag, tag.nameStart(), len(tag.Text), issue)
}

// TLP says which version of the Traffic Light Protocol TLP tags are judged by.
type TLP uint8

const (
	TLP2   TLP = iota // red, amber, amber-strict, green, clear: the specification
	TLP1              // red, amber, green, white
	TLPAny            // either
)

var (
	tlp2Labels = []string{"red", "amber", "amber-strict", "green", "clear"}
	tlp1Labels = []string{"red", "amber", "green", "white"}
	tlpLabels  = [...][]string{TLP2: tlp2Labels, TLP1: tlp1Labels, TLPAny: append([]string{"white"}, tlp2Labels...)}
	tlpClear   = []string{"clear"}
)

func (r *reading) judgeTLP(i int, tag Tag) {
	labels := tlpLabels[min(r.TLP, TLPAny)]
	if !slices.Contains(labels, tag.Name) {
		issue := Issue{
			Message: fmt.Sprintf("%s is no label of the Traffic Light Protocol.", quote(tag.Text)),
			Help:    "Use one of " + quoteTags(prefixed(tlpNamespace, labels)) + ".",
		}
		switch {
		case tag.Name == "white" && r.TLP == TLP2:
			issue.Message = "`tlp.white` is TLP 1; TLP 2.0 calls it clear."
			issue.Help, issue.Fix = instead("tlp.clear"), r.replace(i, Safe, "tlp.clear")
		case slices.Contains(tlp2Labels, tag.Name):
			issue.Message = fmt.Sprintf("%s is TLP 2.0; the configuration asks for TLP 1.", quote(tag.Text))
		}
		r.report(i, InvalidTLPTag, tag.nameStart(), len(tag.Text), issue)
		return
	}
	allowed := r.AllowTLP
	if allowed == nil {
		allowed = tlpClear
	}
	if !slices.Contains(allowed, tag.Name) {
		r.report(i, TLPNotAllowed, tag.nameStart(), len(tag.Text), Issue{
			Message: fmt.Sprintf("%s is not an allowed TLP label.", quote(tag.Text)),
			Help:    "Allowed: " + quoteTags(prefixed(tlpNamespace, allowed)) + ".",
		})
	}
}

func (r *reading) judgeD3FEND(i int, tag Tag) {
	start, end := tag.nameStart(), len(tag.Text)
	if _, known := r.D3FEND.Lookup(tag.Name); known {
		return
	}
	var help string
	var fix Fix
	if near := r.D3FEND.nearest(tag.Name); near != nil {
		help = "Near: " + quoteTags(prefixed(d3fendNamespace, near)) + "."
		if len(near) == 1 {
			fix = r.replace(i, Unsafe, d3fendNamespace+"."+near[0])
		}
	}
	if d3Name.MatchString(tag.Name) {
		if help == "" {
			help = "Check the id; it may be newer than the data."
		}
		r.report(i, InvalidD3FENDTag, start, end, Issue{
			Message: fmt.Sprintf("%s is not in D3FEND %s.", quote(tag.Text), r.D3FEND.Version),
			Help:    help, Fix: fix, Grade: GradeInfo,
		})
		return
	}
	if help == "" {
		help = "Write a tactic (`d3fend.harden`), technique (`d3fend.d3-mfa`) or artifact (`d3fend.d3f-accesstoken`)."
	}
	r.report(i, InvalidD3FENDTag, start, end, Issue{
		Message: fmt.Sprintf("%s is no D3FEND tactic, technique or artifact.", quote(tag.Text)),
		Help:    help, Fix: fix,
	})
}

// oneLabel reports a namespace of which a document may carry one tag only.
func (r *reading) oneLabel(namespace string, p Problem) {
	var at []int
	for i, tag := range r.tags {
		if tag.Namespace == namespace && tag.Name != "" && r.first[tag.Text] == i {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return
	}
	second := r.tags[at[1]]
	r.report(at[1], p, 0, len(second.Text), Issue{
		Message: fmt.Sprintf("%s stands beside another `%s` tag; a document carries one.", quote(second.Text), namespace),
		Help:    "Keep the one that applies.",
		Related: append([]int{at[0]}, at[2:]...),
	})
}

// prefixed writes names as tags.
func prefixed(namespace string, names []string) []string {
	tags := make([]string, len(names))
	for i, name := range names {
		tags[i] = namespace + "." + lower(name)
	}
	return tags
}
