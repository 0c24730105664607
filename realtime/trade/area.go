package trade

// Kinds of Area.
const (
	KindRegion     = "region"     // 関東, 関西
	KindPrefecture = "prefecture" // 千葉県
	KindCity       = "city"       // 船橋市, 新宿区, 葉山町
	KindFlag       = "flag"       // 全国, オンライン: no place at all
)

// Areas that are no place: whoever writes one of them comes anywhere.
const (
	Nationwide = "nationwide" // 全国
	Online     = "online"     // オンライン
)

// Area is one line of data/areas.tsv. Parent is the prefecture of a city, the
// region of a prefecture, and empty for a region and a flag.
type Area struct {
	ID, Parent         string
	Ja, Kana, En, Kind string
}

// Areas returns the areas that a phone offers: flags, regions, prefectures from
// north to south, then the larger cities by prefecture. FindArea and SpotAreas
// know every municipality besides (data/towns.tsv). The slice is shared: do not
// change it.
func Areas() []Area { return loaded().areas[:loaded().offered] }

// FindArea returns the area with this id, or with exactly this Japanese name;
// false for anything else (SpotAreas reads free text).
func FindArea(idOrName string) (Area, bool) {
	if i, ok := loaded().areaByID[idOrName]; ok {
		return loaded().areas[i], true
	}
	if i, ok := loaded().areaByName[idOrName]; ok {
		return loaded().areas[i], true
	}
	return Area{}, false
}

// Prefecture returns the id of the prefecture a city lies in, or the id itself
// for a prefecture; empty for a region, a flag or an unknown id.
func Prefecture(id string) string {
	a, ok := FindArea(id)
	switch {
	case !ok:
		return ""
	case a.Kind == KindCity:
		return a.Parent
	case a.Kind == KindPrefecture:
		return a.ID
	}
	return ""
}

// Region returns the id of the region an area lies in, or the id itself for a
// region; empty for a flag or an unknown id.
func Region(id string) string {
	a, ok := FindArea(id)
	for ok && a.Kind != KindRegion {
		a, ok = FindArea(a.Parent)
	}
	return a.ID
}
