package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/rules/source"
)

// Repository is a git working tree.
type Repository struct {
	Root string // of the working tree, absolute
	dir  string // where git is run

	changed map[string][]File // what Changed found since a commit, before it chose: a run that asks twice sees one state
}

// Open finds the repository that a directory belongs to. The error is a sentence: git is missing, or there is no repository.
func Open(ctx context.Context, dir string) (*Repository, error) {
	r := &Repository{dir: dir}
	out, err := r.git(ctx, "rev-parse", "--show-toplevel")
	if err != nil && strings.Contains(err.Error(), "not a git repository") {
		return nil, errors.New("a revision needs a git repository, and this directory is in none")
	}
	if err != nil {
		return nil, err
	}
	r.Root = filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))
	if r.Root == "" {
		return nil, errors.New("the git repository has no working tree")
	}
	return r, nil
}

// Commit is the full name of the commit that a revision stands for. `main...` is where main and HEAD parted: what a pull request is
// compared with.
func (r *Repository) Commit(ctx context.Context, revision string) (string, error) {
	if base, ok := strings.CutSuffix(revision, "..."); ok {
		commit, err := r.Commit(ctx, base)
		if err != nil {
			return "", err
		}
		out, err := r.git(ctx, "merge-base", commit, "HEAD")
		if err != nil {
			return "", fmt.Errorf("`%s` and HEAD have no common ancestor in this repository%s", source.Shorten(base), r.whyNot(ctx))
		}
		return strings.TrimSpace(string(out)), nil
	}
	if strings.Contains(revision, "..") { // no name of git's holds two dots
		return "", fmt.Errorf("`%s` is a range; name one revision, which is compared with the working tree, or `BRANCH...` for where HEAD left it", source.Shorten(revision))
	}
	out, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if errors.As(err, new(*exec.ExitError)) {
		return "", fmt.Errorf("`%s` is no revision of this repository%s", source.Shorten(revision), r.whyNot(ctx))
	}
	return strings.TrimSpace(string(out)), err
}

// whyNot says what may be the matter when a commit is not found.
func (r *Repository) whyNot(ctx context.Context) string {
	if _, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"); err != nil {
		return ", which has no commit yet"
	}
	if out, err := r.git(ctx, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(string(out)) == "true" {
		return ", a shallow clone: fetch more of it with `git fetch --unshallow` (in GitHub Actions, `fetch-depth: 0`)"
	}
	return "; `git fetch` may know it"
}

// File is a file that differs between a commit and the working tree. A path is empty on the side where the file is not; otherwise it
// is relative to the root of the repository, with slashes. Content is read with Old and New.
type File struct {
	Was, Path string
	blob      string // of the old side
	root      string
}

// Changed lists the files that differ between a commit and the working tree, new files that git does not track yet included, renames
// followed. keep chooses by name. Symbolic links and submodules are left out. The first answer for a commit stays, however often it is asked.
func (r *Repository) Changed(ctx context.Context, commit string, keep func(path string) bool) ([]File, error) {
	all, ok := r.changed[commit]
	if !ok {
		var err error
		if all, err = r.differences(ctx, commit); err != nil {
			return nil, err
		}
		if r.changed == nil {
			r.changed = map[string][]File{}
		}
		r.changed[commit] = all
	}
	var kept []File
	for _, f := range all {
		if f.Was != "" && keep(f.Was) || f.Path != "" && keep(f.Path) {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// differences are the changed files in order. git looks at each file of the tree for the one half of them and at each directory for the other, so both
// are asked at once.
func (r *Repository) differences(ctx context.Context, commit string) ([]File, error) {
	var untracked []string
	var failed error
	var looking sync.WaitGroup
	looking.Go(func() { untracked, failed = r.untracked(ctx) })
	out, err := r.git(ctx, "diff", "--raw", "-z", "-M", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules", commit, "--")
	looking.Wait()
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	files, err := parseRaw(out)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for i := range files {
		files[i].root = r.Root
		known[files[i].Path] = true
	}
	for _, path := range untracked {
		if !known[path] {
			files = append(files, File{Path: path, root: r.Root})
		}
	}
	sort.SliceStable(files, func(i, j int) bool { return files[i].name() < files[j].name() })
	return files, nil
}

func (f File) name() string {
	if f.Path != "" {
		return f.Path
	}
	return f.Was
}

// Known checks paths that a user named: each must be there now or at the commit, and in this repository. A slip of the pen would
// otherwise compare nothing and look like a clean result. Paths are relative to the directory of Open.
func (r *Repository) Known(ctx context.Context, commit string, paths []string) error {
	for _, path := range paths {
		full := path
		if !filepath.IsAbs(path) {
			full = filepath.Join(r.dir, path)
		}
		below, err := r.relative([]string{path})
		if err != nil {
			return err
		}
		if nested := r.nested(below[0]); nested != "" {
			return fmt.Errorf("%s lies in another repository, %s; run sigtune there", source.Shorten(path), source.Shorten(nested))
		}
		if _, err := os.Lstat(full); err == nil || below[0] == "." {
			continue
		}
		if out, err := r.git(ctx, "ls-tree", "--full-tree", "--name-only", commit, "--", below[0]); err != nil || len(out) == 0 {
			return fmt.Errorf("%s: no such file or directory, neither now nor at that revision", source.Shorten(path))
		}
	}
	return nil
}

// nested is the root of a repository within this one, such as a submodule, that a path of this one leads into; else empty.
func (r *Repository) nested(path string) string {
	for dir := path; dir != "."; dir = filepath.ToSlash(filepath.Dir(dir)) {
		if _, err := os.Lstat(filepath.Join(r.Root, filepath.FromSlash(dir), ".git")); err == nil {
			return dir
		}
	}
	return ""
}

// Mentioning lists files of the working tree with a line that one of some extended regular expressions finds, tracked or not, case
// ignored. keep chooses by name.
func (r *Repository) Mentioning(ctx context.Context, expressions []string, keep func(path string) bool) ([]File, error) {
	arguments := []string{"grep", "-l", "-z", "-i", "-E", "--untracked", "--full-name", "--no-color"}
	for _, e := range expressions {
		arguments = append(arguments, "-e", e)
	}
	out, err := r.git(ctx, append(arguments, "--", r.Root)...)
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && failed.ExitCode() == 1 {
		return nil, nil // no line
	}
	if err != nil {
		return nil, err
	}
	var files []File
	for _, path := range strings.Split(string(out), "\x00") {
		if info, err := os.Lstat(filepath.Join(r.Root, filepath.FromSlash(path))); path != "" && keep(path) && err == nil && info.Mode().IsRegular() {
			files = append(files, File{Was: path, Path: path, root: r.Root})
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files, nil
}

// Below tells whether a path of the repository is one of some paths that were named, or below one; without any, every path is. Named
// paths are relative to the directory of Open. A list of changed files is limited after its rules were paired: seen from one directory, a
// rule that moved there would be a new one.
func (r *Repository) Below(paths []string) (func(path string) bool, error) {
	named, err := r.relative(paths)
	if err != nil {
		return nil, err
	}
	return func(path string) bool {
		for _, n := range named {
			if n == "." || path == n || strings.HasPrefix(path, n+"/") {
				return true
			}
		}
		return len(named) == 0
	}, nil
}

// relative are named paths as the repository calls them.
func (r *Repository) relative(paths []string) ([]string, error) {
	dir, err := filepath.Abs(r.dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir) // as git names its root
	}
	if err != nil {
		return nil, err
	}
	var named []string
	for _, path := range paths {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		relative, err := filepath.Rel(r.Root, path)
		if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			return nil, fmt.Errorf("%s lies outside the repository %s", source.Shorten(path), source.Shorten(r.Root))
		}
		named = append(named, filepath.ToSlash(relative))
	}
	return named, nil
}

func (r *Repository) untracked(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", r.Root)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, path := range strings.Split(string(out), "\x00") {
		// A nested repository ends in a slash; a link is no file of ours.
		if path == "" || strings.HasSuffix(path, "/") {
			continue
		}
		if info, err := os.Lstat(filepath.Join(r.Root, filepath.FromSlash(path))); err == nil && info.Mode().IsRegular() {
			list = append(list, path)
		}
	}
	return list, nil
}

// modes of git for what is no file.
const (
	modeLink      = "120000"
	modeSubmodule = "160000"
	modeNone      = "000000"
)

// parseRaw reads `git diff --raw -z`: `:mode mode blob blob status`, then one path, or two for a rename or a copy.
func parseRaw(out []byte) ([]File, error) {
	fields := strings.Split(string(out), "\x00")
	var files []File
	for i := 0; i < len(fields) && fields[i] != ""; {
		head := strings.Fields(strings.TrimPrefix(fields[i], ":"))
		if len(head) != 5 || i+1 >= len(fields) {
			return nil, fmt.Errorf("git diff --raw gave `%s`, which is no entry", source.Shorten(fields[i]))
		}
		was, path := fields[i+1], fields[i+1]
		i += 2
		if head[4][0] == 'R' || head[4][0] == 'C' {
			if i >= len(fields) {
				return nil, errors.New("git diff --raw ends within a rename")
			}
			path = fields[i]
			i++
		}
		f := File{Was: was, Path: path, blob: head[2]}
		if !isFile(head[0]) || head[4][0] == 'A' {
			f.Was, f.blob = "", ""
		}
		if !isFile(head[1]) || head[4][0] == 'D' {
			f.Path = ""
		}
		if f.Was != "" || f.Path != "" {
			files = append(files, f)
		}
	}
	return files, nil
}

func isFile(mode string) bool { return mode != modeLink && mode != modeSubmodule && mode != modeNone }

// Old reads what the files held at the commit: for each the parsed file, nil where there was none. One git process reads them all.
func (r *Repository) Old(ctx context.Context, files []File, limits source.Limits) ([]*source.File, error) {
	out := make([]*source.File, len(files))
	var names strings.Builder
	for _, f := range files {
		if f.Was != "" {
			names.WriteString(f.blob + "\n")
		}
	}
	if names.Len() == 0 {
		return out, nil
	}
	cmd := r.command(ctx, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(names.String())
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(stdout)
	err = nil
	for i, f := range files {
		if f.Was == "" || err != nil {
			continue
		}
		var data []byte
		if data, err = readBlob(reader, f.blob); err == nil {
			out[i] = source.Parse(f.Was, data, limits)
		}
	}
	_, _ = io.Copy(io.Discard, reader) // let git end by itself
	if wait := cmd.Wait(); err == nil {
		err = wait
	}
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return out, nil
}

// readBlob reads one answer of `git cat-file --batch`: `name type size`, the bytes, a line feed.
func readBlob(reader *bufio.Reader, name string) ([]byte, error) {
	line, err := reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	head := strings.Fields(line)
	if len(head) != 3 || head[1] != "blob" {
		return nil, fmt.Errorf("no content for %s: %s", name, strings.TrimSpace(line))
	}
	size, err := strconv.Atoi(head[2])
	if err != nil || size < 0 {
		return nil, fmt.Errorf("no size for %s: %s", name, strings.TrimSpace(line))
	}
	var data bytes.Buffer // grows as bytes come, whatever size says
	if _, err := io.CopyN(&data, reader, int64(size)); err != nil {
		return nil, err
	}
	_, err = reader.Discard(1)
	return data.Bytes(), err
}

// New reads what the file holds in the working tree, nil when it is gone.
func (f File) New(limits source.Limits) *source.File {
	if f.Path == "" {
		return nil
	}
	file := source.Load(filepath.Join(f.root, filepath.FromSlash(f.Path)), limits)
	file.Path = f.Path
	return file
}

func (r *Repository) command(ctx context.Context, arguments ...string) *exec.Cmd {
	// fsmonitor would run a program that the repository names; grep does not look at untracked files while it follows submodules.
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "diff.renameLimit=0", "-c", "submodule.recurse=false"}, arguments...)...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_LITERAL_PATHSPECS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=")
	return cmd
}

func (r *Repository) git(ctx context.Context, arguments ...string) ([]byte, error) {
	cmd := r.command(ctx, arguments...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch message := strings.TrimSpace(stderr.String()); {
	case err == nil:
		return out, nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the program git was not found; it is needed to read a revision")
	case message != "":
		said, _, _ := strings.Cut(message, "\n")
		if _, fatal, ok := strings.Cut(message, "fatal: "); ok { // warnings may come first
			said, _, _ = strings.Cut(fatal, "\n")
		}
		return nil, fmt.Errorf("git %s: %s", arguments[0], source.Visible(said))
	default:
		return nil, fmt.Errorf("git %s: %w", arguments[0], err)
	}
}
