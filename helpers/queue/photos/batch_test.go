package photos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"
)

// batchOf gives a multipart body with a part for each upload, and its boundary.
func batchOf(t *testing.T, disposition string, uploads ...upload) (body []byte, boundary string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, u := range uploads {
		h := textproto.MIMEHeader{}
		for k, v := range u.header {
			h[k] = v
		}
		h.Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition, u.name))
		part, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		part.Write(u.body)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.Boundary()
}

func withDigest(name string, photo []byte) upload {
	return upload{name, textproto.MIMEHeader{"Content-Digest": {Digest(photo)}}, photo}
}

func TestBatch(t *testing.T) {
	for _, tt := range []struct{ kind, disposition string }{
		{"multipart/form-data", `form-data; name="photo"`},
		{"multipart/mixed", "attachment"},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			s := begin(t, Setup{MaxSide: 100})
			thumb := resize(t, s.album[1].JPEG, 60, 90)
			large := resize(t, s.album[2].JPEG, 120, 90)
			body, boundary := batchOf(t, tt.disposition,
				withDigest("photo-02.jpg", thumb), withDigest("photo-02.jpg", thumb), withDigest("cat.jpg", thumb),
				upload{"photo-01.jpg", nil, thumb}, withDigest("photo-03.jpg", large))
			status, got := s.must(t, "POST", s.GalleryURL, body, "Content-Type", tt.kind+"; boundary="+boundary)
			var receipts []Receipt
			if err := json.Unmarshal(got, &receipts); status != 200 || err != nil || len(receipts) != 5 {
				t.Fatalf("got %d %s, %v", status, got, err)
			}
			for i, want := range []Receipt{{"photo-02.jpg", 201, ""}, {"photo-02.jpg", 200, ""}, {"cat.jpg", 404, "no photo"}, {"photo-01.jpg", 400, "no Content-Digest"}, {"photo-03.jpg", 422, "120 by 90"}} {
				if r := receipts[i]; r.Name != want.Name || r.Status != want.Status || !strings.Contains(r.Error, want.Error) || (r.Error == "") != (want.Error == "") {
					t.Errorf("got %+v, want %+v", r, want)
				}
			}
			if got := s.Stats(); got.Stored != 1 || got.Duplicates != 1 || got.Gallery.Requests != 1 || got.Gallery.Served != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestBatchThatCannotBeRead(t *testing.T) {
	s := begin(t, Setup{})
	photo := withDigest("photo-01.jpg", s.album[0].JPEG)
	good, boundary := batchOf(t, "attachment", photo)
	photo.name = ""
	nameless, other := batchOf(t, "attachment", photo)
	empty, third := batchOf(t, "attachment")
	for _, tt := range []struct {
		what, kind string
		body       []byte
		want       string
	}{
		{"a photo alone", "image/jpeg", s.album[0].JPEG, "multipart/form-data or multipart/mixed"},
		{"no boundary", "multipart/mixed", good, "boundary"},
		{"cut off", "multipart/mixed; boundary=" + boundary, good[:len(good)-200], "after 0 parts"},
		{"no name", "multipart/mixed; boundary=" + other, nameless, "part 1 has no filename"},
		{"no photo", "multipart/mixed; boundary=" + third, empty, "no part"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			status, got := s.must(t, "POST", s.GalleryURL, tt.body, "Content-Type", tt.kind)
			if status != 400 || !strings.Contains(string(got), tt.want) {
				t.Errorf("got %d %s, want 400 %s", status, got, tt.want)
			}
		})
	}
	if got := s.Stats(); got.Stored != 0 || got.Gallery.Refused != 5 {
		t.Errorf("got %+v", got)
	}
}

func TestDigest(t *testing.T) {
	// From RFC 9530, appendix D.
	if got, want := Digest([]byte(`{"hello": "world"}`)), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := Digest(nil), "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
