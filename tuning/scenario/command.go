package scenario

// isCommand says whether the sentence is a pasted command line: it starts with a program and flags, and nothing in
// it is prose.
func (s sentence) isCommand() bool {
	if len(s.phrases) == 0 || s.phrases[0].kind != valuePhrase || s.phrases[0].quoted {
		return false
	}
	flags := s.phrases[0].shape == ShapeCommand
	for _, ph := range s.phrases[1:] {
		switch ph.kind {
		case valuePhrase, wordPhrase:
			flags = flags || ph.shape == ShapeFlag
		default:
			return false
		}
	}
	return flags && (s.phrases[0].shape == ShapeCommand || s.phrases[0].shape == ShapeFileName || s.phrases[0].shape == ShapePath)
}

// command is the condition that the command line holds the pasted text.
func (s sentence) command() Condition {
	span := s.span()
	text := s.text[span.Start-s.base : span.End-s.base]
	return Condition{Role: RoleCommandLine, Operator: Contains, Phrase: text, Span: span,
		Values: []Value{{Text: text, Span: span, Shape: ShapeCommand}}}
}
