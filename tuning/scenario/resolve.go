package scenario

// resolve gives a term its role and operator.
func (b *builder) resolve() {
	b.cur.chunk = chunk{with: b.chunk.with, narrows: b.chunk.narrows}
	b.cur.resolve(b.p.kind, b.p.noun, b.chunk, b.p.subject)
}

func (t *term) resolve(kind Kind, noun nounKind, c chunk, subject *term) {
	implied := !t.hasRole
	if implied && t.relation != noRelation {
		t.Role = t.roleByRelation(kind, noun)
	} else if implied {
		t.Role = t.roleByNoun(noun, c, subject)
	}
	t.asked = or(t.relSub, t.Role)
	if t.Class == ClassFrequency {
		t.Role, t.Values, t.Open = RoleOther, nil, true
	}
	if t.about != ClassNone && t.Role == RoleOther {
		t.Class = t.about
	}
	if t.Role == RoleUser && t.Class != ClassNone && t.Class != ClassUser && t.Class != ClassPattern && t.Class != ClassService && t.Class != ClassTool {
		t.Role = roleOf(t.Class) // "the user is in a group", "has a maintenance task"
	}
	if t.Class == ClassTime || (t.Class == ClassApproval && len(t.Values) == 0 && t.Role != RoleOther && implied) {
		t.Role = roleOf(t.Class)
	}
	t.resolveOperator()
}

// roleByRelation: "started by X", "located in X".
func (t *term) roleByRelation(kind Kind, noun nounKind) Role {
	switch t.relation {
	case byAgent, childOf, launchedFrom:
		switch {
		case t.relation == launchedFrom && (t.Class == ClassDirectory || t.directories()):
			return or(t.relSub, RoleProcess)
		case t.Class == ClassUser, t.shaped(ShapeAccount), t.accounts():
			return RoleUser
		case t.Class == ClassGroup, t.Class == ClassHost, t.Class == ClassNetwork:
			return roleOf(t.Class)
		case t.Class == ClassJob && len(t.Values) > 0 && !t.programs():
			return RoleJob
		}
		return t.agentRole(kind, noun)
	case runAs:
		return RoleUser
	case locatedIn:
		switch {
		case t.Class == ClassEnvironment || t.Class == ClassHost:
			return roleOf(t.Class)
		case t.relSub != "":
			return t.relSub
		case kind == KindFile || noun == objectNoun:
			return RoleFile
		}
		return RoleProcess
	case from:
		switch {
		case t.addresses() || t.Class == ClassNetwork:
			return RoleSourceIP
		case t.shaped(ShapeURL) || t.shaped(ShapeDomain):
			return RoleURL
		case t.Class == ClassDirectory || t.directories():
			if noun == objectNoun {
				return RoleFile
			}
			return RoleProcess
		case t.Class == ClassTool || t.Class == ClassService || t.Class == ClassJob:
			return t.agentRole(kind, noun)
		case t.Class != ClassNone:
			return roleOf(t.Class)
		}
		return RoleUnstated
	case to, downloaded:
		switch {
		case t.Class == ClassDirectory || t.shaped(ShapePath) || t.shaped(ShapeDirectory):
			return RoleFile
		case t.addresses() || t.Class == ClassNetwork:
			return RoleDestinationIP
		case t.shaped(ShapeURL):
			return RoleURL
		case t.shaped(ShapeDomain), t.Class == ClassHost, t.Class == ClassURL && kind == KindNetwork:
			return RoleDestinationHost
		case t.Class == ClassNone && len(t.Values) > 0:
			return RoleDestinationHost
		}
		return roleOf(t.Class)
	case receivedFrom:
		switch {
		case t.addresses() || t.Class == ClassNetwork:
			return RoleSourceIP
		case t.shaped(ShapeURL):
			return RoleURL
		case t.Class == ClassDirectory || t.directories():
			return RoleDirectory
		}
		return RoleDestinationHost
	case onHost:
		if t.Class == ClassNone || t.Class == ClassTool {
			return RoleHost
		}
		return roleOf(t.Class)
	case during:
		if t.Class == ClassNone {
			return RoleTime
		}
		return roleOf(t.Class)
	case via, calls:
		if t.programs() || len(t.Values) == 0 {
			return RoleProcess
		}
		return RoleCommandLine
	case memberOf:
		if t.Class == ClassNone || t.Class == ClassUser || t.Class == ClassPrivilege {
			return RoleGroup
		}
		return roleOf(t.Class)
	case signedBy:
		return RoleSigner
	case relatedTo:
		switch {
		case t.programs() && (t.Class == ClassNone || t.Class == ClassSigner || t.Class == ClassTool || t.Class == ClassService):
			return RoleProcess
		case t.addresses():
			return RoleIP
		case t.Class != ClassNone:
			return or(t.noun, roleOf(t.Class))
		}
		return RoleUnstated
	}
	return RoleOther
}

// agentRole: what starts a process is its parent; what writes a file or opens a connection is the process.
func (t *term) agentRole(kind Kind, noun nounKind) Role {
	switch {
	case t.relSub == RoleParent:
		return RoleGrandparent
	case t.relSub == RoleProcess || t.relSub == RoleCommandLine || t.relSub == RoleScript:
		return RoleParent
	case noun == objectNoun || t.relSub == RoleFile || t.relSub == RoleRegistryKey:
		return RoleProcess
	case t.relation == childOf || kind == KindProcess || kind == KindOther && noun == processNoun:
		return RoleParent
	}
	return RoleProcess
}

// roleByNoun: a value or a class without relation and operator.
func (t *term) roleByNoun(noun nounKind, c chunk, subject *term) Role {
	generic := t.Class == ClassNone || t.Class == ClassDirectory || t.Class == ClassPattern || t.Class == ClassFile
	switch {
	case (c.with || c.narrows) && generic && subject != nil && textual(subject.Role) && subject.Role != RoleUnstated && !t.head:
		return subject.Role // "… and the command has x with a path like y"
	case t.addresses():
		return RoleIP
	case t.Class == ClassPattern && t.quotedOrShaped() && !t.programs() && noun != objectNoun:
		return RoleUnstated
	case (t.Class == ClassSigner || t.Class == ClassPattern) && t.programs():
		return RoleProcess
	case t.Class == ClassScript && t.named():
		return RoleProcess // "PowerShell scripts": the interpreter
	case t.Class == ClassTool && t.directories():
		return RoleDirectory
	case t.Class == ClassFile || t.Class == ClassDirectory && noun == objectNoun, t.Class == ClassPattern && noun == objectNoun:
		return RoleFile
	case t.Class != ClassNone:
		return or(t.noun, roleOf(t.Class))
	case t.shaped(ShapeRegistry):
		return RoleRegistryKey
	case t.shaped(ShapeHash):
		return RoleHash
	}
	return RoleUnstated
}

// resolveOperator fills in what the text leaves open.
func (t *term) resolveOperator() {
	t.Stated = t.hasOp
	inPlace := t.relation == locatedIn || t.relation == launchedFrom || t.relation == from
	switch {
	case inPlace && (t.Role == RoleProcess || t.Role == RoleParent || t.Role == RoleFile) && (t.directories() || t.Class == ClassDirectory || t.relation == locatedIn):
		t.Operator = StartsWith
	case !t.hasOp && t.shaped(ShapeExtension) && len(t.Values) > 0:
		t.Operator = EndsWith
	case !t.hasOp && (t.Role == RoleProcess || t.Role == RoleParent) && t.shaped(ShapeDirectory) && len(t.Values) > 0:
		t.Operator = StartsWith
	case !t.hasOp && t.Role == RoleUnstated && !t.elided:
		t.Operator = Is
	case !t.hasOp && (t.Role == RoleDirectory || t.Role == RoleUnstated):
		t.Operator = Contains
	case !t.hasOp && t.Role == RoleCommandLine && !t.postposed && len(t.Values) == 1 && t.Values[0].Quoted && !t.Open:
		t.Operator = Is // the command line "x": all of it
	case !t.hasOp || t.Operator == "":
		t.Operator, t.Stated = Default(t.Role), false
	}
	switch {
	case t.Role == RoleParentCommandLine && t.Operator == Is && t.colon:
		t.Operator, t.Stated = Contains, false
	case t.Role == RoleCommandLine && t.Operator == Is && t.exact && (hasSuffixFold(t.Field, "args") || !t.equality()):
		t.Operator, t.Stated = Contains, false
	case t.Operator == Contains && (!textual(t.Role) || t.Role == RoleOther) && !t.exact && len(t.Values) == 0 && Default(t.Role) != Contains:
		t.Operator, t.Stated = Is, false // "has administrative privileges"
	case t.Operator == Is && t.shaped(ShapeCIDR) && len(t.Values) > 0, t.Operator == Contains && t.shaped(ShapeCIDR) && len(t.Values) > 0:
		t.Operator = InRange
	case t.Operator == InRange && len(t.Values) > 0 && t.shaped(ShapeIP):
		t.Operator = Is
	}
}

// equality: the operator was == or =; a colon compares with a part.
func (t *term) equality() bool { return !t.colon }

// shaped says whether all values have the shape.
func (t *term) shaped(shape Shape) bool {
	for _, v := range t.Values {
		if v.Shape != shape {
			return false
		}
	}
	return len(t.Values) > 0
}

// quotedOrShaped: all values are values by their looks, not words or numbers of the sentence.
func (t *term) quotedOrShaped() bool {
	for _, v := range t.Values {
		if !v.Quoted && (!v.Shape.artefact() || v.Shape == ShapeNumber || v.Shape == ShapePlaceholder) {
			return false
		}
	}
	return len(t.Values) > 0
}

// named: all values are products or commands.
func (t *term) named() bool {
	for _, v := range t.Values {
		if known, _ := isTool(v.Text); !known && v.Product == "" {
			return false
		}
	}
	return len(t.Values) > 0
}

// addresses: all values are addresses or ranges.
func (t *term) addresses() bool {
	for _, v := range t.Values {
		if v.Shape != ShapeIP && v.Shape != ShapeCIDR {
			return false
		}
	}
	return len(t.Values) > 0
}

// accounts: all values are names of built-in accounts.
func (t *term) accounts() bool {
	for _, v := range t.Values {
		if !accounts[v.Text] && v.Text != "root" {
			return false
		}
	}
	return len(t.Values) > 0
}

// directories: all values are directories, or paths without an extension where the class says directory.
func (t *term) directories() bool {
	for _, v := range t.Values {
		if !(v.Shape == ShapeDirectory || v.Shape == ShapePath && !hasFileExtension(v.Text) && (t.Class == ClassDirectory || t.Class == ClassTool && unixRoot(v.Text)) ||
			v.Shape == ShapeGlob && t.Class == ClassDirectory) {
			return false
		}
	}
	return len(t.Values) > 0
}

// unixRoot: /tmp, /run, and what lies below without naming a file is taken for a directory where directories are
// asked for.
func unixRoot(path string) bool { return len(path) > 1 && path[0] == '/' && unixRoots[path[1:]] }

// programs: all values can be programs.
func (t *term) programs() bool {
	for _, v := range t.Values {
		known, _ := isTool(v.Text)
		if !(known || v.Product != "" || v.Shape == ShapeFileName || v.Shape == ShapePath || len(LookupProduct(v.Text, "")) > 0 || v.Shape == ShapeIdentifier && !isCmdlet(v.Text)) {
			return false
		}
	}
	return len(t.Values) > 0
}

func or(role, other Role) Role {
	if role != "" {
		return role
	}
	return other
}
