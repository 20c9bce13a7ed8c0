package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// document is what the changes of a Firebase stream add up to. An event puts data at a path, or patches its
// members; null deletes (Firebase Realtime Database REST API, "Streaming from the REST API").
type document struct {
	root *node
	size int // bytes of keys and leaves
}

// node is a map when members is not nil, else a leaf. Lists are maps from "0" on, as Firebase keeps them.
type node struct {
	members map[string]*node
	leaf    string // as JSON
}

// Bounds on a document: bytes, and depth (Firebase's own limit is 32).
const (
	maxDocument      = 32 << 20
	maxDocumentDepth = 64
)

// change is a path whose value was put.
type change []string

// errForeign says that a payload is no change to a document.
var errForeign = errors.New(`the data is not {"path": …, "data": …}`)

// apply changes the document and says where.
func (d *document) apply(event string, payload gjson.Result) ([]change, error) {
	at, data := payload.Get("path"), payload.Get("data")
	if at.Type != gjson.String || !data.Exists() {
		return nil, errForeign
	}
	base, err := steps(at.Str)
	if err != nil {
		return nil, err
	}
	if event != "patch" {
		return []change{base}, d.put(base, data)
	}
	var changes []change
	data.ForEach(func(key, v gjson.Result) bool {
		var below change
		if below, err = steps(key.Str); err != nil {
			return false
		}
		below = slices.Concat(base, below)
		changes = append(changes, below)
		err = d.put(below, v)
		return err == nil
	})
	return changes, err
}

func steps(path string) (change, error) {
	var all change
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

func (d *document) put(at change, data gjson.Result) error {
	fresh, err := d.grow(data, len(at))
	if err == nil && d.size > maxDocument {
		err = fmt.Errorf("the document is larger than %d MiB", maxDocument>>20)
	}
	if err != nil {
		*d = document{}
		return err
	}
	if len(at) == 0 {
		d.drop(d.root)
		d.root = fresh
		return nil
	}
	if d.root == nil || d.root.members == nil {
		if fresh == nil {
			return nil
		}
		d.drop(d.root)
		d.root = &node{members: map[string]*node{}}
	}
	d.set(d.root, at, fresh)
	return nil
}

// set puts fresh at a path below n, which is a map, and prunes maps that become empty; nil deletes.
func (d *document) set(n *node, at change, fresh *node) {
	old := n.members[at[0]]
	if len(at) > 1 {
		if old == nil || old.members == nil {
			if fresh == nil {
				return
			}
			d.replace(n, at[0], &node{members: map[string]*node{}})
		}
		below := n.members[at[0]]
		d.set(below, at[1:], fresh)
		if len(below.members) > 0 {
			return
		}
		fresh, at = nil, at[:1]
	}
	d.replace(n, at[0], fresh)
}

func (d *document) replace(n *node, key string, fresh *node) {
	if old, ok := n.members[key]; ok {
		d.drop(old)
		d.size -= len(key)
		delete(n.members, key)
	}
	if fresh != nil {
		n.members[strings.Clone(key)] = fresh
		d.size += len(key)
	}
}

func (d *document) drop(n *node) {
	if n == nil {
		return
	}
	d.size -= len(n.leaf)
	for key, below := range n.members {
		d.size -= len(key)
		d.drop(below)
	}
}

// grow makes nodes of JSON; nil of null and of what is empty.
func (d *document) grow(v gjson.Result, depth int) (*node, error) {
	if v.Type == gjson.Null {
		return nil, nil
	}
	if !v.IsObject() && !v.IsArray() {
		d.size += len(v.Raw)
		return &node{leaf: strings.Clone(v.Raw)}, nil
	}
	if depth >= maxDocumentDepth {
		return nil, fmt.Errorf("the document is deeper than %d", maxDocumentDepth)
	}
	n := &node{members: map[string]*node{}}
	var err error
	place := 0
	v.ForEach(func(key, member gjson.Result) bool {
		name := key.Str
		if v.IsArray() {
			name = strconv.Itoa(place)
			place++
		}
		var below *node
		if below, err = d.grow(member, depth+1); err == nil {
			d.replace(n, name, below)
		}
		return err == nil
	})
	if len(n.members) == 0 {
		return nil, err
	}
	return n, err
}

// json is the node as JSON, members in order of their names.
func (n *node) json() string {
	if n.members == nil {
		return n.leaf
	}
	var w objectWriter
	for _, key := range slices.Sorted(maps.Keys(n.members)) {
		w.member(key, n.members[key].json())
	}
	return w.String()
}
