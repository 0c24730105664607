package realtime_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

// BenchmarkTheWordToACall is how long the machine's word holds up the room, by
// how many owners it is for: of all that a call does, only this depends on it,
// and only who has a command waiting in just that moment could feel it.
func BenchmarkTheWordToACall(b *testing.B) {
	for _, fits := range []int{0, 1, 30} {
		b.Run(fmt.Sprint(fits, "owners"), func(b *testing.B) {
			var ahead time.Duration
			m := newMemory()
			hub, err := realtime.NewHub(b.Context(), realtime.Config{
				Store: m, Keys: store.NewKeyring(m, master), Log: slog.New(slog.DiscardHandler), NoHints: true, Limits: realtime.Limits{Burst: 1 << 30},
				Clock: func() time.Time { return time.Now().Add(ahead) },
			})
			if err != nil {
				b.Fatal(err)
			}
			do := func(by event.Who, c event.Command) {
				if err := hub.Do(theEvent, by, op(), c); err != nil {
					b.Fatalf("%T: %v", c, err)
				}
			}
			now := event.At(time.Now().UnixMilli())
			do(person("host"), event.EventOpen{
				Setting: event.Setting{Title: "evening", StartsAt: now, EndsAt: now + event.Day, Zone: "Asia/Tokyo", Days: 90},
				Doors:   event.DoorsOpen, Card: card("host"), Code: "ABCDEFGH",
			})
			do(person("ann"), event.AttendeeJoin{Card: card("ann"), Terms: "1"})
			var hits []event.CallHit
			for n := range fits {
				owner := person(fmt.Sprint("owner", n))
				do(owner, event.AttendeeJoin{Card: card(owner.ID), Terms: "1"})
				do(owner, event.EntryAdd{EntryWords: event.EntryWords{Trade: "zeirishi", Area: "千葉県"}})
				_ = hub.Look(theEvent, func(s *event.State) {
					hits = append(hits, event.CallHit{Entry: s.Attendees[event.AttendeeID(owner.ID)].Entries[0], Why: []event.Reason{{By: "trade", Words: "税理士"}}})
				})
			}
			poster := person("ann")
			b.ResetTimer()
			for n := range b.N {
				b.StopTimer()
				if n%30 == 29 { // nobody may post for ever
					poster = person(fmt.Sprint("poster", n))
					do(poster, event.AttendeeJoin{Card: card(poster.ID), Terms: "1"})
				}
				do(poster, event.NeedPost{NeedWords: event.NeedWords{Who: "税理士さん", Area: "千葉県"}})
				var need event.NeedID
				_ = hub.Look(theEvent, func(s *event.State) {
					all := s.Attendees[event.AttendeeID(poster.ID)].Needs
					need = all[len(all)-1]
				})
				ahead += 6 * time.Minute
				do(person("host"), event.CallMake{Need: need})
				b.StartTimer()
				do(event.Who{Kind: event.Machine}, event.CallTell{Need: need, Hits: hits})
				b.StopTimer()
				do(poster, event.NeedClose{Need: need})
				b.StartTimer()
			}
			b.StopTimer()
			_ = hub.Close(b.Context())
		})
	}
}
