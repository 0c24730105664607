package crowd

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed evening.json
var eveningJSON []byte

// evening is the cast: invented people with cards, lists and needs. The first
// is the host.
type evening struct {
	Title, Place, Note string
	People             []person
	Absent             []contact // who answer the consent pages
	Wants, Lines       []string  // what people write with ぜひ, and with an offer
	Thanks             []string
	Announcements      []string
}

type person struct {
	Card  map[string]any
	List  []entry
	Needs []map[string]any
	Round map[string]any // for whom they ask when the host asks for needs of such
}

// entry is trade, area, size, offers, seeks, closeness, label.
type entry [7]string

type contact struct{ Name, Kana, Firm, Mail string }

func readEvening() (evening, error) {
	var e evening
	if err := json.Unmarshal(eveningJSON, &e); err != nil {
		return e, fmt.Errorf("crowd: evening.json: %w", err)
	}
	for _, p := range e.People {
		for name, blank := range map[string]any{
			"kana": "", "firm": "", "line": "", "topics": []string{}, "homepage": "", "mail": "", "phone": "", "offers": "", "seeks": "", "photo": "",
			"toRoom": false, "onScreen": true, "newsOK": false,
		} {
			if _, set := p.Card[name]; !set {
				p.Card[name] = blank
			}
		}
	}
	return e, nil
}

// args puts somebody on the list so that they may take part in the pairs.
func (e entry) args() map[string]any {
	return map[string]any{
		"trade": e[0], "area": e[1], "size": e[2], "offers": e[3], "seeks": e[4], "closeness": e[5], "label": e[6], "note": "", "reach": "nameless",
	}
}
