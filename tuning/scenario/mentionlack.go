package scenario

func (r *mentionReader) lackingWord(items []phrase, i int, lack Operator) int {
	j := i + 1
	if j+1 < len(items) && items[j].kind == connectivePhrase && lacking(items[j+1].key) != "" {
		if lacking(items[j+1].key) != lack {
			lack = NullOrEmpty
		}
		j += 2
	}
	if j < len(items) && r.lacking(items, j, lack) {
		return j - i - 1 + r.skipTo(items, j)
	}
	if n := len(r.out); r.role == "" && r.field == "" && n > 0 && r.join == OrJoin && (r.out[n-1].Field != "" || r.out[n-1].Role != "") {
		r.role, r.field = r.out[n-1].Role, r.out[n-1].Field // `is "-" or empty`
	}
	if r.role != "" || r.field != "" {
		r.lack(lack, items[i])
		return j - i - 1
	}
	return 0
}

// lacking adds a mention for a role that is said not to be there, when the phrase at i names one.
func (r *mentionReader) lacking(items []phrase, i int, lack Operator) bool {
	for i < len(items) && items[i].kind == determinerPhrase {
		i++
	}
	if i >= len(items) || items[i].kind != rolePhrase || i+1 < len(items) && (items[i+1].kind == valuePhrase || items[i+1].kind == opPhrase) {
		return false
	}
	r.role = items[i].role
	if isFieldName(items[i].text) {
		r.field = items[i].text
	}
	r.lack(lack, items[i])
	return true
}

// skipTo is how many phrases after i-1 are read with the role at or after i.
func (r *mentionReader) skipTo(items []phrase, i int) int {
	n := 1
	for i < len(items) && items[i].kind == determinerPhrase {
		i, n = i+1, n+1
	}
	return n
}

func (r *mentionReader) lack(op Operator, ph phrase) {
	if n := len(r.out); n > 0 && r.join == OrJoin && r.out[n-1].Operator.Lacks() && r.out[n-1].Role == r.role && r.out[n-1].Field == r.field {
		r.out[n-1].Operator = NullOrEmpty // "is null or empty"
		r.clear()
		r.join = NoJoin
		return
	}
	base := r.sentence.base
	m := Mention{Role: r.role, Field: r.field, Operator: op, Sentence: r.number + r.clauses, Negated: r.negated, Join: r.join}
	m.Value.Span = Span{base + ph.start, base + ph.end}
	r.out = append(r.out, m)
	r.clear()
	r.negated, r.join = false, NoJoin
}
