package draw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// hashHex is H of draw1: lower-case hex SHA-256.
func hashHex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// macHandle is the first 32 hex digits of HMAC-SHA256.
func macHandle(key []byte, s string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(s))
	return hex.EncodeToString(m.Sum(nil)[:handleLen/2])
}

// Seed is the seed (摇号种子) of a draw (draw1 §2): c the hash of the notice's
// entry, extras the hashes of the contributions in the notice's order, rho the
// public randomness, which comes last because it is what nobody could choose.
func Seed(c string, extras []string, rho string) string {
	var b strings.Builder
	b.WriteString("draw1|" + c + "|")
	for _, x := range extras {
		b.WriteString(x + "|")
	}
	b.WriteString(rho)
	return hashHex(b.String())
}

// Salt is the random string of one opening (启封凭据), from key K for kind "O"
// (object) and KI for "I" (inspector) and "E" (expert); 32 hex (draw1 §3).
func Salt(key []byte, kind, id string) string {
	return macHandle(key, "draw1s|"+kind+"|"+id)
}

// Handle is the anonymous number that stands in the hat for id; 32 hex
// (draw1 §3).
func Handle(kind, salt, id string) string {
	return hashHex("draw1h|" + kind + "|" + salt + "|" + id)[:handleLen]
}

// KeyCommit is the fingerprint of K or KI that the notice carries (draw1 §3).
func KeyCommit(key []byte) string {
	return hashHex("draw1k|" + hex.EncodeToString(key))
}

// RecusalSalt is the salt of an object's recusal line, from KI (draw1 §4).
func RecusalSalt(ki []byte, object string) string {
	return macHandle(ki, "draw1rs|"+object)
}

// RecusalHash commits to the inspectors recused at one object, none included;
// they are sorted here (draw1 §4).
func RecusalHash(rsalt string, inspectors []string) string {
	sorted := slices.Sorted(slices.Values(inspectors))
	return hashHex("draw1r|" + rsalt + "|" + strings.Join(sorted, ","))
}

// Ticket is the ticket (签值) of one handle, 64 hex: the smallest of weight
// hashes, weight at least 1 (draw1 §6).
func Ticket(seed, handle string, weight int) string {
	least := hashHex(seed + "|O|" + handle + "|1")
	for j := 2; j <= weight; j++ {
		least = min(least, hashHex(seed+"|O|"+handle+"|"+strconv.Itoa(j)))
	}
	return least
}
