package event_test

import (
	"flag"
	"os"
	"testing"
	_ "time/tzdata" // due dates are tested in zones that the machine may not have
)

// checks is how many random evenings each property plays when nobody says
// otherwise. Before a release: go test ./realtime/event -rapid.checks=1500.
const checks = "25"

func TestMain(m *testing.M) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	if !said {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
