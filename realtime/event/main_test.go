package event_test

import (
	"flag"
	"os"
	"testing"
	_ "time/tzdata" // due dates are tested in zones that the machine may not have
)

// checks is how many random evenings each property plays when nobody says
// otherwise. Before a release: go test ./realtime/event -rapid.checks=1500.
const checks = "15"

func TestMain(m *testing.M) {
	flag.Parse()
	said := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { said[f.Name] = true })
	for name, value := range map[string]string{
		"rapid.checks":     checks,
		"rapid.nofailfile": "true", // the seed that it prints is enough
		"rapid.shrinktime": "5s",
	} {
		if said[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
