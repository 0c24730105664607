package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"goen/realtime/trade"
)

// How many sentences a concept needs.
const (
	needPlus  = 3
	needMinus = 2
	topFew    = 3 // a + sentence must find its concept among so many
)

// faultsOf are the lines of the lexicon that contradict themselves, each other
// or their examples; unfinished are concepts of files without ! complete that
// lack examples.
func faultsOf(t *lexicon) (faults, unfinished []string) {
	faults = slices.Clone(t.faults)
	names := map[string]*concept{}
	for n, c := range t.concepts {
		if t.byID[c.id] != n {
			continue // defined twice: said already
		}
		if first := t.firstName(c); first == "" {
			faults = append(faults, c.line.fault("%s has no name: a line ja or en", c.id))
		} else if other := names[read(first).String()]; other != nil {
			faults = append(faults, c.line.fault("%s and %s (%s:%d) are both called %q: make them one", c.id, other.id, other.line.file, other.line.n, first))
		} else {
			names[read(first).String()] = c
		}
		if len(c.trades) == 0 {
			faults = append(faults, c.line.fault("%s names no trades", c.id))
		}
		faults = append(faults, t.exclusive(n, c)...)
		faults = append(faults, t.examples(n, c)...)
		if len(c.plus) < needPlus || len(c.minus) < needMinus {
			lack := c.line.fault("%s has %d + and %d - sentences, wants %d and %d", c.id, len(c.plus), len(c.minus), needPlus, needMinus)
			if c.whole {
				faults = append(faults, lack)
			} else {
				unfinished = append(unfinished, lack)
			}
		}
	}
	return faults, unfinished
}

func (t *lexicon) firstName(c *concept) string {
	for _, list := range [][]string{c.ja, c.en} {
		if len(list) > 0 {
			return list[0]
		}
	}
	return ""
}

// exclusive finds terms that stand in two concepts that exclude each other.
func (t *lexicon) exclusive(n int, c *concept) (faults []string) {
	for _, id := range c.not {
		m, ok := t.byID[id]
		if !ok {
			continue
		}
		other := t.concepts[m]
		if t.within(n, m) || t.within(m, n) {
			faults = append(faults, c.lines["not"].fault("%s excludes %s and is a part of it", c.id, id))
		}
		for _, word := range slices.Concat(c.ja, c.en) {
			for _, theirs := range slices.Concat(other.ja, other.en) {
				if read(word).String() == read(theirs).String() {
					faults = append(faults, c.line.fault("%q stands in %s and in %s (%s:%d), which exclude each other", word, c.id, id, other.line.file, other.line.n))
				}
			}
		}
	}
	return faults
}

// examples runs the sentences of a concept.
func (t *lexicon) examples(n int, c *concept) (faults []string) {
	seen := map[string]bool{}
	for _, e := range slices.Concat(c.plus, c.minus) {
		if seen[e.text] {
			faults = append(faults, e.line.fault("the same sentence twice"))
		}
		seen[e.text] = true
	}
	for _, e := range c.plus {
		top := t.ranked(e.text)
		hit := slices.IndexFunc(top, func(m int) bool { return t.within(m, n) })
		if hit < 0 || hit >= topFew {
			faults = append(faults, e.line.fault("does not find %s among the first %d; it finds: %s", c.id, topFew, t.say(top)))
		}
	}
	for _, e := range c.minus {
		top := t.ranked(e.text)
		mine := slices.IndexFunc(top, func(m int) bool { return t.within(m, n) })
		m, ok := t.byID[e.sibling]
		if !ok {
			if _, isTrade := trade.Find(trade.ID(e.sibling)); !isTrade {
				faults = append(faults, e.line.fault("- names %q, which is neither a concept nor a trade", e.sibling))
				continue
			}
			if mine >= 0 && !t.servedBy(top[:mine], trade.ID(e.sibling)) && !named(e.text, trade.ID(e.sibling)) {
				faults = append(faults, e.line.fault("finds %s before anything of %s; it finds: %s", c.id, e.sibling, t.say(top)))
			}
			continue
		}
		theirs := slices.IndexFunc(top, func(x int) bool { return t.within(x, m) })
		switch {
		case theirs < 0:
			faults = append(faults, e.line.fault("does not find %s; it finds: %s", e.sibling, t.say(top)))
		case mine >= 0 && mine < theirs:
			faults = append(faults, e.line.fault("finds %s before %s; it finds: %s", c.id, e.sibling, t.say(top)))
		}
	}
	return faults
}

func (t *lexicon) servedBy(list []int, id trade.ID) bool {
	return slices.ContainsFunc(list, func(n int) bool { return t.concepts[n].trades[id] > 0 })
}

func named(sentence string, id trade.ID) bool {
	return slices.ContainsFunc(trade.Spot(sentence), func(t trade.Trade) bool { return t.ID == id })
}

func (t *lexicon) say(list []int) string {
	if len(list) == 0 {
		return "nothing"
	}
	var out []string
	for _, n := range list[:min(len(list), 5)] {
		out = append(out, t.concepts[n].id)
	}
	return strings.Join(out, ", ")
}

func TestLexicon(t *testing.T) {
	l := lexiconOf()
	faults, unfinished := faultsOf(l)
	for _, f := range faults {
		t.Error("lexicon/" + f)
	}
	for _, f := range unfinished {
		t.Log("unfinished: lexicon/" + f)
	}
	plus, minus, words := 0, 0, 0
	for _, c := range l.concepts {
		plus, minus, words = plus+len(c.plus), minus+len(c.minus), words+len(c.ja)+len(c.en)+len(c.need)
	}
	t.Logf("%d concepts, %d terms, %d + and %d - sentences; %d unfinished", len(l.concepts), words, plus, minus, len(unfinished))
}

// The check finds what it is there for: each fault of its own file, by line.
func TestLexiconCheckSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"Bad Id\n", "1: \"Bad Id\" is no id"},
		{"a\ntrades nobody\n", "2: \"nobody\" is no trade"},
		{"a < nowhere\ntrades zeirishi\nja 相続税\n", "1: a: the parent \"nowhere\""},
		{"a < b\ntrades zeirishi\nja 相続税\n\nb < a\ntrades zeirishi\nja 贈与税\n", "1: a is above itself"},
		{"a\ntrades zeirishi\nja 相続税\nnot b\n\nb\ntrades zeirishi\nja 贈与税 / 相続税\n", "which exclude each other"},
		{"a\ntrades zeirishi\nja 相続税\n\na\ntrades zeirishi\nja 贈与税\n", "5: a is defined already at x.txt:1"},
		{"a\ntrades zeirishi\nja 相続税\n\nb\ntrades zeirishi\nja 相続税\n", "5: b and a (x.txt:1) are both called"},
		{"a\ntrades zeirishi\nja 税\n", "3: \"税\": one character"},
		{"a\ntrades zeirishi\nja 相続税 / 相続税\n", "3: \"相続税\" twice"},
		{"a\ntrades zeirishi\nja 相続税\nnot c\n", "4: \"c\" is no concept"},
		{"a\ntrades zeirishi\nja 相続税\n+ 犬の散歩\n", "4: does not find a among"},
		{"a\ntrades zeirishi\nja 相続税\n- b 相続税の相談\n\nb\ntrades zeirishi\nja 贈与税\n", "4: does not find b; it finds: a"},
		{"a\ntrades zeirishi\nja 相続税の申告\n- b 贈与税と相続税の申告\n\nb\ntrades zeirishi\nja 贈与税\n", "4: finds a before b"},
		{"a\ntrades zeirishi\nja 相続税\n- q 相続税の相談\n", "4: - names \"q\""},
		{"a\ntrades zeirishi\nja 相続税\nside worker\n", "4: side wants"},
		{"a\ntrades zeirishi\nja 相続税\nwhat is this\n", "4: \"what\" is none of"},
		{"a\ntrades zeirishi\n", "1: a has no name"},
		{"a\nja 相続税\n", "1: a names no trades"},
		{"! complete\na\ntrades zeirishi\nja 相続税\n", "2: a has 0 + and 0 - sentences"},
	} {
		list, parsing := parseLexicon("x.txt", c.file)
		l := &lexicon{faults: parsing}
		l.compile(list, nil)
		faults, _ := faultsOf(l)
		if !slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, "x.txt:") && strings.Contains(f, c.want) }) {
			t.Errorf("%q: %v, want %q", c.file, faults, c.want)
		}
	}
	list, parsing := parseLexicon("x.txt", "! complete\n\na < zeirishi\ntrades zeirishi, ~bengoshi\nja 相続税\nneed 父 & 亡くな / 税金が払え\nremote anywhere\nside worker = 労働者側\n+ 先月父が急に亡くなりました\n+ 相続税の相談\n+ 税金が払えるか不安\n- b 贈与税\n- bengoshi 弁護士さん\n\nb\ntrades zeirishi\nja 贈与税\n+ 贈与税\n+ 贈与税の話\n+ 贈与税がいくら\n- a 相続税\n- a 父が亡くなった\n")
	l := &lexicon{faults: parsing}
	l.compile(list, nil)
	if faults, unfinished := faultsOf(l); len(faults)+len(unfinished) > 0 {
		t.Errorf("a sound file: %s", fmt.Sprint(faults, unfinished))
	}
}
