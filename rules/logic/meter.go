package logic

// meter counts what a question costs. It counts work, never time, so that answers are the same on every machine. One unit is
// about what looking up one transition takes, or four bytes that are kept: a few nanoseconds.
//
// Whoever works reports it; the loops above ask whether anything is left. So one step may overdraw the budget, but no loop goes on.
type meter struct {
	left   int
	all    int        // units of all questions so far
	states int        // product states left
	spent  [costs]int // by kind, for the reason
	held   int        // units kept in automata between questions
}

// cost is a kind of work.
type cost uint8

const (
	costProduct  cost = iota // states of a product of demands
	costTexts                // determinised states of lists of texts
	costPrograms             // determinised states of regular expressions
	costAlphabet             // telling characters apart
	costTrial                // trying texts one by one
	costChoice               // choosing among alternatives
	costs
)

// tooLarge begins the reason when a budget ran out; what follows names what was too much. Together they stay short enough for a message to
// show them whole.
const tooLarge = "too large: "

// muches say what was too much.
var muches = [costs]string{
	costProduct:  "the demands on one field",
	costTexts:    "the lists of values",
	costPrograms: "the regular expressions",
	costAlphabet: "the different characters",
	costTrial:    "the texts to try",
	costChoice:   "the alternatives",
}

// reset begins a question.
func (m *meter) reset(states int) {
	m.left, m.states = states*workPerState, states
	m.spent = [costs]int{}
}

// workPerState is how much work a product state of the budget stands for. The default of 400,000 states is then a hundred million units: about
// a second, and at most 400 MB.
const workPerState = 250

func (m *meter) spend(c cost, units int) {
	m.spent[c] += units
	m.left -= units
	m.all += units
}

// keep is work whose result stays in memory between questions.
func (m *meter) keep(c cost, units int) {
	m.held += units
	m.spend(c, units)
}

// share spends only up to a part of what is left: on what makes an answer better, and is not needed for it. It reports false when that part is
// used up.
type share struct {
	meter *meter
	floor int
}

func (m *meter) part(of int) share { return share{m, m.left - max(m.left, 0)/of} }

func (s share) left() bool { return s.meter.left > s.floor && !s.meter.exhausted() }

func (m *meter) exhausted() bool { return m.left < 0 || m.states < 0 }

// reason names what was too much.
func (m *meter) reason() string {
	most := costProduct
	for c, units := range m.spent {
		if units > m.spent[most] {
			most = cost(c)
		}
	}
	return tooLarge + muches[most]
}
