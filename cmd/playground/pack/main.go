package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sigtune/sigtune/cmd/playground/page"
)

func main() {
	output := flag.String("o", "build/playground.html", "the file to write")
	flag.Parse()
	if err := pack(*output); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func pack(output string) error {
	dir, err := os.MkdirTemp("", "playground")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "sigtune.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", program, "github.com/sigtune/sigtune/cmd/playground/wasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	// The browser's half of the runtime comes with the Go that built the program; the two must fit.
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	runtime, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(binary); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("go list -m: %w", err)
	}
	hunt, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(module)), "testdata", "hunt", "system-network-connections-discovery.txt"))
	if err != nil {
		return err
	}
	html, err := page.Render(string(runtime), base64.StdEncoding.EncodeToString(packed.Bytes()), string(hunt))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(output, html, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %.1f MB, of which the program %.1f MB (%.1f MB unpacked)\n", output, float64(len(html))/1e6, float64(packed.Len())/1e6, float64(len(binary))/1e6)
	return nil
}
