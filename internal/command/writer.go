package command

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/record"
)

// Writer names who works here, for another writer who finds the ledger taken:
// user, machine, process, command, since when.
func Writer(env func(string) (string, bool), args []string, now time.Time) string {
	user, _ := env("USER")
	if user == "" {
		user, _ = env("USERNAME")
	}
	host, err := os.Hostname()
	if err != nil {
		host = "本机"
	}
	// Names of commands alone: what follows may be a person's name.
	var words []string
	for _, a := range args {
		if strings.HasPrefix(a, "-") || strings.ContainsAny(a, "./\\:") || len(words) == 2 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz-") != "" {
			break
		}
		words = append(words, a)
	}
	line := host + " 进程 " + strconv.Itoa(os.Getpid()) + " sunlot " + strings.Join(words, " ") + " " + now.In(record.Beijing).Format("2006-01-02 15:04:05")
	if user != "" {
		line = user + "@" + line
	}
	return strings.Join(strings.Fields(line), " ")
}
