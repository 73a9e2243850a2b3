package record

// Task (临时抽查任务) is a task outside the year's plan, where the rule pack
// knows them (G-6.2e): its line obeys every rule of a plan line, and a notice
// names the task's entry in the plan's place.
type Task struct {
	Year     int64    `json:"year"`
	Line     PlanLine `json:"line"`
	Ground   string   `json:"ground" form:"name"` // why it cannot wait for the plan
	Document Order    `json:"document"`
	Approved Sealed   `json:"approved_by"`
	Date     string   `json:"date" form:"date"`
}

// Order (文件) is what a task or a waiver stands on.
type Order struct {
	Title  string `json:"title" form:"name"`
	Number string `json:"number,omitempty" form:"name"`
	Issuer string `json:"issuer" form:"name"`
}

// Waiver (不受频次比例限制的依据) says, before the notice that uses it, why a
// draw of a plan line goes beyond the cap or stays short of its number
// (G-6.2d, requirements A14).
type Waiver struct {
	Kind     string `json:"kind" form:"token"` // deployment, shortfall
	Year     int64  `json:"year"`
	Line     string `json:"line" form:"token"`
	Ground   string `json:"ground" form:"name"` // one of the pack's
	Document Order  `json:"document"`
	Approved Sealed `json:"approved_by"`
	Date     string `json:"date" form:"date"`
}

// Extension (延期) moves the end of a draw's task; the dates that hang on it
// follow.
type Extension struct {
	Notice   int64  `json:"notice"`
	To       string `json:"to" form:"date"` // the new last day
	Ground   string `json:"ground" form:"name"`
	Approved Sealed `json:"approved_by"`
	Date     string `json:"date" form:"date"`
}
