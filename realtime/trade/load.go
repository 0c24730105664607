package trade

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/groups.tsv
var groupsTSV string

//go:embed data/trades.tsv
var tradesTSV string

//go:embed data/masks.tsv
var masksTSV string

//go:embed data/areas.tsv
var areasTSV string

//go:embed data/towns.tsv
var townsTSV string

//go:embed data/surnames.tsv
var surnamesTSV string

// data is everything of data/, read once.
type data struct {
	groups     []Group
	trades     []Trade
	byID       map[ID]int
	tradeNames Names

	areas      []Area
	offered    int // so many of areas are in the list that a phone offers
	areaByID   map[string]int
	areaByName map[string]int
	areaNames  Names

	surnames  map[string]bool
	notPeople []string
}

var loaded = sync.OnceValue(load)

func load() *data {
	d := &data{
		byID: map[ID]int{}, areaByID: map[string]int{}, areaByName: map[string]int{},
		surnames: map[string]bool{},
	}
	for _, c := range Rows(groupsTSV, 3) {
		d.groups = append(d.groups, Group{c[0], c[1], c[2]})
	}
	d.loadTrades()
	d.loadAreas()
	for _, c := range Rows(surnamesTSV, 2) {
		for _, word := range strings.Fields(c[1]) {
			if c[0] == "not" {
				d.notPeople = append(d.notPeople, word)
				continue
			}
			d.surnames[word] = true
		}
	}
	return d
}

func (d *data) loadTrades() {
	lines := Rows(tradesTSV, 7)
	for _, g := range d.groups {
		for _, c := range lines {
			if c[1] != g.ID {
				continue
			}
			t := Trade{ID: ID(c[0]), Group: c[1], Ja: c[2], Kana: c[3], En: c[4], Licensed: c[5] == "1", Terms: split(c[6])}
			n := len(d.trades)
			d.byID[t.ID] = n
			d.trades = append(d.trades, t)
			names := append([]string{t.Ja, t.En}, t.Terms...)
			if t.Licensed {
				names = append(names, t.Kana, Romaji(t.Kana))
			}
			for _, name := range names {
				d.tradeNames.Add(name, n)
			}
		}
	}
	for _, c := range Rows(masksTSV, 1) {
		d.tradeNames.Add(c[0])
	}
}

func (d *data) loadAreas() {
	rows := Rows(areasTSV, 7)
	d.offered = len(rows)
	rows = append(rows, Rows(townsTSV, 7)...)
	for _, c := range rows {
		a := Area{ID: c[0], Parent: c[1], Kind: c[2], Ja: c[3], Kana: c[4], En: c[5]}
		n := len(d.areas)
		d.areas = append(d.areas, a)
		d.areaByID[a.ID] = n
		d.areaByName[a.Ja] = n
	}
	prefectures := map[string]bool{} // bare 千葉 is the prefecture, not its capital
	for n, c := range rows {
		a := d.areas[n]
		d.areaNames.Add(a.Ja, n)
		d.areaNames.Add(a.En, n)
		also := split(c[6])
		bare := true
		for _, name := range also {
			if name == "!" { // the bare name is also an ordinary word
				bare = false
				continue
			}
			d.areaNames.Add(name, n)
		}
		if short := bareName(a); bare && short != "" && !prefectures[short] {
			d.areaNames.Add(short, n)
			if a.Kind == KindPrefecture {
				prefectures[short] = true
			}
		}
	}
}

// bareName is the name without 県, 市 or the like: 船橋 for 船橋市. A name of
// one rune (津, 柏) is too short to be found in running text.
func bareName(a Area) string {
	if a.Kind != KindPrefecture && a.Kind != KindCity || a.ID == "hokkaido" {
		return ""
	}
	runes := []rune(a.Ja)
	short := string(runes[:len(runes)-1])
	if len(runes) < 3 {
		return ""
	}
	return short
}

// Rows cuts a TSV into lines of at least n columns; # starts a comment line.
func Rows(tsv string, n int) [][]string {
	var out [][]string
	for line := range strings.Lines(tsv) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		for len(c) < n {
			c = append(c, "")
		}
		out = append(out, c)
	}
	return out
}

// split cuts a cell at its bars, without blanks and empty parts.
func split(list string) []string {
	var out []string
	for part := range strings.SplitSeq(list, "|") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
