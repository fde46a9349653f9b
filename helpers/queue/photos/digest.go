package photos

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Digest gives the value of the header Content-Digest (RFC 9530) for a body, by
// SHA-256: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=: for an empty one.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// verify tells why headers Content-Digest are not those of the body, if they are not.
// They may hold digests by other algorithms besides.
func verify(headers []string, body []byte) error {
	header := strings.Join(headers, ",")
	if header == "" {
		return errors.New("there is no Content-Digest; send sha-256=:BASE64: of the photo as it is sent")
	}
	for part := range strings.SplitSeq(header, ",") {
		encoded, ok := strings.CutPrefix(strings.TrimSpace(part), "sha-256=:")
		if !ok {
			continue
		}
		encoded, ok = strings.CutSuffix(encoded, ":")
		claimed, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil {
			return fmt.Errorf("the Content-Digest %q cannot be read; send sha-256=:BASE64: of the photo", strings.TrimSpace(part))
		}
		if sum := sha256.Sum256(body); !bytes.Equal(sum[:], claimed) {
			return fmt.Errorf("the Content-Digest is %s, and that of the %d bytes which came %s; compute it of the photo as it is sent", strings.TrimSpace(part), len(body), Digest(body))
		}
		return nil
	}
	return fmt.Errorf("the Content-Digest %q has no SHA-256; send sha-256=:BASE64: of the photo", header)
}
