// Command eval runs the matcher of the room, with the room's settings, over a
// file of people, list entries and needs, and writes what it finds; or measures
// the matcher on a labelled file; or fits its weights.
//
//	go run ./realtime/match/eval -data set.jsonl -run out.tsv
//	go run ./realtime/match/eval -figures -data set.jsonl -held held.txt
//	go run ./realtime/match/eval -figures -data set.jsonl -held held.txt -embed http://localhost:11434/v1 -model NAME
//	go run ./realtime/match/eval -fit realtime/match/data/weights.tsv -data set.jsonl -held held.txt
//
// A run looks at no label; the README of the set explains both formats.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	data := flag.String("data", "", "people, entries, needs and pairs, JSON lines")
	run := flag.String("run", "", "write the ranking there: query, target, score, nudge")
	figures := flag.Bool("figures", false, "print figures, by leave-concept-out cross-validation too; wants labels")
	fit := flag.String("fit", "", "fit the weights and write them there; wants labels")
	held := flag.String("held", "", "ids of needs that are kept aside, one a line")
	url := flag.String("embed", "", "server of embeddings (OpenAI-compatible), such as http://localhost:11434/v1; the key from GOEN_EMBED_KEY")
	model := flag.String("model", "", "its model")
	flag.Parse()
	if err := do(*data, *run, *fit, *held, *figures, *url, *model, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

func do(data, run, fit, held string, figures bool, url, model string, w io.Writer) error {
	if data == "" || run == "" && fit == "" && !figures {
		return errors.New("wants -data and one of -run, -figures and -fit")
	}
	raw, err := os.ReadFile(data)
	if err != nil {
		return err
	}
	set, err := readSet(raw)
	if err != nil {
		return err
	}
	if set.meaning, err = openMeaning(url, model); err != nil {
		return err
	}
	aside, err := readHeld(held)
	if err != nil {
		return err
	}
	if run != "" {
		f, err := os.Create(run)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(f)
		write(out, set)
		return errors.Join(out.Flush(), f.Close(), set.meaning.failed())
	}
	m, err := newMeasure(set, raw, aside)
	if err != nil {
		return err
	}
	m.cross()
	if fit != "" {
		return os.WriteFile(fit, m.fitAll(w), 0o644)
	}
	m.print(w)
	return set.meaning.failed()
}

func readHeld(path string) (map[string]bool, error) {
	out := map[string]bool{}
	if path == "" {
		return out, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out[line] = true
		}
	}
	return out, nil
}
