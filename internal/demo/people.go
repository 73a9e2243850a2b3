package demo

import (
	"fmt"
	"strconv"
	"time"
)

// Person is a row of the register of inspectors (执法检查人员名录库). The first
// eight members are those that Gaoqing 3.4 requires.
type Person struct {
	IDNumber     string   // 身份证号, of a division that does not exist
	Name         string   // 姓名
	Sex          string   // 性别: 男, 女
	Phone        string   // 联系方式, a number that cannot be dialled
	Unit         string   // 所在单位, ends in （演示）
	Post         string   // 职务或职称
	Certificate  string   // 执法证号, YS + county + 6 digits
	Specialities []string // 业务专长, one or two

	CertFrom, CertTo string // 执法证有效期, 2006-01-02, both days included
	Level            string // 层级: 县, 乡
}

const maxPeople = 1_000_000

// People makes the first n rows of a county's register of inspectors. Any ten
// rows in a line from a multiple of ten hold every speciality of the list. In
// every sixteen rows one has a certificate that runs out between August 2023 and
// May 2024; all others hold from before April 2023 to after 2024. It panics for
// another county than the two and for n beyond a million.
func People(county string, seed uint64, n int) []Person {
	c := lookup(county)
	if n < 0 || n > maxPeople {
		panic("demo: " + strconv.Itoa(n) + " people")
	}
	people := make([]Person, n)
	for i := range people {
		people[i] = c.person(seed, i)
	}
	return people
}

func (c *county) person(seed uint64, i int) Person {
	r := row(c.code, 'p', seed, i)
	key := mix(seed ^ hashString(c.code))
	p := Person{Name: personName(&r), Sex: "男", Level: "县"}
	if r.below(10) < 3 {
		p.Sex = "女"
	}
	born := r.date(day(1966, time.January, 1), day(1999, time.December, 31))
	p.IDNumber = idNumber(&r, c.nobody, born, p.Sex)
	p.Phone = c.area + "-0"
	for range c.local - 1 {
		p.Phone += strconv.Itoa(r.below(10))
	}
	switch r.below(10) {
	case 0, 1, 2: // a town's own inspectors
		p.Level = "乡"
		p.Unit = c.villages[r.below(len(c.villages))].town + "应急管理办公室（演示）"
		p.Post = one(&r, townPosts)
	case 3, 4, 5:
		p.Unit, p.Post = c.office+"（演示）", one(&r, officePosts)
	default:
		p.Unit, p.Post = c.brigade+"（演示）", one(&r, brigadePosts)
	}
	p.Certificate = fmt.Sprintf("YS%s%06d", c.code, permute(uint64(i), maxPeople, key^'p'))
	from, to := day(2020, time.January, 1), day(2023, time.March, 31)
	if i%16 == 15 {
		from, to = day(2018, time.August, 2), day(2019, time.June, 1)
	}
	p.CertFrom = r.date(from, to)
	p.CertTo = fiveYears(p.CertFrom)
	main := specialities[i%len(specialities)]
	p.Specialities = []string{main}
	if second := one(&r, specialities); second != main && r.below(2) == 0 {
		p.Specialities = append(p.Specialities, second)
	}
	return p
}

// fiveYears is the last day of five years from a day.
func fiveYears(from string) string {
	t, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic("demo: a date of our own making: " + err.Error())
	}
	return t.AddDate(5, 0, -1).Format(time.DateOnly)
}

// idNumber is an identity number of GB 11643: division, birthday, a number
// whose parity is the sex (odd for men), check digit.
func idNumber(r *rng, division, born, sex string) string {
	serial := 10 + 2*r.below(490)
	if sex == "男" {
		serial++
	}
	b := []byte(division + born[:4] + born[5:7] + born[8:] + fmt.Sprintf("%03d", serial))
	sum := 0
	for k, weight := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(b[k]-'0')
	}
	return string(append(b, "10X98765432"[sum%11]))
}

// personName is a surname and one or two characters.
func personName(r *rng) string {
	name := string(surnames[r.below(len(surnames))]) + string(givenSigns[r.below(len(givenSigns))])
	if r.below(10) < 7 {
		name += string(givenSigns[r.below(len(givenSigns))])
	}
	return name
}
