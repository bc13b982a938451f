package nearest

import (
	"slices"
	"testing"
)

func TestDistanceCountsTheEditsOfATypist(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"Image", "Image", 0},
		{"Image", "image", 1},
		{"Image", "Imgae", 1},
		{"Image", "Imag", 1},
		{"Image", "Imagee", 1},
		{"Image", "Umage", 1},
		{"CommandLine", "ComandLien", 2},
		{"", "abc", 3},
		{"größe", "grösse", 2},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name, word string
		candidates []string
		max        int
		want       []string
	}{
		{"fewest edits come first", "Imgaes", []string{"Imagery", "Images"}, 3, []string{"Images"}},
		{"equal distance keeps the given order", "medum", []string{"medium", "medu", "medun"}, 3, []string{"medium", "medu", "medun"}},
		{"short words allow one edit", "tes", []string{"test", "toast"}, 3, []string{"test"}},
		{"short words do not allow two", "data", []string{"date", "title"}, 3, []string{"date"}},
		{"nothing within reach", "banana", []string{"process_creation"}, 3, nil},
		{"at most max", "aaaaa", []string{"aaaab", "aaaba", "aabaa", "abaaa"}, 2, []string{"aaaab", "aaaba"}},
		{"letter case is not an edit", "STABLE", []string{"stabile", "stable"}, 3, []string{"stable", "stabile"}},
		{"the word itself is no suggestion", "stable", []string{"stable"}, 3, nil},
		{"repeated candidates count once", "stabel", []string{"stable", "stable"}, 3, []string{"stable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Of(c.word, c.candidates, c.max); !slices.Equal(got, c.want) {
				t.Errorf("Of(%q, %q) = %q, want %q", c.word, c.candidates, got, c.want)
			}
		})
	}
}

func TestTheCutOffNeverChangesAnAnswerWithinReach(t *testing.T) {
	words := []string{"", "a", "ab", "ba", "abc", "acb", "bca", "abcd", "badc", "dcba", "abab", "baba"}
	for _, a := range words {
		for _, b := range words {
			full := Distance(a, b)
			for reach := range 5 {
				got := distance([]rune(a), []rune(b), reach)
				if full <= reach && got != full || full > reach && got <= reach {
					t.Errorf("distance(%q, %q, %d) = %d, the full distance is %d", a, b, reach, got, full)
				}
			}
		}
	}
}

func FuzzDistance(f *testing.F) {
	f.Add("Image", "Imgae")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 64 || len(b) > 64 {
			t.Skip("longer words only cost time")
		}
		if Distance(a, b) != Distance(b, a) {
			t.Errorf("not symmetric: %q, %q", a, b)
		}
		if Distance(a, a) != 0 {
			t.Errorf("a word is not equal to itself: %q", a)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	candidates := []string{"Image", "CommandLine", "ParentImage", "ParentCommandLine", "OriginalFileName", "CurrentDirectory", "IntegrityLevel", "Hashes"}
	for b.Loop() {
		Of("ParentCommandLien", candidates, Suggestions)
	}
}
