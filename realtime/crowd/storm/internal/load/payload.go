package load

import (
	"bytes"
	"fmt"
)

// The marker "#b:NNNNNNNN:TTTTTTTTTTTTTTTT#" travels inside the posted text. It
// holds the number of the message in its room and the time of the post in
// nanoseconds since the start of the load generator, both of fixed width, in the
// letters a to j for the digits (a server may refuse what looks like a telephone
// number), and survives any JSON encoding. So the load generator knows its messages again
// without knowing the protocol.
const (
	markLen  = len("#b:") + 8 + 1 + 16 + 1
	bodySize = 300
)

var mark = []byte("#b:")

// What people write in the room.
var needs = []string{
	"来月オープンのカフェの内装をお願いできる工務店を探しています。神奈川県内で対応いただける方をご紹介ください。",
	"事業承継に詳しい税理士の先生はいらっしゃいますか。自社株の評価についてご相談したい社長さんが知り合いにいます。",
	"外国人材の採用を考えている製造業の方へ、在留資格に強い行政書士をご紹介できます。お気軽にお声がけください。",
	"飲食店向けの補助金申請を手伝ってくれる中小企業診断士の方を探しています。私からは不動産会社をご紹介できます。",
}

// body appends a JSON object of about bodySize bytes.
func body(dst []byte, n uint32, now int64) []byte {
	start := len(dst)
	dst = fmt.Appendf(dst, `{"kind":"need","by":"u%05d","m":"#b:`, n%977)
	dst = append(lettered(dst, uint64(n), 8), ':')
	dst = append(lettered(dst, uint64(now), 16), `#","text":"`...)
	text := needs[n%uint32(len(needs))]
	for len(dst)-start+len(text)+2 < bodySize {
		dst = append(dst, text...)
		text = "よろしく。"
	}
	for len(dst)-start+2 < bodySize {
		dst = append(dst, '.')
	}
	return append(dst, `"}`...)
}

// marks calls fn for each marker in msg.
func marks(msg []byte, fn func(n uint32, at int64)) {
	for {
		i := bytes.Index(msg, mark)
		if i < 0 || len(msg)-i < markLen {
			return
		}
		b := msg[i : i+markLen]
		msg = msg[i+markLen:]
		if b[11] != ':' || b[markLen-1] != '#' {
			continue
		}
		fn(uint32(digits(b[3:11])), int64(digits(b[12:28])))
	}
}

// lettered appends n in so many letters.
func lettered(dst []byte, n uint64, width int) []byte {
	dst = append(dst, make([]byte, width)...)
	for i := len(dst) - 1; i >= len(dst)-width; i-- {
		dst[i] = 'a' + byte(n%10)
		n /= 10
	}
	return dst
}

func digits(b []byte) (n uint64) {
	for _, c := range b {
		n = n*10 + uint64(c-'a')
	}
	return n
}
