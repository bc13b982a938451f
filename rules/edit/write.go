package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// newFileMode is the mode of a file that did not exist before; the umask applies.
const newFileMode fs.FileMode = 0o644

// WriteFile replaces a file at once: the data is written to a temporary file in the same directory, brought to the disk and
// renamed. A symbolic link stays, its target is replaced; permissions stay. When anything fails the original is as it was
// and the temporary file is gone.
func WriteFile(path string, data []byte) (err error) {
	target, err := resolve(path)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	mode := newFileMode
	exists := false
	switch info, err := os.Stat(target); {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("cannot write %s: it is no regular file", path)
	case err == nil:
		mode, exists = info.Mode().Perm(), true
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	temporary, err := create(target, mode)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(temporary.Name())
			err = fmt.Errorf("cannot write %s: %w; the file is unchanged", path, err)
		}
	}()
	if err = fill(temporary, data); err != nil {
		return err
	}
	if exists {
		if err = os.Chmod(temporary.Name(), mode); err != nil {
			return err
		}
	}
	if err = os.Rename(temporary.Name(), target); err != nil {
		return err
	}
	syncDirectory(filepath.Dir(target))
	return nil
}

// create makes a new file beside the target. Two writers never get the same one.
func create(target string, mode fs.FileMode) (*os.File, error) {
	const attempts = 100
	for i := 0; ; i++ {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%08x.tmp", filepath.Base(target), rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err == nil || !errors.Is(err, fs.ErrExist) || i == attempts {
			return f, err
		}
	}
}

func fill(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// resolve follows symbolic links to the file that is to be replaced. A link whose target does not exist yet is followed too.
func resolve(path string) (string, error) {
	const maxLinks = 40 // as the Linux kernel
	for range maxLinks {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		target, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return "", errors.New("too many symbolic links")
}

// syncDirectory brings the renaming to the disk. Not every system can; the data is safe either way.
func syncDirectory(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
