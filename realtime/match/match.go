package match

import "goen/realtime/trade"

// Need is what somebody in the room asks for. Who decides the trade; Why
// usually tells what the poster offers and only helps with words.
type Need struct {
	ID, By         string
	Trade          trade.ID // chosen by the poster; may be empty
	Who, Area, Why string   // Area: the id of a trade.Area, or free text
}

// Entry is one acquaintance on somebody's private list.
type Entry struct {
	ID, Owner   string
	Trade       trade.ID
	Area, Size  string // Size: people employed, one of "", "1", "2-9", "10-29", "30-99", "100+"
	Offers      string
	Seeks       string
	Note, Label string // the owner's eyes only: read for limits, never quoted
}

// What a Reason may stand on.
const (
	ByTrade      = "trade"
	ByCity       = "city"
	ByPrefecture = "prefecture"
	ByRegion     = "region"
	BySize       = "size"
	ByWords      = "words"
)

// Reason is one ground of a suggestion. Words are verbatim from the need's
// Who, Area or Why, never from the entry; empty where the need chose a trade
// or an area by tapping.
type Reason struct {
	By    string `json:"by"`
	Words string `json:"words,omitempty"`
}

// Hit is one suggestion to the owner of an entry. Score has no unit: it only
// orders hits of the same need.
type Hit struct {
	Need, Entry, Owner string
	Score              float64
	Why                []Reason
}

// PerOwner is how many entries of one owner a need suggests at most.
const PerOwner = 3
