package main

import (
	"strings"
	"time"
)

// dooms is how the children die, by turns; the rest is chance.
var dooms = []doom{
	{Point: "append"}, {Point: "appended"}, {Point: "shown"},
	{Point: "appended", Of: "introduction.connected"}, {Point: "provide"}, {Point: "provided"},
	{Point: "appended", Of: "introduction.revoked"}, {Point: "appended", Of: "attendee.erased"}, {Point: "appended", Of: "attendee.joined"},
	{Point: "shown", Of: "introduction.offered"},
}

// way is how the children of one folder die.
type way string

const (
	failpoints  way = "failpoints"   // SIGKILL at a named point of a commit
	powerCuts   way = "power cuts"   // at those, or in the middle of a write or a sync; what was not synced is lost
	randomKills way = "random kills" // SIGKILL from outside, at any time
)

var ways = []way{failpoints, powerCuts, randomKills}

// fate chooses how the next child dies.
func (c *crash) fate(bug string) doom {
	d := dooms[c.rng.IntN(len(dooms))]
	d.Nth, d.Most, d.Bug = 1+c.rng.IntN(6), 30, bug
	if d.Of != "" || strings.HasPrefix(d.Point, "provide") {
		d.Nth = 1
	}
	switch c.way {
	case powerCuts:
		switch c.rng.IntN(8) {
		case 0, 1, 2:
			d.Point, d.Of, d.Nth = pick(c.rng, []string{"sync", "syncing", "synced"}), "", 1+c.rng.IntN(40)
		case 3:
			d.Point, d.Of, d.Nth = "write", "", 1+c.rng.IntN(200)
		case 4:
			d.Point, d.Of, d.Nth = "truncate", "", 1+c.rng.IntN(3)
		}
		if c.rng.IntN(6) == 0 || bug == badSyncIsGood {
			d.BadSync = 1 + c.rng.IntN(30)
		}
	case randomKills:
		d = doom{Bug: bug}
	}
	return d
}

// strike kills the child from outside, before or after it is ready.
func (c *crash) strike(ready bool) {
	within := 10 + c.rng.IntN(390)
	switch {
	case c.doom.BadSync > 0 && ready && c.bug != badSyncIsGood:
		within = 250 // nothing more is written, so it may not come to the point
	case c.way != randomKills || !ready && c.rng.IntN(4) > 0:
		return
	case !ready:
		within = c.rng.IntN(80)
	}
	if c.timer == nil {
		c.timer = time.AfterFunc(time.Duration(within)*time.Millisecond, func() { _ = c.cmd.Process.Kill() })
	}
}
