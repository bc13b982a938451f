// Package sqltest starts a Trino server for tests.
//
// In: the directory of a server that docs/demos/store.sh put together, by the environment or in its usual place. Out: the address of a
// running server with the connector memory, stopped at the end of the test. Without a directory the test is skipped, and says how to have it.
package sqltest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Variable names the server's directory.
const Variable = "SIGTUNE_TRINO"

// startsWithin is generous: a quiet machine needs 15 s, a busy one with two cores a minute.
const startsWithin = 4 * time.Minute

// Directory is where the server is: what the environment names, or the place where docs/demos/store.sh puts it. Empty when there is none.
func Directory() string {
	dir := os.Getenv(Variable)
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(cache, "sigtune", "trino")
	}
	if _, err := os.Stat(filepath.Join(dir, "Start.java")); err != nil {
		return ""
	}
	return dir
}

// Start starts a server on a free port, and returns `host:port`.
func Start(t testing.TB) string {
	t.Helper()
	dir := Directory()
	if dir == "" {
		t.Skipf("\n#### NO TRINO: nothing that is said to a real distributed engine is tested by this run.\n"+
			"#### `docs/demos/store.sh fetch` downloads one (about 110 MB), then `%s=DIRECTORY go test …`", Variable)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	own := t.TempDir()
	config := fmt.Sprintf("coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port=%s\ndiscovery.uri=http://%s\n"+
		"query.max-memory=256MB\nquery.max-memory-per-node=256MB\nmemory.heap-headroom-per-node=128MB\nplugin.dir=%s\ncatalog.config-dir=%s\n",
		port, address, filepath.Join(dir, "plugin"), filepath.Join(dir, "etc", "catalog"))
	file := filepath.Join(own, "config.properties")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(own, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	server := exec.Command("java", "-Xmx1G", "-Djdk.attach.allowAttachSelf=true", "-Dfile.encoding=UTF-8", "-Duser.timezone=UTC",
		"-Dconfig="+file, "-Dnode.environment=test", "-Dnode.id=one", "-Dnode.data-dir="+own, "-cp", filepath.Join(dir, "lib", "*"), filepath.Join(dir, "Start.java"))
	server.Dir, server.Stdout, server.Stderr = own, log, log // it writes logs where it runs
	if err := server.Start(); err != nil {
		t.Fatalf("no Java: %v", err)
	}
	ended := make(chan struct{})
	go func() { server.Wait(); close(ended) }()
	t.Cleanup(func() { server.Process.Kill(); <-ended })
	for until := time.Now().Add(startsWithin); time.Now().Before(until); time.Sleep(500 * time.Millisecond) {
		select {
		case <-ended:
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("Trino ended:\n%s", text)
		default:
		}
		if ready(address) {
			return address
		}
	}
	t.Fatalf("Trino did not start within %s", startsWithin)
	return ""
}

func ready(address string) bool {
	response, err := http.Get("http://" + address + "/v1/info")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return strings.Contains(string(body), `"starting":false`)
}
