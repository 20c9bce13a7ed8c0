package mapping

import (
	"maps"
	"slices"

	"github.com/tidwall/gjson"
)

// rows calls take for each row of the document that changes touch, with what they say of it.
func (d *document) rows(base row, walk []string, changes []change, take func(row)) {
	if d.root == nil {
		return
	}
	v := visit{base, changes, take}
	if walk == nil {
		v.row(d.root, nil)
		return
	}
	v.members(d.root, nil, walk)
}

type visit struct {
	base    row
	changes []change
	take    func(row)
}

// members follows the first part of the walk and then every member that a change touches.
func (v visit) members(n *node, at change, walk []string) {
	for _, step := range plainSteps(walk[0]) {
		if n = n.members[step]; n == nil {
			return
		}
		at = append(slices.Clip(at), step)
	}
	for _, key := range v.touched(n, at) {
		below := append(slices.Clip(at), key)
		if len(walk) > 1 {
			v.members(n.members[key], below, walk[1:])
		} else {
			v.row(n.members[key], below)
		}
	}
}

// touched are the members of n, at its path, that changes may have changed.
func (v visit) touched(n *node, at change) []string {
	some := map[string]bool{}
	for _, c := range v.changes {
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

func (v visit) row(n *node, at change) {
	said, all := v.said(n, at)
	if !all && said == nil {
		return
	}
	r := v.base
	r.value = gjson.Parse(n.json())
	if len(at) > 0 {
		r.key = at[len(at)-1]
	}
	if !all {
		r.said = gjson.Parse(said.json())
	}
	v.take(r)
}

// said is what the changes say of the row n; all is true when they say all of it.
func (v visit) said(n *node, at change) (said *node, all bool) {
	var scratch document
	for _, c := range v.changes {
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
		if said == nil {
			said = &node{members: map[string]*node{}}
		}
		scratch.set(said, c[len(at):], now)
	}
	return said, false
}

// plainSteps are the names in one part of a walk.
func plainSteps(part string) []string {
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
