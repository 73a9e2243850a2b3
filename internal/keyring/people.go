package keyring

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Person is somebody who may unlock the keys: 经办人, 负责人 …
type Person struct {
	Number    int    `json:"number"` // names the file; never two of one number
	Name      string `json:"name"`
	Role      string `json:"role"`
	Recipient string `json:"recipient"` // age1…
}

// NewPerson is somebody to be added.
type NewPerson struct {
	Name, Role string
	Passphrase string
}

func (p Person) file() string { return fmt.Sprintf("person-%d.age", p.Number) }

const peopleFormat = "sunlot-people/v1"

// sealPrefix keeps a seal from ever being the signature of a note.
const sealPrefix = "sunlot keyring people\n"

// peopleJSON is the text of people.json, two-space indented, members in this
// order.
type peopleJSON struct {
	Format   string   `json:"format"`
	Log      string   `json:"log"`    // c2sp.org/signed-note verifier key
	Office   string   `json:"office"` // likewise
	Recovery string   `json:"recovery"`
	People   []Person `json:"people"`
	Seal     string   `json:"seal"` // base64, by the office key over sealPrefix and this text with an empty seal
}

// formatPeople is the text with the seal of the office key. What it returns,
// parsePeople reads: nothing is written that would lock everybody out.
func formatPeople(r *Ring, office ledger.Signer) ([]byte, error) {
	j := peopleJSON{peopleFormat, r.Log.String(), r.Office.String(), r.Recovery, r.People, ""}
	seal, err := office.Sign(append([]byte(sealPrefix), indent(j)...))
	if err != nil {
		return nil, err
	}
	j.Seal = base64.StdEncoding.EncodeToString(seal)
	raw := indent(j)
	_, err = parsePeople(raw)
	return raw, err
}

func indent(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic("keyring: strings do not fail to encode: " + err.Error())
	}
	return b.Bytes()
}

// parsePeople reads people.json: strictly, formats again, compares, and checks
// the seal.
func parsePeople(raw []byte) (*Ring, error) {
	var j peopleJSON
	if err := parseStrict(peopleFile, raw, &j); err != nil {
		return nil, err
	}
	bad := func(member, got, want string) error {
		return fault.New("keyring.people-form", peopleFile+" "+member, clip(got), want)
	}
	if j.Format != peopleFormat {
		return nil, bad("format", j.Format, peopleFormat)
	}
	r := &Ring{People: j.People, Recovery: j.Recovery}
	var err error
	if r.Log, err = ledger.ParseKey(j.Log); err != nil {
		return nil, err
	}
	if r.Office, err = ledger.ParseKey(j.Office); err != nil {
		return nil, err
	}
	if r.Log.Name == r.Office.Name {
		return nil, bad("office", r.Office.Name, "another name than the log key's")
	}
	if len(j.People) < minPeople || len(j.People) > maxPeople {
		return nil, bad("people", fmt.Sprint(len(j.People)), fmt.Sprintf("%d to %d", minPeople, maxPeople))
	}
	seen := map[string]bool{}
	if err := checkRecipient(j.Recovery, seen); err != nil {
		return nil, err
	}
	last := 0
	for i, p := range j.People {
		member := fmt.Sprintf("people[%d]", i)
		if p.Number <= last || p.Number > 9999 {
			return nil, bad(member, fmt.Sprint(p.Number), "rising numbers, 1 to 9999")
		}
		last = p.Number
		if err := CheckNames(p.Name, p.Role); err != nil {
			return nil, err
		}
		if err := checkRecipient(p.Recipient, seen); err != nil {
			return nil, err
		}
	}
	seal, err := base64.StdEncoding.Strict().DecodeString(j.Seal)
	if err != nil {
		return nil, bad("seal", j.Seal, "base64")
	}
	j.Seal = ""
	if !ed25519.Verify(r.Office.Public, append([]byte(sealPrefix), indent(j)...), seal) {
		return nil, fault.New("keyring.seal", peopleFile, "", "the office key's signature over these people")
	}
	return r, nil
}

// parseStrict decodes JSON into v (a pointer), formats it again, compares.
func parseStrict(name string, raw []byte, v any) error {
	if len(raw) > maxFile || !utf8.Valid(raw) {
		return fault.New("keyring.people-form", name, "", fmt.Sprintf("UTF-8 of at most %d bytes", maxFile))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return &fault.Error{Code: "keyring.people-form", Place: name, Want: "the JSON that was written", Err: err}
	}
	if !bytes.Equal(indent(v), raw) {
		return fault.New("keyring.people-form", name, "another text", "the JSON exactly as it was written")
	}
	return nil
}

func checkRecipient(s string, seen map[string]bool) error {
	rcp, err := age.ParseX25519Recipient(s)
	if err != nil || rcp.String() != s || seen[s] {
		return fault.New("keyring.people-form", peopleFile, clip(s), "age1… recipients, each once")
	}
	seen[s] = true
	return nil
}

// CheckNames bounds what is printed on sheets and prompts: 1 to 40 printable
// characters, not digits alone (keyring.person-name).
func CheckNames(name, role string) error {
	for _, s := range []string{name, role} {
		ok := s != "" && utf8.RuneCountInString(s) <= 40 && utf8.ValidString(s) && strings.TrimSpace(s) == s &&
			strings.IndexFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) < 0
		// --person takes a number or a name.
		if !ok || strings.Trim(s, "0123456789") == "" {
			return fault.New("keyring.person-name", "person", clip(s), "1 to 40 printable characters, not digits alone").Of(fault.Usage)
		}
	}
	return nil
}

// clip shortens what stood there, for an error.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40])
	}
	s = fmt.Sprintf("%q", s)
	return s[1 : len(s)-1]
}
