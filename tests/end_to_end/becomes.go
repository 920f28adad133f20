// A program that becomes another one by exec: becomes SECONDS COMMAND ARG...
package main

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

var kept [][]byte

func main() {
	lasts, _ := strconv.ParseFloat(os.Args[1], 64)
	end := time.Now().Add(time.Duration(lasts * float64(time.Second)))
	for time.Now().Before(end) {
		block := make([]byte, 256<<10)
		for i := range block {
			block[i] = 1
		}
		kept = append(kept, block)
		time.Sleep(20 * time.Millisecond)
	}
	panic(syscall.Exec(os.Args[2], os.Args[2:], os.Environ()))
}
