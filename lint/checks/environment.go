package checks

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// environmentLiteral is SIG0649.
var environmentLiteral = &lint.Check{
	Code: "SIG0649", Name: "environment-literal", Severity: lint.Info, Profiles: s,
	Doc: lint.Doc{
		Title: "A value that holds in one environment only",
		What: "A value names the profile of one user, one private IPv4 address or one MAC address. Also a folder that every profile has, directly below `\\Users\\`: there the " +
			"user is missing. Quiet for the accounts that every system has, such as Public, and for networks.",
		Why:  "Elsewhere the value never occurs: the rule detects nothing there, or its exclusion excludes nothing.",
		Bad:  selectWith("CommandLine|contains: ' /home/mmustermann/.cache '"),
		Good: selectWith("CommandLine|contains: '/.cache '"),
		Fix:  "Put a `*` for the name, or keep the value in your own copy of the rule, or in a filter document of your own.",
	},
	Document: checkEnvironment,
}

var (
	profilePath = regexp.MustCompile(`(?i)\\(?:Users|Documents and Settings)\\([^\\/*?"\x00]+)\\|/(?:home|Users)/([^\\/*?"\x00 ]+)/`)
	ipv4        = regexp.MustCompile(`(?:^|[^0-9A-Za-z.])((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:[^0-9A-Za-z./]|/[^0-9]|$)`)
	macAddress  = regexp.MustCompile(`(?i)(?:^|[^0-9a-f:-])((?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?:[0-9a-f]{2}-){5}[0-9a-f]{2})(?:[^0-9a-f:-]|$)`)
)

// commonAccounts have a profile on every system of some kind.
var commonAccounts = map[string]bool{
	"public": true, "default": true, "default user": true, "all users": true, "administrator": true, "defaultapppool": true, "guest": true, "shared": true,
	"names": true, // a key of the account database
	"httpd": true, "linuxbrew": true, "localservice": true, "networkservice": true, "wdagutilityaccount": true,
}

// profileFolders lie in every profile and never directly below that of all of them.
var profileFolders = map[string]bool{
	"appdata": true, "contacts": true, "desktop": true, "documents": true, "downloads": true, "favorites": true, "favourites": true, "links": true, "music": true,
	"pictures": true, "saved games": true, "searches": true, "videos": true,
}

func checkEnvironment(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if i.Has("re") || i.Has("cidr") || i.Has("fieldref") || i.Has("expand") || strings.Contains(strings.ToLower(i.Field), "version") {
			return
		}
		for _, v := range i.Values {
			if v.Kind != rules.TextValue {
				continue
			}
			if message, help := environmentOf(starsAsNUL(v.Text)); message != "" {
				p.Report(lint.Finding{Span: v.Node.Span, Message: message, Help: help})
			}
		}
	})
}

// starsAsNUL is what a value stands for, with a NUL for every wildcard.
func starsAsNUL(value string) string {
	var b strings.Builder
	for _, t := range rules.ParsePattern(value) {
		if t.Kind == rules.Literal {
			b.WriteString(t.Text)
		} else {
			b.WriteByte(0)
		}
	}
	return b.String()
}

func environmentOf(text string) (message, help string) {
	if m := profilePath.FindStringSubmatch(text); m != nil {
		name := m[1] + m[2]
		switch {
		case profileFolders[strings.ToLower(name)]:
			return fmt.Sprintf("`%s` lies in the profile of a user, not directly below that of all of them", source.Shorten(strings.ReplaceAll(m[0], "\x00", "*"))),
				"write a `*` for the user before it"
		case !commonAccounts[strings.ToLower(name)] && !strings.ContainsAny(name, "%$<"):
			return fmt.Sprintf("`%s` is the profile of one user", source.Shorten(m[0])), "write a `*` for the name, unless only this user is meant"
		}
	}
	if m := ipv4.FindStringSubmatch(text); m != nil {
		if address, err := netip.ParseAddr(m[1]); err == nil && address.IsPrivate() && address.As4()[3] != 0 {
			return fmt.Sprintf("`%s` is a private address: it is another host in every network", m[1]), "name the network with `cidr`, or keep the value in your own copy of the rule"
		}
	}
	if m := macAddress.FindStringSubmatch(text); m != nil && strings.Trim(m[1], "0fF:-") != "" {
		return fmt.Sprintf("`%s` is the address of one network card", m[1]), "name the maker by the first three bytes, or keep the value in your own copy of the rule"
	}
	return "", ""
}
