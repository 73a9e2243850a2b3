package record

// PlatformDraw (平台抽取登记) says what the state's platform drew, or, where
// sunlot cast the lots, which list the drawn were entered there as (专项名录):
// draw1 §9. The exported file itself stays with the office; its digest stands
// here, so that the file can be shown later and cannot be another one.
type PlatformDraw struct {
	Notice       int64  `json:"notice"`
	Number       string `json:"platform_no" form:"name"` // 任务编号
	Time         string `json:"time" form:"time"`        // 抽取时间, as the platform says
	Export       Bytes  `json:"export"`
	Objects      File   `json:"objects"`                // handles, a line each, sorted
	Teams        File   `json:"teams"`                  // object|member|…, as far as exported
	Recusals     File   `json:"recusals"`               // object|salt|inspector,… of every object
	Declarations *File  `json:"declarations,omitempty"` // behind the recusals: object|inspector|entry, as in a draw
	Count        int64  `json:"count"`                  // objects listed
	Explained    string `json:"explained,omitempty"`    // the office's words where the list is not what the notice said
}

// Bytes are the digest and length of a file that does not stand beside the log.
type Bytes struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256" form:"hex64"`
}
