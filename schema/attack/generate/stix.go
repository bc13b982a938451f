package main

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/schema/attack"
)

// stixObject holds the properties of an ATT&CK object in STIX 2.0 and 2.1 that the table needs.
type stixObject struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	Name       string `json:"name"`
	Revoked    bool   `json:"revoked"`
	Deprecated bool   `json:"x_mitre_deprecated"`
	Shortname  string `json:"x_mitre_shortname"`
	Version    string `json:"x_mitre_version"`

	Domains   []string `json:"x_mitre_domains"`
	Platforms []string `json:"x_mitre_platforms"`
	Aliases   []string `json:"aliases"`
	Synonyms  []string `json:"x_mitre_aliases"`

	References []struct {
		Source string `json:"source_name"`
		ID     string `json:"external_id"`
	} `json:"external_references"`
	KillChain []struct {
		Name  string `json:"kill_chain_name"`
		Phase string `json:"phase_name"`
	} `json:"kill_chain_phases"`

	Relationship string `json:"relationship_type"`
	From         string `json:"source_ref"`
	To           string `json:"target_ref"`
}

// stixKinds maps STIX types to kinds of ours.
var stixKinds = map[string]attack.Kind{
	"x-mitre-tactic":         attack.Tactic,
	"attack-pattern":         attack.Technique,
	"intrusion-set":          attack.Group,
	"malware":                attack.Software,
	"tool":                   attack.Software,
	"campaign":               attack.Campaign,
	"course-of-action":       attack.Mitigation,
	"x-mitre-data-component": attack.DataComponent,
	"x-mitre-data-source":    attack.DataSource,
	"x-mitre-asset":          attack.Asset,
}

// domainNames knows a domain by its kill chain, its matrix, its external source and its plain name.
var domainNames = map[string]attack.Domain{
	"mitre-attack": attack.Enterprise, "enterprise-attack": attack.Enterprise, "enterprise": attack.Enterprise,
	"mitre-mobile-attack": attack.Mobile, "mobile-attack": attack.Mobile, "mobile": attack.Mobile,
	"mitre-ics-attack": attack.ICS, "ics-attack": attack.ICS, "ics": attack.ICS,
}

// readSTIX merges the bundles into one table. An object found in several bundles belongs to all their domains.
func readSTIX(in inputs) (*attack.Table, error) {
	merged := map[string]*attack.Object{} // by ATT&CK id
	var order []string
	ids := map[string]string{} // STIX id → ATT&CK id
	var revocations [][2]string
	header := attack.Header{Version: in.version, Notice: noticeLines(attack.Notice)}
	if in.source != "" {
		header.Sources = []string{in.source}
	}

	for _, file := range in.bundles {
		var bundle struct{ Objects []stixObject }
		if err := readJSON(file, &bundle); err != nil {
			return nil, err
		}
		version, whole := describeBundle(bundle.Objects)
		if header.Version == "" {
			header.Version = version
		}
		if in.version == "" && version != header.Version {
			return nil, fmt.Errorf("%s holds ATT&CK %q, the bundles before it %q; use bundles of one version, or state it with -version", file, version, header.Version)
		}
		for _, s := range bundle.Objects {
			if s.Type == "relationship" && s.Relationship == "revoked-by" {
				revocations = append(revocations, [2]string{s.From, s.To})
				continue
			}
			o, ok := s.object(whole)
			if !ok {
				continue
			}
			if o.Domains == 0 {
				return nil, fmt.Errorf("%s: %s (%s) states no domain, and the bundle has no x-mitre-matrix to take it from", file, o.ID, s.ID)
			}
			ids[s.ID] = o.ID
			switch known := merged[o.ID]; {
			case known == nil:
				merged[o.ID] = &o
				order = append(order, o.ID)
			case known.Status != attack.Live && o.Status == attack.Live: // an id was given out again
				o.Domains |= known.Domains
				*known = o
			default:
				known.Domains |= o.Domains
			}
		}
	}
	if header.Version == "" {
		return nil, fmt.Errorf("the bundles do not state an ATT&CK version; give it with -version")
	}
	for _, r := range revocations {
		from, to := merged[ids[r[0]]], ids[r[1]]
		if from != nil && to != "" && from.Status == attack.Revoked && from.ID != to {
			from.Successor = to
		}
	}
	objects := make([]attack.Object, 0, len(order))
	for _, id := range order {
		objects = append(objects, *merged[id])
	}
	return attack.NewTable(header, objects), nil
}

// describeBundle finds the ATT&CK version (STIX 2.1 bundles carry a collection) and the domain (the matrix).
func describeBundle(objects []stixObject) (version string, domain attack.Domain) {
	for _, s := range objects {
		switch s.Type {
		case "x-mitre-collection":
			version = s.Version
		case "x-mitre-matrix":
			for _, ref := range s.References {
				domain |= domainNames[ref.ID]
			}
		}
	}
	return version, domain
}

// object turns a STIX object into a row; false when it is of no kind we keep, or carries no id of its kind.
func (s *stixObject) object(whole attack.Domain) (attack.Object, bool) {
	kind, ok := stixKinds[s.Type]
	if !ok {
		return attack.Object{}, false
	}
	o := attack.Object{Kind: kind, Name: oneLine(s.Name), Shortname: s.Shortname, Platforms: realPlatforms(s.Platforms)}
	for _, ref := range s.References {
		if _, ours := domainNames[ref.Source]; ours && o.ID == "" {
			o.ID = ref.ID
		}
	}
	// Old bundles give mitigations the id of their technique (T1001 for "Data Obfuscation Mitigation"); such
	// objects are not part of ATT&CK any more.
	if attack.KindOf(o.ID) != kind {
		return o, false
	}
	switch {
	case s.Revoked:
		o.Status = attack.Revoked
	case s.Deprecated:
		o.Status = attack.Deprecated
	}
	for _, name := range s.Domains {
		o.Domains |= domainNames[name]
	}
	for _, step := range s.KillChain {
		domain := domainNames[step.Name]
		if domain == 0 {
			continue
		}
		if kind == attack.Technique {
			o.Tactics = append(o.Tactics, step.Phase)
		}
		if len(s.Domains) == 0 {
			o.Domains |= domain
		}
	}
	if o.Domains == 0 {
		o.Domains = whole
	}
	for _, alias := range append(s.Aliases, s.Synonyms...) {
		if alias = oneLine(alias); alias != o.Name {
			o.AlsoKnownAs = append(o.AlsoKnownAs, alias)
		}
	}
	return o, true
}

// realPlatforms drops ICS's platform "None", which says that nobody filled it in.
func realPlatforms(platforms []string) []string {
	var real []string
	for _, p := range platforms {
		if p != "None" {
			real = append(real, p)
		}
	}
	return real
}

// oneLine puts a name on one line with single blanks.
func oneLine(name string) string { return strings.Join(strings.Fields(name), " ") }
