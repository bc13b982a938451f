package kql

import (
	"github.com/sigtune/sigtune/rules"
)

// op is what a node of a query does.
type op uint8

const (
	opLeaf op = iota
	opAnd
	opOr
	opNot
)

// node is a query as a tree. A group whose operands were dropped stays a group, with fewer of them; nil stands for nothing at all.
type node struct {
	op   op
	args []*node
	leaf *leaf
}

// leafKind is how a leaf compares its column.
type leafKind uint8

const (
	leafText leafKind = iota
	leafNumber
	leafBool
	leafNull
	leafRegex
	leafCIDR
	leafExists
	leafCompare
	leafTime
	leafFieldRef
	leafExpansion // any of several texts, written out
	leafKeyword   // text anywhere in the event
	leafKeywordNumber
	leafKeywordBool
	leafKeywordRegex
	leafKinds // how many there are
)

// leaf is one comparison.
type leaf struct {
	kind     leafKind
	column   column
	pattern  rules.Pattern
	variants []rules.Pattern // leafExpansion
	other    column          // leafFieldRef
	test     *rules.Test
	item     *rules.Item
}

func leafNode(l *leaf) *node { return &node{op: opLeaf, leaf: l} }

// join makes a group, or the operand itself when there is one, or nil when there is none.
func join(op op, args []*node) *node {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return &node{op: op, args: args}
}

// group makes a group of the operands that are left of what was count of them. It stays a group with one operand left.
func group(op op, args []*node, count int) *node {
	var left []*node
	for _, a := range args {
		if a != nil {
			left = append(left, a)
		}
	}
	if len(left) == 0 {
		return nil
	}
	if count == 1 {
		return left[0]
	}
	return &node{op: op, args: left}
}

// each visits the leaves of a tree.
func (n *node) each(visit func(*leaf)) {
	if n.op == opLeaf {
		visit(n.leaf)
		return
	}
	for _, a := range n.args {
		a.each(visit)
	}
}
