package event_test

import (
	"strings"
	"testing"
	"time"

	"goen/realtime/event"
)

// A due date is the last moment of the local day in the event's zone, also
// where that day has 23 or 25 hours or ends without a midnight; and always
// before the shredding.
func TestDueDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, zone, now string
		days            int
		want            string
	}{
		{"Tokyo, in the evening", "Asia/Tokyo", "2027-01-21T20:50:00", 7, "2027-01-28T23:59:59.999+09:00"},
		{"Tokyo, a minute before midnight", "Asia/Tokyo", "2027-01-21T23:59:00", 3, "2027-01-24T23:59:59.999+09:00"},
		{"Tokyo, a minute after midnight", "Asia/Tokyo", "2027-01-22T00:01:00", 3, "2027-01-25T23:59:59.999+09:00"},
		{"Tokyo, over the end of a year", "Asia/Tokyo", "2027-12-28T20:00:00", 14, "2028-01-11T23:59:59.999+09:00"},
		{"New York, summer time begins between", "America/New_York", "2027-03-12T20:00:00", 3, "2027-03-15T23:59:59.999-04:00"},
		{"New York, on the day of 23 hours", "America/New_York", "2027-03-11T20:00:00", 3, "2027-03-14T23:59:59.999-04:00"},
		{"New York, on the day of 25 hours", "America/New_York", "2027-11-04T20:00:00", 3, "2027-11-07T23:59:59.999-05:00"},
		{"Havana, where summer time begins at midnight", "America/Havana", "2027-03-10T20:00:00", 3, "2027-03-13T23:59:59.999-05:00"},
		{"Santiago, likewise", "America/Santiago", "2027-09-01T20:00:00", 3, "2027-09-04T23:59:59.999-04:00"},
		{"Santiago, whose last hour comes twice", "America/Santiago", "2027-03-31T20:00:00", 3, "2027-04-03T23:59:59.999-04:00"},
		{"Beirut, where summer time begins at midnight", "Asia/Beirut", "2027-03-24T20:00:00", 3, "2027-03-27T23:59:59.999+02:00"},
		{"Kathmandu", "Asia/Kathmandu", "2027-01-21T20:00:00", 7, "2027-01-28T23:59:59.999+05:45"},
	} {
		now := local(t, c.zone, c.now)
		got := time.UnixMilli(int64(dueOf(t, c.zone, now, c.days, 90))).In(zone(c.zone))
		if want := c.want; got.Format("2006-01-02T15:04:05.000Z07:00") != want {
			t.Errorf("%s: due %s, want %s", c.what, got.Format("2006-01-02T15:04:05.000Z07:00"), want)
		}
	}
	// Kept for two days only: the shredding is the end of the second day, and
	// what is asked for a week ends a day before.
	now := local(t, "Asia/Tokyo", "2027-01-21T20:50:00")
	got := time.UnixMilli(int64(dueOf(t, "Asia/Tokyo", now, 7, 2))).In(tokyo).Format("2006-01-02T15:04:05.000")
	if got != "2027-01-22T23:59:59.999" {
		t.Errorf("due %s, want a day before the shredding", got)
	}
	kept := event.Setting{EndsAt: now, Days: 90}
	if got := time.UnixMilli(int64(kept.ShredAt(tokyo))).In(tokyo).Format("2006-01-02T15:04:05.000"); got != "2027-04-21T23:59:59.999" {
		t.Errorf("shredded %s, want the end of the 90th day", got)
	}
}

func local(t *testing.T, name, at string) event.At {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02T15:04:05", at, zone(name))
	if err != nil {
		t.Fatal(err)
	}
	return event.At(moment.UnixMilli())
}

// dueOf asks at that moment, in an event that ends then and is kept so long.
func dueOf(t *testing.T, name string, now event.At, ask, keep int) event.At {
	t.Helper()
	sc := newScene()
	put := func(by event.Who, c event.Command) event.Ask {
		a := sc.ask(by, c)
		a.Now, a.Zone = now, zone(name)
		if answer := sc.do(sc.node, a); answer[:9] != `{"t":"ack` {
			t.Fatalf("%T: %s", c, answer)
		}
		return a
	}
	open := sc.open(event.DoorsOpen)
	open.Setting.StartsAt, open.Setting.EndsAt, open.Setting.Zone, open.Setting.Days = now-event.Day/12, now, name, keep
	put(person(0), open)
	put(person(1), event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
	need := put(person(1), event.NeedPost{NeedWords: sc.needWords()})
	entry := put(person(0), event.EntryAdd{EntryWords: sc.entryWords()})
	offer := put(person(0), event.OfferMake{Need: event.NeedID(need.ID(0)), Entry: event.EntryID(entry.ID(0))})
	id := event.IntroductionID(offer.ID(0))
	put(person(1), event.OfferWant{Introduction: id, Line: "x", Give: []string{"mail"}})
	put(person(0), event.IntroductionAsk{Introduction: id, Days: ask})
	return sc.node.state.Introductions[id].Due
}

// The day that somebody names is a day of the event's zone, also where that day
// has 23 or 25 hours.
func TestNamedDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, connected, now, on, code string }{
		{"Asia/Tokyo", "2027-01-21T23:50:00", "2027-01-22T00:10:00", "2027-01-21T00:00:00", ""},
		{"Asia/Tokyo", "2027-01-21T23:50:00", "2027-01-22T00:10:00", "2027-01-20T23:59:59", "day.outside"},
		{"Asia/Tokyo", "2027-01-21T23:50:00", "2027-01-22T00:10:00", "2027-01-22T23:59:59", ""},
		{"Asia/Tokyo", "2027-01-21T23:50:00", "2027-01-22T00:10:00", "2027-01-23T00:00:00", "day.outside"},
		{"America/Havana", "2027-03-14T20:00:00", "2027-03-14T21:00:00", "2027-03-14T01:00:00", ""}, // there is no midnight
		{"America/Havana", "2027-03-14T20:00:00", "2027-03-14T21:00:00", "2027-03-13T23:59:59", "day.outside"},
		{"America/New_York", "2027-11-07T20:00:00", "2027-11-07T21:00:00", "2027-11-07T00:00:00", ""},
	} {
		sc := newScene()
		put := func(at string, by event.Who, do event.Command) (string, event.Ask) {
			a := sc.ask(by, do)
			a.Now, a.Zone = local(t, c.zone, at), zone(c.zone)
			answer := sc.do(sc.node, a)
			_, code, _ := strings.Cut(answer, `"code":"`)
			code, _, _ = strings.Cut(code, `"`)
			return code, a
		}
		open := sc.open(event.DoorsOpen)
		open.Setting.Zone = c.zone
		open.Setting.StartsAt = local(t, c.zone, c.connected) - event.Day/8
		open.Setting.EndsAt = open.Setting.StartsAt + event.Day/4
		put(c.connected, person(0), open)
		put(c.connected, person(1), event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
		_, need := put(c.connected, person(1), event.NeedPost{NeedWords: sc.needWords()})
		_, offer := put(c.connected, person(0), event.OfferSelf{Need: event.NeedID(need.ID(0)), Give: gives[0]})
		id := event.IntroductionID(offer.ID(0))
		put(c.connected, person(1), event.OfferWant{Introduction: id, Line: "x", Give: gives[0]})
		if code, _ := put(c.now, person(1), event.IntroductionMet{Introduction: id, On: local(t, c.zone, c.on)}); code != c.code {
			t.Errorf("%+v: %q", c, code)
		}
	}
}
