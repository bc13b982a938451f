package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/edit"
)

// Store is the remembered results of one configuration. It is safe for concurrent use.
type Store struct {
	path string
	mu   sync.Mutex
	old  map[lint.Key][]byte // from disk
	used map[lint.Key][]byte // asked for or added in this run
	news bool
}

// Directory is where stores lie unless the user says otherwise: a directory of our own in the cache directory of the system.
func Directory() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory: %w", err)
	}
	return filepath.Join(base, "sigtune"), nil
}

// Open reads the store for a fingerprint. A store that is missing or damaged is an empty one.
func Open(dir, fingerprint string) *Store {
	sum := sha256.Sum256([]byte(fingerprint))
	s := &Store{path: filepath.Join(dir, prefix+hex.EncodeToString(sum[:8])+suffix), used: map[lint.Key][]byte{}}
	data, err := os.ReadFile(s.path)
	if err != nil {
		data = nil
	}
	s.old = decode(data)
	return s
}

const (
	prefix = "lint-"
	suffix = ".cache"
)

// Get is what was stored under a key, or nil.
func (s *Store) Get(k lint.Key) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.used[k]; ok {
		return v
	}
	v, ok := s.old[k]
	if ok {
		s.used[k] = v
	}
	return v
}

// Put stores a result.
func (s *Store) Put(k lint.Key, value []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used[k] = value
	s.news = true
}

// Save writes the store when the run added something. Results that the run did not ask for stay while there is room, for runs over
// other parts of a tree. Old stores of other configurations are removed.
func (s *Store) Save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.news {
		return nil
	}
	all := maps.Clone(s.used)
	for _, k := range slices.SortedFunc(maps.Keys(s.old), func(a, b lint.Key) int { return bytes.Compare(a[:], b[:]) }) {
		if len(all) >= maxEntries {
			break
		}
		if _, ok := all[k]; !ok {
			all[k] = s.old[k]
		}
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return fmt.Errorf("cannot make the cache directory: %w", err)
	}
	if err := edit.WriteFile(s.path, encode(all)); err != nil {
		return fmt.Errorf("cannot write the cache: %w", err)
	}
	tidy(filepath.Dir(s.path), s.path)
	return nil
}

// maxEntries bounds a store: four times the published rules, some 20 MB.
const maxEntries = 16_384

// tidy removes stores that nobody wrote for a month, and the oldest ones beyond a number.
func tidy(dir, keep string) {
	type store struct {
		path string
		time time.Time
	}
	var stores []store
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := e.Info()
		if err == nil && path != keep && strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), suffix) {
			stores = append(stores, store{path, info.ModTime()})
		}
	}
	slices.SortFunc(stores, func(a, b store) int { return b.time.Compare(a.time) })
	for i, s := range stores {
		if i >= maxStores || time.Since(s.time) > staleAfter {
			os.Remove(s.path)
		}
	}
}

const (
	maxStores  = 8
	staleAfter = 30 * 24 * time.Hour
)

// magic begins a store; its last byte is the version of the form of results.
var magic = []byte("sigtune\x01")

// encode writes: magic, checksum of the rest, and for each entry in order of the keys key, length and value.
func encode(entries map[lint.Key][]byte) []byte {
	var body []byte
	for _, k := range slices.SortedFunc(maps.Keys(entries), func(a, b lint.Key) int { return bytes.Compare(a[:], b[:]) }) {
		body = append(body, k[:]...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(entries[k])))
		body = append(body, entries[k]...)
	}
	sum := sha256.Sum256(body)
	return slices.Concat(magic, sum[:], body)
}

// decode gives an empty map for anything but what encode wrote.
func decode(data []byte) map[lint.Key][]byte {
	out := map[lint.Key][]byte{}
	rest, ok := bytes.CutPrefix(data, magic)
	if !ok || len(rest) < sha256.Size {
		return out
	}
	sum := sha256.Sum256(rest[sha256.Size:])
	if !bytes.Equal(sum[:], rest[:sha256.Size]) {
		return out
	}
	rest = rest[sha256.Size:]
	for len(rest) >= sha256.Size+4 {
		var k lint.Key
		copy(k[:], rest)
		n := int(binary.BigEndian.Uint32(rest[sha256.Size:]))
		rest = rest[sha256.Size+4:]
		if n > len(rest) {
			return map[lint.Key][]byte{}
		}
		out[k] = rest[:n:n]
		rest = rest[n:]
	}
	return out
}
