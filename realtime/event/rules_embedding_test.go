package event_test

import (
	"strings"
	"testing"

	"goen/realtime/event"
)

// A text may leave only where the operator's server, the host's switch and its
// author's word are one, and the entry is not for its owner alone.
func TestWhatMayBeEmbedded(t *testing.T) {
	t.Parallel()
	host, owner := person(0), person(1)
	for name, c := range map[string]struct {
		do    func(sc *scene, put func(event.Who, event.Command))
		where string
		need  bool
		entry bool
	}{
		"nothing was switched":     {func(*scene, func(event.Who, event.Command)) {}, embedder, false, false},
		"switched, and not agreed": {func(_ *scene, put func(event.Who, event.Command)) { put(host, event.EmbeddingSet{On: true}) }, embedder, false, false},
		"agreed": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
		}, embedder, true, true},
		"the operator has another server now": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
		}, "other.example.jp", false, false},
		"the operator has none now": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
		}, "", false, false},
		"switched off again": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
			put(host, event.EmbeddingSet{})
		}, embedder, false, false},
		"taken back": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
			put(owner, event.EmbeddingAgree{})
		}, embedder, false, false},
		"the event is over": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
			put(host, event.EventClose{})
		}, embedder, false, false},
		"the author was removed": {func(_ *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
			put(host, event.AttendeeRemove{Attendee: event.AttendeeID(owner.ID)})
		}, embedder, false, false},
		"the entry is for its owner alone": {func(sc *scene, put func(event.Who, event.Command)) {
			put(host, event.EmbeddingSet{On: true})
			put(owner, event.EmbeddingAgree{Where: embedder})
			for _, e := range sc.node.state.Attendees[event.AttendeeID(owner.ID)].Entries {
				put(owner, event.EntryReach{Entry: e, Reach: event.Self})
			}
		}, embedder, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene()
			put := func(by event.Who, c event.Command) {
				if got := sc.do(sc.node, sc.ask(by, c)); !strings.HasPrefix(got, `{"t":"ack"`) {
					t.Fatalf("%T: %s", c, got)
				}
			}
			put(host, sc.open(event.DoorsOpen))
			put(owner, event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
			put(owner, event.NeedPost{NeedWords: sc.needWords()})
			put(owner, event.EntryAdd{EntryWords: sc.entryWords(), Reach: event.Nameless})
			c.do(sc, put)
			s := sc.node.state
			a := s.Attendees[event.AttendeeID(owner.ID)]
			if got := event.EmbeddableNeed(s, a.Needs[0], c.where); got != c.need {
				t.Errorf("the need: %v", got)
			}
			if got := event.EmbeddableEntry(s, a.Entries[0], c.where); got != c.entry {
				t.Errorf("the entry: %v", got)
			}
		})
	}
}

// Who joins agrees to what they read at the door, and to nothing else.
func TestEmbeddingAtTheDoor(t *testing.T) {
	t.Parallel()
	sc := newScene()
	put := func(by event.Who, c event.Command) { sc.do(sc.node, sc.ask(by, c)) }
	put(person(0), sc.open(event.DoorsOpen))
	if event.Lobby(sc.node.state, "").Embeds != "" {
		t.Error("the door tells of a server that nobody switched on")
	}
	put(person(1), event.AttendeeJoin{Card: sc.card(1), Terms: "1", Embeds: embedder}) // before anybody switched it on
	put(person(0), event.EmbeddingSet{On: true})
	if event.Lobby(sc.node.state, "").Embeds != embedder {
		t.Error("the door does not tell")
	}
	put(person(2), event.AttendeeJoin{Card: sc.card(2), Terms: "1", Embeds: embedder})
	put(person(3), event.AttendeeJoin{Card: sc.card(3), Terms: "1", Embeds: "other.example.jp"})
	put(person(4), event.AttendeeJoin{Card: sc.card(4), Terms: "1"})
	for i, want := range []string{embedder, "", embedder, "", ""} {
		if got := sc.node.state.Attendees[event.AttendeeID(person(i).ID)].Embeds; got != want {
			t.Errorf("person %d agreed to %q, want %q", i, got, want)
		}
	}
	if got := sc.do(sc.node, sc.ask(person(1), event.EmbeddingAgree{Where: "other.example.jp"})); !strings.Contains(got, event.ErrEmbedding.Code) {
		t.Errorf("agreeing to another server answers %s", got)
	}
	none := sc.ask(person(0), event.EmbeddingSet{})
	sc.do(sc.node, none)
	none = sc.ask(person(0), event.EmbeddingSet{On: true})
	none.Embedder = ""
	if got := sc.do(sc.node, none); !strings.Contains(got, event.ErrEmbedding.Code) {
		t.Errorf("switching on without a server answers %s", got)
	}
	put(person(0), event.EventClose{})
	if got := sc.do(sc.node, sc.ask(person(0), event.EmbeddingSet{On: true})); !strings.Contains(got, event.ErrEventClosed.Code) {
		t.Errorf("switching on after the event answers %s", got)
	}
}
