package score

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
)

type rec struct {
	Type     string          `json:"type"`
	ID       string          `json:"id"`
	Owner    string          `json:"owner"`
	By       string          `json:"by"`
	Text     string          `json:"text"`
	Hard     []string        `json:"hard"`
	Seeker   string          `json:"seeker"`
	Provider string          `json:"provider"`
	Rel      json.RawMessage `json:"rel"`
}

// Need is a labelled need: Rel grades its targets 1 or 2, Hard are look-alikes.
type Need struct {
	ID, By, Text string
	Rel          map[string]int
	Hard         map[string]bool
}

// Pair says whether the provider serves what the seeker's list entry seeks.
type Pair struct {
	ID, Seeker, Provider string
	Rel                  int
}

// Set is a labelled set.
type Set struct {
	Needs  []Need
	Pairs  []Pair
	owner  map[string]string // entry id -> owner id
	person map[string]bool
}

// Hit is one line of a run.
type Hit struct {
	ID    string
	Score float64
	Nudge bool
}

// Run holds hits by query, best first.
type Run map[string][]Hit

// Read reads a labelled set, JSON lines.
func Read(f io.Reader) (*Set, error) {
	d := &Set{owner: map[string]string{}, person: map[string]bool{}}
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		var r rec
		if err := dec.Decode(&r); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		switch r.Type {
		case "person":
			d.person[r.ID] = true
		case "entry":
			d.owner[r.ID] = r.Owner
		case "need":
			n := Need{ID: r.ID, By: r.By, Text: r.Text, Rel: map[string]int{}, Hard: map[string]bool{}}
			if len(r.Rel) > 0 {
				if err := json.Unmarshal(r.Rel, &n.Rel); err != nil {
					return nil, fmt.Errorf("%s: %w", r.ID, err)
				}
			}
			for _, h := range r.Hard {
				n.Hard[h] = true
			}
			d.Needs = append(d.Needs, n)
		case "pair":
			p := Pair{ID: r.ID, Seeker: r.Seeker, Provider: r.Provider}
			if err := json.Unmarshal(r.Rel, &p.Rel); err != nil {
				return nil, fmt.Errorf("%s: %w", r.ID, err)
			}
			d.Pairs = append(d.Pairs, p)
		}
	}
	for _, n := range d.Needs {
		for id := range n.Rel {
			if !d.person[id] && d.owner[id] == "" {
				return nil, fmt.Errorf("%s: unknown target %s", n.ID, id)
			}
			if d.owner[id] == n.By || id == n.By {
				return nil, fmt.Errorf("%s: %s belongs to the poster", n.ID, id)
			}
		}
	}
	return d, nil
}

// ReadRun reads a run: lines of query, target, score, nudge (0 or 1), tabs between.
func ReadRun(f io.Reader) (Run, error) {
	run := Run{}
	seen := map[string]bool{}
	sc := bufio.NewScanner(f)
	sc.Buffer(make([]byte, 1<<20), 1<<20)
	for line := 1; sc.Scan(); line++ {
		t := strings.TrimRight(sc.Text(), "\r\n")
		if t == "" || t[0] == '#' {
			continue
		}
		c := strings.Split(t, "\t")
		if len(c) < 4 {
			return nil, fmt.Errorf("line %d: want query, entry, score, nudge (0/1)", line)
		}
		s, err := strconv.ParseFloat(c[2], 64)
		if err != nil || math.IsNaN(s) || math.IsInf(s, 0) {
			return nil, fmt.Errorf("line %d: bad score %q", line, c[2])
		}
		if c[3] != "0" && c[3] != "1" {
			return nil, fmt.Errorf("line %d: nudge must be 0 or 1", line)
		}
		k := c[0] + "\t" + c[1]
		if seen[k] {
			return nil, fmt.Errorf("line %d: %s listed twice", line, k)
		}
		seen[k] = true
		run[c[0]] = append(run[c[0]], Hit{c[1], s, c[3] == "1"})
	}
	run.sort()
	return run, sc.Err()
}

// sort puts the hits of each query in order, best first.
func (run Run) sort() {
	for _, h := range run {
		sort.SliceStable(h, func(i, j int) bool {
			if h[i].Score != h[j].Score {
				return h[i].Score > h[j].Score
			}
			return h[i].ID < h[j].ID
		})
	}
}
