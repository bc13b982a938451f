package tuning

import (
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// placeholders say which field and name stand for a class that only the site can list.
var placeholders = []struct {
	class    scenario.Class
	role     taxonomy.Role
	modifier string
	name     string // when no word of the phrase says better
}{
	{scenario.ClassUser, taxonomy.RoleUser, "", "approved_users"},
	{scenario.ClassGroup, taxonomy.RoleUser, "", "approved_users"},
	{scenario.ClassPrivilege, taxonomy.RoleUser, "", "admin_users"},
	{scenario.ClassTool, taxonomy.RoleParentImage, "", "approved_parents"},
	{scenario.ClassService, taxonomy.RoleParentImage, "", "service_parents"},
	{scenario.ClassJob, taxonomy.RoleParentImage, "", "scheduler_parents"},
	{scenario.ClassHost, taxonomy.RoleComputer, "", "approved_hosts"},
	{scenario.ClassDirectory, taxonomy.RoleDirectory, "startswith", "project_directories"},
	{scenario.ClassScript, taxonomy.RoleCommandLine, "contains", "approved_scripts"},
	{scenario.ClassNetwork, taxonomy.RoleSourceIP, "cidr", "approved_networks"},
}

// placeholderWords refine the name of a placeholder by words of the phrase.
var placeholderWords = []struct {
	word   string
	class  []scenario.Class
	prefix string
}{
	{"admin", nil, "admin"}, {"sudo", nil, "admin"}, {"root", nil, "admin"}, {"developer", nil, "developer"}, {"security", nil, "security"},
	{"backup", nil, "backup"}, {"monitor", nil, "monitoring"}, {"build", nil, "build"}, {"deploy", nil, "deployment"}, {"jump", nil, "jump"},
	{"scan", nil, "scanner"}, {"service", nil, "service"},
}

// placeholder stands in for a class that only the site can list, or leaves it open where no field can hold it.
func (g *ground) placeholder(group *Group, c scenario.Condition) {
	for _, p := range placeholders {
		if p.class != c.Class && !(c.Role == scenario.RoleGroup && c.Class == scenario.ClassNone && p.class == scenario.ClassGroup) {
			continue
		}
		role := p.role
		if c.Role == scenario.RoleProcess && role == taxonomy.RoleParentImage {
			role = taxonomy.RoleImage
		}
		if g.logs == nil {
			break
		}
		names := g.logs.Role(role)
		if len(names) == 0 {
			break
		}
		name := p.name
		for _, w := range placeholderWords {
			if strings.Contains(strings.ToLower(c.Phrase), w.word) {
				_, suffix, _ := strings.Cut(p.name, "_")
				name = w.prefix + "_" + suffix
				break
			}
		}
		group.Conditions = append(group.Conditions, Condition{
			Field: names[0], Modifier: p.modifier, Values: []string{"%" + name + "%"}, Placeholder: true, Negated: c.Negated,
			Phrase: c.Phrase, Span: c.Span, Roles: []scenario.Role{c.Role},
			Note: "only the site knows who or what that is",
		})
		return
	}
	group.open(c, openReason(c))
}

// openReasons say why a class is in no event.
var openReasons = map[scenario.Class]string{
	scenario.ClassTime:        "an event has no maintenance window; suppress by schedule in the SIEM",
	scenario.ClassApproval:    "an approval is in no event; suppress by ticket in the SIEM",
	scenario.ClassEnvironment: "an event does not say to which environment its host belongs; enrich it, or limit the rule's scope",
	scenario.ClassFrequency:   "a single event has no rate; use a correlation rule",
	scenario.ClassHost:        "the host is no field of this log source; limit the rule's scope in the SIEM",
}

func openReason(c scenario.Condition) string {
	if reason, ok := openReasons[c.Class]; ok {
		return reason
	}
	return "no field of the log source says it"
}
