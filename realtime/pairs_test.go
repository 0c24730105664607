package realtime_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime/event"
)

// listed is an evening of six whose nameless entries hide each other: ann's
// seeks what bob's offers, and nobody else's does.
func listed(t *testing.T, w *world) {
	t.Helper()
	w.evening("ann", "bob", "cat", "dan", "eve", "fay")
	for _, g := range []string{"ann", "bob", "cat", "dan", "eve", "fay"} {
		for _, words := range []event.EntryWords{{Trade: "manufacturing", Area: "船橋市"}, {Trade: "web", Area: "千葉市"}} {
			switch {
			case g == "ann" && words.Trade == "manufacturing":
				words.Seeks = "ホームページを新しくしたい"
			case g == "bob" && words.Trade == "web":
				words.Offers = "ホームページ制作"
			case words.Trade == "web":
				words.Trade = "telecom"
			}
			w.do(person(g), event.EntryAdd{EntryWords: words, Reach: event.Nameless})
		}
	}
}

func pairsOf(w *world) (all []event.Pair) {
	_ = w.hub.Look(theEvent, func(s *event.State) {
		for _, p := range s.Pairs {
			all = append(all, *p)
		}
	})
	return all
}

// A second after the phase began the machine says one word, whatever it found,
// and the two whose lists fit have a card. What comes onto a list later brings
// one too; entries for oneself never do.
func TestThePhaseBringsCards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		listed(t, w)
		time.Sleep(3 * time.Second)
		if p := pairsOf(w); len(p) != 0 {
			t.Fatalf("%d pairs before the phase", len(p))
		}
		w.do(person("host"), event.PhaseSet{Phase: event.PhasePairs})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		all := pairsOf(w)
		if len(all) != 1 {
			t.Fatalf("%d pairs, want one", len(all))
		}
		owners := []string{string(all[0].Sides[0].Owner), string(all[0].Sides[1].Owner)}
		slices.Sort(owners)
		if !slices.Equal(owners, []string{"ann", "bob"}) {
			t.Errorf("the pair is of %v", owners)
		}
		w.do(person("cat"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "restaurant", Area: "船橋市", Seeks: "ホームページを作りたい"}})
		w.do(person("dan"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "web", Area: "船橋市", Offers: "ホームページ制作"}, Reach: event.Nameless})
		w.do(person("eve"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "manufacturing", Area: "船橋市", Seeks: "ホームページ制作"}, Reach: event.Nameless})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if p := pairsOf(w); len(p) != 2 {
			t.Errorf("%d pairs after two more entries, want 2", len(p))
		}
		w.close()
	})
}

// Of two absent people who consented there is a record for each direction, made
// once, and two more when one corrects what they gave.
func TestProvisionOfAPair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		listed(t, w)
		w.do(person("host"), event.PhaseSet{Phase: event.PhasePairs})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		p := pairsOf(w)[0]
		for _, x := range p.Sides {
			w.do(event.Who{Kind: event.Person, ID: string(x.Owner)}, event.PairAnswer{Pair: p.ID, Yes: true})
		}
		for _, x := range p.Sides {
			w.do(event.Who{Kind: event.Person, ID: string(x.Owner)}, event.PairAsk{Pair: p.ID, Days: 7})
		}
		p = pairsOf(w)[0]
		who := func(l event.LinkID) event.Who { return event.Who{Kind: event.Absent, ID: string(l)} }
		give := func(side int, name string) {
			w.do(who(p.Sides[side].Link), event.ConsentGive{Contact: event.Contact{Name: name, Mail: "x@example.jp"}, Private: event.LinkOf(name)})
		}
		give(0, "田中")
		if kept, _ := w.hub.PairProvisions(p.ID); len(kept) != 0 {
			t.Fatalf("%d records before both consented", len(kept))
		}
		give(1, "伊藤")
		time.Sleep(time.Second)
		w.do(who(event.LinkOf("田中")), event.ConsentCorrect{Contact: event.Contact{Name: "田中 誠", Phone: "0471234567"}})
		kept, err := w.hub.PairProvisions(p.ID)
		if err != nil || len(kept) != 4 {
			t.Fatalf("%d records, %v", len(kept), err)
		}
		for i, want := range [][2]string{{"伊藤", "田中"}, {"田中", "伊藤"}, {"伊藤", "田中 誠"}, {"田中 誠", "伊藤"}} {
			if kept[i].Recipient != want[0] || kept[i].Person != want[1] || kept[i].Consent != "link" {
				t.Errorf("record %d: %+v", i, kept[i])
			}
		}
		w.close()
	})
}
