// Package match ranks what people keep on their private lists against what is
// asked for in the room, and says why. It is pure: no I/O, no clock, no
// randomness, and the same texts always give the same answer.
//
// A suggestion depends only on the need, on that owner's entries and on fixed
// data, never on other lists, so nothing about a list can be read from what
// its neighbour is told. Silence is fine; a wrong suggestion costs trust.
package match
