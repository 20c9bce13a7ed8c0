package mapping

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/memory"
)

// firebaseDocument is the sum of the changes in a Firebase stream. An event puts data at a path, or patches its members; null
// deletes (Firebase Realtime Database REST API, "Streaming from the REST API").
type firebaseDocument struct {
	root *documentNode
	size int // bytes that it takes, about
	kept *keptByteCount
}

// documentNode is a map when members is not nil, else a leaf. Lists are maps with the keys "0", "1" …, as in Firebase.
type documentNode struct {
	members map[string]*documentNode
	leaf    string // as JSON
}

const maxDocumentDepth = 64 // Firebase's own limit is 32

// What a node takes beside its text, in bytes.
const (
	leafCost   = 64
	mapCost    = 400
	memberCost = 48
)

func (d *firebaseDocument) addBytes(n int) bool {
	d.size += n
	return d.kept.add(n)
}

// ownSize is what a node takes, without what is below it.
func (n *documentNode) ownSize() int {
	if n.members == nil {
		return leafCost + len(n.leaf)
	}
	return mapCost
}

// newMap is a node without members.
func (d *firebaseDocument) newMap() *documentNode {
	d.addBytes(mapCost)
	return &documentNode{members: map[string]*documentNode{}}
}

var errDocumentTooLarge = errors.New("the document is too large, and was forgotten")

// documentPath leads from the top of a document to one of its nodes.
type documentPath []string

// apply changes the document and returns the paths that were changed.
func (d *firebaseDocument) apply(event string, payload gjson.Result) ([]documentPath, error) {
	at, data := payload.Get("path"), payload.Get("data")
	if at.Type != gjson.String || !data.Exists() {
		return nil, errors.New(`the data is not {"path": …, "data": …}`)
	}
	base, err := splitDocumentPath(at.Str)
	if err != nil {
		return nil, err
	}
	if event != "patch" {
		return []documentPath{base}, d.put(base, data)
	}
	var changes []documentPath
	data.ForEach(func(key, v gjson.Result) bool {
		var below documentPath
		if below, err = splitDocumentPath(key.Str); err != nil {
			return false
		}
		below = slices.Concat(base, below)
		changes = append(changes, below)
		err = d.put(below, v)
		return err == nil
	})
	return changes, err
}

func splitDocumentPath(path string) (documentPath, error) {
	var all documentPath
	for step := range strings.SplitSeq(path, "/") {
		if step != "" {
			all = append(all, step)
		}
	}
	if len(all) > maxDocumentDepth {
		return nil, fmt.Errorf("the path is deeper than %d", maxDocumentDepth)
	}
	return all, nil
}

func (d *firebaseDocument) put(at documentPath, data gjson.Result) error {
	fresh, err := d.build(data, len(at))
	if err != nil {
		d.forget()
		return err
	}
	if len(at) == 0 {
		d.subtractSize(d.root)
		d.root = fresh
		return nil
	}
	if d.root == nil || d.root.members == nil {
		if fresh == nil {
			return nil
		}
		d.subtractSize(d.root)
		d.root = d.newMap()
	}
	if d.set(d.root, at, fresh); !d.addBytes(0) { // the maps on the way count, too
		d.forget()
		return errDocumentTooLarge
	}
	return nil
}

func (d *firebaseDocument) forget() {
	d.root = nil
	d.addBytes(-d.size)
}

// set puts fresh at a path below n, which is a map, and removes maps that become empty; nil deletes.
func (d *firebaseDocument) set(n *documentNode, at documentPath, fresh *documentNode) {
	old := n.members[at[0]]
	if len(at) > 1 {
		if old == nil || old.members == nil {
			if fresh == nil {
				return
			}
			d.setMember(n, at[0], d.newMap())
		}
		below := n.members[at[0]]
		d.set(below, at[1:], fresh)
		if len(below.members) > 0 {
			return
		}
		fresh, at = nil, at[:1]
	}
	d.setMember(n, at[0], fresh)
}

func (d *firebaseDocument) setMember(n *documentNode, key string, fresh *documentNode) {
	if old, ok := n.members[key]; ok {
		d.subtractSize(old)
		d.addBytes(-memberCost - len(key))
		delete(n.members, key)
	}
	if fresh != nil {
		n.members[strings.Clone(key)] = fresh
		d.addBytes(memberCost + len(key))
	}
}

func (d *firebaseDocument) subtractSize(n *documentNode) {
	if n == nil {
		return
	}
	d.addBytes(-n.ownSize())
	for key, below := range n.members {
		d.addBytes(-memberCost - len(key))
		d.subtractSize(below)
	}
}

// build makes nodes of JSON; nil of null, and of lists and maps that are empty.
func (d *firebaseDocument) build(v gjson.Result, depth int) (*documentNode, error) {
	if v.Type == gjson.Null {
		return nil, nil
	}
	if !v.IsObject() && !v.IsArray() {
		if !d.addBytes(leafCost + len(v.Raw)) {
			return nil, errDocumentTooLarge
		}
		return &documentNode{leaf: strings.Clone(v.Raw)}, nil
	}
	if depth >= maxDocumentDepth {
		return nil, fmt.Errorf("the document is deeper than %d", maxDocumentDepth)
	}
	n := d.newMap()
	var err error
	index := 0
	v.ForEach(func(key, member gjson.Result) bool {
		name := key.Str
		if v.IsArray() {
			name = strconv.Itoa(index)
			index++
		}
		var below *documentNode
		if below, err = d.build(member, depth+1); err == nil {
			d.setMember(n, name, below)
		}
		return err == nil
	})
	if len(n.members) == 0 {
		d.addBytes(-mapCost)
		return nil, err
	}
	return n, err
}

// toJSON is the node as JSON, members in the order of their keys.
func (n *documentNode) toJSON() string {
	if n.members == nil {
		return n.leaf
	}
	var w objectWriter
	for _, key := range slices.Sorted(maps.Keys(n.members)) {
		w.member(key, n.members[key].toJSON())
	}
	return w.String()
}

// walkRows calls take for each row of the document that changes touch. The path is that of parseEachPath.
func (d *firebaseDocument) walkRows(base row, path []string, changes []documentPath, b *eventBudget, take func(row)) {
	w := firebaseWalker{base, changes, b, take}
	switch {
	case d.root == nil:
	case path == nil:
		w.row(d.root, nil)
	default:
		w.members(d.root, nil, path)
	}
}

type firebaseWalker struct {
	base    row
	changes []documentPath
	budget  *eventBudget
	take    func(row)
}

// members follows the first part of the path, and then walks every member that a change touches.
func (w firebaseWalker) members(n *documentNode, at documentPath, path []string) {
	for _, step := range unescapeSteps(path[0]) {
		if n = n.members[step]; n == nil {
			return
		}
		at = append(slices.Clip(at), step)
	}
	for _, key := range w.changedMembers(n, at) {
		below := append(slices.Clip(at), key)
		if len(path) > 1 {
			w.members(n.members[key], below, path[1:])
		} else {
			w.row(n.members[key], below)
		}
	}
}

// changedMembers are the members of n, the node at a path, that the changes touch.
func (w firebaseWalker) changedMembers(n *documentNode, at documentPath) []string {
	w.budget.scan -= changeCost * len(w.changes)
	some := map[string]bool{}
	for _, c := range w.changes {
		if len(c) <= len(at) {
			if slices.Equal(c, at[:len(c)]) {
				return slices.Sorted(maps.Keys(n.members))
			}
			continue
		}
		if slices.Equal(c[:len(at)], at) && n.members[c[len(at)]] != nil {
			some[c[len(at)]] = true
		}
	}
	return slices.Sorted(maps.Keys(some))
}

func (w firebaseWalker) row(n *documentNode, at documentPath) {
	w.budget.scan -= changeCost * len(w.changes)
	if w.budget.isSpent() {
		return
	}
	changed, all := w.changedPart(n, at)
	if !all && changed == nil {
		return
	}
	r := w.base
	r.value = gjson.Parse(n.toJSON())
	w.budget.scan -= writeCost * len(r.value.Raw)
	if len(at) > 0 {
		r.place = place{key: at[len(at)-1]}
	}
	if !all {
		r.delta = gjson.Parse(changed.toJSON())
	}
	w.take(r)
}

// changedPart is the part of the row n that the changes put; all is true when that is the whole row.
func (w firebaseWalker) changedPart(n *documentNode, at documentPath) (changed *documentNode, all bool) {
	scratch := firebaseDocument{kept: &keptByteCount{budget: memory.NewBudget(math.MaxInt)}}
	for _, c := range w.changes {
		if len(c) <= len(at) {
			if slices.Equal(c, at[:len(c)]) {
				return nil, true
			}
			continue
		}
		if !slices.Equal(c[:len(at)], at) {
			continue
		}
		now := n
		for _, step := range c[len(at):] {
			if now = now.members[step]; now == nil {
				break
			}
		}
		if now == nil {
			continue // deleted
		}
		if changed == nil {
			changed = scratch.newMap()
		}
		scratch.set(changed, c[len(at):], now)
	}
	return changed, false
}

// unescapeSteps are the keys in one part of a path, without the backslashes before special characters.
func unescapeSteps(part string) []string {
	if part == "" {
		return nil
	}
	var steps []string
	step := ""
	for i := 0; i < len(part); i++ {
		switch c := part[i]; {
		case c == '\\' && i+1 < len(part):
			i++
			step += part[i : i+1]
		case c == '.':
			steps = append(steps, step)
			step = ""
		default:
			step += part[i : i+1]
		}
	}
	return append(steps, step)
}
