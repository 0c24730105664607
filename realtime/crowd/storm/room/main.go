// Command room is the live room under load: the hub of goen/realtime over the
// embedded store, durable as in production. The doors are left out (no sign-in,
// no Echo): they are no part of what the peers do.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"goen/realtime"
	"goen/realtime/event"
	"goen/realtime/match"
	"goen/store"
	"goen/store/sqlite"
)

// people is how many attendees an event has at most here; the members beyond
// are further phones of theirs. The peers have no cards, and with ten thousand
// of them in each copy this would be a bench of cards.
const people = 100

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "listen address")
	flag.Parse()
	match.New() // reads the lexicon, once in a process, which is no cost of who joins
	debug.FreeOSMemory()
	if err := serve(*addr); err != nil {
		log.Fatal(err)
	}
}

func serve(addr string) error {
	dir, err := os.MkdirTemp("", "goen-storm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(dir, "goen.db"))
	if err != nil {
		return err
	}
	keys := store.NewKeyring(s, [32]byte{1})
	hub, err := realtime.NewHub(ctx, realtime.Config{
		Store: s, Keys: keys, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), Limits: realtime.Limits{Burst: 1 << 30, PerSecond: 1 << 30, Sockets: 1 << 30},
		Most: event.Bounds{People: people, OpenNeeds: 1 << 30, NeedsAMinute: 1 << 30, NeedsEver: 1 << 30},
	})
	if err != nil {
		return err
	}
	var prepared sync.Map // of each event, how many people it has
	http.HandleFunc("POST /prepare", func(w http.ResponseWriter, r *http.Request) {
		members, _ := strconv.Atoi(r.FormValue("members"))
		n := min(members, people)
		if err := prepare(hub, r.FormValue("event"), n); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		prepared.Store(r.FormValue("event"), n)
	})
	http.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		member, _ := strconv.Atoi(r.FormValue("member"))
		n, ok := prepared.Load(r.FormValue("event"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		if err := hub.Serve(w, r, r.FormValue("event"), who(member%n.(int)), "session"); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	})
	return http.ListenAndServe(addr, nil)
}

func who(i int) event.Who { return event.Who{Kind: event.Person, ID: fmt.Sprintf("member-%016d", i)} }

// prepare opens an event with so many people in it.
func prepare(hub *realtime.Hub, id string, n int) error {
	now := event.At(time.Now().UnixMilli())
	err := hub.Do(id, who(0), "", event.EventOpen{
		Setting: event.Setting{Title: "嵐", StartsAt: now, EndsAt: now + event.Day, Zone: "Asia/Tokyo", Days: 1},
		Doors:   event.DoorsOpen, Code: "ABCD-EFGH", Card: card(0),
	})
	for i := 1; i < n && err == nil; i++ {
		err = hub.Do(id, who(i), "", event.AttendeeJoin{Card: card(i), Terms: "storm"})
	}
	return err
}

func card(i int) event.Card {
	return event.Card{Name: fmt.Sprintf("参加者%d", i), Kana: "サンカシャ", Firm: "嵐商店", Trade: "npo", Line: "嵐を起こします"}
}
