package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/hostile.md is the list of what is tried: every row of the design stands
// there, and what it says of the tests is so.
func TestHostileTable(t *testing.T) {
	doc, err := os.ReadFile("../docs/hostile.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	files, _ := filepath.Glob("*_test.go")
	for _, file := range files {
		if file == "hostile_table_test.go" {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources.Write(b)
	}
	found := []string{}
	for _, row := range regexp.MustCompile("(?m)^\\| ([A-J]\\d\\d) \\| .+ \\| .+ \\| (`Test\\w+`|-) \\|$").FindAllStringSubmatch(string(doc), -1) {
		number, test := row[1], strings.Trim(row[2], "`")
		found = append(found, number)
		if test == "-" {
			if !strings.Contains(row[0], "there are no") {
				t.Errorf("%s has no test and no reason", number)
			}
			continue
		}
		if !strings.Contains(sources.String(), "func "+test+"(t *testing.T)") {
			t.Errorf("%s names %s, which is no test", number, test)
		}
		if strings.HasPrefix(test, "TestHostile") && test != "TestHostileGuessesOfOneBrowser" && !strings.Contains(sources.String(), `"`+number) {
			t.Errorf("no test says %s", number)
		}
	}
	for section, last := range map[rune]int{'A': 19, 'B': 25, 'C': 19, 'D': 25, 'E': 29, 'F': 29, 'G': 15, 'H': 9, 'I': 9, 'J': 15} {
		for i := 1; i <= last; i += 2 {
			number := fmt.Sprintf("%c%02d", section, i)
			if !slices.Contains(found, number) {
				t.Errorf("%s is missing", number)
			}
		}
	}
}
