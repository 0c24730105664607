package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

type opener struct {
	ctx   context.Context
	keys  *store.Keyring
	event string
}

func (o opener) Seal(string, string, []byte) (string, error) {
	return "", errors.New("nothing is sealed here")
}

func (o opener) Open(whose, label, envelope string) ([]byte, error) {
	plain, err := o.keys.Open(o.ctx, o.event+"/"+whose, label, envelope)
	if errors.Is(err, store.ErrErased) {
		return nil, nil
	}
	return plain, err
}

// judge reads the log as it lies in the folder, and holds it against what
// everybody was told.
func (c *crash) judge() result {
	c.t.Helper()
	ctx := c.t.Context()
	r := result{kills: c.kills}
	if err := check(ctx, c.house.config, io.Discard); err != nil {
		c.ruin("check: %v", err)
	}
	s, keys, err := openStore(ctx, c.house.config, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close()

	placesOf, marks := map[string][]int64{}, map[string]int{}
	state := event.New()
	var connected []event.IntroductionID
	var forgotten []string
	asked := map[string]bool{}
	for _, w := range c.all {
		for _, d := range w.deeds {
			for _, op := range d.ops {
				asked[op] = true
			}
		}
	}
	err = s.Read(ctx, "ev."+c.event, 0, func(rec store.Record) error {
		record, err := event.Decode(rec.Seq, event.At(rec.At.UnixMilli()), rec.Body, opener{ctx, keys, c.event})
		if err != nil {
			return err
		}
		if record.Op != "" {
			placesOf[string(record.Op)] = append(placesOf[string(record.Op)], rec.Seq)
			if !asked[string(record.Op)] && rec.Seq > 1 {
				r.fault(&r.unasked, "place %d was never asked for", rec.Seq)
			}
		}
		for _, f := range record.Facts {
			switch f := f.(type) {
			case *event.AttendeeJoined:
				marks[f.Card.Name]++
			case *event.NeedPosted:
				_, mark, _ := strings.Cut(f.Who, " ")
				marks[mark]++
			case *event.EntryAdded:
				marks[f.Label]++
			case *event.Offered:
				marks[f.About.Line]++
			case *event.Wanted:
				marks[f.Purpose.Line]++
			case *event.Connected:
				connected = append(connected, f.ID)
			case *event.Revoked:
				r.revocations++
				forgotten = append(forgotten, event.AbsentWords(f.ID))
			case *event.AttendeeErased:
				r.erasures++
				forgotten = append(forgotten, string(f.ID))
			}
		}
		event.Fold(state, record)
		return nil
	})
	if err != nil {
		c.ruin("the log does not read: %v", err)
	}

	for _, w := range c.all {
		if w.shut != "" {
			r.fault(&r.lost, "%s was in and could not come back: %s", w.name, w.shut)
		}
		before, group := int64(0), 0 // last place of the groups before
		most := int64(0)
		for _, d := range w.deeds {
			r.sent += d.sent
			if d.group != group {
				group, before = d.group, max(before, most)
			}
			var places []int64
			for _, op := range d.ops {
				places = append(places, placesOf[op]...)
			}
			switch {
			case d.code == "ack":
				r.acked++
			case d.code == "":
				r.fault(&r.lost, "%s: %s was never answered", w.name, d.name)
			default:
				r.refused++
			}
			if d.code == "ack" && len(places) == 0 {
				r.fault(&r.lost, "%s: %s %s was acknowledged and is not there", w.name, d.name, d.mark)
			}
			if len(places) > 1 || marks[d.mark] > 1 && d.mark != "" {
				r.fault(&r.doubled, "%s: %s %s is there at %v", w.name, d.name, d.mark, places)
			}
			if d.never && (len(places) > 0 || d.code != event.ErrTextContact.Code) {
				r.fault(&r.unasked, "%s: %s was answered %q and is at %v", w.name, d.name, d.code, places)
			}
			if d.code != "ack" || len(places) == 0 {
				continue // of several copies a later one may have gone through
			}
			if slices.Min(places) <= before {
				r.fault(&r.reordered, "%s: %s at %v came after what stands at %d", w.name, d.name, places, before)
			}
			most = max(most, slices.Max(places))
		}
		for _, p := range w.lines {
			if p != nil {
				r.watch(p)
			}
		}
	}

	hub, err := realtime.NewHub(ctx, realtime.Config{Store: s, Keys: keys, Log: discard()})
	if err != nil {
		c.t.Fatal(err)
	}
	// Before the hub looks, what is kept must be kept already.
	for _, id := range connected {
		r.provisions++
		if pair, err := hub.Provisions(id); err != nil || len(pair) != 2 || pair[0].At == 0 {
			r.fault(&r.unprovided, "%s was connected without a record: %v %v", id, pair, err)
		}
	}
	if err := hub.Close(ctx); err != nil {
		c.t.Errorf("close: %v", err)
	}
	for _, id := range forgotten {
		if _, err := s.Key(ctx, c.event+"/"+id); !errors.Is(err, store.ErrErased) {
			r.fault(&r.unerased, "the key of %s: %v", id, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(c.house.config.data, "goen.db*"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			c.t.Fatal(err)
		}
		if i := bytes.Index(b, []byte("zz")); i >= 0 && regexp.MustCompile(`zz[b-t]+said[b-t]+w|zzabsent`).Match(b) {
			r.fault(&r.unerased, "words lie in the open in %s", filepath.Base(file))
		}
	}
	return r
}

// watch looks for answers that were taken back, and for gaps in what came.
func (r *result) watch(p *phone) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != "" {
		r.fault(&r.stale, "%s: %s", p.name, p.fault)
	}
	acked := map[string]bool{}
	for _, b := range p.frames {
		var m struct{ T, Op, Code string }
		if !bytes.HasPrefix(b, []byte(`{"t":"ack"`)) && !bytes.HasPrefix(b, []byte(`{"t":"no"`)) || json.Unmarshal(b, &m) != nil {
			continue
		}
		if m.T == "no" && acked[m.Op] && !again(m.Code) {
			r.fault(&r.wavered, "%s: %s was acknowledged, and then refused: %s", p.name, m.Op, m.Code)
		}
		acked[m.Op] = acked[m.Op] || m.T == "ack"
	}
}
