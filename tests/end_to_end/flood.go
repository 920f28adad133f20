// A program that asks no one: when it is let go it writes as fast as it can, then says that it has.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// main takes how much to write and a folder, in which "go" lets it write and "done" is its answer.
func main() {
	size, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	folder := os.Args[2]
	fmt.Fprintln(os.Stderr, "ready to flood")
	for {
		if _, err := os.Stat(folder + "/go"); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	line := append(bytes.Repeat([]byte("x"), 99), '\n')
	begin, worst := time.Now(), time.Duration(0)
	for written := 0; written < size; written += len(line) {
		before := time.Now()
		os.Stderr.Write(line)
		worst = max(worst, time.Since(before))
	}
	said := fmt.Sprintf("%d %d\n", time.Since(begin).Milliseconds(), worst.Milliseconds())
	if err := os.WriteFile(folder+"/done", []byte(said), 0o644); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, "flooded all")
}
