package match

import (
	"fmt"
	"slices"
	"strings"

	"goen/realtime/trade"
)

// line is one line of a lexicon file.
type line struct {
	file string
	n    int
	text string
}

func (l line) fault(format string, a ...any) string {
	return fmt.Sprintf("%s:%d: %s", l.file, l.n, fmt.Sprintf(format, a...))
}

// concept is a speciality, a job to be done or a trouble: finer than a trade.
type concept struct {
	id     string
	line   line
	parent string               // a concept or a trade that this one is a part of; "" if none
	trades map[trade.ID]float64 // who serves it: 1, or partly
	ja, en []string             // what it is called, on either side; readings are in ja
	need   []string             // situations: what a person in trouble says
	not    []string             // siblings: who names only one of these does not do this one
	sides  []side
	remote string // anywhere, region or ""
	plus   []example
	minus  []example
	whole  bool // its file says that it is complete
	lines  map[string]line
}

// side is which of two the one served is on: worker or employer.
type side struct {
	name  string
	words []string
}

// example is a sentence of a need; sibling is the concept it belongs to, for
// those that must not find this one first.
type example struct {
	line    line
	sibling string
	text    string
}

// partly is how far a trade marked ~ serves a concept.
const partly = 0.5

// sideNames are the sides that a block may name.
func sideNames() []string {
	return []string{"worker", "employer", "seller", "buyer", "landlord", "tenant", "lender", "borrower", "victim", "accused", "husband", "heir", "maker", "patient", "family", "company", "private", "start", "stop"}
}

// parseLexicon reads one file; faults say which line is wrong and why.
func parseLexicon(file, content string) (out []*concept, faults []string) {
	var c *concept
	whole := strings.HasPrefix(content, "! complete")
	n := 0
	for raw := range strings.Lines(content) {
		n++
		l := line{file, n, strings.TrimRight(raw, " \t\r\n")}
		switch {
		case n == 1 && l.text == "! complete", strings.HasPrefix(l.text, "#"):
		case l.text == "":
			c = nil
		case c == nil:
			var fault string
			if c, fault = head(l); fault != "" {
				faults = append(faults, fault)
				continue
			}
			c.whole = whole
			out = append(out, c)
		default:
			if fault := c.take(l); fault != "" {
				faults = append(faults, fault)
			}
		}
	}
	return out, faults
}

// head reads the first line of a block: id, or id < parent.
func head(l line) (*concept, string) {
	id, parent, ok := strings.Cut(l.text, "<")
	id, parent = strings.TrimSpace(id), strings.TrimSpace(parent)
	c := &concept{id: id, line: l, parent: parent, trades: map[trade.ID]float64{}, lines: map[string]line{}}
	switch {
	case id == "" || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return c, l.fault("%q is no id: a block begins with an id of a-z, 0-9 and -, perhaps with < and its parent", id)
	case ok && (parent == "" || strings.Trim(parent, "abcdefghijklmnopqrstuvwxyz0123456789-") != ""):
		return c, l.fault("%q is no parent", parent)
	}
	return c, ""
}

// take reads one line of a block.
func (c *concept) take(l line) string {
	kind, rest, _ := strings.Cut(strings.TrimSpace(l.text), " ")
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return l.fault("%s: nothing follows", kind)
	}
	if _, twice := c.lines[kind]; twice && slices.Contains([]string{"trades", "remote", "not"}, kind) {
		return l.fault("%s stands twice in %s", kind, c.id)
	}
	if _, ok := c.lines[kind]; !ok {
		c.lines[kind] = l
	}
	switch kind {
	case "trades":
		for name := range strings.SplitSeq(rest, ",") {
			weight := 1.0
			name = strings.TrimSpace(name)
			if part, ok := strings.CutPrefix(name, "~"); ok {
				name, weight = strings.TrimSpace(part), partly
			}
			if _, ok := trade.Find(trade.ID(name)); !ok {
				return l.fault("%q is no trade of trades.tsv", name)
			}
			if _, twice := c.trades[trade.ID(name)]; twice {
				return l.fault("%s twice", name)
			}
			c.trades[trade.ID(name)] = weight
		}
	case "ja", "kana":
		return c.terms(l, rest, &c.ja)
	case "en":
		return c.terms(l, rest, &c.en)
	case "need", "need-en":
		return c.terms(l, rest, &c.need)
	case "not":
		for id := range strings.SplitSeq(rest, ",") {
			c.not = append(c.not, strings.TrimSpace(id))
		}
	case "remote":
		if rest != "anywhere" && rest != "region" {
			return l.fault("remote is anywhere or region, not %q", rest)
		}
		c.remote = rest
	case "side":
		if rest == "-" {
			return ""
		}
		name, words, ok := strings.Cut(rest, "=")
		s := side{name: strings.TrimSpace(name)}
		if !ok || !slices.Contains(sideNames(), s.name) {
			return l.fault("side wants one of %s and its words: side worker = 労働者側 / 解雇された", strings.Join(sideNames(), ", "))
		}
		fault := c.terms(l, words, &s.words)
		c.sides = append(c.sides, s)
		return fault
	case "+":
		c.plus = append(c.plus, example{line: l, text: rest})
	case "-":
		sibling, sentence, _ := strings.Cut(rest, " ")
		if strings.TrimSpace(sentence) == "" {
			return l.fault("- wants the id of the sibling and a sentence")
		}
		c.minus = append(c.minus, example{l, sibling, strings.TrimSpace(sentence)})
	default:
		return l.fault("%q is none of trades ja kana en need need-en not side remote + -", kind)
	}
	return ""
}

// terms adds what stands between the slashes.
func (c *concept) terms(l line, list string, to *[]string) string {
	for term := range strings.SplitSeq(" "+list+" ", " / ") {
		term = strings.TrimSpace(term)
		if term == "" {
			return l.fault("an empty term")
		}
		parts := partsOf(term)
		for _, part := range parts {
			if fault := tooShort(part, len(parts) > 1); fault != "" {
				return l.fault("%q: %s", term, fault)
			}
		}
		if slices.Contains(*to, term) {
			return l.fault("%q twice", term)
		}
		*to = append(*to, term)
	}
	return ""
}

// tooShort says what makes a term one that is found where it is not meant.
func tooShort(part string, oneOfSeveral bool) string {
	runes := []rune(part)
	hiragana := 0
	for _, r := range runes {
		if isHiragana(r) {
			hiragana++
		}
	}
	switch {
	case oneOfSeveral && len(runes) >= 1:
		return ""
	case len(runes) < 2:
		return "one character is found everywhere"
	case hiragana == len(runes) && len(runes) < 3:
		return "two hiragana are found everywhere"
	}
	return ""
}
