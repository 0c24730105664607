package trade

import (
	"encoding/json"
	"strings"
)

// TypeScript writes the whole data set as a TypeScript module, so that a phone
// can offer and search trades without a network. Trades carry their romaji
// among the terms; areas are [id, parent, ja, kana, en] tuples.
func TypeScript() string {
	var b strings.Builder
	b.WriteString("// Code generated from realtime/trade/data; DO NOT EDIT.\n\n")
	b.WriteString("export type Trade = { id: string; g: string; ja: string; kana: string; en: string; l?: 1; t: string[] };\n")
	b.WriteString("export type Group = { id: string; ja: string; en: string };\n")
	b.WriteString("export type Area = [id: string, parent: string, ja: string, kana: string, en: string];\n\n")
	b.WriteString("export const groups: Group[] = [\n")
	for _, g := range Groups() {
		line(&b, struct {
			ID string `json:"id"`
			Ja string `json:"ja"`
			En string `json:"en"`
		}{g.ID, g.Ja, g.En})
	}
	b.WriteString("];\n\nexport const trades: Trade[] = [\n")
	for _, t := range All() {
		licensed := 0
		if t.Licensed {
			licensed = 1
		}
		line(&b, struct {
			ID   ID       `json:"id"`
			G    string   `json:"g"`
			Ja   string   `json:"ja"`
			Kana string   `json:"kana"`
			En   string   `json:"en"`
			L    int      `json:"l,omitempty"`
			T    []string `json:"t"`
		}{t.ID, t.Group, t.Ja, t.Kana, t.En, licensed, append([]string{shortVowels(Romaji(t.Kana))}, t.Terms...)})
	}
	b.WriteString("];\n\nexport const areas: Area[] = [\n")
	for _, a := range Areas() {
		line(&b, []string{a.ID, a.Parent, a.Ja, a.Kana, a.En})
	}
	b.WriteString("];\n")
	return b.String()
}

func line(b *strings.Builder, v any) {
	out, err := json.Marshal(v) // strings and ints only: cannot fail
	if err != nil {
		return
	}
	b.WriteString("  ")
	b.Write(out)
	b.WriteString(",\n")
}
