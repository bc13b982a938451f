package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/sigtune/sigtune/rules/match"
	rulesql "github.com/sigtune/sigtune/rules/sql"
	"github.com/sigtune/sigtune/rules/sql/sqltest"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
	"github.com/sigtune/sigtune/tuning/mine"
)

func init() {
	sqlite.MustRegisterDeterministicScalarFunction("regexp", 2, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, ok := args[1].(string)
		if !ok {
			return nil, nil
		}
		return regexp.MatchString(args[0].(string), text)
	})
}

// embedded is an engine that tests can have everywhere.
var embedded = engine{
	dialect:  rulesql.SQLite,
	columns:  "SELECT name, lower(type) FROM pragma_table_info(%[3]s)",
	distinct: func(c string) string { return "count(DISTINCT " + c + ")" },
}

const noisy = `title: Listing of connections
id: 6ff1a2b6-53d7-4a7f-9d6a-6f8ad2ab7a10
status: test
description: Somebody lists network connections.
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\netstat.exe'
        CommandLine|contains: ' -an'
    condition: selection
level: low
`

// columns of the table of these tests, in the order of row.
const columns = "computer varchar, utctime timestamp, processid bigint, processguid varchar, image varchar, commandline varchar, parentimage varchar, username varchar"

// row is event k: most of what the rule finds is a monitoring agent, the rest people at terminals; half of the table is something else.
func row(k int) []any {
	image, line, parent, user := `C:\Windows\System32\NETSTAT.EXE`, `netstat -an -p tcp`, `C:\Program Files\Monit\monit.exe`, any(`NT AUTHORITY\SYSTEM`)
	switch {
	case k%2 == 1:
		image = `C:\Windows\System32\whoami.exe`
	case k%10 == 0:
		line, parent, user = `"C:\Windows\System32\NETSTAT.EXE" -ano -b`, `C:\Tools\Console\console.exe`, fmt.Sprintf(`SITE\user%d`, k%7)
	case k%14 == 0:
		user = nil
	}
	return []any{fmt.Sprintf("host%d", k%12), fmt.Sprintf("2026-01-%02d 10:00:00.000", 1+k%20), 1000 + k, fmt.Sprintf("{%08x}", k), image, line, parent, user}
}

// written is how a row stands in a file.
func written(k int) map[string]any {
	e := map[string]any{}
	for i, name := range []string{"Computer", "UtcTime", "ProcessId", "ProcessGuid", "Image", "CommandLine", "ParentImage", "username"} {
		if v := row(k)[i]; v != nil {
			e[name] = v
		}
	}
	return e
}

// fill makes the table.
func fill(t *testing.T, db *sql.DB, table string, events int) {
	t.Helper()
	var values []string
	for k := range events {
		cells := make([]string, 0, 8)
		for i, v := range row(k) {
			switch v := v.(type) {
			case nil:
				cells = append(cells, "NULL")
			case int:
				cells = append(cells, fmt.Sprint(v))
			case string:
				literal := "'" + v + "'"
				if i == 1 {
					literal = "CAST(" + literal + " AS " + map[bool]string{true: "varchar", false: "timestamp"}[strings.HasPrefix(table, "embedded")] + ")"
				}
				cells = append(cells, literal)
			}
		}
		values = append(values, "("+strings.Join(cells, ", ")+")")
	}
	for _, statement := range []string{"CREATE TABLE " + table + " (" + columns + ")", "INSERT INTO " + table + " VALUES " + strings.Join(values, ", ")} {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%v\n%.200s", err, statement)
		}
	}
}

func result(t *testing.T) *tuning.Result {
	t.Helper()
	results, err := tuning.TuneAll(tuning.Input{Path: "rule.yml", Text: noisy, GivenOnly: true, As: tuning.Inline, Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// sameAsFiles holds what a store answers against the same events one by one.
func sameAsFiles(t *testing.T, s *Store, events int) {
	ctx := context.Background()
	names, err := evidence.ReadMap(parseMap("username: User\n"))
	if err != nil {
		t.Fatal(err)
	}
	one, grouped := result(t), result(t)
	m, err := mine.New(one, mine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	matcher, _ := match.Compile(one.Rule)
	table := s.Table(grouped.Rule, names)
	found := 0
	for k := range events {
		event := written(k)
		delete(event, "Computer") // a group is of all hosts and days
		delete(event, "UtcTime")
		r := table.record(event)
		if matcher.Match(r.Event) {
			found++
			m.FalsePositive(r)
		}
	}
	m.Mine()
	g, err := mine.New(grouped, mine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Groups(ctx, table, g.FalsePositives)
	if err != nil {
		t.Fatal(err)
	}
	g.Mine()
	t.Logf("%d of %d events in %d groups; left out: %v", got.Events, events, got.Came, got.Left)
	if got.Events != found || got.Covered != found || got.Cut || got.Hosts != 6 || got.Came > events/20 {
		t.Errorf("%d events found one by one; the store: %+v", found, got)
	}
	if a, b := proposals(one), proposals(grouped); a != b || a == "" {
		t.Errorf("one by one:\n%s\ngrouped:\n%s", a, b)
	}
	if one.Events.FP.Kept != grouped.Events.FP.Kept || grouped.Events.FP.Silent != 0 {
		t.Errorf("one by one %+v, grouped %+v", one.Events.FP, grouped.Events.FP)
	}
	for _, o := range grouped.Outcomes {
		for _, p := range o.Proposals {
			d, err := tuning.Block(p.Name, p.Conditions)
			if err != nil {
				t.Fatal(err)
			}
			q, err := SQL(grouped.Rule, d, s.From(), nil, table.Options)
			if err != nil {
				t.Fatal(err)
			}
			filter, err := match.CompileDetection(d)
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for k := range events {
				if r := table.record(written(k)); matcher.Match(r.Event) && filter.Match(r.Event) {
					want++
				}
			}
			n, err := s.Count(ctx, q.Count)
			if err != nil || n != want {
				t.Errorf("%s hides %d events; the store counts %d, %v\n%s", p.Block, want, n, err, q.Count)
			}
			q, _ = SQL(grouped.Rule, d, s.From(), []string{"ParentImage", "User"}, table.Options)
			for _, text := range []string{q.Groups, q.Sample} {
				if err := s.ask(ctx, text, func(*sql.Rows) error { return nil }); err != nil {
					t.Errorf("%v\n%s", err, text)
				}
			}
		}
	}
	s.options.Groups = 2
	if cut, err := s.Groups(ctx, table, func(*evidence.Record, int) {}); err != nil || !cut.Cut || cut.Came != 2 || cut.Covered >= cut.Events {
		t.Errorf("a bound of two groups: %+v, %v", cut, err)
	}
	s.options.Timeout = time.Nanosecond
	if _, err := s.Count(ctx, "SELECT count(*) FROM "+s.From()); err == nil || !strings.Contains(err.Error(), "--store-timeout") {
		t.Errorf("a query without time: %v", err)
	}
}

func proposals(r *tuning.Result) string {
	var b strings.Builder
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			fmt.Fprintf(&b, "%s %v\n%s", p.Safety.Grade, p.Recommended, p.Block)
		}
	}
	return b.String()
}

func TestAStoreGivesTheProposalsThatItsEventsGiveOneByOne(t *testing.T) {
	const events = 4000
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	fill(t, db, "embedded_events", events)
	s := &Store{db: db, engine: embedded}
	if err := s.describe(context.Background(), []string{"", "", "embedded_events"}); err != nil {
		t.Fatal(err)
	}
	s.table = "embedded_events"
	sameAsFiles(t, s, events)
}

func TestTrinoGivesTheProposalsThatItsEventsGiveOneByOne(t *testing.T) {
	const events = 2000
	address := sqltest.Start(t)
	db, err := sql.Open("trino", "http://test@"+address+"?catalog=memory&schema=default")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill(t, db, "events", events)
	look := func(string) string { return "" }
	s, err := Open(context.Background(), "trino://test@"+address+"/memory/default/events", look, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Open(context.Background(), "trino://test@"+address+"/memory/default/nothing", look, Options{}); err == nil || !strings.Contains(err.Error(), "there is no table") {
		t.Errorf("a table that is not there: %v", err)
	}
	sameAsFiles(t, s, events)
}

func TestAnAddressIsRefusedWithoutRepeatingItsSecrets(t *testing.T) {
	const secret = "hunter2"
	for _, c := range []struct{ name, address, password, says string }{
		{"a password in the address", "trino://me:" + secret + "@host:8080/a/b/c", "", PasswordVariable},
		{"credentials without TLS", "trino://me@host:8080/a/b/c", secret, "trinos://"},
		{"another engine", "mysql://host/a/b/c", "", "trino://"},
		{"no table", "trino://me@host:8080/a/b", "", "TABLE"},
		{"parameters", "trino://me@host:8080/a/b/c?accessToken=" + secret, "", "TABLE"},
		{"what is no address", "trino://me:" + secret + "@host:port/a/b/c", "", "cannot be read"},
		{"nobody there", "trinos://me@127.0.0.1:1/a/b/c", secret, "the store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			look := func(name string) string {
				if name == PasswordVariable {
					return c.password
				}
				return ""
			}
			_, err := Open(context.Background(), c.address, look, Options{Timeout: 3 * time.Second})
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret) {
				t.Errorf("%v", err)
			}
		})
	}
}
