package trade

// ID names a trade for ever; it is written into logs, so an id is never
// reused and never renamed.
type ID string

// Trade is one line of data/trades.tsv.
type Trade struct {
	ID           ID
	Group        string // ID of a Group
	Ja, Kana, En string
	Licensed     bool     // one of the 14 士業
	Terms        []string // what else people call it, in Japanese, English and romaji
}

// Group is a section of the tap grid.
type Group struct{ ID, Ja, En string }

// All returns every trade, group by group, in the order of the tap grid.
// The slice is shared: do not change it.
func All() []Trade { return loaded().trades }

// Groups returns the sections of the tap grid in their order.
// The slice is shared: do not change it.
func Groups() []Group { return loaded().groups }

// IsGroup tells whether there is a section with this id.
func IsGroup(id string) bool {
	for _, g := range loaded().groups {
		if g.ID == id {
			return true
		}
	}
	return false
}

// Find returns the trade with this id; false for an unknown or an empty one.
func Find(id ID) (Trade, bool) {
	i, ok := loaded().byID[id]
	if !ok {
		return Trade{}, false
	}
	return loaded().trades[i], true
}
