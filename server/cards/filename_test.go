package cards

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFileName(t *testing.T) {
	for _, test := range []struct{ name, ext, ascii, utf8 string }{
		{"田中 誠", "vcf", "contact.vcf", "田中 誠.vcf"},
		{"Emily Carter", "vcf", "Emily Carter.vcf", "Emily Carter.vcf"},
		{"ご縁 Goen 2027", "csv", "Goen 2027.csv", "ご縁 Goen 2027.csv"},
		{"Zoë", "vcf", "Zoe.vcf", "Zoë.vcf"},
		{"", "csv", "contact.csv", "contact.csv"},
		{"../../etc/passwd", "vcf", "etc passwd.vcf", "etc passwd.vcf"},
		{`C:\x`, "vcf", "C x.vcf", "C x.vcf"},
		{"a\r\nSet-Cookie: x", "vcf", "a Set-Cookie x.vcf", "a Set-Cookie x.vcf"},
		{"fcv\u202eexe", "vcf", "fcvexe.vcf", "fcvexe.vcf"},
		{`a"; filename="b.exe`, "vcf", "a filename= b.exe.vcf", "a ; filename= b.exe.vcf"},
		{"100%41", "vcf", "10041.vcf", "100%41.vcf"},
		{"con", "vcf", "_con.vcf", "_con.vcf"}, {"COM1.x", "vcf", "_COM1.x.vcf", "_COM1.x.vcf"},
		{"...", "vcf", "contact.vcf", "contact.vcf"}, {"x", "../V.C\x00F", "x.vcf", "x.vcf"}, {"x", "", "x", "x"},
	} {
		if ascii, full := FileName(test.name, test.ext); ascii != test.ascii || full != test.utf8 {
			t.Errorf("FileName(%q, %q) = %q, %q", test.name, test.ext, ascii, full)
		}
	}
}

func TestDisposition(t *testing.T) {
	const want = `attachment; filename="contact.vcf"; filename*=UTF-8''%E7%94%B0%E4%B8%AD%20%E8%AA%A0.vcf`
	if got := Disposition("田中 誠", "vcf"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestAnyNameIsASafeFileName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.SampledFrom(hostile),
			rapid.StringOfN(rapid.RuneFrom([]rune("./\\:\"%;'*田é\u202e\u200b conCOM1")), 0, 300, -1)).Draw(t, "name")
		ext := rapid.OneOf(rapid.Just("vcf"), rapid.String()).Draw(t, "ext")
		ascii, full := FileName(name, ext)
		for _, s := range []string{ascii, full} {
			if s == "" || s[0] == '.' || s[0] == ' ' || strings.HasSuffix(s, ".") || !utf8.ValidString(s) || len(s) > maxBase+1+maxExt {
				t.Fatalf("%q", s)
			}
			if strings.ContainsAny(s, notInAName) || strings.ContainsFunc(s, unicode.IsControl) || isDevice(s) {
				t.Fatalf("%q", s)
			}
		}
		header := Disposition(name, ext)
		for _, r := range header + ascii {
			if r < 0x20 || r > 0x7e {
				t.Fatalf("%U in %q", r, header)
			}
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || params["filename"] != full {
			t.Fatalf("%q: %v %v %v", header, kind, params, err)
		}
	})
}
