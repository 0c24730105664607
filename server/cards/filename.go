package cards

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	noName      = "contact"
	maxBase     = 120 // octets before the extension; file systems end at 255
	maxExt      = 8
	notInAName  = `/\:*?"<>|` // Windows refuses these; / leaves the folder everywhere
	asciiUnsafe = `%;,'`      // RFC 6266, appendix D, and what old parsers stumble on
)

// FileName makes a file name out of what somebody calls himself: utf8 in the
// letters of name, ascii for programs that know no others ("contact.vcf" if
// nothing is left). Neither has a separator, a control or invisible character
// (U+202E would hide the true extension), a dot at its ends, a device name of
// Windows, or more than 120 octets before the extension. ext is without dot;
// all but ASCII letters and digits are dropped, and if none is left so is the dot.
func FileName(name, ext string) (ascii string, utf8 string) {
	ext = strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return -1
	}, ext)
	if ext = ext[:min(len(ext), maxExt)]; ext != "" {
		ext = "." + ext
	}
	base := baseName(norm.NFC.String(oneLine(name)))
	letters := strings.Map(func(r rune) rune {
		if r >= 0x80 || strings.ContainsRune(asciiUnsafe, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(base))
	return baseName(letters) + ext, base + ext
}

// Disposition is the value of a Content-Disposition header (RFC 6266) that
// saves the answer under FileName(name, ext): the ASCII name for old programs,
// the full one as RFC 5987 writes it. It is printable ASCII whatever name is.
func Disposition(name, ext string) string {
	ascii, full := FileName(name, ext)
	var b strings.Builder
	b.WriteString(`attachment; filename="` + ascii + `"; filename*=UTF-8''`)
	const hex = "0123456789ABCDEF"
	for i := range len(full) {
		c := full[i]
		if c < 0x80 && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("-._~", c) >= 0) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// baseName drops what a name must not have and never returns an empty one.
func baseName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(notInAName, r):
			return ' '
		case !unicode.IsSpace(r) && invisible(r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Trim(s, ". ")
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return noName
	}
	if isDevice(s) {
		s = "_" + s
	}
	if len(s) > maxBase {
		cut := maxBase
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = strings.TrimRight(s[:cut], ". ")
	}
	return s
}

// isDevice reports whether Windows opens a device instead of a file called s,
// which it does with any extension.
func isDevice(s string) bool {
	s, _, _ = strings.Cut(strings.ToUpper(s), ".")
	switch s = strings.TrimSpace(s); s {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(s) == 4 && (s[:3] == "COM" || s[:3] == "LPT") && '0' <= s[3] && s[3] <= '9'
}
