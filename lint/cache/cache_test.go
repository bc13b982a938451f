package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
)

func key(n int) (k lint.Key) {
	copy(k[:], fmt.Sprintf("key %d", n))
	return k
}

func TestStoreRemembers(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir, "a")
	if s.Get(key(1)) != nil {
		t.Fatal("an empty store knows something")
	}
	s.Put(key(1), []byte("one"))
	s.Put(key(2), nil)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	again := Open(dir, "a")
	if got := again.Get(key(1)); string(got) != "one" {
		t.Errorf("got %q", got)
	}
	if Open(dir, "b").Get(key(1)) != nil {
		t.Error("another configuration sees the results")
	}
	again.Put(key(3), []byte("three"))
	if err := again.Save(); err != nil {
		t.Fatal(err)
	}
	if got := Open(dir, "a").Get(key(1)); string(got) != "one" {
		t.Errorf("results of the run before are gone: %q", got)
	}
}

func TestDamagedStoreIsEmpty(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir, "a")
	s.Put(key(1), []byte("one"))
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 1
		if n := len(decode(bad)); n != 0 {
			t.Fatalf("byte %d changed: %d entries", i, n)
		}
		if n := len(decode(good[:i])); n != 0 {
			t.Fatalf("cut at %d: %d entries", i, n)
		}
	}
}

func TestSaveWithoutNews(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sub")
	s := Open(dir, "a")
	s.Get(key(1))
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a run that learnt nothing made a directory")
	}
}

func TestOldStoresGo(t *testing.T) {
	dir := t.TempDir()
	for i := range maxStores + 4 {
		s := Open(dir, fmt.Sprint(i))
		s.Put(key(1), []byte("x"))
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-time.Duration(i) * time.Hour)
		if err := os.Chtimes(s.path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	last := Open(dir, "last")
	last.Put(key(1), nil)
	if err := last.Save(); err != nil {
		t.Fatal(err)
	}
	stores, err := filepath.Glob(filepath.Join(dir, "lint-*.cache"))
	if err != nil || len(stores) != maxStores+1 {
		t.Errorf("%d stores, %v", len(stores), err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file that is no store is gone")
	}
}

func TestSeveralRunsAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s := Open(dir, "a")
			for n := range 100 {
				s.Put(key(n), fmt.Append(nil, n))
				s.Get(key(n + i))
			}
			if err := s.Save(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := Open(dir, "a").Get(key(42)); string(got) != "42" {
		t.Errorf("got %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(encode(map[lint.Key][]byte{key(1): []byte("one"), key(2): nil}))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries := decode(data)
		if len(entries) > 0 && len(decode(encode(entries))) != len(entries) {
			t.Error("encode and decode disagree")
		}
	})
}
