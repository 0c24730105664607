// Package event is the pure heart of one event: no I/O, no clock, no
// randomness. One command goes through it like this:
//
//	facts  := Decide(state, ask)          may it be, and what is true then?
//	refs   := Fold(state, record)         the state moves; which nouns may look different now
//	sights := See(state, ref)             all that anybody may see of one noun, stream by stream
//	frames := copies.Turn(state, refs)    what did change, numbered per stream
//
// A stream is a set of viewers who see the same bytes: the room, one person,
// the desk, the screen, one link. Each stream counts 1, 2, 3 ... by itself, so
// what happens in one cannot be noticed in another. Hears says who listens to
// which streams. See and Hears together are the whole visibility matrix
// (product.md 6.5).
//
// Read in this order: state.go, command.go, fact.go, see.go, copies.go, then
// a noun a file: door, attendee, card, entry, need, suggestion, announcement;
// and the course of an introduction: introduction (the machine), offer, behalf,
// asking, consent, attest, outcome; and the pair of two lists: pair, pair_ask,
// pair_consent.
package event
