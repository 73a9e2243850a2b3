package site

import (
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	qrcode "github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr"
)

// codeOf is the QR code on a page, one pixel a module.
func codeOf(t *testing.T, page string) image.Image {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<img class="qr" src="data:image/png;base64,`)
	data, _, ok2 := strings.Cut(rest, `"`)
	if !ok || !ok2 {
		t.Fatal("no QR code on the page")
	}
	img, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.ReplaceAll(data, "&#43;", "+"))))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func black(img image.Image, x, y int) bool {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
}

// readCode is what an outside reader makes of a code, printed four pixels a
// module with a margin of four modules.
func readCode(t *testing.T, img image.Image) string {
	t.Helper()
	n := img.Bounds().Dx()
	big := image.NewGray(image.Rect(0, 0, 4*(n+8), 4*(n+8)))
	for y := range big.Rect.Dy() {
		for x := range big.Rect.Dx() {
			u, v := x/4-4, y/4-4
			big.SetGray(x, y, color.Gray{255})
			if u >= 0 && v >= 0 && u < n && v < n && black(img, u, v) {
				big.SetGray(x, y, color.Gray{0})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(big)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.GetText()
}

// TestSheetCode: the code on a record's page is read as the page's address and
// the checkpoint of the record's own publication, which is not the latest.
func TestSheetCode(t *testing.T) {
	m := gaoqing()
	for _, name := range []string{"results/12.html", "draws/2023-001/index.html", "book/0.html"} {
		page := string(m.files[name])
		got := readCode(t, codeOf(t, page))
		address, head, ok := strings.Cut(got, "#")
		size, root, ok2 := strings.Cut(head, "-")
		if !ok || !ok2 || address != "https://www.example.gov.cn/sunlot/"+name || len(root) != 64 {
			t.Errorf("%s: the code says %q", name, got)
		}
		if !strings.Contains(page, "入账时共"+size+"条记录，总校验码 <span class=\"hash\">"+root) {
			t.Errorf("%s: the sheet does not say what the code says: %s", name, got)
		}
		if latest := string(m.files["ledger/checkpoint"]); strings.Split(latest, "\n")[1] == size && name != "draws/2023-001/index.html" {
			t.Errorf("%s: the code carries the latest checkpoint", name)
		}
	}
	if strings.Contains(string(m.files["results/index.html"]), "class=\"qr\"") {
		t.Error("a list has a code")
	}
}

// TestQR holds the codes against those of the library's own front door.
func TestQR(t *testing.T) {
	for _, n := range []int{1, 14, 15, 133, 134, 400, 1200, 2331} {
		text := strings.Repeat("a", n)
		want, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrCode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got.Size != want.Size {
			t.Fatalf("%d bytes: %d modules, want %d", n, got.Size, want.Size)
		}
		img := codeOf(t, `<img class="qr" src="`+string(qrImage(got))+`"`)
		for y := range want.Size {
			for x := range want.Size {
				if black(img, x, y) != want.Black(x, y) {
					t.Fatalf("%d bytes: module %d,%d differs", n, x, y)
				}
			}
		}
	}
	if _, err := qrCode(strings.Repeat("a", 5000)); err == nil {
		t.Error("5000 bytes were encoded")
	}
}
