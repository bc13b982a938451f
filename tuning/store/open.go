package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "github.com/trinodb/trino-go-client/trino" // the driver `trino`

	rulesql "github.com/sigtune/sigtune/rules/sql"
)

// The variables that credentials come from.
const (
	PasswordVariable = "SIGTUNE_STORE_PASSWORD"
	TokenVariable    = "SIGTUNE_STORE_TOKEN"
)

// Forms are the addresses that Open takes.
const Forms = "trino://USER@HOST:PORT/CATALOG/SCHEMA/TABLE, or trinos:// for TLS"

// Options bound what a store is asked for. The zero value is usable.
type Options struct {
	Timeout time.Duration // of one query; 5 minutes
	Groups  int           // rows that a query may bring back; 5,000
}

const (
	defaultTimeout = 5 * time.Minute // a scan of a day of a large site's process events
	// defaultGroups is what is mined in a second, and more kinds of false positives than anybody looks at.
	defaultGroups = 5000
)

// Store is a table of events in an engine.
type Store struct {
	db      *sql.DB
	engine  engine
	table   string // as it stands after FROM
	options Options
	secrets []string // never shown
	columns []column
}

// column is a column of the table.
type column struct {
	name string
	kind rulesql.Type
}

// engine is what sets engines apart beyond their predicates.
type engine struct {
	dialect  rulesql.Dialect
	columns  string                     // the query for names and types, with the parts of the table's name as `%[1]s` …
	distinct func(column string) string // how many values, about
}

var trino = engine{
	dialect:  rulesql.Trino,
	columns:  "SELECT column_name, data_type FROM %[1]s.information_schema.columns WHERE table_schema = %[2]s AND table_name = %[3]s ORDER BY ordinal_position",
	distinct: func(c string) string { return "approx_distinct(" + c + ")" },
}

// Open reads an address, connects and reads the columns of the table. look reads the environment.
func Open(ctx context.Context, address string, look func(string) string, o Options) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address cannot be read; write " + Forms) // the error would repeat the address, and what stands in it
	}
	schemes := map[string]string{"trino": "http", "trinos": "https"}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	_, secret := u.User.Password()
	switch {
	case schemes[u.Scheme] == "":
		return nil, fmt.Errorf("`%s` is no store that is known; write %s", u.Scheme, Forms)
	case secret:
		return nil, fmt.Errorf("a password in an address ends up in histories and logs; put it into the environment variable %s", PasswordVariable)
	case u.Host == "" || len(path) != 3 || path[0] == "" || path[1] == "" || path[2] == "" || u.RawQuery != "":
		return nil, errors.New("the address names no table; write " + Forms)
	}
	s := &Store{engine: trino, options: o}
	dsn := url.URL{Scheme: schemes[u.Scheme], Host: u.Host, User: u.User}
	if dsn.User == nil {
		dsn.User = url.User("sigtune")
	}
	query := url.Values{"source": {"sigtune"}, "catalog": {path[0]}, "schema": {path[1]}}
	password, token := look(PasswordVariable), look(TokenVariable)
	if (password != "" || token != "") && u.Scheme != "trinos" {
		return nil, errors.New("credentials are sent over TLS only: write trinos://, or unset " + PasswordVariable + " and " + TokenVariable)
	}
	if password != "" {
		dsn.User = url.UserPassword(dsn.User.Username(), password)
	}
	if token != "" {
		query.Set("accessToken", token)
	}
	dsn.RawQuery = query.Encode()
	for _, text := range []string{password, token} {
		if text != "" {
			s.secrets = append(s.secrets, text, url.QueryEscape(text), url.PathEscape(text))
		}
	}
	if s.db, err = sql.Open("trino", dsn.String()); err != nil {
		return nil, s.clean(err)
	}
	if err := s.describe(ctx, path); err != nil {
		s.db.Close()
		return nil, err
	}
	return s, nil
}

// Close ends the connection.
func (s *Store) Close() error { return s.db.Close() }

// From is the table as it stands after FROM.
func (s *Store) From() string { return s.table }

// describe reads the columns. path is catalog, schema and table.
func (s *Store) describe(ctx context.Context, path []string) error {
	if s.options.Timeout <= 0 {
		s.options.Timeout = defaultTimeout
	}
	if s.options.Groups <= 0 {
		s.options.Groups = defaultGroups
	}
	text := func(s string) string { return "'" + strings.ReplaceAll(strings.ToLower(s), "'", "''") + "'" }
	s.table = rulesql.Name(path[0]) + "." + rulesql.Name(path[1]) + "." + rulesql.Name(path[2])
	err := s.ask(ctx, fmt.Sprintf(s.engine.columns, rulesql.Name(path[0]), text(path[1]), text(path[2])), func(rows *sql.Rows) error {
		var name, kind string
		err := rows.Scan(&name, &kind)
		s.columns = append(s.columns, column{name: name, kind: typeOf(kind)})
		return err
	})
	if err == nil && len(s.columns) == 0 {
		err = fmt.Errorf("there is no table %s, or no right to see its columns", s.table)
	}
	return err
}

// types are what columns hold, by how their types begin.
var types = []struct {
	begins string
	kind   rulesql.Type
}{
	{"varchar", rulesql.Text}, {"char", rulesql.Text}, {"tinyint", rulesql.Integer}, {"smallint", rulesql.Integer}, {"int", rulesql.Integer},
	{"bigint", rulesql.Integer}, {"real", rulesql.Float}, {"double", rulesql.Float}, {"decimal", rulesql.Float}, {"boolean", rulesql.Bool},
}

func typeOf(name string) rulesql.Type {
	for _, t := range types {
		if strings.HasPrefix(strings.ToLower(name), t.begins) && !strings.HasPrefix(name, "interval") {
			return t.kind
		}
	}
	return rulesql.Other
}

// ask runs a query within the time and gives its rows to take.
func (s *Store) ask(ctx context.Context, query string, take func(*sql.Rows) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, query)
	if err == nil {
		defer rows.Close()
		for err == nil && rows.Next() {
			err = take(rows)
		}
		err = errors.Join(err, rows.Err())
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the store did not answer within %s; allow more with --store-timeout, or name a smaller view", s.options.Timeout)
	}
	return s.clean(err)
}

// clean takes credentials out of what a driver says.
func (s *Store) clean(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return errors.New("the store: " + text)
}
