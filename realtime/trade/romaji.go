package trade

import (
	"strings"
	"sync"
)

// syllables is the Hepburn table, kana to romaji.
var syllables = sync.OnceValue(func() map[string]string {
	const table = `あa いi うu えe おo かka きki くku けke こko さsa しshi すsu せse そso
たta ちchi つtsu てte とto なna にni ぬnu ねne のno はha ひhi ふfu へhe ほho
まma みmi むmu めme もmo やya ゆyu よyo らra りri るru れre ろro わwa をo んn
がga ぎgi ぐgu げge ごgo ざza じji ずzu ぜze ぞzo だda ぢji づzu でde どdo
ばba びbi ぶbu べbe ぼbo ぱpa ぴpi ぷpu ぺpe ぽpo ゔvu ぁa ぃi ぅu ぇe ぉo
きゃkya きゅkyu きょkyo しゃsha しゅshu しょsho ちゃcha ちゅchu ちょcho にゃnya にゅnyu にょnyo
ひゃhya ひゅhyu ひょhyo みゃmya みゅmyu みょmyo りゃrya りゅryu りょryo ぎゃgya ぎゅgyu ぎょgyo
じゃja じゅju じょjo びゃbya びゅbyu びょbyo ぴゃpya ぴゅpyu ぴょpyo
ふぁfa ふぃfi ふぇfe ふぉfo うぃwi うぇwe うぉwo てぃti でぃdi でゅdu しぇshe ちぇche じぇje`
	out := map[string]string{}
	for _, pair := range strings.Fields(table) {
		cut := strings.IndexFunc(pair, func(r rune) bool { return r < 0x80 })
		out[pair[:cut]] = pair[cut:]
	}
	return out
})

// shortVowels lets gyoseishoshi and gyouseishoshi meet.
func shortVowels(romaji string) string {
	for _, v := range []string{"ou", "oo", "uu"} {
		romaji = strings.ReplaceAll(romaji, v, v[:1])
	}
	return romaji
}

// Romaji spells kana in Hepburn without long marks: ぎょうせい is gyousei.
// What is not kana stays as it is.
func Romaji(kana string) string {
	text := []rune(key(kana))
	var out strings.Builder
	double := false
	for i := 0; i < len(text); i++ {
		syllable, ok := "", false
		if i+1 < len(text) {
			if syllable, ok = syllables()[string(text[i:i+2])]; ok {
				i++
			}
		}
		if !ok {
			if text[i] == 'っ' {
				double = true
				continue
			}
			if text[i] == 'ー' {
				continue
			}
			if syllable, ok = syllables()[string(text[i])]; !ok {
				syllable = string(text[i])
			}
		}
		if double && syllable != "" {
			first := syllable[:1]
			if first == "c" {
				first = "t"
			}
			out.WriteString(first)
			double = false
		}
		out.WriteString(syllable)
	}
	return out.String()
}
