package beacon

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// maxThrows bounds a ceremony: 56 tosses of a coin are the longest that is
// needed, 200 leave room for the cautious.
const maxThrows = 200

// Ceremony is the form of a ceremony (现场掷数) as its notice fixes it: how
// often is thrown, and with what. Throws belongs to the form because whoever may
// stop when he likes chooses.
type Ceremony struct {
	Balls  int64 `json:"balls"`  // 0: dice of six faces; 2..99: balls numbered 1..Balls, each put back
	Throws int64 `json:"throws"` // 1..200
}

// ways is the number of results that the ceremony has.
func (c Ceremony) ways() *big.Int {
	faces := c.Balls
	if faces == 0 {
		faces = 6
	}
	return new(big.Int).Exp(big.NewInt(faces), big.NewInt(c.Throws), nil)
}

// Check holds the form to draw1 §2: 56 bits at least, which 22 throws of a die
// have, or 17 balls of 10.
func (c Ceremony) Check() error {
	if c.Balls != 0 && (c.Balls < 2 || c.Balls > 99) {
		return fault.New("beacon.bad-ceremony", "ceremony", strconv.FormatInt(c.Balls, 10)+" balls", "2..99 balls, or 0 for dice")
	}
	if c.Throws < 1 || c.Throws > maxThrows {
		return fault.New("beacon.bad-ceremony", "ceremony", strconv.FormatInt(c.Throws, 10)+" throws", "1.."+strconv.Itoa(maxThrows)+" throws")
	}
	if !enough(c.ways()) {
		return fault.New("beacon.few-bits", "ceremony", c.Bits(), strconv.Itoa(minBits))
	}
	return nil
}

// Bits tells how many bits the ceremony holds, rounded down to a tenth: "56.8"
// for 22 throws of a die. The form is one that Check accepts, or nearly.
func (c Ceremony) Bits() string {
	if c.Balls < 0 || c.Balls > 99 || c.Throws < 1 || c.Throws > maxThrows {
		return "0.0"
	}
	return tenths(c.ways())
}

// head is what the ceremony's line begins with.
func (c Ceremony) head() string {
	if c.Balls == 0 {
		return "d6:"
	}
	return "balls:" + strconv.FormatInt(c.Balls, 10) + ":"
}

// most is the greatest number that a throw can give.
func (c Ceremony) most() int {
	if c.Balls == 0 {
		return 6
	}
	return int(c.Balls)
}

// ParseCeremony reads what was thrown in a ceremony of this form and returns
// rho = H(line) (draw1 §2, grade C):
//
//	d6:3641526341526341523641
//	balls:10:07,10,01,07,…
//
// in the order of the throws, for balls two digits each. Nothing else is read.
// The line proves no more than the word of those who signed it.
func ParseCeremony(form Ceremony, line string) (rho string, err error) {
	if err := form.Check(); err != nil {
		return "", err
	}
	if len(line) > maxTyped {
		return "", fault.New("beacon.bad-line", "ceremony", strconv.Itoa(len(line))+" bytes", "at most "+strconv.Itoa(maxTyped))
	}
	list, ok := strings.CutPrefix(line, form.head())
	if !ok {
		return "", fault.New("beacon.bad-line", "ceremony", clip(line), form.head()+"…")
	}
	var throws []int
	fields := strings.Split(list, ",")
	if form.Balls == 0 {
		fields = strings.Split(list, "")
	}
	for _, f := range fields {
		if !digits(f) || len(f) > 2 {
			return "", fault.New("beacon.bad-line", "ceremony", clip(f), "digits")
		}
		v, _ := strconv.Atoi(f)
		throws = append(throws, v)
	}
	again, err := FormatCeremony(form, throws)
	if err != nil {
		return "", err
	}
	if again != line {
		return "", fault.New("beacon.bad-line", "ceremony", clip(line), again)
	}
	return hashLine(line), nil
}

// FormatCeremony writes the line of ParseCeremony.
func FormatCeremony(form Ceremony, throws []int) (string, error) {
	if err := form.Check(); err != nil {
		return "", err
	}
	if int64(len(throws)) != form.Throws {
		return "", fault.New("beacon.bad-numbers", "ceremony", strconv.Itoa(len(throws))+" throws", strconv.FormatInt(form.Throws, 10))
	}
	for i, n := range throws {
		if n < 1 || n > form.most() {
			return "", fault.New("beacon.bad-numbers", "throw "+strconv.Itoa(i+1), strconv.Itoa(n), "1.."+strconv.Itoa(form.most()))
		}
	}
	if form.Balls > 0 {
		return form.head() + joined(throws), nil
	}
	var b strings.Builder
	b.WriteString(form.head())
	for _, n := range throws {
		b.WriteByte(byte('0' + n))
	}
	return b.String(), nil
}
