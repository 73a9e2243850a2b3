package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var both = []string{Gaoqing, Yanshi}

func firms(county string, seed uint64, n int) []Firm {
	return slices.Collect(Firms(county, seed, n))
}

func TestPrefix(t *testing.T) {
	for _, county := range both {
		long := firms(county, 1, 10_000)
		for i, f := range firms(county, 1, 3_000) {
			if !same(f, long[i]) {
				t.Fatalf("%s: row %d differs: %+v, %+v", county, i, f, long[i])
			}
		}
		// A row needs none of the rows before it.
		if f := lookup(county).firm(1, 9_999); !same(f, long[9_999]) {
			t.Errorf("%s: row 9999 alone is %+v", county, f)
		}
		people := People(county, 1, 200)
		for i, p := range People(county, 1, 40) {
			if fmt.Sprint(p) != fmt.Sprint(people[i]) {
				t.Errorf("%s: person %d differs", county, i)
			}
		}
	}
	for range Firms(Gaoqing, 1, 100) {
		break // a consumer may stop
	}
	if len(firms(Gaoqing, 1, 0)) != 0 || len(People(Yanshi, 1, 0)) != 0 {
		t.Error("no rows asked for, some made")
	}
}

func same(a, b Firm) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestSeedsDiffer(t *testing.T) {
	equal := 0
	other := firms(Gaoqing, 2, 1000)
	for i, f := range firms(Gaoqing, 1, 1000) {
		if f.Code == other[i].Code || f.Name == other[i].Name {
			equal++
		}
	}
	if equal > 5 {
		t.Errorf("%d of 1000 rows are alike under two seeds", equal)
	}
}

// TestGolden holds the rows to what they were: a demo that changes shows here.
func TestGolden(t *testing.T) {
	for county, want := range map[string]string{
		Gaoqing: "fee6112a54a75baf36bdbc3b3b17dc89e9a9930fea380b75b0dafe885a91c7d0",
		Yanshi:  "389eb26ed5074e55e2a9d275c6874c2772aca67309f67a0dbad0f39f0f758341",
	} {
		h := sha256.New()
		e := json.NewEncoder(h)
		if err := e.Encode(firms(county, 1, 3000)); err != nil {
			t.Fatal(err)
		}
		if err := e.Encode(People(county, 1, 40)); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("%s: rows hash to %s, were %s", county, got, want)
		}
	}
}

func TestUnique(t *testing.T) {
	const n = 100_000
	for _, county := range both {
		codes, names := make(map[string]bool, n), make(map[string]bool, n)
		for f := range Firms(county, 1, n) {
			if codes[f.Code] || names[f.Name] {
				t.Fatalf("%s: %s %s comes twice", county, f.Code, f.Name)
			}
			codes[f.Code], names[f.Name] = true, true
		}
		if len(codes) != n {
			t.Errorf("%s: %d rows", county, len(codes))
		}
	}
	certificates, ids := map[string]bool{}, map[string]bool{}
	for _, p := range append(People(Gaoqing, 1, 5000), People(Yanshi, 1, 5000)...) {
		if certificates[p.Certificate] {
			t.Errorf("certificate %s comes twice", p.Certificate)
		}
		certificates[p.Certificate] = true
		ids[p.IDNumber] = true
	}
	if len(ids) < 9_900 {
		t.Errorf("%d different identity numbers of 10000", len(ids))
	}
}

// TestPermute: every small size wholly, the large one at its ends.
func TestPermute(t *testing.T) {
	for n := uint64(2); n <= 300; n++ {
		for key := range uint64(3) {
			seen := make([]bool, n)
			for i := range n {
				p := permute(i, n, key)
				if p >= n || seen[p] {
					t.Fatalf("permute(%d, %d, %d) = %d, out of range or twice", i, n, key, p)
				}
				seen[p] = true
			}
		}
	}
	seen := map[uint64]bool{}
	for i := range uint64(1000) {
		seen[permute(i, MaxFirms, 7)] = true
		seen[permute(MaxFirms-1-i, MaxFirms, 7)] = true
	}
	if len(seen) != 2000 {
		t.Errorf("%d values of 2000", len(seen))
	}
	for p := range seen {
		if p >= MaxFirms {
			t.Errorf("value %d out of range", p)
		}
	}
}

// TestTradeNames: lengths change where they should and no name is in two of
// them.
func TestTradeNames(t *testing.T) {
	n := uint64(len(tradeSigns))
	if n != 80 {
		t.Fatalf("%d signs", n)
	}
	set := map[rune]bool{}
	for _, r := range tradeSigns {
		set[r] = true
	}
	if uint64(len(set)) != n {
		t.Error("a sign comes twice: names would, too")
	}
	for i, want := range map[uint64]int{0: 2, n*n - 1: 2, n * n: 3, n*n + n*n*n - 1: 3, n*n + n*n*n: 4, MaxFirms - 1: 5} {
		if got := len([]rune(tradeName(i, 9))); got != want {
			t.Errorf("trade name %d has %d characters, want %d", i, got, want)
		}
	}
}

// The three standards, from their texts, in arithmetic of their own: big
// numbers and powers in place of tables of weights.

var alphabet31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// checkGB32100: the i-th character weighs 3^(i-1) mod 31, the check makes the
// weighted sum a multiple of 31.
func checkGB32100(code string) bool {
	if len(code) != 18 {
		return false
	}
	sum := new(big.Int)
	for i := range 18 {
		value := strings.IndexByte(alphabet31, code[i])
		if value < 0 {
			return false
		}
		weight := big.NewInt(1) // the check digit itself
		if i < 17 {
			weight.Exp(big.NewInt(3), big.NewInt(int64(i)), big.NewInt(31))
		}
		sum.Add(sum, weight.Mul(weight, big.NewInt(int64(value))))
	}
	return sum.Mod(sum, big.NewInt(31)).Sign() == 0
}

// checkGB11714: eight characters, then a check that completes the weighted sum
// to a multiple of 11, X standing for 10.
func checkGB11714(org string) bool {
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2, 1} {
		var value int
		switch c := org[i]; {
		case i == 8 && c == 'X':
			value = 10
		case c >= '0' && c <= '9':
			value = int(c - '0')
		case i < 8 && c >= 'A' && c <= 'Z':
			value = int(c-'A') + 10
		default:
			return false
		}
		sum += weight * value
	}
	return sum%11 == 0
}

// checkGB11643: ISO 7064 MOD 11-2, by the recursion of that standard.
func checkGB11643(id string) bool {
	if len(id) != 18 {
		return false
	}
	p := 0
	for i := range 17 {
		p = (p + int(id[i]-'0')) * 2 % 11
	}
	check := int(id[17] - '0')
	if id[17] == 'X' {
		check = 10
	}
	return (p+check)%11 == 1
}

func TestCheckersKnowRealNumbers(t *testing.T) {
	for code, want := range map[string]bool{
		"91350100M000100Y43": true, // the worked example of GB 32100-2015
		"91350100M000100Y4Z": false,
		"91512081MA62K0260E": true,
		"91370322TT0000007J": true,
		"91370322TT0000007K": false,
	} {
		if checkGB32100(code) != want {
			t.Errorf("GB 32100 says %v to %s", !want, code)
		}
		if want && !checkGB11714(code[8:17]) {
			t.Errorf("GB 11714 refuses %s", code)
		}
	}
	if !checkGB11643("11010519491231002X") || checkGB11643("110105194912310021") {
		t.Error("GB 11643 is not what its example shows")
	}
	if got := makeCode("91", "370322", 0); got != "91370322TT0000007J" {
		t.Errorf("body 0 gives %s", got)
	}
}

func TestCodes(t *testing.T) {
	shape := regexp.MustCompile(`^9[123](370322|410381|410307|410300)TT[0-9A-HJ-NP-RTUWXY]{6}[0-9X][0-9A-HJ-NP-RTUWXY]$`)
	for _, county := range both {
		for f := range Firms(county, 3, 20_000) {
			if !shape.MatchString(f.Code) || !checkGB32100(f.Code) || !checkGB11714(f.Code[8:17]) {
				t.Fatalf("%s: bad code %s", county, f.Code)
			}
			if class := map[string]string{"个体工商户": "92", "农民专业合作社": "93"}[f.EntityType]; class != "" && f.Code[:2] != class || class == "" && f.Code[:2] != "91" {
				t.Fatalf("%s is %s", f.Code, f.EntityType)
			}
		}
	}
}

// TestFields: every field of every row is filled, and well formed.
func TestFields(t *testing.T) {
	for _, county := range both {
		c := lookup(county)
		towns := map[string]string{}
		for f := range Firms(county, 1, 20_000) {
			for k, text := range []string{f.Code, f.Name, f.EntityType, f.LegalRep, f.Address, f.Scope, f.TownCode, f.Town, f.Sector, f.Supervision, f.Risk, f.Registered, f.Status} {
				if text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text, ",\"\n\t<>&|") {
					t.Fatalf("%s: field %d of %+v", county, k, f)
				}
			}
			if !strings.HasSuffix(f.Name, "（演示）") || strings.Count(f.Name, "演示") != 1 {
				t.Fatalf("name %s", f.Name)
			}
			if !strings.HasPrefix(f.Address, c.city+f.Town) || f.TownCode[:6] != county {
				t.Fatalf("address %s, town %s %s", f.Address, f.TownCode, f.Town)
			}
			towns[f.TownCode] = f.Town
			if day, err := time.Parse(time.DateOnly, f.Registered); err != nil || day.Year() < 2003 || f.Registered > "2023-04-30" {
				t.Fatalf("registered %s, %v", f.Registered, err)
			}
			switch registrar := f.Code[2:8]; {
			case registrar == "410381" && f.Registered > "2021-02-28", registrar == "410307" && f.Registered < "2021-03-01":
				t.Fatalf("%s registered on %s", f.Code, f.Registered)
			}
			if slices.Contains(f.Tags, "黑名单") && f.Status != "存续" {
				t.Fatalf("%s is on the list and %s", f.Name, f.Status)
			}
		}
		if want := map[string]int{Gaoqing: 9, Yanshi: 13}[county]; len(towns) != want {
			t.Errorf("%s: %d towns, want %d", county, len(towns), want)
		}
	}
}

func TestPeople(t *testing.T) {
	certificate := regexp.MustCompile(`^[0-9A-Z-]{4,32}$`)
	for county, unassigned := range map[string]string{Gaoqing: "370399", Yanshi: "410399"} {
		people := People(county, 1, 320)
		expiring := 0
		for i, p := range people {
			if !checkGB11643(p.IDNumber) || p.IDNumber[:6] != unassigned {
				t.Errorf("identity number %s", p.IDNumber)
			}
			if born, err := time.Parse("20060102", p.IDNumber[6:14]); err != nil || born.Year() < 1966 || born.Year() > 1999 {
				t.Errorf("identity number %s: born %v, %v", p.IDNumber, born, err)
			}
			if man := (p.IDNumber[16]-'0')%2 == 1; man != (p.Sex == "男") || (p.Sex != "男" && p.Sex != "女") {
				t.Errorf("identity number %s, sex %s", p.IDNumber, p.Sex)
			}
			if !certificate.MatchString(p.Certificate) || !strings.HasPrefix(p.Certificate, "YS"+county) {
				t.Errorf("certificate %s", p.Certificate)
			}
			if !regexp.MustCompile(`^0(533-0\d{6}|379-0\d{7})$`).MatchString(p.Phone) {
				t.Errorf("phone %s", p.Phone)
			}
			if p.Name == "" || p.Post == "" || !strings.HasSuffix(p.Unit, "（演示）") || (p.Level != "县" && p.Level != "乡") || (p.Level == "乡") != strings.Contains(p.Unit, "应急管理办公室") {
				t.Errorf("person %+v", p)
			}
			if p.CertTo < "2024-12-31" {
				expiring++
				if i%16 != 15 || p.CertTo < "2023-08-01" || p.CertTo > "2024-05-31" {
					t.Errorf("person %d: certificate %s to %s", i, p.CertFrom, p.CertTo)
				}
			} else if p.CertFrom > "2023-03-31" {
				t.Errorf("person %d: certificate from %s", i, p.CertFrom)
			}
			if len(p.Specialities) < 1 || len(p.Specialities) > 2 || len(slices.Compact(slices.Sorted(slices.Values(p.Specialities)))) != len(p.Specialities) {
				t.Errorf("specialities %v", p.Specialities)
			}
		}
		if expiring != 20 {
			t.Errorf("%d of 320 certificates run out", expiring)
		}
		for from := 0; from < len(people); from += 10 {
			held := map[string]bool{}
			for _, p := range people[from : from+10] {
				for _, s := range p.Specialities {
					held[s] = true
				}
			}
			if len(held) != len(specialities) {
				t.Errorf("persons %d to %d hold %d specialities", from, from+9, len(held))
			}
		}
	}
}

// TestShares compares what comes out with what words.go declares.
func TestShares(t *testing.T) {
	const n = 200_000
	for _, county := range both {
		c := lookup(county)
		count := map[string]int{}
		for f := range Firms(county, 1, n) {
			count["sector "+f.Sector]++
			count["status "+f.Status]++
			count["registrar "+f.Code[2:8]]++
			for _, tag := range f.Tags {
				count["tag "+tag]++
			}
		}
		near := func(name string, millionths int) {
			t.Helper()
			want := float64(millionths) * n / 1e6
			// Five standard deviations of a binomial count.
			if got := float64(count[name]); (got-want)*(got-want) > 25*want+1 {
				t.Errorf("%s: %s is %v of %d, want about %v", county, name, got, n, want)
			}
			delete(count, name)
		}
		sum := 0
		for _, s := range c.sectors {
			near("sector "+s.value, 100*s.weight)
			sum += s.weight
			if _, ok := sectorWords[s.value]; !ok {
				t.Errorf("no words for sector %s", s.value)
			}
		}
		if sum != 10_000 {
			t.Errorf("%s: sectors add up to %d", county, sum)
		}
		near("status 存续", 960_000)
		near("status 注销", 25_000)
		near("status 吊销", 9_000)
		near("status 迁出", 6_000)
		for _, tag := range c.tags {
			near("tag "+tag.tag, tag.share)
		}
		if got := count["tag 黑名单"]; got != n/1000 {
			t.Errorf("%s: %d on the list, want %d exactly", county, got, n/1000)
		}
		delete(count, "tag 黑名单")
		total := 0
		for _, r := range c.registrars {
			total += r.weight
		}
		for _, r := range c.registrars {
			near("registrar "+r.value, 1_000_000*r.weight/total)
		}
		if len(count) != 0 {
			t.Errorf("%s: values that nothing declares: %v", county, count)
		}
	}
}

// TestWordsOfThePacks: what is typed here is what the rule packs read.
func TestWordsOfThePacks(t *testing.T) {
	for county, name := range map[string]string{Gaoqing: "gaoqing", Yanshi: "yanshi"} {
		data, err := os.ReadFile("../../content/packs/" + name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		known := func(word string) {
			t.Helper()
			if !strings.Contains(string(data), `"`+word+`"`) {
				t.Errorf("%s.toml does not know %s", name, word)
			}
		}
		c := lookup(county)
		for _, s := range c.sectors {
			known(s.value)
		}
		for _, tag := range c.tags {
			known(tag.tag)
		}
		known("黑名单")
		known("存续")
		for _, s := range specialities {
			known(s)
		}
		for _, v := range c.villages {
			if !strings.Contains(string(data), `"`+v.town+`"`) || !strings.Contains(string(data), `"`+v.townCode+`"`) {
				t.Fatalf("%s.toml does not know %s %s", name, v.townCode, v.town)
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	for committee, want := range map[string]string{
		"布村村民委员会": "布村", "赵庄街村民委员会": "赵庄街村", "魏家村委会": "魏家村",
		"城西社区居民委员会": "城西社区", "绿景居民委员会": "绿景社区", "长江社区居委会": "长江社区", "示范园": "示范园",
	} {
		if got := villageName(committee); got != want {
			t.Errorf("%s is %s, want %s", committee, got, want)
		}
	}
	for name, want := range map[string]string{"翟镇镇": "翟镇", "田镇街道": "田镇", "首阳山街道": "首阳山"} {
		if got := townShort(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if g, y := len(lookup(Gaoqing).villages), len(lookup(Yanshi).villages); g != 318 || y != 240 {
		t.Errorf("%d and %d villages, want 318 and 240", g, y)
	}
}

func TestRefuses(t *testing.T) {
	for name, call := range map[string]func(){
		"county":      func() { Firms("110000", 1, 1) },
		"people":      func() { People("", 1, 1) },
		"firms < 0":   func() { Firms(Gaoqing, 1, -1) },
		"firms > max": func() { Firms(Gaoqing, 1, MaxFirms+1) },
		"people > m":  func() { People(Gaoqing, 1, 1_000_001) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func BenchmarkFirms(b *testing.B) {
	next := 0
	for b.Loop() {
		lookup(Gaoqing).firm(1, next)
		next++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
