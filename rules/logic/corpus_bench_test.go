package logic

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// The benchmarks of docs/benchmarks.md: every rule of one folder of the published corpus, on as many goroutines as -cpu gives. They
// measure nothing without the corpus, and say so.

// measuredFolder is the folder that figures are given for: the rules that people run.
const measuredFolder = "rules/"

// publishedRules are the rules of the measured folder, parsed.
func publishedRules(b *testing.B) []*rules.Rule {
	var out []*rules.Rule
	for _, r := range corpusRules(b) {
		if strings.HasPrefix(r.File.Path, measuredFolder) {
			out = append(out, r)
		}
	}
	return out
}

// each hands every rule to visit, on all processors that Go may use.
func each(list []*rules.Rule, visit func(*rules.Rule)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(list); i = next.Add(1) - 1 {
				visit(list[i])
			}
		})
	}
	wait.Wait()
}

// BenchmarkPublishedRulesSatisfiable asks of every rule whether an event can match it, with the event or the proof.
func BenchmarkPublishedRulesSatisfiable(b *testing.B) {
	list := publishedRules(b)
	done := peakMemory(b)
	defer done()
	for b.Loop() {
		var answers [3]atomic.Int64
		each(list, func(r *rules.Rule) { answers[Satisfiable(FromRule(r)).Verdict].Add(1) })
		b.ReportMetric(float64(len(list)), "rules")
		b.ReportMetric(float64(answers[No].Load()), "never")
		b.ReportMetric(float64(answers[Unknown].Load()), "undecided")
	}
}

// BenchmarkPublishedRulesAllQuestions asks whether every identifier, alternative, item and value of every rule makes a difference.
func BenchmarkPublishedRulesAllQuestions(b *testing.B) {
	list := publishedRules(b)
	done := peakMemory(b)
	defer done()
	for b.Loop() {
		var unsure atomic.Int64
		each(list, func(r *rules.Rule) {
			a := Analyse(r, Options{})
			a.Details() // the last group of questions; it asks the others first
			unsure.Add(int64(len(a.Unsure())))
		})
		b.ReportMetric(float64(len(list)), "rules")
		b.ReportMetric(float64(unsure.Load()), "undecided")
	}
}

// BenchmarkPublishedRulesContainments asks of every ordered pair of rules whether one contains the other, whatever their log sources.
func BenchmarkPublishedRulesContainments(b *testing.B) {
	list := publishedRules(b)
	done := peakMemory(b)
	defer done()
	for b.Loop() {
		found := NewRuleset(list, Options{}).Contained(func(int, int) bool { return true })
		b.ReportMetric(float64(len(list)*(len(list)-1)), "pairs")
		b.ReportMetric(float64(len(found)), "containments")
	}
}

// peakMemory reports the most memory that the process held while the benchmark ran, the parsed rules included: what Linux calls the
// high-water mark of the resident set. Elsewhere nothing is reported.
func peakMemory(b *testing.B) (done func()) {
	debug.FreeOSMemory()
	// "5" resets the mark (proc(5), clear_refs).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("NOT MEASURED: peak memory: %v", err)
		return func() {}
	}
	return func() {
		if kB, ok := highWaterMark(); ok {
			b.ReportMetric(float64(kB)*1024/1e6, "peak-MB") // kB there means 1024 bytes
		}
	}
}

func highWaterMark() (kB int, ok bool) {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(data) {
		if rest, found := strings.CutPrefix(string(line), "VmHWM:"); found {
			kB, err = strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return kB, err == nil
		}
	}
	return 0, false
}
