// Prints a log's lines to standard error, again and again, as fast as they are taken; then says how
// long that took, in seconds, in a file. LOG LINES RESULT
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	log, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(log, []byte("\n")), []byte("\n"))
	lines[len(lines)-1] = append(lines[len(lines)-1], '\n')
	began := time.Now()
	for i := 0; i < count; i++ {
		if _, err := os.Stderr.Write(lines[i%len(lines)]); err != nil {
			panic(err)
		}
	}
	took := fmt.Sprintf("%f\n", time.Since(began).Seconds())
	if err := os.WriteFile(os.Args[3], []byte(took), 0o644); err != nil {
		panic(err)
	}
}
