package mapping

import "strings"

// aliases are names for what a feed says. Letters are compared as written first, and else without their case.
type aliases struct {
	exact, folded map[string]string
}

func newAliases(m map[string]string) aliases {
	if len(m) == 0 {
		return aliases{}
	}
	folded := make(map[string]string, len(m))
	for said, name := range m {
		folded[strings.ToLower(said)] = name
	}
	return aliases{m, folded}
}

// or is the name for what is said, or what is said.
func (a aliases) or(said string) string {
	if name, ok := a.name(said); ok {
		return name
	}
	return said
}

func (a aliases) name(said string) (string, bool) {
	if a.exact == nil {
		return "", false
	}
	if name, ok := a.exact[said]; ok {
		return name, true
	}
	name, ok := a.folded[strings.ToLower(said)]
	return name, ok
}
