package trade

import (
	"strings"
	"testing"
)

// shared are names that belong to two trades on purpose.
func sharedNames() map[string]bool { return map[string]bool{} }

func TestTradesDoNotContradictEachOther(t *testing.T) {
	groups, ids, owner := map[string]bool{}, map[ID]bool{}, map[string]ID{}
	for _, g := range Groups() {
		if groups[g.ID] || g.Ja == "" || g.En == "" {
			t.Errorf("group %q: twice, or without a name", g.ID)
		}
		groups[g.ID] = true
	}
	licensed := 0
	for _, c := range Rows(tradesTSV, 7) {
		if !groups[c[1]] {
			t.Errorf("%s: no group %q", c[0], c[1])
		}
	}
	for _, tr := range All() {
		if ids[tr.ID] {
			t.Errorf("%s: twice", tr.ID)
		}
		ids[tr.ID] = true
		if tr.Licensed {
			licensed++
		}
		if tr.Ja == "" || tr.En == "" || !onlyKana(tr.Kana) {
			t.Errorf("%s: ja %q, kana %q, en %q", tr.ID, tr.Ja, tr.Kana, tr.En)
		}
		if len(tr.Terms) < 2 {
			t.Errorf("%s: %d synonyms", tr.ID, len(tr.Terms))
		}
		for _, name := range append([]string{tr.Ja, tr.En}, tr.Terms...) {
			folded := Fold(name).Text()
			if other, ok := owner[folded]; ok && other != tr.ID && !sharedNames()[folded] {
				t.Errorf("%q belongs to %s and to %s", name, other, tr.ID)
			}
			owner[folded] = tr.ID
		}
	}
	if licensed != 14 {
		t.Errorf("%d licensed trades, want 14", licensed)
	}
	if n := len(All()); n < 70 {
		t.Errorf("only %d trades", n)
	}
}

func TestAreasDoNotContradictEachOther(t *testing.T) {
	ids, names, kinds := map[string]Area{}, map[string]string{}, map[string]int{}
	for _, a := range loaded().areas {
		if _, ok := ids[a.ID]; ok {
			t.Errorf("%s: twice", a.ID)
		}
		if other := names[a.Ja]; other != "" {
			t.Errorf("%s is %s and %s", a.Ja, other, a.ID)
		}
		ids[a.ID], names[a.Ja] = a, a.ID
		kinds[a.Kind]++
		if a.Ja == "" || a.En == "" || !onlyKana(a.Kana) {
			t.Errorf("%s: ja %q, kana %q, en %q", a.ID, a.Ja, a.Kana, a.En)
		}
		switch parent := ids[a.Parent].Kind; {
		case a.Kind == KindCity && parent != KindPrefecture,
			a.Kind == KindPrefecture && parent != KindRegion:
			t.Errorf("%s: parent %q is a %q", a.ID, a.Parent, parent)
		}
	}
	if kinds[KindCity] != 1741 {
		t.Errorf("%d municipalities, want 1,718 and the 23 wards of Tokyo", kinds[KindCity])
	}
	if kinds[KindPrefecture] != 47 || kinds[KindFlag] != 2 {
		t.Errorf("kinds: %v", kinds)
	}
	wards := 0
	for _, a := range loaded().areas {
		if a.Parent == "tokyo" && strings.HasSuffix(a.Ja, "区") {
			wards++
		}
	}
	if wards != 23 {
		t.Errorf("%d wards of Tokyo", wards)
	}
}

func onlyKana(s string) bool {
	for _, r := range s {
		if !kana(r) && r != '・' && r != 'ー' {
			return false
		}
	}
	return s != ""
}

func TestTypeScriptHoldsEverything(t *testing.T) {
	ts := TypeScript()
	for _, want := range []string{
		"export const trades: Trade[] = [", "export const groups: Group[] = [", "export const areas: Area[] = [",
		`{"id":"zeirishi","g":"licensed","ja":"税理士","kana":"ぜいりし","en":"Tax accountant","l":1,"t":["zeirishi"`,
		`["chiba-funabashi","chiba","船橋市","ふなばしし","Funabashi"],`,
	} {
		if !strings.Contains(ts, want) {
			t.Errorf("no %s", want)
		}
	}
	if lines := strings.Count(ts, "\n"); lines < len(All())+len(Areas())+len(Groups()) {
		t.Errorf("%d lines", lines)
	}
	if ts != TypeScript() {
		t.Error("two calls differ")
	}
}

// A name found in free text means one trade and one place, unless listed.
func TestNamesAreUnambiguous(t *testing.T) {
	for _, v := range loaded().tradeNames.values {
		if len(v) > 1 {
			t.Errorf("one name for %s and %s", All()[v[0]].ID, All()[v[1]].ID)
		}
	}
	for _, v := range loaded().areaNames.values {
		if len(v) > 1 {
			t.Errorf("one name for %s and %s", loaded().areas[v[0]].ID, loaded().areas[v[1]].ID)
		}
	}
}
