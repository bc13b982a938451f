package scenario

// Span is a half-open range of bytes in the text that was read. The zero Span means "not in the text".
type Span struct{ Start, End int }

// Section is a piece of the text: Text is exactly the bytes at Span, line breaks included.
type Section struct {
	Span Span
	Text string
}

// Empty says whether the section holds nothing.
func (s Section) Empty() bool { return s.Text == "" }

// Note is a remark about how something was read, for the person who wrote it.
type Note struct {
	Code    NoteCode
	Message string
	Span    Span // of the words the note is about; zero when it is about the whole
}

// NoteCode names a kind of note. The codes are stable, the messages are not.
type NoteCode string

// The notes.
const (
	NoteCut            NoteCode = "cut"             // the text ends mid-sentence; that sentence was not read
	NoteNoExclusion    NoteCode = "no_exclusion"    // a scenario without a filter sentence
	NoteNoScenario     NoteCode = "no_scenario"     // a filter sentence without a scenario
	NoteSecondRule     NoteCode = "second_rule"     // the document holds another rule; only the first is kept
	NoteSecondQuery    NoteCode = "second_query"    // the document holds another query; only the first is kept
	NotePolarity       NoteCode = "polarity"        // != read as "exclude this"
	NoteMixedPolarity  NoteCode = "mixed_polarity"  // != beside ==: which is meant is not certain
	NoteMixedAndOr     NoteCode = "mixed_and_or"    // and/or without parentheses
	NoteProcessTree    NoteCode = "process_tree"    // only one level of the tree is in an event
	NoteRoleSlip       NoteCode = "role_slip"       // the named program usually is the parent
	NoteGroupAsUser    NoteCode = "group_as_user"   // a group's name where a user's name is expected
	NoteDisplayName    NoteCode = "display_name"    // a product's name, no artefact
	NoteIllustrated    NoteCode = "illustrated"     // the prose is replaced by the expression that illustrates it
	NoteGloss          NoteCode = "gloss"           // a remark in parentheses that was not read as a condition
	NoteTooManyGroups  NoteCode = "too_many_groups" // the sentence expands to more alternatives than are kept
	NoteScriptAsImage  NoteCode = "script_as_image" // a script named as process; the image is its interpreter
	NoteApproximated   NoteCode = "approximated"    // the role stands for something events do not hold as such
	NoteSimilar        NoteCode = "similar"         // "or similar": the list is open
	NoteTooLongToRead  NoteCode = "too_long"        // text beyond the limit was not read
	NoteUnreadSentence NoteCode = "unread_sentence" // a sentence in which no condition was found
	NoteKept           NoteCode = "kept"            // a sentence on what must keep firing
	NoteUnreadWords    NoteCode = "unread_words"    // words after a condition that were not understood
)
