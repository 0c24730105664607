package match

import (
	"strings"
	"unicode"

	"goen/realtime/trade"
)

// stop are words that everybody writes and that tell nothing.
const stop = ` 会社 社長 紹介 申請 申告 手続 見積 修理 作成 設置 導入 管理 経験 知識 問題 部分 部門 件数 場合 関連 専門家 プロ 更新 取得 準備 計画 資金 改善 改修 工事 販売 購入 相談 対応 経営 担当 専門 関係 先生 仕事 お客 客様 業者 制作 企業 代表 個人 法人 依頼 希望 必要 可能 方法 知人 友人 中小 小企 自分 今回 最近 一緒 全般 支援 代行 手配 販売 運営 サポート サービス コンサル 東京 都内 横浜 千葉 埼玉 神奈 奈川 できる 周辺 近辺 エリア 社員 従業 業員 事務 務所 年間 時間 利用 使用 名前 前後 大手 地元 顧問 問先 取引 引先 出来 連絡 the and for who can with that someone anyone does know need needs looking friend our your are is was company help japan tokyo in an to of from about there any `

// contentWords collects the words of a text that tell something: pairs of
// kanji, katakana words and latin words; as folded -> as written.
func contentWords(f trade.Folded, into map[string]string) {
	for i := 0; i < len(f.Runes); {
		kind := wordClass(f.Runes[i])
		j := i + 1
		for j < len(f.Runes) && wordClass(f.Runes[j]) == kind {
			j++
		}
		switch kind {
		case 'k':
			for n := i; n+2 <= j; n++ {
				keep(f, n, n+2, into)
			}
		case 't', 'l':
			if j-i >= 3 {
				keep(f, i, j, into)
			}
		}
		i = j
	}
}

func keep(f trade.Folded, i, j int, into map[string]string) {
	word := string(f.Runes[i:j])
	if !strings.Contains(stop, " "+word+" ") {
		into[word] = f.Quote(i, j)
	}
}

func wordClass(r rune) byte {
	switch {
	case unicode.Is(unicode.Han, r):
		return 'k'
	case unicode.Is(unicode.Katakana, r) || r == 'ー':
		return 't'
	case r >= 'a' && r <= 'z':
		return 'l'
	}
	return 0
}
