package web

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // likewise
	"net/http"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decoders of what phones send
)

const (
	photoBytes  = 2 << 20
	photoPixels = 12_000_000
	photoSide   = 512
)

// putPhoto decodes a picture and keeps it anew as a 512 px square: whatever
// else was in the file (place, tails, scripts) is gone. It is sealed under its
// owner's key, so its name is random and it goes with its owner's words.
func (s *Site) putPhoto(c echo.Context) error {
	id, who, err := s.who(c)
	if err != nil {
		return err
	}
	if err := s.inside(id, who, func(*event.State) {}); err != nil {
		return err
	}
	switch c.Request().Header.Get("Content-Type") {
	case "image/jpeg", "image/png", "image/webp":
	default:
		return realtime.ErrBodyType
	}
	if c.Request().Header.Get("Content-Encoding") != "" {
		return realtime.ErrBodyType
	}
	raw, err := readAll(c, photoBytes)
	if err != nil {
		return err
	}
	square, err := s.square(c, raw)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	sealed, err := s.keys.Seal(ctx, id+"/"+who.ID, "photo", square)
	if err != nil {
		return realtime.ErrUnavailable
	}
	name, err := s.store.PutBlob(ctx, []byte(sealed))
	if err != nil {
		return unavailable(err)
	}
	if err := s.hub.Do(id, who, event.OpID(realtime.NewID()), event.PhotoSet{Photo: name}); err != nil {
		// Only a sure no: where the outcome is unknown the card may name it.
		if r, _ := refusalOf(err); r.Kind != event.Unavailable && r.Kind != event.Full {
			_ = s.store.DropBlob(ctx, name)
		}
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"photo": name})
}

// square decodes at most two pictures at a time, and none before its size is
// known.
func (s *Site) square(c echo.Context, raw []byte) ([]byte, error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		if len(raw) == 0 {
			return nil, realtime.ErrImage
		}
		return nil, realtime.ErrBodyType
	}
	if "image/"+kind != c.Request().Header.Get("Content-Type") || config.Width < 1 || config.Height < 1 ||
		config.Width*config.Height > photoPixels || config.Width > 20_000 || config.Height > 20_000 {
		return nil, realtime.ErrImage
	}
	select {
	case s.decode <- struct{}{}:
		defer func() { <-s.decode }()
	case <-c.Request().Context().Done():
		return nil, realtime.ErrUnavailable
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, realtime.ErrImage
	}
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	from := image.Rect(0, 0, side, side).Add(b.Min).Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	out := image.NewRGBA(image.Rect(0, 0, photoSide, photoSide))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(out, out.Bounds(), img, from, draw.Over, nil)
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, out, &jpeg.Options{Quality: 82}); err != nil {
		return nil, realtime.ErrImage
	}
	return jpg.Bytes(), nil
}

// photo gives a picture to who sees the card it is on.
func (s *Site) photo(c echo.Context) error {
	id, who, err := s.who(c)
	if err != nil {
		return err
	}
	return s.sendPhoto(c, id, c.Param("photo"), func(st *event.State, owner event.AttendeeID) bool {
		return event.Sees(st, who, owner.Ref())
	})
}

func (s *Site) sendPhoto(c echo.Context, id, name string, may func(*event.State, event.AttendeeID) bool) error {
	var owner event.AttendeeID
	if err := s.hub.Look(id, func(st *event.State) {
		if o := event.PhotoOf(st, name); o != "" && may(st, o) {
			owner = o
		}
	}); err != nil {
		return err
	}
	if owner == "" {
		return event.ErrNotFound
	}
	ctx := c.Request().Context()
	sealed, err := s.store.Blob(ctx, name)
	if isNotFound(err) {
		return event.ErrNotFound
	} else if err != nil {
		return realtime.ErrUnavailable
	}
	jpg, err := s.keys.Open(ctx, id+"/"+string(owner), "photo", string(sealed))
	if err != nil {
		return event.ErrNotFound // erased meanwhile
	}
	return c.Blob(http.StatusOK, "image/jpeg", jpg)
}
