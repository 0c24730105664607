// Package trade holds the trades, the 士業 and the areas of Japan as data, and
// finds them in what people write.
//
// The data lies in data/*.tsv and is meant to be read and extended by somebody
// who knows trades and not Go: one line a trade, one a place, one a surname.
// The tests of this package say when a line contradicts another one.
//
// Everything here is pure: no I/O beyond the embedded files, no clock.
package trade
