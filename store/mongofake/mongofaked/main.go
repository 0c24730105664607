// Command mongofaked is goen/store/mongofake as a program, for tests of several
// processes. It prints its connection string, and lives until its standard
// input ends.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"goen/store/mongofake"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen")
	db := flag.String("db", "goen", "database of the connection string")
	seed := flag.Uint64("seed", 1, "of the plan of faults")
	percent := flag.Float64("percent", 0, "of the commands that a fault befalls")
	flag.Parse()
	s, err := mongofake.Listen(*addr, mongofake.WithPlan(*seed, *percent))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.URI(*db))
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
