package forge

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Environment is where a request is, and with which right we speak.
type Environment struct {
	Token      string
	API        string
	Repository string // owner/name, or what GitLab calls a project: a number or a path
	Number     int
}

// Kind is a forge by the name of --post.
type Kind struct {
	Name string
	Open func(Environment) (Request, error)
	read func(get func(string) string, e *Environment)
	// Names of variables, for messages.
	token, repository, number string
}

// Kinds are the forges.
var Kinds = []Kind{
	{"github", NewGitHub, readGitHub, "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_REF"},
	{"gitlab", NewGitLab, readGitLab, "GITLAB_TOKEN", "CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_IID"},
}

// Find is a forge by its name.
func Find(name string) (Kind, error) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("`%s` is no forge; write github or gitlab", name)
}

// Environment reads the variables of the forge's own pipelines; given values win. The error names what is missing.
func (k Kind) Environment(get func(string) string, given Environment) (Environment, error) {
	var e Environment
	k.read(get, &e)
	e.Token = get(k.token)
	if given.Repository != "" {
		e.Repository = given.Repository
	}
	if given.Number != 0 {
		e.Number = given.Number
	}
	switch {
	case e.Token == "":
		return e, fmt.Errorf("%s is not set; comments are written with the token that it holds", k.token)
	case strings.ContainsFunc(e.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return e, fmt.Errorf("%s holds characters that no token has", k.token)
	case e.Repository == "":
		return e, fmt.Errorf("the repository is not known: %s is not set; write --repository", k.repository)
	case e.Number <= 0:
		return e, fmt.Errorf("the number of the request is not known: %s does not tell it; write --request NUMBER", k.number)
	}
	return e, nil
}

var pullRef = regexp.MustCompile(`^refs/pull/(\d+)/`)

// readGitHub reads what GitHub Actions sets. The event's file has the number where the ref is that of a branch (pull_request_target).
func readGitHub(get func(string) string, e *Environment) {
	e.API, e.Repository = get("GITHUB_API_URL"), get("GITHUB_REPOSITORY")
	if e.API == "" {
		e.API = "https://api.github.com"
	}
	if m := pullRef.FindStringSubmatch(get("GITHUB_REF")); m != nil {
		e.Number, _ = strconv.Atoi(m[1])
		return
	}
	f, err := os.Open(get("GITHUB_EVENT_PATH"))
	if err != nil {
		return
	}
	defer f.Close()
	var event struct {
		Pull struct{ Number int } `json:"pull_request"`
	}
	if json.NewDecoder(io.LimitReader(f, maxEvent)).Decode(&event) == nil {
		e.Number = event.Pull.Number
	}
}

// maxEvent is more than GitHub sends as an event (25 MB).
const maxEvent = 32 << 20

// readGitLab reads what GitLab CI sets. Of a request from a fork the project of the request is not that of the pipeline.
func readGitLab(get func(string) string, e *Environment) {
	e.API = get("CI_API_V4_URL")
	if e.API == "" {
		e.API = "https://gitlab.com/api/v4"
	}
	if e.Repository = get("CI_MERGE_REQUEST_PROJECT_ID"); e.Repository == "" {
		e.Repository = get("CI_PROJECT_ID")
	}
	e.Number, _ = strconv.Atoi(get("CI_MERGE_REQUEST_IID"))
}
