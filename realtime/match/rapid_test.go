package match

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"goen/realtime/trade"
	"pgregory.net/rapid"
)

func phrase(parts ...string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 4).Draw(t, "parts"), "")
	})
}

func anyNeed() *rapid.Generator[Need] {
	return rapid.Custom(func(t *rapid.T) Need {
		return Need{
			ID:    fmt.Sprint("n", rapid.IntRange(0, 5).Draw(t, "need")),
			By:    fmt.Sprint("p", rapid.IntRange(0, 3).Draw(t, "by")),
			Trade: rapid.SampledFrom(allIDs()).Draw(t, "trade"),
			Who:   phrase("税理士", "の社長", "製造業", "従業員３０名前後の", "を探して", "ではなく", "離婚", "弁護士", "千葉の", "を変えたい", "相続で困っている", "地主さん", "ではなく税理士", "ＷＥＢ制作", "tax accountant ", "か").Draw(t, "who"),
			Area:  rapid.SampledFrom([]string{"", "船橋市周辺", "chiba-funabashi", "関東", "全国", "大阪"}).Draw(t, "area"),
			Why:   phrase("相続税で困って", "できます", "ホームページ", "。").Draw(t, "why"),
		}
	})
}

func anyEntry() *rapid.Generator[Entry] {
	return rapid.Custom(func(t *rapid.T) Entry {
		return Entry{
			ID:     fmt.Sprint("e", rapid.IntRange(0, 9).Draw(t, "entry")),
			Owner:  fmt.Sprint("p", rapid.IntRange(0, 3).Draw(t, "owner")),
			Trade:  rapid.SampledFrom(allIDs()).Draw(t, "trade"),
			Area:   rapid.SampledFrom([]string{"", "船橋市", "chiba", "tokyo-minato", "online", "osaka"}).Draw(t, "area"),
			Size:   rapid.SampledFrom([]string{"", "1", "2-9", "10-29", "30-99", "100+"}).Draw(t, "size"),
			Offers: phrase("相続税", "離婚", "ホームページ制作", "を募集", "、", "。").Draw(t, "offers"),
			Seeks:  phrase("相続", "税理士を変えたい", "、").Draw(t, "seeks"),
			Note:   rapid.SampledFrom([]string{"", "", "", "紹介不可", "離婚はやっていない", "法人のみ"}).Draw(t, "note"),
		}
	})
}

func allIDs() []trade.ID {
	return []trade.ID{"", "zeirishi", "bengoshi", "manufacturing", "metalwork", "web", "unknown"}
}

// Whatever the order of puts and drops: what the index says is what an index
// built afresh says, an entry's news is what its needs' news would be, nobody
// is pointed at their own list, and every quoted word stands in the need.
func TestIncrementalIsRebuilt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, needs, entries := New(), map[string]Need{}, map[string]Entry{}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1:
				n := anyNeed().Draw(t, "n")
				needs[n.ID] = n
				checkHits(t, x.PutNeed(n), needs, entries)
			case 2, 3, 4:
				e := anyEntry().Draw(t, "e")
				entries[e.ID] = e
				got := x.PutEntry(e)
				checkHits(t, got, needs, entries)
				if want := newsOf(e.ID, needs, entries); !reflect.DeepEqual(got, want) {
					t.Fatalf("entry: %v, want %v", got, want)
				}
			default:
				id := fmt.Sprint("e", rapid.IntRange(0, 9).Draw(t, "drop"))
				delete(entries, id)
				x.DropEntry(id)
				id = fmt.Sprint("n", rapid.IntRange(0, 5).Draw(t, "dropped"))
				delete(needs, id)
				x.DropNeed(id)
			}
		}
		for _, n := range needs {
			if got, want := x.PutNeed(n), rebuilt(entries).PutNeed(n); !reflect.DeepEqual(got, want) {
				t.Fatalf("need: %v, want %v", got, want)
			}
		}
	})
}

func rebuilt(entries map[string]Entry) *Index {
	x := New()
	for _, e := range entries {
		x.PutEntry(e)
	}
	return x
}

func newsOf(entry string, needs map[string]Need, entries map[string]Entry) []Hit {
	var out []Hit
	x := rebuilt(entries)
	for _, n := range needs {
		for _, h := range x.PutNeed(n) {
			if h.Entry == entry {
				out = append(out, h)
			}
		}
	}
	order(out)
	return out
}

func checkHits(t *rapid.T, hits []Hit, needs map[string]Need, entries map[string]Entry) {
	perOwner := map[string]int{}
	for _, h := range hits {
		n, e := needs[h.Need], entries[h.Entry]
		if h.Owner != e.Owner || n.By == e.Owner {
			t.Fatalf("own list: %v of %v", h, n)
		}
		if perOwner[h.Need+h.Owner]++; perOwner[h.Need+h.Owner] > PerOwner {
			t.Fatalf("too many for %s", h.Owner)
		}
		if len(h.Why) == 0 {
			t.Fatalf("no reason: %v", h)
		}
		for _, r := range h.Why {
			if !strings.Contains(n.Who, r.Words) && !strings.Contains(n.Area, r.Words) && !strings.Contains(n.Why, r.Words) {
				t.Fatalf("%q is not in %v", r.Words, n)
			}
			if !slices.Contains([]string{ByTrade, ByCity, ByPrefecture, ByRegion, BySize, ByWords}, r.By) {
				t.Fatalf("reason %v", r)
			}
		}
	}
}
