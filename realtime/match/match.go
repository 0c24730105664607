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

// Card is what an attendee says of themself. ID is the attendee's.
type Card struct {
	ID            string
	Trade         trade.ID
	Area          string // the id of a trade.Area, or free text; may be empty
	Offers, Seeks string
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
// Who, Area or Why (or from what the seeker's entry seeks), never from the
// entry that answers; empty where a trade or an area was tapped. What an entry
// seeks is its owner's: reasons of RankSeeks and Pair are for that owner alone.
type Reason struct {
	By    string `json:"by"`
	Words string `json:"words,omitempty"`
}

// Hit is one answer to a need, or to what an entry seeks.
type Hit struct {
	Need   string // the need that is answered, or
	Seeker string // the entry whose seeks are answered

	Entry string // the entry that answers, or
	Card  string // the attendee whose card does
	Owner string // of the entry; the attendee of the card

	Score       float64 // only orders the hits of one need
	Probability float64 // 0..1: how likely a careful host would make this introduction
	Nudge       bool    // sure enough, with a ground that can be told, and nothing against it
	Why         []Reason
	Rests       string // the concept or trade that it stands on; for comparing, not for reading

	gated bool // something forbids a suggestion
}

// PerOwner is how many entries of one owner a need suggests at most.
const PerOwner = 3
