package main

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// Section G: pictures.

func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngHead is a PNG that says how large it is, and nothing more.
func pngHead(w, h uint32) []byte {
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(size, 8, 6, 0, 0, 0))...)
}

// pngWhole is a good black picture of one bit a point: large in points, small
// in bytes, so that only its size speaks against it.
func pngWhole(w, h int) []byte {
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(size, 1, 0, 0, 0, 0))...)
	var points bytes.Buffer
	z, _ := zlib.NewWriterLevel(&points, zlib.BestSpeed)
	_, _ = z.Write(make([]byte, h*(1+(w+7)/8)))
	_ = z.Close()
	return append(append(b, chunk("IDAT", points.Bytes())...), chunk("IEND", nil)...)
}

func riff(kind string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	if b = append(b, body...); len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// movie is an animated WebP of so many frames (RFC 9649, 2.7).
func movie(frames int) []byte {
	body := append([]byte("WEBP"), riff("VP8X", []byte{2, 0, 0, 0, 15, 0, 0, 15, 0, 0})...)
	body = append(body, riff("ANIM", make([]byte, 6))...)
	for range frames {
		body = append(body, riff("ANMF", append([]byte{0, 0, 0, 0, 0, 0, 15, 0, 0, 15, 0, 0, 100, 0, 0, 0}, riff("VP8L", []byte{0x2f, 15, 192, 3, 0, 7, 16, 253, 143})...))...)
	}
	return riff("RIFF", body)
}

func TestHostilePhotos(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	path := "/api/events/" + s.event + "/photo"
	var good bytes.Buffer
	_ = png.Encode(&good, image.NewGray(image.Rect(0, 0, 30, 40)))
	jpg := picture(40, 30)
	parts := "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"
	send := func(role, kind string, b []byte) func() answer {
		return func() answer { return s.roles[role].clone().send("POST", path, kind, b) }
	}
	s.unchanged(t, func() {
		for _, test := range []struct {
			what, kind string
			body       []byte
			want       []int
		}{
			{"G01 3 MiB", "image/jpeg", append(bytes.Clone(jpg), make([]byte, 3<<20)...), []int{413}},
			{"G02 one byte too many", "image/jpeg", append(bytes.Clone(jpg), make([]byte, 2<<20-len(jpg)+1)...), []int{413}},
			{"G03 HTML for a JPEG", "image/jpeg", []byte("<!doctype html><script>alert(1)</script>"), []int{415}},
			{"G03 SVG for a PNG", "image/png", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), []int{415}},
			{"G04 SVG", "image/svg+xml", []byte(`<svg/>`), []int{415}},
			{"G04 GIF", "image/gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), []int{415}},
			{"G04 a PNG that is called JPEG", "image/jpeg", good.Bytes(), []int{415, 422}},
			{"G04 no type", "", jpg, []int{415}},
			{"G04 a type with more", "image/jpeg; charset=x", jpg, []int{415}},
			{"G05 30,000 x 30,000", "image/png", pngHead(30_000, 30_000), []int{422}},
			{"G05 2^31 x 2^31", "image/png", pngHead(1<<31-1, 1<<31-1), []int{415, 422}},
			{"G05 0 x 0", "image/png", pngHead(0, 0), []int{415, 422}},
			{"G06 12 million and one line", "image/png", pngWhole(4000, 3001), []int{422}},
			{"G06 a line of 20,001", "image/png", pngWhole(20_001, 1), []int{422}},
			{"G08 half a JPEG", "image/jpeg", jpg[:len(jpg)/2], []int{415, 422}},
			{"G08 a head alone", "image/png", pngHead(10, 10), []int{422}},
			{"G08 a bomb: a small head, and 12 million more", "image/png", append(pngHead(10, 10), chunk("IDAT", make([]byte, 1<<20))...), []int{422}},
			{"G09 an animated WebP of 1,000 frames", "image/webp", movie(1000), []int{422}},
			{"G11 1,000 parts", "multipart/form-data; boundary=x", []byte(strings.Repeat(parts, 1000) + "--x--"), []int{400, 415}},
			{"G13 nothing", "image/jpeg", nil, []int{422}},
			{"G14 JSON", "application/json", []byte("{}"), []int{415}},
		} {
			s.refuseAs(t, test.what, test.want, send("attendee", test.kind, test.body))
		}
		for role, want := range map[string]int{"nobody": 401, "waiting": 403, "removed": 403, "other": 404, "screen": 401} {
			s.refuse(t, "G15 from "+role, want, send(role, "image/jpeg", jpg))
		}
		s.refuse(t, "G12 packed", 415, func() answer {
			return s.raw(t, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nOrigin: "+origin+"\r\nCookie: "+s.roles["attendee"].cookieHeader()+
				"\r\nContent-Type: image/jpeg\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
		})
	})

	t.Run("G07 and G10: what hides in a picture is gone", func(t *testing.T) {
		tail := "<script>alert(1)</script>"
		exif := append([]byte("\xff\xe1\x00\x2eExif\x00\x00"), []byte("GPS 35.69N 139.98E "+tail)...)
		for what, file := range map[string][]byte{
			"nothing": pngWhole(200, 100), "a tail": append(bytes.Clone(jpg), tail...), "a place": append(append([]byte("\xff\xd8"), exif[:min(len(exif), 0x30)]...), jpg[2:]...),
			"a comment": append([]byte("\xff\xd8\xff\xfe\x00\x1b"+tail), jpg[2:]...),
		} {
			var up struct{ Photo string }
			a := send("attendee", http.DetectContentType(file), file)()
			if a.status != 200 {
				t.Errorf("%s: %d %s", what, a.status, a.body)
				continue
			}
			a.into(t, &up)
			got := s.roles["attendee"].get("/api/events/" + s.event + "/photos/" + up.Photo)
			img, err := jpeg.Decode(bytes.NewReader(got.body))
			if err != nil || img.Bounds().Dx() != 512 || img.Bounds().Dy() != 512 {
				t.Errorf("%s: %v", what, err)
				continue
			}
			for _, hidden := range []string{"script", "Exif", "GPS"} {
				if bytes.Contains(got.body, []byte(hidden)) {
					t.Errorf("%s: %q is still there", what, hidden)
				}
			}
			if got.header.Get("Content-Type") != "image/jpeg" || got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: headers %v", what, got.header)
			}
			wellHeaded(t, what, got)
		}
	})
}
