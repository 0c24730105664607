package trade

// Names finds many names in one pass over a folded text, the longest first.
// The zero value is empty and ready for Add; do not Add while others Scan.
type Names struct {
	next   map[step]int // a trie; node 0 is the root
	values map[int][]int
	ends   map[int]bool
	nodes  int
}

type step struct {
	node int
	r    rune
}

// Found is runes [I,J) of a folded text and what was added under that name.
type Found struct {
	I, J   int
	Values []int
}

// Add adds a name; without values it is a mask: it swallows its text, so that
// 建設業許可 is not read as the trade 建設業.
func (n *Names) Add(name string, values ...int) {
	if n.next == nil {
		n.next, n.values, n.ends = map[step]int{}, map[int][]int{}, map[int]bool{}
	}
	node := 0
	runes := Fold(name).Runes
	for _, r := range runes {
		to, ok := n.next[step{node, r}]
		if !ok {
			n.nodes++
			to = n.nodes
			n.next[step{node, r}] = to
		}
		node = to
	}
	if node == 0 {
		return
	}
	n.ends[node] = true
	for _, v := range values {
		if !contains(n.values[node], v) {
			n.values[node] = append(n.values[node], v)
		}
	}
}

func contains(list []int, v int) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// Scan returns the names in a text from left to right, without overlaps.
func (n *Names) Scan(f Folded) []Found {
	var out []Found
	for i := 0; i < len(f.Runes); {
		end, node := n.longest(f.Runes, i)
		if end == 0 {
			i++
			continue
		}
		if v := n.values[node]; len(v) > 0 {
			out = append(out, Found{i, end, v})
		}
		i = end
	}
	return out
}

// longest is where the longest name that starts at i ends; 0 if there is none.
func (n *Names) longest(text []rune, i int) (end, node int) {
	at := 0
	for j := i; j < len(text); j++ {
		to, ok := n.next[step{at, text[j]}]
		if !ok {
			break
		}
		at = to
		if n.ends[at] && standsAlone(text, i, j+1) {
			end, node = j+1, at
		}
	}
	return end, node
}

// standsAlone says whether [i,j) is a word and not the middle of one: latin
// words end at non-letters (a plural s may follow), and short katakana words
// must not be cut out of a longer one (ペット is not in カーペット).
func standsAlone(text []rune, i, j int) bool {
	if latin(text[i]) && i > 0 && latin(text[i-1]) {
		return false
	}
	if j < len(text) && latin(text[j-1]) && latin(text[j]) {
		plural := text[j] == 's' && (j+1 == len(text) || !latin(text[j+1]))
		if !plural {
			return false
		}
	}
	if j-i >= 4 {
		return true
	}
	if katakana(text[i]) && i > 0 && katakana(text[i-1]) {
		return false
	}
	return j == len(text) || !katakana(text[j-1]) || !katakana(text[j])
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

func katakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' }
